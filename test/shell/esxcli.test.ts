import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HostSystemProps } from '../../emulator/schema/generated/types.js'
import { firewallOf, inboundAllowed } from '../../emulator/physics/network/firewall.js'
import { ShellLab } from '../support/shell-lab.js'

let lab: ShellLab
beforeEach(() => { lab = new ShellLab({ lab: 'cluster' }) })
afterEach(() => lab.lab.stop())

/** Facts and forms are of operations.md 2, 2.1 and 2.4. */
describe('esxcli in the shell', () => {
  it('shows one object as lines', () => {
    expect(lab.out('esxcli system version get')).toBe('   Product: VMware ESXi\n   Version: 8.0.3\n   Build: Releasebuild-24022510\n   Update: 3\n   Patch: 0\n')
    expect(lab.out('esxcli network firewall get')).toBe('   Default Action: DROP\n   Enabled: true\n   Loaded: true\n')
    expect(lab.out('esxcli system uuid get')).toMatch(/^[0-9a-f-]+\n$/)
  })

  it('shows rows as a table, numbers and truth values to the right', () => {
    const lines = lab.out('esxcli network firewall ruleset rule list -r sshServer').split('\n')
    expect(lines.slice(0, 3)).toEqual([
      'Ruleset    Direction  Protocol  Port Type  Port Begin  Port End',
      '---------  ---------  --------  ---------  ----------  --------',
      'sshServer  Inbound    TCP       Dst                22        22',
    ])
    expect(lab.out('esxcli network firewall ruleset list')).toMatch(/\nsshServer +true /)
    expect(lab.out('esxcli network nic list')).toMatch(/\nvmnic0 {2}0000:5e:00\.0 {2}icen {4}Up +Up +25000 {2}Full +\S+ {2}1500 {2}\S/)
  })

  it('shows rows as blocks under their names, a blank line between them', () => {
    const text = lab.out('esxcli vm process list')
    expect(text).toMatch(/^vc-01\n {3}World ID: \d+\n {3}Process ID: 0\n {3}VMX Cartel ID: \d+\n {3}UUID: [0-9a-f ]{23}-[0-9a-f ]{23}\n/)
    expect(text.split('\n\n').length).toBe(4)
    expect(lab.out('esxcli network vswitch standard list')).toContain('\n   Portgroups: VM Network, Management Network\n')
  })

  it('shows answers in forms for programs', () => {
    expect(lab.out('esxcli --formatter=csv network firewall get')).toBe('DefaultAction,Enabled,Loaded,\nDROP,true,true,\n')
    expect(JSON.parse(lab.out('esxcli --formatter=json network firewall ruleset allowedip list -r sshServer')))
      .toEqual([{ AllowedIPAddresses: ['All'], Ruleset: 'sshServer' }])
    expect(lab.out('esxcli --formatter=keyvalue network firewall get')).toBe('Firewall.DefaultAction.string=DROP\nFirewall.Enabled.boolean=true\nFirewall.Loaded.boolean=true\n')
    expect(lab.out('esxcli --formatter=xml network firewall get')).toContain('<structure typeName="Firewall"><field name="DefaultAction"><string>DROP</string></field>')
    expect(lab.run('esxcli --formatter=yaml network firewall get')).toMatchObject({ status: 1, err: 'Error: Invalid formatter yaml\n' })
  })

  it('changes the firewall as the document does (requirements A15), silently, as the user', () => {
    expect(inboundAllowed(lab.world, 'esx-01', 'tcp', 443, '10.9.9.9')).toBe(true)
    expect(lab.out('esxcli network firewall ruleset set -r vSphereClient -a false')).toBe('')
    expect(lab.out('esxcli network firewall ruleset allowedip add -r vSphereClient -i 192.168.1.0/24')).toBe('')
    expect(lab.out('esxcli network firewall ruleset allowedip list --ruleset-id=vSphereClient')).toContain('vSphereClient  192.168.1.0/24\n')
    expect(inboundAllowed(lab.world, 'esx-01', 'tcp', 443, '10.9.9.9')).toBe(false)
    expect(inboundAllowed(lab.world, 'esx-01', 'tcp', 443, '192.168.1.7')).toBe(true)
    expect(firewallOf(lab.world, 'esx-01')!.ruleset!.find(each => each.key === 'vSphereClient')!.allowedHosts!.allIp).toBe(false)
    expect(lab.lab.services.sessions.all('esx-01').filter(each => each.principal.name === 'root').length).toBe(1)
  })

  it('changes options as the document does (requirements A20)', () => {
    expect(lab.out('esxcli system settings advanced set -o /Net/UsePolling -i 1')).toBe('')
    expect(lab.out('esxcfg-advcfg -g /Net/UsePolling')).toBe('Value of UsePolling is 1\n')
    expect(lab.out('esxcli system settings advanced list -o /Net/UsePolling')).toContain('   Int Value: 1\n   Default Int Value: 0\n')
    expect(lab.run('esxcli system settings advanced set -o /No/Such -i 1')).toMatchObject({ status: 1, out: '', err: expect.stringContaining('Unable to find option') as string })
  })

  it('says what is wrong with a command line', () => {
    expect(lab.run('esxcli network foo')).toEqual({ status: 1, out: '', err: 'Error: Unknown command or namespace network foo\n' })
    expect(lab.run('esxcli network firewall ruleset set -e true')).toMatchObject({
      status: 1, err: expect.stringMatching(/^Error: Missing required parameter -r\|--ruleset-id\n\nUsage: esxcli network firewall ruleset set \[cmd options\]\n/) as string,
    })
    expect(lab.run('esxcli network nic list -x')).toMatchObject({ status: 1, err: expect.stringMatching(/^Error: Invalid option -x\n/) as string })
    expect(lab.run('esxcli network firewall ruleset set -r nothing -e true')).toMatchObject({ status: 1, out: '' })
    expect(lab.run('esxcli vm process kill -t gently -w 1')).toMatchObject({ status: 1, err: "Invalid data constraint for parameter 'type'.\n" })
  })

  it('leads through its namespaces', () => {
    expect(lab.out('esxcli')).toContain('Available Namespaces:\n  hardware ')
    expect(lab.out('esxcli network firewall')).toMatch(/Available Namespaces:\n {2}ruleset +\S[\s\S]*Available Commands:\n {2}get +\S/)
    expect(lab.out('esxcli network firewall ruleset set --help')).toContain('  -r|--ruleset-id=<string>')
    const all = lab.out('esxcli esxcli command list').split('\n')
    expect(all[0]).toMatch(/^Namespace +Command$/)
    expect(all).toEqual(expect.arrayContaining([expect.stringMatching(/^network\.firewall\.ruleset +set$/)]))
  })

  it('waits for what needs time, and fails while hostd is stopped', () => {
    lab.out('for id in 1 2 3 4; do vim-cmd vmsvc/power.off $id; done')
    expect(lab.out('esxcli system maintenanceMode set -e true; esxcli system maintenanceMode get')).toBe('Enabled\n')
    expect(lab.world.get<HostSystemProps>('esx-01', 'ha-host')!.props.runtime.inMaintenanceMode).toBe(true)
    lab.out('/etc/init.d/hostd stop')
    expect(lab.run('esxcli system version get')).toEqual({ status: 1, out: '', err: 'Connect to localhost failed: Connection failure.\n' })
  })

  it('is for users with rights', () => {
    expect(lab.run('esxcli system version get', 'esx-01', {}, 'nobody')).toMatchObject({ status: 1, out: '' })
  })
})
