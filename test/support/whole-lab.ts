/** A lab as `fauxsphere up` opens it: every door, with TLS, and the control port, on free ports. */
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { expect } from 'vitest'
import { listOf, SoapClient } from '../../clients/sdk/soap-client.js'
import type { Ref } from '../../clients/sdk/soap-xml.js'
import { startLab, type OpenedNode, type StartedLab } from '../../emulator/main.js'
import { readSettings } from '../../emulator/options.js'

/** A door by the product's name for its port. */
export type DoorName = '443' | '443 of a host' | '5480' | '902/tcp' | 'VNC' | 'control'

export const doorNames: readonly DoorName[] = ['443', '443 of a host', '5480', '902/tcp', 'VNC', 'control']

/** Those that speak TLS from the first byte on. */
export const secureDoors: readonly DoorName[] = ['443', '443 of a host', '5480']

const VC = 'vc-01'
const HOST = 'esx-02'

export class WholeLab {
  readonly #started: StartedLab
  readonly #cache: string
  /** What the lab said of itself: defects, and notices. */
  readonly log: readonly string[]
  readonly #sockets: Socket[] = []
  readonly #clients: SoapClient[] = []
  #vnc = ''
  #atRest = 0

  private constructor(started: StartedLab, cache: string, log: readonly string[]) {
    this.#started = started
    this.#cache = cache
    this.log = log
  }

  /** The small lab on a manual clock; a VM of its second host, which does not carry the vCenter, has plain VNC. */
  static async open(): Promise<WholeLab> {
    const cache = mkdtempSync(join(tmpdir(), 'fauxsphere-whole-'))
    const log: string[] = []
    const settings = readSettings({
      ports: 'free', clock: 'manual', durations: 'instant', controlListen: '127.0.0.1:0', cache, ticketLife: '100000',
    }, {})
    const lab = new WholeLab(await startLab({ settings, cache, log: line => { log.push(line) } }), cache, log)
    await lab.#openVnc()
    return lab
  }

  get control(): StartedLab['control'] {
    return this.#started.control
  }

  node(name: string): OpenedNode {
    return this.#started.nodes.find(node => node.name === name)!
  }

  /** Address and port of a door. */
  at(door: DoorName): { host: string, port: number } {
    const [vc, host] = [this.node(VC), this.node(HOST)]
    const urls: Record<DoorName, string> = {
      '443': vc.sdk, '443 of a host': host.sdk, '5480': vc.vami ?? '', '902/tcp': `tcp://${host.authd ?? ''}`,
      'VNC': `tcp://${this.#vnc}`, 'control': this.#started.controlUrl,
    }
    const { hostname, port } = new URL(urls[door])
    return { host: hostname, port: Number(port) }
  }

  /** A bare connection whose errors are nobody's. */
  plain(door: DoorName): Promise<Socket> {
    return this.#noted(connect({ ...this.at(door), allowHalfOpen: true }), 'connect')
  }

  secure(door: DoorName, options: object = {}): Promise<TLSSocket> {
    return this.#noted(connectTls({ ...this.at(door), rejectUnauthorized: false, ...options }), 'secureConnect')
  }

  async client(name = VC): Promise<SoapClient> {
    const { sdk, username, password } = this.node(name)
    const client = new SoapClient({ url: sdk })
    this.#clients.push(client)
    await client.login(username, password)
    return client
  }

  /** A client of a node that is coming up again: its door may still be on its way to open. */
  async clientWhenUp(name: string): Promise<SoapClient> {
    for (;;) {
      try {
        return await this.client(name)
      } catch (error) {
        if (!/ECONN|hang up/.test(String(error))) throw error
      }
    }
  }

