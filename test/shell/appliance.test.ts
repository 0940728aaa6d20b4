import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { applianceOf } from '../../emulator/physics/appliance/state.js'
import { usedAt } from '../../emulator/physics/appliance/partitions.js'
import { doorState } from '../../emulator/physics/network/doors.js'
import { ShellLab, type Said } from '../support/shell-lab.js'

let lab: ShellLab
beforeEach(() => { lab = new ShellLab({ lab: 'cluster', durations: 'realistic' }) })
afterEach(() => lab.lab.stop())

const vc = 'vc-01'

/** A line of the appliance's bash. */
function bash(line: string): Said {
  return lab.run(`shell ${line}`, vc)
}

function allowShell(): void {
  expect(lab.run('shell.set --enabled true', vc)).toEqual({ status: 0, out: '', err: '' })
}

describe('the restricted shell of an appliance', () => {
  it('knows few commands, and says so', () => {
    expect(lab.shell(vc).prompt()).toBe('Command> ')
    expect(lab.run('ls', vc)).toEqual({ status: 127, out: '', err: "Unknown command: `ls'\n" })
    expect(lab.out('help', vc)).toContain('   com.vmware.appliance.version1.system.version.get\n')
    expect(lab.out('com.vmware.appliance.version1.system.version.get', vc)).toContain('   Version: 8.0.3\n')
  })

  it('leads to bash when that is allowed, for a while', () => {
    lab.run('shell.set --enabled false', vc)
    expect(lab.run('shell', vc)).toEqual({ status: 1, out: '', err: 'Shell is disabled.\n' })
    allowShell()
    expect(lab.out('shell.get', vc)).toBe('Config:\n   Enabled: True\n   Timeout: 3600\n')
    const terminal = { columns: 80, rows: 24 }
    expect(lab.out('shell', vc, { terminal })).toBe('Shell access is granted to root\n')
    expect(lab.shell(vc).prompt()).toBe('root@vc-01 [ ~ ]# ')
    expect(lab.out('cd /tmp; pwd; hostname', vc, { terminal })).toBe('/tmp\nvc-01.lab.test\n')
    expect(lab.shell(vc).prompt()).toBe('root@vc-01 [ /tmp ]# ')
    expect(lab.run('foo', vc, { terminal })).toEqual({ status: 127, out: '', err: 'bash: foo: command not found\n' })
    lab.run('exit', vc, { terminal })
    expect(lab.shell(vc).left).toBe(undefined)
    expect(lab.shell(vc).prompt()).toBe('Command> ')
    lab.world.advance(3_600_000)
    expect(lab.run('shell ls', vc).status).toBe(1)
    lab.run('exit', vc)
    expect(lab.shell(vc).left).toBe(0)
  })

  it('runs in bash what comes on its input without a terminal', () => {
    allowShell()
    expect(lab.run('shell', vc, { input: 'echo one\necho two\n' })).toEqual({ status: 0, out: 'one\ntwo\n', err: '' })
  })
})

describe('services of an appliance', () => {
  it('are listed by what they do', () => {
    const lines = lab.out('service-control --status --all', vc).split('\n')
    expect(lines[0]).toBe('Running:')
    expect(lines[1]!.trim().split(' ')).toEqual(expect.arrayContaining(['vmware-vpxd', 'vmware-vpostgres', 'vsphere-ui', 'vmware-vmon']))
    expect(lines[2]).toBe('Stopped:')
    expect(lab.out('service-control --status vmware-vpxd', vc)).toBe('Running:\n vmware-vpxd\n')
  })

  it('stop and start, and 443 says so', () => {
    const before = lab.world.now()
    expect(lab.out('service-control --stop vmware-vpxd', vc)).toBe('Operation not cancellable. Please wait for it to finish...\n'
      + 'Performing stop operation on service vmware-vpxd...\nSuccessfully stopped service vmware-vpxd\n')
    expect(applianceOf(lab.world, vc)!.services['vpxd']!.state).toBe('STOPPED')
    expect(lab.world.now()).toBeGreaterThan(before)
    expect(lab.out('service-control --start vmware-vpxd', vc)).toContain('Successfully started service vmware-vpxd\n')
    expect(applianceOf(lab.world, vc)!.services['vpxd']!.state).toBe('STARTED')
    expect(lab.run('service-control --start nothing', vc)).toMatchObject({
      status: 1, err: 'service-control: Service-control failed. Error: Unknown service nothing\n',
    })
  })

  it('stop and start all together', () => {
    lab.out('service-control --stop --all', vc)
    expect(lab.out('service-control --status', vc)).not.toContain('Running')
    expect(doorState(lab.world, vc, 443).answer).toBe('refused')
    lab.out('service-control --start --all', vc)
    expect(lab.out('service-control --status vmware-vpxd', vc)).toBe('Running:\n vmware-vpxd\n')
  })

  it('are known to vmon-cli and systemctl', () => {
    allowShell()
    expect(bash('vmon-cli -l').out).toContain('\nvpxd\n')
    expect(bash('vmon-cli -s vpxd').out).toBe('Name: vpxd\nStarttype: AUTOMATIC\nRunState: STARTED\nHealthState: HEALTHY\n')
    expect(bash('systemctl is-active vmware-vmon')).toEqual({ status: 0, out: 'active\n', err: '' })
    expect(bash('systemctl status nothing')).toEqual({ status: 4, out: '', err: 'Unit nothing.service could not be found.\n' })
  })
})

