import ssh2, { type Client as SshClient } from 'ssh2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SoapClient } from '../../clients/sdk/soap-client.js'
import { knock } from '../../emulator/doors/knock.js'
import { exec, type Ran } from '../support/ssh-lab.js'
import { turns, WholeLab } from '../support/whole-lab.js'

const { Client } = ssh2 as unknown as { Client: typeof SshClient }
const HOST = 'esx-02'
const SERVICES = { type: 'HostServiceSystem', value: 'serviceSystem' }
const FIREWALL = { type: 'HostFirewallSystem', value: 'firewallSystem' }

let lab: WholeLab
let api: SoapClient
const clients: SshClient[] = []
beforeAll(async () => {
  lab = await WholeLab.open()
  api = await lab.client(HOST)
})
afterAll(async () => {
  for (const client of clients) client.destroy()
  await lab.close()
})

function login(name: string, from?: string): Promise<SshClient> {
  const { hostname, port } = new URL(`ssh://${lab.node(name).ssh ?? ''}`)
  const client = new Client()
  clients.push(client)
  return new Promise((resolve, reject) => {
    client.on('keyboard-interactive', (_name: string, _text: string, _lang: string, _prompts: unknown, done: (answers: string[]) => void) =>
      done(['VMware1!']))
    client.on('ready', () => resolve(client)).on('error', reject)
    client.connect({
      host: hostname, port: Number(port), username: 'root', authHandler: ['keyboard-interactive'], tryKeyboard: true, readyTimeout: 0,
      ...from === undefined ? {} : { localAddress: from },
    })
  })
}

async function run(command: string, from?: string): Promise<Ran> {
  return exec(await login(HOST, from), command)
}

/** What a client gets from 22 of a host, when the door has had its time to follow. */
async function becomes(answer: string, from?: string): Promise<void> {
  const door = new URL(`ssh://${lab.node(HOST).ssh ?? ''}`)
  let last = ''
  for (let tries = 0; tries < 50 && last !== answer; tries += 1) last = await knock(door, from)
  expect(last).toBe(answer)
}

async function service(): Promise<{ running: string, policy: string }> {
  const host = { type: 'HostSystem', value: 'ha-host' }
  const { 'config.service.service': list } = await api.properties(host, ['config.service.service']) as unknown as
    { 'config.service.service': { HostService: { key: string, running: string, policy: string }[] } }
  const found = list.HostService.find(({ key }) => key === 'TSM-SSH')!
  return { running: String(found.running), policy: found.policy }
}

describe('22 of a lab as `up` opens it', () => {
  it('A4 SSH as the fallback › off, and at its told address once StartService was called', async () => {
    const { ssh } = lab.node(HOST)
    expect(ssh).toMatch(/^127\.0\.0\.1:\d+$/)
    await becomes('refused')
    await api.call(SERVICES, 'StartService', { id: 'TSM-SSH' })
    await becomes('open')
    expect(await run('vmware -v; exit 7')).toMatchObject({ out: expect.stringMatching(/^VMware ESXi 8\.0\.3 build-\d+\n$/), status: 7 })
    await api.call(SERVICES, 'StopService', { id: 'TSM-SSH' })
    await becomes('refused')
    await api.call(SERVICES, 'StartService', { id: 'TSM-SSH' })
    await becomes('open')
    expect(lab.node(HOST).ssh).toBe(ssh)
  })

  it('A15 (22) allowed addresses › set through the API, and by esxcli from inside', async () => {
    const spec = (allowedHosts: object): object => ({ id: 'sshServer', spec: { allowedHosts } })
    await api.call(FIREWALL, 'UpdateRuleset', spec({ ipAddress: '127.0.0.9', allIp: false }) as never)
    await becomes('timeout')
    expect((await run('echo in', '127.0.0.9')).out).toBe('in\n')
    expect(await run('esxcli network firewall ruleset allowedip add -r sshServer -i 127.0.0.1', '127.0.0.9')).toMatchObject({ err: '', status: 0 })
    expect((await run('echo in')).out).toBe('in\n')
    expect(await run('esxcli network firewall ruleset set -r sshServer -a true')).toMatchObject({ err: '', status: 0 })
  }, 20_000)

  it('A11 chkconfig ssh off, vim-cmd hostsvc/ssh_stop › the policy and the service, seen in the API', async () => {
    await api.call(SERVICES, 'UpdateServicePolicy', { id: 'TSM-SSH', policy: 'on' })
    const client = await login(HOST)
    expect(await exec(client, 'chkconfig ssh off')).toMatchObject({ status: 0 })
    expect(await service()).toEqual({ running: 'true', policy: 'off' })
    expect(await exec(client, 'vim-cmd hostsvc/ssh_stop')).toMatchObject({ status: 0 })
    expect(await service()).toEqual({ running: 'false', policy: 'off' })
    await becomes('refused')
    // The session that stopped it lives on.
    expect((await exec(client, 'echo still here')).out).toBe('still here\n')
  })

  it('nothing is left › no login and no defect', async () => {
    for (const client of clients) client.destroy()
    await turns(() => lab.log.every(line => line.startsWith('VNC of ')))
    await lab.expectCalm()
  })
})
