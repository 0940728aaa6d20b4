import { afterEach, describe, expect, it } from 'vitest'
import type { StoredLine } from '../../emulator/physics/logs/line.js'
import { lineText } from '../../emulator/physics/logs/render.js'
import { logName } from '../../emulator/physics/logs/write.js'
import { vmLineText, vmLogName } from '../../emulator/physics/logs/vm-log.js'
import { f4 } from '../support/ha-lab.js'
import { createTestLab, type TestLab } from '../support/test-lab.js'

const HOST = 'esx-02'
let lab: TestLab

afterEach(() => lab.close())

function lines(file: string, node = HOST): string[] {
  return [...lab.world.log(logName(lab.world, node, file)).since(1)].map(({ value }) => lineText(value as StoredLine, '8.0.3'))
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
    const started = items.findLast(line => line.text.startsWith('PowerOn'))!
    expect(vmLineText(started, '7.0.3')).toMatch(/^\S+Z\| vmx\| I005: opID=\S+ PowerOn: /)
    expect(vmLineText(started, '8.0.3')).toMatch(/^\S+Z In\(05\) vmx - opID=\S+ PowerOn: /)
  })

  it('a VM that runs since before the lab began › header and start come before its first line', async () => {
    lab = createTestLab()
    const client = await lab.client(HOST)
    const slot = lab.world.ofType(HOST, 'VirtualMachine').find(each => lab.world.read<{ name: string }>(each)!.props.name === 'db-01')!
    const { bootTime } = lab.world.read<{ runtime: { bootTime: string } }>(slot)!.props.runtime
    lab.world.advance(60_000)
    await client.call({ type: 'VirtualMachine', value: slot.address.id }, 'PowerOffVM_Task')
    lab.world.advance(0)
    const name = lab.world.logs().find(log => log.name.startsWith('vmware/') && log.name.endsWith('/db-01'))!.name
    const items = [...lab.world.log(name).since(1)].map(({ value }) => value as StoredLine)
    expect(items.map(line => line.text.split(' ')[0])).toEqual(['Log', 'PowerOn:', 'PowerOff:'])
    expect(items.map(line => line.row)).toEqual([1, 2, 3])
    const started = new Date(bootTime).toISOString()
    expect(items.slice(0, 2).map(line => line.time)).toEqual([started, started])
    expect(items[2]!.time).not.toBe(started)
  })
})

describe('fdm.log and das.config.log.level of the cluster', () => {
  const level = async (value: string | undefined): Promise<void> => {
    const client = await lab.client('vc1')
    const cluster = lab.world.ofType('vc1', 'ClusterComputeResource')[0]!.address
    await client.call({ type: 'ClusterComputeResource', value: cluster.id }, 'ReconfigureComputeResource_Task', {
      spec: {
        _typeName: 'ClusterConfigSpecEx',
        dasConfig: { option: value === undefined ? [] : [{ key: 'das.config.log.level', value: { _typeName: 'string', _value: value } }] },
      }, modify: true,
    })
    lab.world.advance(10_000)
  }

  it('says what is lost only when it is verbose, and nothing at none', async () => {
    lab = createTestLab({ lab: f4() })
    const texts = (): string[] => lines('fdm')
    const lose = (): void => {
      const id = inject('datastore-apd', 'ds1', { hosts: HOST })
      lab.world.advance(60_000)
      lab.lab.faults.heal(id)
      lab.world.advance(60_000)
    }
    lose()
    expect(texts().some(line => line.includes('is lost'))).toBe(false)
    await level('verbose')
    lose()
    expect(texts().filter(line => / Db\(167\) Fdm\[\d+\]: .* Datastore \S+ is lost \(apd\)$/.test(line))).toHaveLength(1)
    expect(lines('fdm', 'esx-04').some(line => line.includes('Judgement for vCenter'))).toBe(false)
    await level('trivia')
    inject('host-crash', 'esx-01')
    lab.world.advance(60_000)
    expect(lines('fdm', 'esx-04').filter(line => line.includes('Judgement for vCenter')).length).toBeGreaterThan(0)
    await level('none')
    const before = texts().length
    lose()
    inject('host-crash', 'esx-04')
    lab.world.advance(120_000)
    expect(texts()).toHaveLength(before)
    await level('nonsense')
    inject('host-crash', 'esx-03')
    lab.world.advance(120_000)
    expect(texts().length).toBeGreaterThan(before)
  })
})