describe('a full disk of an appliance (requirements B18)', () => {
  it('is seen by df, stops services, and is cured by removing what fills it', () => {
    allowShell()
    lab.lab.faults.inject('appliance-disk-fill', vc, { partition: '/storage/seat', to: '96%' })
    lab.world.advance(600_000)
    expect(bash('df -h /storage/seat').out).toMatch(/\n\/dev\/mapper\/seat_vg-seat +10\.0G +9\.6G +\S+ +96% \/storage\/seat\n$/)
    expect(applianceOf(lab.world, vc)!.services['vpxd']!.state).toBe('STOPPED')
    expect(lab.run('service-control --start vmware-vpxd', vc)).toMatchObject({
      status: 1, err: expect.stringContaining('file system /storage/seat is 96% full') as string,
    })
    expect(bash('ls -lh /storage/seat').out).toMatch(/ 8\.4G .* filler\.dat\n/)
    expect(bash('rm /storage/seat/filler.dat')).toEqual({ status: 0, out: '', err: '' })
    expect(usedAt(applianceOf(lab.world, vc)!.partitions['/storage/seat']!, lab.world.now()).bytes).toBe(Math.round(10 * 2 ** 30 * 0.12))
    expect(bash('ls /storage/seat').out).toBe('')
    expect(lab.out('service-control --start vmware-vpxd', vc)).toContain('Successfully started service vmware-vpxd')
  })

  it('is cured by emptying the file, and inodes by removing the folder', () => {
    allowShell()
    lab.lab.faults.inject('appliance-disk-fill', vc, { partition: '/storage/log', to: '90%' })
    expect(bash('> /storage/log/filler.dat').status).toBe(0)
    expect(bash('df /storage/log').out).toContain(' 31% /storage/log')
    lab.lab.faults.inject('appliance-disk-fill', vc, { partition: '/storage/db', to: '97%', inodes: true })
    expect(bash('df -i /storage/db').out).toContain(' 97% /storage/db')
    expect(bash('rm -rf /storage/db/small-files').status).toBe(0)
    expect(bash('df -i /storage/db').out).not.toContain('97%')
  })
})

describe('files of an appliance', () => {
  it('has the logs of its services', () => {
    allowShell()
    expect(bash('tail -n 1 /var/log/vmware/vpxd/vpxd.log').out).toMatch(/vpxd\[\d+\]/)
    expect(bash('ls /var/log/vmware').out).toMatch(/vmon\nvpxd\n/)
    expect(bash('ls /storage/log/vmware').out).toBe(bash('ls /var/log/vmware').out)
  })

  it('knocks at the ports of its hosts', () => {
    allowShell()
    expect(bash('nc -zv esx-01 443').status).toBe(0)
    expect(bash('ping -c 1 esx-01').out).toContain('1 packets received')
  })
})

describe('a command that `shell` of an appliance runs', () => {
  it('ends when it is interrupted, and when its user goes', () => {
    lab.run('shell.set --enabled true', 'vc-01')
    const first = lab.start('shell sleep 100', 'vc-01')
    lab.shell('vc-01').interrupt()
    expect(first.status).toBe(130)
    const second = lab.start('shell sleep 100', 'vc-01')
    lab.shell('vc-01').close()
    expect(second.status).toBe(130)
  })
})
