import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HostSystemProps, VirtualMachineProps } from '../../emulator/schema/generated/types.js'
import { agentRuns } from '../../emulator/physics/hardware/agents.js'
import { chassis } from '../../emulator/physics/hardware/chassis.js'
import { serviceOf } from '../../emulator/physics/hardware/host-services.js'
import { faultOf } from '../support/gate-lab.js'
import { ShellLab } from '../support/shell-lab.js'

let lab: ShellLab
beforeEach(() => { lab = new ShellLab({ lab: 'cluster', durations: 'realistic' }) })
afterEach(() => lab.lab.stop())

function inject(name: string, target: string, options: object = {}): void {
  lab.lab.faults.inject(name, target, options as Record<string, unknown>)
}

function vm(id: string): VirtualMachineProps {
  return lab.world.get<VirtualMachineProps>('esx-01', id)!.props as VirtualMachineProps
}

describe('what a host is', () => {
  it('says its version', () => {
    expect(lab.out('vmware -v')).toBe('VMware ESXi 8.0.3 build-24022510\n')
    expect(lab.out('vmware -l')).toBe('VMware ESXi 8.0.3 Update 3\n')
    expect(lab.out('vmware -vl')).toBe('VMware ESXi 8.0.3 build-24022510\nVMware ESXi 8.0.3 Update 3\n')
    expect(lab.out('uname -a')).toMatch(/^VMkernel esx-01\S* 8\.0\.3 #1 SMP Release build-24022510 x86_64/)
    expect(lab.out('hostname; whoami; date +%Y-%m-%d')).toBe('esx-01\nroot\n2026-01-05\n')
  })

  it('shows volumes with what they really have', () => {
    const lines = lab.out('df').trim().split('\n')
    expect(lines[0]).toMatch(/^Filesystem +Bytes +Used +Available Use% Mounted on$/)
    const shared = lines.find(line => line.endsWith('/vmfs/volumes/shared-01'))!.split(/\s+/)
    const store = lab.world.ofType('esx-01', 'Datastore').map(slot => lab.world.read<{ name: string, summary: { capacity: number, freeSpace: number } }>(slot)!.props)
      .find(each => each.name === 'shared-01')!
    expect(shared.slice(1, 4).map(Number)).toEqual([store.summary.capacity, store.summary.capacity - store.summary.freeSpace, store.summary.freeSpace])
    expect(lab.out('vmkfstools -P /vmfs/volumes/shared-01')).toContain(`File system label (if any): shared-01\n`)
    expect(lab.run('vmkfstools -P /tmp').status).toBe(1)
  })
})

describe('vim-cmd', () => {
  it('lists VMs and their power', () => {
    const [header, ...rows] = lab.out('vim-cmd vmsvc/getallvms').trim().split('\n')
    expect(header).toMatch(/^Vmid +Name +File +Guest OS +Version +Annotation$/)
    expect(rows.map(row => row.split(/\s+/)[1])).toContain('esx-01-vm-01')
    expect(lab.out('vim-cmd vmsvc/power.getstate 2')).toBe('Retrieved runtime info\nPowered on\n')
  })

  it('turns a VM off and on, as the user, and gives its session back', () => {
    const sessions = lab.lab.services.sessions.all('esx-01').length
    const before = lab.world.now()
    expect(lab.out('vim-cmd vmsvc/power.off 2; date +%s')).toMatch(/^Powering off VM:\n\d+\n$/)
    expect(vm('2').runtime.powerState).toBe('poweredOff')
    expect(lab.world.now()).toBeGreaterThan(before)
    expect(lab.out('vim-cmd vmsvc/power.on 2')).toBe('Powering on VM:\n')
    expect(vm('2').runtime.powerState).toBe('poweredOn')
    expect(lab.lab.services.sessions.all('esx-01').length).toBe(sessions)
    expect(lab.events('esx-01')).toContain('UserLoginSessionEvent')
  })

  it('prints the fault of a task, and that of a VM that is not there', () => {
    expect(lab.run('vim-cmd vmsvc/power.on 2')).toMatchObject({
      status: 1, out: expect.stringMatching(/^Powering on VM:\n\(vim\.fault\.InvalidPowerState\) \{\n[\s\S]*existingState = "poweredOn"/) as string,
    })
    expect(lab.run('vim-cmd vmsvc/power.on 99')).toMatchObject({
      status: 1, out: '(vim.fault.NotFound) {\n   faultCause = (vmodl.MethodFault) null, \n   faultMessage = <unset>, \n'
        + '   msg = "Unable to find a VM corresponding to \\"99\\""\n}\n',
    })
    expect(lab.run('vim-cmd vmsvc/nothing')).toMatchObject({ status: 1, err: "Invalid command 'nothing'.\n" })
    expect(lab.run('vim-cmd vmsvc/power.on')).toMatchObject({ status: 1, err: expect.stringContaining('Insufficient arguments') as string })
  })

  it('dumps objects with every property of their type', () => {
    const summary = lab.out('vim-cmd vmsvc/get.summary 2')
    expect(summary).toMatch(/^Listsummary:\n\n\(vim\.vm\.Summary\) \{\n {3}vm = 'vim\.VirtualMachine:2', \n {3}runtime = \(vim\.vm\.RuntimeInfo\) \{\n/)
    expect(summary).toContain('powerState = "poweredOn"')
    expect(summary).toContain('<unset>')
    expect(lab.out('vim-cmd hostsvc/hostsummary')).toContain('name = "esx-01')
    expect(lab.out('vim-cmd vmsvc/device.getdevices 2')).toContain('(vim.vm.device.VirtualDisk) {')
    expect(lab.out('vim-cmd hostsvc/net/vswitch_info')).toContain('name = "vSwitch0"')
  })

  it('unregisters a VM and registers it again', () => {
    lab.out('vim-cmd vmsvc/power.off 2; vim-cmd vmsvc/unregister 2')
    expect(lab.out('vim-cmd vmsvc/getallvms')).not.toContain('esx-01-vm-01')
    const id = lab.out('vim-cmd solo/registervm /vmfs/volumes/shared-01/esx-01-vm-01/esx-01-vm-01.vmx').trim()
    expect(lab.out(`vim-cmd vmsvc/power.getstate ${id}`)).toContain('Powered off')
  })

  it('starts and stops SSH, by the document\'s name too (requirements A11)', () => {
    const ssh = () => serviceOf(lab.world, 'esx-01', 'TSM-SSH')!
    lab.out('vim-cmd hostsvc/start_ssh; vim-cmd hostsvc/enable_ssh')
    expect(ssh()).toMatchObject({ running: true, policy: 'on' })
    lab.out('vim-cmd hostsvc/ssh_stop; chkconfig ssh off')
    expect(ssh()).toMatchObject({ running: false, policy: 'off' })
    expect(lab.out('chkconfig SSH')).toMatch(/^SSH +off\n$/)
    expect(lab.out('vim-cmd hostsvc/stop_ssh')).toBe('')
  })

  it('changes options, and says what is wrong with them', () => {
    lab.out('vim-cmd hostsvc/advopt/update Net.UsePolling long 1')
    expect(lab.out('esxcfg-advcfg -g /Net/UsePolling')).toBe('Value of UsePolling is 1\n')
    expect(lab.out('esxcfg-advcfg -s 0 /Net/UsePolling')).toBe('Value of UsePolling is 0\n')
    expect(lab.run('vim-cmd hostsvc/advopt/update No.Such long 1')).toMatchObject({ status: 1, out: expect.stringContaining('vim.fault.InvalidName') as string })
    expect(lab.run('esxcfg-advcfg -s 99999 /Net/UsePolling').status).toBe(1)
    expect(lab.run('esxcfg-advcfg -g /No/Such')).toMatchObject({ status: 1, err: 'esxcfg-advcfg: Invalid advanced option /No/Such\n' })
  })

  it('fails while hostd is stopped, and waits while it hangs', () => {
    lab.out('/etc/init.d/hostd stop')
    expect(lab.run('vim-cmd vmsvc/getallvms')).toEqual({ status: 1, out: '', err: 'Connect to localhost failed: Connection failure.\n' })
    expect(lab.out('ls /vmfs/volumes')).toContain('shared-01')
    expect(lab.run('/etc/init.d/hostd status')).toEqual({ status: 3, out: 'hostd is not running.\n', err: '' })
    lab.out('/etc/init.d/hostd start')
    expect(lab.out('vim-cmd vmsvc/getallvms')).toContain('esx-01-vm-01')
    lab.world.transact({ kind: 'lab', what: 'test' }, tx => tx.emit('agent.ended', { host: 'esx-01', agent: 'hostd', how: 'hang' }))
    const waits = lab.start('vim-cmd vmsvc/power.getstate 2')
    lab.world.advance(30_000)
    expect(waits.status).toBe(undefined)
    expect(lab.lab.shells.open('esx-01', { name: 'root', address: '' })).toBeDefined()
    lab.world.transact({ kind: 'lab', what: 'test' }, tx => tx.emit('agent.changed', { host: 'esx-01', agent: 'hostd', state: 'running' }))
    lab.world.advance(5000)
    expect(waits).toMatchObject({ status: 0, out: expect.stringContaining('Powered on') as string })
  })
})

describe('service scripts', () => {
  it('restart hostd, whose sessions end', () => {
    const before = lab.world.journal.last()!.revision
    expect(lab.out('/etc/init.d/hostd restart')).toBe('hostd stopped.\nhostd started.\n')
    expect(agentRuns(lab.world, 'esx-01', 'hostd')).toBe(true)
    expect(lab.lab.services.sessions.all('esx-01')).toEqual([])
    const causes = lab.world.journal.since(before).map(entry => entry.cause)
    expect(causes).toContainEqual({ kind: 'lab', what: 'shell', node: 'esx-01', user: 'root', command: '/etc/init.d/hostd restart' })
  })

  it('stop vpxa, so that vCenter gives the host up, and start it again', () => {
    lab.out('/etc/init.d/vpxa stop')
    expect(serviceOf(lab.world, 'esx-01', 'vpxa')!.running).toBe(false)
    lab.world.advance(120_000)
    const state = (): string => lab.world.ofType('vc-01', 'HostSystem').map(slot => lab.world.read<HostSystemProps>(slot)!.props)
      .find(each => each.name.startsWith('esx-01'))!.runtime.connectionState
    expect(state()).toBe('notResponding')
    lab.out('/etc/init.d/vpxa start')
    lab.world.advance(120_000)
    expect(state()).toBe('connected')
  })

  it('stop the HA agent', () => {
    lab.out('/etc/init.d/vmware-fdm stop')
    expect(agentRuns(lab.world, 'esx-01', 'fdm')).toBe(false)
    expect(lab.out('/etc/init.d/vmware-fdm start; /etc/init.d/vmware-fdm status')).toBe('vmware-fdm started.\nvmware-fdm is running.\n')
    const alone = new ShellLab()
    expect(alone.run('/etc/init.d/vmware-fdm status').status).toBe(127)
    alone.lab.stop()
  })

  it('cure a console service that hangs (requirements A19)', () => {
    inject('console-hang', 'esx-01')
    expect(chassis(lab.world, 'esx-01')!.consoleHung).toBe(true)
    expect(lab.run('/etc/init.d/vmware-vmrc status').status).toBe(3)
    expect(lab.out('/etc/init.d/vmware-vmrc restart')).toBe('vmware-vmrc stopped.\nvmware-vmrc started.\n')
    expect(chassis(lab.world, 'esx-01')!.consoleHung).toBe(undefined)
  })

  it('write who logs in may do so', () => {
    lab.out('/etc/init.d/SSH start')
    expect(lab.out('tail -n 1 /var/log/syslog.log')).toMatch(/No\(13\) SSH\[\d+\]: SSH login enabled\n$/)
  })

  it('are for root', () => {
    expect(lab.run('/etc/init.d/hostd stop', 'esx-01', {}, 'operator').status).toBe(1)
    expect(agentRuns(lab.world, 'esx-01', 'hostd')).toBe(true)
  })

  it('end the shell of a host that is rebooted', () => {
    lab.out('echo x > /tmp/x')
    expect(lab.run('reboot; echo after')).toEqual({ status: 255, out: '', err: '' })
    expect(chassis(lab.world, 'esx-01')!.power).toBe('off')
    lab.world.advance(1_200_000)
    expect(lab.out('ls /tmp; uptime')).toMatch(/up 00:/)
  })
})

describe('the network from a host', () => {
  it('pings nodes while the way is there', () => {
    const address = lab.lab.nodes.find(node => node.name === 'esx-02')!.address
    expect(lab.out('ping -c 2 esx-02')).toBe(`PING esx-02 (${address}): 56 data bytes\n`
      + `64 bytes from ${address}: icmp_seq=0 ttl=64 time=0.200 ms\n64 bytes from ${address}: icmp_seq=1 ttl=64 time=0.200 ms\n\n`
      + '--- esx-02 ping statistics ---\n2 packets transmitted, 2 packets received, 0% packet loss\n'
      + 'round-trip min/avg/max = 0.200/0.200/0.200 ms\n')
    inject('cable-cut', 'esx-02')
    const before = lab.world.now()
    expect(lab.run('ping -c 2 esx-02')).toMatchObject({ status: 1, out: expect.stringContaining('2 packets transmitted, 0 packets received, 100% packet loss') as string })
    expect(lab.world.now() - before).toBeGreaterThanOrEqual(2000)
    expect(lab.run('ping nowhere')).toMatchObject({ status: 1, err: 'ping: Unknown host nowhere\n' })
  })

  it('does not send what is too big for the adapter (requirements A20)', () => {
    expect(lab.out('vmkping -c 1 -s 8972 esx-02')).toContain('8980 bytes from')
    expect(lab.run('vmkping -c 1 -d -s 8972 esx-02')).toMatchObject({ status: 1, out: expect.stringContaining('sendto() failed (Message too long)') as string })
    expect(lab.out('vmkping -c 1 -d -s 1472 -I vmk0 esx-02')).toContain('1 packets received')
    expect(lab.run('vmkping -I vmk9 esx-02')).toMatchObject({ status: 1, err: 'vmkping: Interface vmk9 not found\n' })
  })

  it('knocks at ports through firewalls', () => {
    expect(lab.run('nc -zv esx-02 902')).toEqual({ status: 0, out: '', err: 'Connection to esx-02 902 port [tcp/*] succeeded!\n' })
    // Its own firewall lets no SSH out at first.
    expect(lab.run('nc -zv -w 1 esx-02 22')).toMatchObject({ status: 1, err: 'nc: connect to esx-02 port 22 (tcp) failed: Operation timed out\n' })
    lab.out('vim-cmd hostsvc/firewall_enable_ruleset sshClient')
    expect(lab.run('nc -zv esx-02 22')).toEqual({ status: 1, out: '', err: 'nc: connect to esx-02 port 22 (tcp) failed: Connection refused\n' })
    lab.out('vim-cmd hostsvc/start_ssh', 'esx-02')
    expect(lab.run('nc -z esx-02 22').status).toBe(0)
    inject('port-block', 'esx-02', { port: 902, how: 'drop' })
    const before = lab.world.now()
    expect(lab.run('nc -zv -w 5 esx-02 902')).toEqual({ status: 1, out: '', err: 'nc: connect to esx-02 port 902 (tcp) failed: Operation timed out\n' })
    expect(lab.world.now() - before).toBeGreaterThanOrEqual(5000)
  })

  it('shows switches, adapters and routes', () => {
    expect(lab.out('esxcfg-vswitch -l')).toMatch(/^Switch Name {6}Num Ports {3}Used Ports {2}Configured Ports {2}MTU {5}Uplinks\nvSwitch0 /)
    expect(lab.out('esxcfg-nics -l')).toMatch(/\nvmnic0 +0000:5e:00\.0 +icen +Up +25000Mbps +Full/)
    inject('nic-down', 'esx-01', { nic: 'vmnic0' })
    expect(lab.out('esxcfg-nics -l')).toMatch(/\nvmnic0 +0000:5e:00\.0 +icen +Down +0Mbps +Half/)
    expect(lab.out('esxcfg-vmknic -l')).toMatch(/\nvmk0 +Management Network +IPv4 +127\.0\.1\.2 /)
    expect(lab.out('esxcfg-route')).toBe('VMkernel default gateway is 127.0.1.254\n')
    expect(lab.run('esxcfg-vswitch -a vSwitch9')).toMatchObject({ status: 2, err: expect.stringContaining('does not emulate') as string })
  })

  it('repairs routes and switches as the document does (requirements A22)', () => {
    expect(lab.out('esxcfg-route 192.168.1.1')).toBe('VMkernel default gateway set to 192.168.1.1\n')
    expect(lab.out('esxcfg-route')).toBe('VMkernel default gateway is 192.168.1.1\n')
    expect(lab.out('esxcfg-route -l')).toMatch(/\ndefault +0\.0\.0\.0 +192\.168\.1\.1 +vmk0\n/)
    const { config } = lab.world.get<HostSystemProps>('esx-01', 'ha-host')!.props
    expect(config!.network!.netStackInstance![0]!.ipRouteConfig).toMatchObject({ defaultGateway: '192.168.1.1' })
    const system = { type: 'HostNetworkSystem', value: 'networkSystem' }
    expect(faultOf(() => lab.call('esx-01', system, 'UpdateIpRouteConfig', { config: { defaultGateway: 'nowhere' } }))).toBe('InvalidArgument')
    expect(lab.out('esxcfg-vswitch -R')).toBe('')
  })
})

describe('reboot, poweroff and halt', () => {
  it.each(['reboot --help', 'poweroff -h', 'halt now'])('%s › says how it is used, and the host stays up', line => {
    const since = chassis(lab.world, 'esx-01')!.bootTime
    const said = lab.run(line)
    expect([said.status, said.out]).toEqual([1, ''])
    expect(said.err).toContain(`Usage: ${line.split(' ')[0]!} `)
    expect(lab.out('echo up')).toBe('up\n')
    expect(chassis(lab.world, 'esx-01')!.bootTime).toBe(since)
  })
})
