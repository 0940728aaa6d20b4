import { afterEach, describe, expect, it } from 'vitest'
import type { StoredLine } from '../../emulator/physics/logs/line.js'
import { lineText } from '../../emulator/physics/logs/render.js'
import { vmLineText, vmLogName } from '../../emulator/physics/logs/vm-log.js'
import { createTestLab, type TestLab } from '../support/test-lab.js'

const HOST = 'esx-02'
let lab: TestLab

afterEach(() => lab.close())

function lines(file: string, node = HOST): string[] {
  return [...lab.world.defineLog(`logs/${node}/${file}`, 1).since(1)].map(({ value }) => lineText(value as StoredLine, '8.0.3'))
}

function inject(fault: string, target: string, options: Record<string, unknown> = {}): string {
  return lab.lab.faults.inject(fault, target, options).id
}

describe('what a host writes', () => {
  it('all paths down › vmkernel, vmkwarning, vobd, and the time-out 140 s later', () => {
    lab = createTestLab()
    const id = inject('datastore-apd', 'shared-01')
    lab.world.advance(1000)
    const start = / Wa\(180\) vmkernel: cpu0:2097152\)WARNING: StorageApdHandler: Device or filesystem with identifier \[\S+\] has entered the All Paths Down state\.$/
    expect(lines('vmkernel').filter(line => start.test(line))).toHaveLength(1)
    expect(lines('vmkwarning').some(line => line.includes('All Paths Down state'))).toBe(true)
    expect(lines('vobd').some(line => / In\(14\) vobd\[\d+\]: {2}\[scsiCorrelator\] \d+us: \[esx\.problem\.storage\.apd\.start\] /.test(line))).toBe(true)
    lab.world.advance(138_000)
    expect(lines('vmkernel').some(line => line.includes('Timeout state'))).toBe(false)
    lab.world.advance(2000)
    expect(lines('vmkernel').some(line => line.includes('All Paths Down Timeout state after being in the All Paths Down state for 140 seconds'))).toBe(true)
    lab.lab.faults.heal(id)
    lab.world.advance(1000)
    expect(lines('vmkernel').some(line => line.endsWith('has exited the All Paths Down state.'))).toBe(true)
  })

  it('card without link › vmkernel and vobd', () => {
    lab = createTestLab()
    inject('nic-down', HOST, { nic: 'vmnic0' })
    lab.world.advance(0)
    expect(lines('vmkernel').some(line => line.endsWith('WARNING: netdev: vmnic0: link down'))).toBe(true)
    expect(lines('vmkernel').some(line => line.endsWith('Uplink: vmnic0 is down'))).toBe(true)
    expect(lines('vobd').some(line => line.includes('[netCorrelator]') && line.includes('[esx.problem.net.vmnic.linkstate.down]'))).toBe(true)
  })

  it('hostd that crashes › says nothing; started again it has another pid and a header', async () => {
    lab = createTestLab()
    await lab.client(HOST)
    const pid = (line: string): string => /Hostd\[(\d+)\]/.exec(line)![1]!
    const before = pid(lines('hostd')[0]!)
    inject('hostd-stop', HOST, { how: 'crash' })
    const said = lines('hostd').length
    inject('nic-down', HOST, { nic: 'vmnic1' })
    lab.world.advance(0)
    expect(lines('hostd')).toHaveLength(said)
    expect(lines('vobd').length).toBeGreaterThan(0)
    expect(lines('syslog').some(line => / No\(13\) watchdog-hostd\[\d+\]: hostd stopped$/.test(line))).toBe(true)
    lab.world.advance(600_000)
    const header = lines('hostd').find(line => line.includes('Section for VMware ESX') && pid(line) !== before)
    expect(header).toBeDefined()
    await lab.client(HOST)
    expect(pid(lines('hostd').at(-1)!)).toBe(pid(header!))
  })

  it('login › accepted and rejected, with the name on one row', async () => {
    lab = createTestLab()
    const client = await lab.anonymous(HOST)
    await expect(client.login('nobody\nIn(166) Hostd[1]: forged', 'x')).rejects.toMatchObject({ type: 'InvalidLogin' })
    await client.login('root', 'VMware1!')
    await client.call({ type: 'SessionManager', value: 'ha-sessionmgr' }, 'Logout')
    const hostd = lines('hostd')
    expect(hostd.some(line => / Wa\(164\) Hostd\[\d+\]: .* Rejected password for user nobody\?In\(166\) Hostd\[1\]: forged from 127\.0\.0\.1$/.test(line))).toBe(true)
    expect(hostd.some(line => line.endsWith('Accepted password for user root from 127.0.0.1'))).toBe(true)
    expect(hostd.some(line => /Event \d+ : User root@127\.0\.0\.1 logged in as /.test(line))).toBe(true)
    expect(hostd.some(line => /Event \d+ : User root@127\.0\.0\.1 logged out/.test(line))).toBe(true)
    expect(hostd.join('\n')).not.toContain('VMware1!')
  })

  it('a VM\'s vmware.log › a new file with each start, in the folder of the VM', async () => {
    lab = createTestLab()
    const client = await lab.client(HOST)
    const slot = lab.world.ofType(HOST, 'VirtualMachine').find(each => lab.world.read<{ name: string }>(each)!.props.name === 'db-01')!
    const vm = { type: 'VirtualMachine', value: slot.address.id }
    for (const method of ['PowerOffVM_Task', 'PowerOnVM_Task', 'ResetVM_Task', 'PowerOffVM_Task', 'PowerOnVM_Task']) {
      await client.call(vm, method)
      lab.world.advance(0)
    }
    const name = lab.world.logs().find(log => log.name.startsWith('vmware/') && log.name.endsWith('/db-01'))!.name
    expect(vmLogName(lab.world, name.split('/')[1]!, 'db-01')).toBe(name)
    const items = [...lab.world.log(name).since(1)].map(({ value }) => value as StoredLine)
    expect(items.filter(line => line.row === 1).map(line => line.file)).toEqual([1, 2, 3])
    const started = items.find(line => line.text.startsWith('PowerOn'))!
    expect(vmLineText(started, '7.0.3')).toMatch(/^\S+Z\| vmx\| I005: opID=\S+ PowerOn: /)
    expect(vmLineText(started, '8.0.3')).toMatch(/^\S+Z In\(05\) vmx - opID=\S+ PowerOn: /)
  })
})
