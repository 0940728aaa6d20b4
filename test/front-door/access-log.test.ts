import { describe, expect, it } from 'vitest'
import type { Ref } from '../../clients/sdk/soap-xml.js'
import { untar } from '../support/untar.js'
import { LogReceiver } from '../support/log-receiver.js'
import { createTestLab } from '../support/test-lab.js'
import { WsViewer } from '../support/ws-viewer.js'
import { withDoors, type Doors } from './door.js'
import { frontLab } from './front-lab.js'

const onHost = { type: 'DiagnosticManager', value: 'ha-diagnosticmgr' }
const ROOT = `Basic ${Buffer.from('root:VMware1!').toString('base64')}`

/** A log of a host, as its door gives it away. */
async function hostLog(doors: Doors, file: string, host = 'esx-01'): Promise<string[]> {
  const origin = new URL(await doors.lab.url(host)).origin
  const answer = await fetch(`${origin}/host/${file}`, { headers: { authorization: ROOT, connection: 'close' } })
  expect(answer.status).toBe(200)
  return (await answer.text()).trimEnd().split('\n')
}

describe('access lines of the proxy before 443', () => {
  it('8.0 host › one for each request, whatever its answer; a query and a ticket stand in none', withDoors(async doors => {
    const door = await doors.open('esx-01')
    const origin = new URL(await doors.lab.url('esx-01')).origin
    await fetch(`${origin}/nothing?password=sesame`, { headers: { connection: 'close' } })
    await fetch(`${origin}/${'x'.repeat(5000)}`, { headers: { connection: 'close' } })
    await door.fault({ type: 'VirtualMachine', value: 'none' }, 'PowerOnVM_Task')
    const lines = await hostLog(doors, 'envoy-access.log')
    expect(lines[0]).toMatch(/^\S+Z In\(166\) envoy-access\[\d+\]: .*Section for VMware ESX/)
    const said = lines.slice(1).map(line => /^\S+Z In\(166\) envoy-access\[\d+\]: (.*)$/.exec(line)![1]!)
    expect(said.filter(text => /^POST \/sdk HTTP\/1\.1 200 \d+ \d+ 127\.0\.0\.1$/.test(text)).length).toBeGreaterThan(1)
    expect(said).toContainEqual(expect.stringMatching(/^POST \/sdk HTTP\/1\.1 500 /))
    expect(said).toContainEqual(expect.stringMatching(/^GET \/nothing HTTP\/1\.1 404 - \d+ 127\.0\.0\.1$/))
    expect(said).toContainEqual(expect.stringMatching(/^GET \/x{511} HTTP\/1\.1 404 /))
    expect(lines.join()).not.toContain('sesame')
    // BrowseDiagnosticLog shows the same file, with the request for it.
    const { lineText } = await door.call(onHost, 'BrowseDiagnosticLog', { key: 'envoy-access' }) as { lineText: string[] }
    expect(lineText.slice(0, lines.length)).toEqual(lines)
    expect(lineText.at(-1)).toMatch(/GET \/host\/envoy-access.log HTTP\/1\.1 200 /)
  }, { lab: frontLab }))

  it('consoles over WebSocket › 101, or the refusal', withDoors(async doors => {
    const door = await doors.open()
    const { ticket } = await door.call(await door.vm('VM_ON'), 'AcquireTicket', { ticketType: 'webmks' }) as unknown as { ticket: string }
    const url = `${(await doors.lab.url('esx-01')).replace(/^http/, 'ws').replace(/\/sdk$/, '')}/ticket/${ticket}`
    const viewer = await WsViewer.open(url) as WsViewer
    expect(await WsViewer.open(url)).toBe(404)
    expect(await WsViewer.open(url.replace(/\/ticket.*/, '/other'))).toBe(404)
    const lines = await hostLog(doors, 'envoy-access.log')
    for (const [path, status] of [['/ticket/-', 101], ['/ticket/-', 404], ['/other', 404]] as const) {
      expect(lines).toContainEqual(expect.stringContaining(`: GET ${path} HTTP/1.1 ${status} - 0 127.0.0.1`))
    }
    expect(lines.join()).not.toContain(ticket)
    viewer.socket.close()
  }, { lab: frontLab }))

  it('7.0 host › in rhttpproxy.log, in the form of 7.0', withDoors(async doors => {
    await doors.open('esx-01')
    const lines = await hostLog(doors, 'rhttpproxy.log')
    expect(lines).toContainEqual(expect.stringMatching(/^\S+Z info rhttpproxy\[\d+\] \[Originator@6876 sub=Proxy\] POST \/sdk HTTP\/1\.1 200 /))
  }, { lab: { ...frontLab, product: '7.0.3' } as never }))

  it('vCenter › /var/log/vmware/envoy/envoy-access.log of its bundle', withDoors(async doors => {
    const door = await doors.open()
    const infos = await door.done(await door.content('diagnosticManager'), 'GenerateLogBundles_Task', { includeDefault: true })
    const { url } = (infos as unknown as { DiagnosticManagerBundleInfo: { url: string } }).DiagnosticManagerBundleInfo
    const answer = await fetch(`${new URL(await doors.lab.url('vc-01')).origin}${url.replace('https://*', '')}`, {
      headers: { authorization: `Basic ${Buffer.from('administrator@vsphere.local:VMware1!').toString('base64')}`, connection: 'close' },
    })
    const files = untar(Buffer.from(await answer.arrayBuffer()))
    const text = [...files].find(([path]) => path.endsWith('/var/log/vmware/envoy/envoy-access.log'))![1].toString()
    expect(text).toMatch(/^\S+Z info envoy\[02\d+\] .*Section for VMware VirtualCenter/)
    expect(text).toMatch(/\n\S+Z info envoy\[02\d+\] \[Originator@6876 sub=Proxy\] POST \/sdk HTTP\/1\.1 200 /)
  }, { lab: frontLab }))

  it('requests without end › the newest are kept, and no read of a property is a change of the lab', withDoors(async doors => {
    const door = await doors.open('esx-01')
    const root = await door.content('rootFolder') as Ref
    const before = doors.lab.world.revision
    for (let request = 0; request < 550; request += 1) await door.get(root, 'name')
    expect(doors.lab.world.revision).toBe(before)
    // Who may not read logs does not make them longer either.
    const { status } = await fetch(`${new URL(await doors.lab.url('esx-01')).origin}/host/envoy-access.log`, { headers: { connection: 'close' } })
    expect([status, doors.lab.world.revision]).toEqual([401, before])
    const lines = await hostLog(doors, 'envoy-access.log')
    expect(lines).toHaveLength(501)
    expect(lines.at(-1)).toMatch(/GET \/host\/envoy-access.log HTTP\/1\.1 401 /)
    expect(doors.lab.world.journal.since(before).filter(({ cause }) => cause['what'] === 'access log')).toHaveLength(1)
  }, { lab: frontLab }))

  it('a host with a log host › sends each line at once', async () => {
    const receiver = await new LogReceiver('udp').listen()
    const lab = createTestLab({ sends: [] })
    try {
      const client = await lab.client('esx-01')
      await client.call({ type: 'HostFirewallSystem', value: 'firewallSystem' }, 'EnableRuleset', { id: 'syslog' })
      await client.call({ type: 'OptionManager', value: 'ha-adv-options' }, 'UpdateOptions', {
        changedValue: { key: 'Syslog.global.logHost', value: { _typeName: 'xsd:string', _value: `udp://127.0.0.1:${receiver.port}` } },
      })
      await fetch(`${new URL(await lab.url('esx-01')).origin}/nothing`, { headers: { connection: 'close' } })
      expect(await receiver.matches(/<166>\S+Z esx-01\S* envoy-access\[\d+\]: GET \/nothing HTTP\/1\.1 404 /)).toBeDefined()
    } finally {
      await lab.close()
      await receiver.close()
    }
  })
})
