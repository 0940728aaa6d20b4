import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Lab } from '../../emulator/lab.js'
import { LabDoors } from '../../emulator/lab-doors.js'
import { planPorts } from '../../emulator/doors/ports.js'
import { namedLab } from '../../emulator/inventory/check-lab.js'
import { readSettings } from '../../emulator/options.js'
import type { HostCertificateManagerProps, HostSystemProps } from '../../emulator/schema/generated/types.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { fault as faultBy, MethodFault } from '../../emulator/services/method-fault.js'

const HOST = 'esx-01'
const DAY = 24 * 3600 * 1000
const PROTOCOLS = 'UserVars.ESXiVPsDisabledProtocols'
const CIPHERS = 'UserVars.ESXiVPsAllowedCiphers'
const cache = mkdtempSync(join(tmpdir(), 'fauxsphere-tls-'))

afterAll(() => rmSync(cache, { recursive: true }))

interface Handshake {
  readonly protocol: string | null
  readonly cipher: string
  readonly reused: boolean
  /** A ticket for the next connection. */
  readonly ticket: Buffer | undefined
}

describe('TLS of the nodes (A1, A5, A14)', () => {
  let lab: Lab
  let doors: LabDoors
  let ports: Map<string, number>
  const problems: string[] = []

  beforeEach(async () => {
    lab = new Lab({ lab: namedLab('small')!, seed: '1', clock: { mode: 'manual' } })
    const settings = readSettings({ ports: 'free', keyType: 'p256' }, {})
    const plan = await planPorts({ mode: 'free', nodes: lab.nodes })
    doors = new LabDoors(lab, plan, { settings, cache, log: line => problems.push(line) })
    const nodes = await doors.open()
    ports = new Map(nodes.map(({ name, sdk }) => [name, Number(new URL(sdk).port)]))
  })

  afterEach(async () => {
    lab.stop()
    await doors.close()
    expect(problems.splice(0)).toEqual([])
  })

  /** A handshake and one request, so that tickets of TLS 1.3 have come. */
  const handshake = (node: string, options: object = {}): Promise<Handshake> => new Promise((resolve, reject) => {
    let ticket: Buffer | undefined
    const socket: TLSSocket = connect({
      host: '127.0.0.1', port: ports.get(node)!, rejectUnauthorized: false, ...options,
    }, () => socket.write('GET /sdk/vimServiceVersions.xml HTTP/1.1\r\nhost: x\r\n\r\n'))
    socket.on('session', session => { ticket = session })
    socket.once('data', () => {
      const { name: cipher } = socket.getCipher()
      resolve({ protocol: socket.getProtocol(), cipher, reused: socket.isSessionReused(), ticket })
      socket.destroy()
    })
    socket.on('error', reject)
    socket.once('close', () => reject(new Error('closed')))
  })
  const v12 = { maxVersion: 'TLSv1.2' }
  const call = (self: MoRef, method: string, args: object): unknown => {
    const node = lab.nodes.find(each => each.name === HOST)!
    const outcome = lab.gate.invoke(node, {
      self, method: lab.schema.method(self.type, method)!, args: args as Record<string, unknown>,
      version: lab.schema.versions.newest(), cookie: lab.openSession(node), opId: 'op',
      client: { address: '127.0.0.1', userAgent: 'test' },
    })
    if (outcome.kind === 'fault') throw outcome.fault
    return outcome
  }
  const setOption = (key: string, value: unknown): unknown =>
    call({ type: 'OptionManager', value: 'ha-adv-options' }, 'UpdateOptions', { changedValue: [{ key, value }] })
  const restartHostd = async (): Promise<void> => {
    lab.faults.heal(lab.faults.inject('hostd-stop', `host/${HOST}`, {}).id)
    await doors.settled()
  }

  it('A1: every host has a door and a certificate of its own', async () => {
    const [one, two] = await Promise.all(['esx-01', 'esx-02'].map(node => new Promise<string>((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port: ports.get(node)!, rejectUnauthorized: false }, () => {
        resolve(String(socket.getPeerCertificate().subject.CN))
        socket.destroy()
      })
      socket.on('error', reject)
    })))
    expect(one).toMatch(/^esx-01/)
    expect(two).toMatch(/^esx-02/)
  })

  it('HostCertificateManager and the host tell of the certificate that TLS shows, on host and vCenter', async () => {
    const peer = await new Promise<PeerCertificate>((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port: ports.get(HOST)!, rejectUnauthorized: false }, () => {
        resolve(socket.getPeerCertificate())
        socket.destroy()
      })
      socket.on('error', reject)
    })
    const onVcenter = lab.world.ofType('vc-01', 'HostSystem')
      .find(slot => lab.world.read<HostSystemProps>(slot)!.props.name === HOST)!
    for (const slot of [lab.world.find(HOST, 'ha-host')!, onVcenter]) {
      const { summary, configManager } = lab.world.read<HostSystemProps>(slot)!.props
      expect(summary.config.sslThumbprint).toBe(peer.fingerprint)
      const { certificateInfo } = lab.world
        .get<HostCertificateManagerProps>(slot.address.node, configManager.certificateManager!.value)!.props
      expect(Date.parse(certificateInfo.notAfter!)).toBe(Date.parse(peer.valid_to))
      expect(Date.parse(certificateInfo.notBefore!)).toBe(Date.parse(peer.valid_from))
      expect(certificateInfo).toMatchObject({ kind: 'Machine', status: 'good' })
      expect(certificateInfo.subject).toContain(`CN=${peer.subject.CN}`)
      expect(certificateInfo.issuer).toMatch(/CN=CA$/)
    }
  })

  it('A5: TLS 1.1 is refused by hosts and vCenter, 1.2 and 1.3 are taken', async () => {
    for (const node of [HOST, 'vc-01']) {
      const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' }
      await expect(handshake(node, old)).rejects.toThrow(/alert protocol version/)
      expect((await handshake(node, v12)).protocol).toBe('TLSv1.2')
      expect((await handshake(node)).protocol).toBe('TLSv1.3')
    }
  })

  it('A5: a ticket is good for a day, then a full handshake follows and what is open goes on', async () => {
    for (const options of [v12, {}]) {
      const { ticket, reused } = await handshake(HOST, options)
      expect([reused, ticket !== undefined]).toEqual([false, true])
      expect((await handshake(HOST, { ...options, session: ticket })).reused).toBe(true)
      const open = connect({ host: '127.0.0.1', port: ports.get(HOST)!, rejectUnauthorized: false })
      await new Promise(resolve => open.once('secureConnect', resolve))
      lab.world.advance(DAY)
      await doors.settled()
      const after = await handshake(HOST, { ...options, session: ticket })
      expect(after.reused).toBe(false)
      expect((await handshake(HOST, { ...options, session: after.ticket })).reused).toBe(true)
      open.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
      expect(String(await new Promise(resolve => open.once('data', resolve)))).toMatch(/^HTTP\/1.1 200/)
      open.destroy()
    }
    const lines = [...lab.world.log(`logs/${HOST}/envoy-access`).since(1)].map(item => JSON.stringify(item.value))
    expect(lines.filter(line => line.includes('ticket keys changed'))).toHaveLength(2)
    const journal = JSON.stringify(lab.world.journal.since(1))
    expect(journal).not.toContain('PRIVATE')
  })

  it('A14: what the option takes away is gone when the service has begun again, and not before', async () => {
    expect(setOption(PROTOCOLS, 'sslv3,tlsv1,tlsv1.1,tlsv1.2')).toMatchObject({ kind: 'result' })
    expect((await handshake(HOST, v12)).protocol).toBe('TLSv1.2')
    await restartHostd()
    await expect(handshake(HOST, v12)).rejects.toThrow(/alert protocol version/)
    expect((await handshake(HOST)).protocol).toBe('TLSv1.3')
    expect((await handshake('esx-02', v12)).protocol).toBe('TLSv1.2')
    setOption(PROTOCOLS, 'sslv3,tlsv1')
    await restartHostd()
    expect((await handshake(HOST, v12)).protocol).toBe('TLSv1.2')
    await expect(handshake(HOST, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' }))
      .rejects.toThrow(/alert protocol version/)
  })

  it('A14: no protocol left means no handshake', async () => {
    setOption(PROTOCOLS, 'tlsv1.2,tlsv1.3')
    await restartHostd()
    await expect(handshake(HOST)).rejects.toThrow()
    setOption(PROTOCOLS, 'sslv3,tlsv1,tlsv1.1')
    await restartHostd()
    expect((await handshake(HOST)).protocol).toBe('TLSv1.3')
  })

  it('A14: the suites are those of the option', async () => {
    expect((await handshake(HOST, { ...v12, ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' })).cipher).toBe('ECDHE-ECDSA-AES128-GCM-SHA256')
    setOption(CIPHERS, 'ECDHE+AES256')
    await restartHostd()
    await expect(handshake(HOST, { ...v12, ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' })).rejects.toThrow(/handshake failure/)
    expect((await handshake(HOST, v12)).cipher).toBe('ECDHE-ECDSA-AES256-GCM-SHA384')
  })

  it('A14: a value that the host does not know is refused and changes nothing', () => {
    for (const [key, value] of [[PROTOCOLS, 'tlsv1.1,quic'], [PROTOCOLS, 12], [CIPHERS, 'NONSENSE'], [CIPHERS, '']] as const) {
      let caught: unknown = faultBy('None')
      try {
        setOption(key, value)
      } catch (error) {
        caught = error
      }
      expect(caught).toBeInstanceOf(MethodFault)
      const { type, fields } = caught as MethodFault
      expect([type, fields]).toEqual(['InvalidArgument', { invalidProperty: key }])
    }
  })
})