  /** A VM that runs on the host without the vCenter, as that host knows it. */
  async vm(client: SoapClient): Promise<Ref> {
    const { searchIndex } = await client.content()
    const folder = await client.call(searchIndex as Ref, 'FindByInventoryPath', { inventoryPath: 'ha-datacenter/vm' }) as Ref
    const { childEntity } = await client.properties(folder, ['childEntity']) as unknown as { childEntity: Record<string, Ref> }
    for (const each of listOf<Ref>(childEntity['ManagedObjectReference'])) {
      const props = await client.properties(each, ['name', 'runtime.powerState'])
      if (props['runtime.powerState'] === 'poweredOn' && !String(props['name']).startsWith('vc-')) return each
    }
    throw new Error('no VM runs')
  }

  /** A one-time ticket for the console of a VM. */
  async ticket(client: SoapClient, vm: Ref, ticketType: 'mks' | 'webmks'): Promise<Record<string, string>> {
    return await client.call(vm, 'AcquireTicket', { ticketType }) as unknown as Record<string, string>
  }

  /** Runs a `_Task` method of the instant lab to its end. */
  async done(client: SoapClient, self: Ref, method: string, args: object = {}): Promise<void> {
    const task = await client.call(self, method, args as Record<string, unknown>) as Ref
    this.control.advance(0)
    const { 'info.state': state, 'info.error': error } = await client.properties(task, ['info.state', 'info.error'])
    if (state !== 'success') throw new Error(`${method}: ${JSON.stringify(error)}`)
  }

  /**
   * Waits until nothing is left of what clients did: no console is open, no socket but those that the
   * lab had when it was opened. Then a real login must be answered, and no defect have been met.
   */
  async expectCalm(): Promise<void> {
    for (const socket of this.#sockets.splice(0)) socket.destroy()
    for (const client of this.#clients.splice(0)) client.close()
    const left = (): number[] => [this.control.consoles().open.length, connections(this.control), Math.max(0, sockets() - this.#atRest)]
    await turns(() => left().every(count => count === 0), () => `consoles, HTTP connections, sockets: ${left().join()}`)
    const client = await this.client()
    await client.call({ type: 'SessionManager', value: 'SessionManager' }, 'Logout')
    client.close()
    expect(this.log.filter(line => !line.startsWith('VNC of '))).toEqual([])
    await turns(() => connections(this.control) === 0)
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    for (const client of this.#clients) client.close()
    await this.#started.close()
    rmSync(this.#cache, { recursive: true, force: true })
  }

  async #openVnc(): Promise<void> {
    const client = await this.client(HOST)
    const vm = await this.vm(client)
    await this.done(client, vm, 'ReconfigVM_Task', { spec: { extraConfig: { key: 'RemoteDisplay.vnc.enabled', value: { _typeName: 'xsd:string', _value: 'TRUE' } } } })
    await client.call({ type: 'HostFirewallSystem', value: 'firewallSystem' }, 'EnableRuleset', { id: 'gdbserver' })
    await turns(() => this.control.consoles().vnc.some(each => each.address !== undefined))
    this.#vnc = this.control.consoles().vnc[0]!.address!
    client.close()
    await turns(() => connections(this.control) === 0)
    this.#atRest = sockets()
  }

  async #noted<S extends Socket>(socket: S, ready: string): Promise<S> {
    this.#sockets.push(socket)
    await new Promise<void>((resolve, reject) => { socket.once(ready, resolve).once('error', reject) })
    return socket.on('error', () => {})
  }
}

function connections(control: StartedLab['control']): number {
  const metric = control.metrics().find(({ name }) => name === 'connections')!
  return metric.samples.reduce((sum, { value }) => sum + value, 0)
}

/** Open TCP sockets of this thread, of both sides. */
function sockets(): number {
  return process.getActiveResourcesInfo().filter(name => name === 'TCPSocketWrap').length
}

/** Waits for something that sockets bring about, turn by turn; throws after very many turns. */
export async function turns(holds: () => boolean, what = (): string => ''): Promise<void> {
  for (let turn = 0; turn < 2_000_000; turn += 1) {
    if (holds()) return
    await new Promise<void>(resolve => { setImmediate(resolve) })
  }
  throw new Error(`it never came to hold: ${what()}`)
}
