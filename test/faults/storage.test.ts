import { describe, expect, it } from 'vitest'
import { storageLatencyMs } from '../../emulator/physics/storage/latency.js'
import type {
  DatastoreProps, Event, EventEx, HostStorageSystemProps, HostSystemProps, VirtualMachineProps,
} from '../../emulator/schema/generated/types.js'
import { GateLab } from '../support/gate-lab.js'

const VC = 'vc1'

function f4(): GateLab {
  return new GateLab({ lab: 'scenarios/labs/f4.yaml' })
}

/** Ids of the EventEx of a node since a position, those of storage only. */
function ids(lab: GateLab, node: string, since = 0): string[] {
  return [...lab.lab.world.log(`events/${node}`).since(since + 1)].map(item => item.value as Event & EventEx)
    .filter(event => event._typeName === 'EventEx' && /storage|scsi|vmfs/.test(event.eventTypeId))
    .map(event => event.eventTypeId)
}

/** How a node shows the mount of a datastore on a host. */
function mount(lab: GateLab, host: string, node = VC, name = 'ds1'): { accessible?: boolean, inaccessibleReason?: string } {
  const key = node === VC ? lab.named(VC, 'HostSystem', hostName(lab, host)).value : 'ha-host'
  const props = lab.props<DatastoreProps>(node, lab.named(node, 'Datastore', name))
  return props.host!.find(item => item.key.value === key)!.mountInfo
}

function hostName(lab: GateLab, host: string): string {
  return lab.lab.nodes.find(node => node.name === host)!.hostName
}

function summary(lab: GateLab, node = VC): DatastoreProps['summary'] {
  return lab.props<DatastoreProps>(node, lab.named(node, 'Datastore', 'ds1')).summary
}

function volumeId(lab: GateLab, name: string): string {
  return lab.lab.world.ofType('lab', 'Volume')
    .find(slot => lab.lab.world.read<{ name: string }>(slot)!.props.name === name)!.address.id
}

describe('datastore-apd', () => {
  it('is shown and told at its start, at 16 s and at 140 s, on the one host; VMs run on', () => {
    const lab = f4()
    const [vc, own] = [lab.eventCount(VC), lab.eventCount('esx-02')]
    lab.lab.faults.inject('datastore-apd', 'ds1', { hosts: 'esx-02' })
    for (const node of [VC, 'esx-02']) {
      expect(mount(lab, 'esx-02', node)).toMatchObject({ accessible: false, inaccessibleReason: 'AllPathsDown_Start' })
    }
    expect(mount(lab, 'esx-01')).toMatchObject({ accessible: true })
    expect(summary(lab).accessible).toBe(true)
    expect(summary(lab, 'esx-02').accessible).toBe(false)
    expect(ids(lab, VC, vc)).toEqual(['esx.problem.storage.apd.start', 'esx.problem.storage.connectivity.lost'])
    lab.lab.world.advance(15_999)
    expect(ids(lab, VC, vc)).not.toContain('esx.problem.vmfs.heartbeat.timedout')
    lab.lab.world.advance(1)
    expect(ids(lab, VC, vc)).toContain('esx.problem.vmfs.heartbeat.timedout')
    lab.lab.world.advance(123_999)
    expect(mount(lab, 'esx-02').inaccessibleReason).toBe('AllPathsDown_Start')
    lab.lab.world.advance(1)
    expect(mount(lab, 'esx-02').inaccessibleReason).toBe('AllPathsDown_Timeout')
    expect(ids(lab, 'esx-02', own)).toContain('esx.problem.storage.apd.timeout')
    const vm = lab.props<VirtualMachineProps>(VC, lab.named(VC, 'VirtualMachine', 'vm-esx-02-1'))
    expect(vm.runtime).toMatchObject({ powerState: 'poweredOn', connectionState: 'connected' })
    expect(vm.guestHeartbeatStatus).toBe('green')
  })

  it('ends with apd.exit and nothing else › before the time-out', () => {
    const lab = f4()
    const { id } = lab.lab.faults.inject('datastore-apd', 'ds1', { hosts: 'esx-02' })
    lab.lab.world.advance(100_000)
    const mark = lab.eventCount(VC)
    lab.lab.faults.heal(id)
    lab.lab.world.advance(200_000)
    expect(ids(lab, VC, mark).sort()).toEqual([
      'esx.clear.storage.apd.exit', 'esx.clear.storage.connectivity.restored', 'esx.problem.vmfs.heartbeat.recovered',
    ])
    expect(mount(lab, 'esx-02')).toMatchObject({ accessible: true })
    expect(mount(lab, 'esx-02').inaccessibleReason).toBeUndefined()
  })

  it('on all hosts makes the datastore inaccessible, and its VMs that are off; none starts', () => {
    const lab = f4()
    const vm = lab.named(VC, 'VirtualMachine', 'vm-esx-02-1')
    lab.done(VC, vm, 'PowerOffVM_Task')
    const { id } = lab.lab.faults.inject('datastore-apd', 'ds1', {})
    expect(summary(lab).accessible).toBe(false)
    expect(lab.failed(VC, vm, 'PowerOnVM_Task')).toBe('CannotAccessFile')
    lab.lab.world.advance(140_000)
    const state = (): string => lab.props<VirtualMachineProps>(VC, vm).runtime.connectionState
    expect(state()).toBe('inaccessible')
    lab.lab.faults.heal(id)
    expect(state()).toBe('connected')
    expect(summary(lab).accessible).toBe(true)
    lab.done(VC, vm, 'PowerOnVM_Task')
  })

  it('is known to vCenter when it hears the host again', () => {
    const lab = f4()
    const cut = lab.lab.faults.inject('cable-cut', 'esx-02', {})
    lab.lab.world.advance(90_000)
    lab.lab.faults.inject('datastore-apd', 'ds1', { hosts: 'esx-02' })
    expect(mount(lab, 'esx-02')).toMatchObject({ accessible: true })
    lab.lab.faults.heal(cut.id)
    lab.lab.world.advance(30_000)
    expect(mount(lab, 'esx-02')).toMatchObject({ accessible: false, inaccessibleReason: 'AllPathsDown_Start' })
  })

  it('of an NFS datastore names the server that is silent, after 125 s', () => {
    const lab = new GateLab({ lab: 'cluster' })
    const mark = lab.eventCount('vc-01')
    const { id } = lab.lab.faults.inject('datastore-apd', 'nfs-01', { hosts: 'esx-02' })
    expect(ids(lab, 'vc-01', mark)).toEqual(['esx.problem.storage.apd.start'])
    lab.lab.world.advance(125_000)
    expect(ids(lab, 'vc-01', mark)).toEqual(['esx.problem.storage.apd.start', 'esx.problem.vmfs.nfs.server.disconnect'])
    lab.lab.faults.heal(id)
    expect(ids(lab, 'vc-01', mark).slice(2)).toEqual(['esx.clear.storage.apd.exit', 'esx.clear.vmfs.nfs.server.restored'])
  })

  it('waits as long as Misc.APDTimeout of the host says', () => {
    const lab = f4()
    const options = { type: 'OptionManager', value: 'ha-adv-options' }
    lab.call('esx-02', options, 'UpdateOptions', { changedValue: [{ key: 'Misc.APDTimeout', value: { _typeName: 'long', _value: 30 } }] })
    lab.lab.faults.inject('datastore-apd', 'ds1', { hosts: 'esx-02' })
    lab.lab.world.advance(30_000)
    expect(mount(lab, 'esx-02').inaccessibleReason).toBe('AllPathsDown_Timeout')
    const said = [...lab.lab.world.log('events/esx-02').since(1)]
      .map(item => item.value as EventEx).find(event => event.eventTypeId === 'esx.problem.storage.apd.timeout')
    expect(said!.arguments).toContainEqual({ key: 'seconds', value: { _typeName: 'string', _value: '30' } })
  })

  it('refuses hosts that are none', () => {
    const lab = f4()
    expect(() => lab.lab.faults.inject('datastore-apd', 'ds1', { hosts: 'esx-09' })).toThrow(/esx-0/)
    expect(() => lab.lab.faults.inject('datastore-apd', 'ds1', { host: 'esx-01' })).toThrow(/hosts/)
  })
})

describe('datastore-pdl', () => {
  it('is permanent at once, without a time-out, until the device is plugged in again', () => {
    const lab = f4()
    const mark = lab.eventCount(VC)
    const { id } = lab.lab.faults.inject('datastore-pdl', 'ds1', { hosts: ['esx-02'] })
    expect(mount(lab, 'esx-02').inaccessibleReason).toBe('PermanentDeviceLoss')
    lab.lab.world.advance(200_000)
    expect(ids(lab, VC, mark)).toEqual(
      ['esx.problem.scsi.device.state.permanentloss', 'esx.problem.vmfs.heartbeat.timedout'])
    lab.lab.faults.heal(id)
    expect(ids(lab, VC, mark)).toContain('esx.clear.scsi.device.state.permanentloss.deviceonline')
    expect(mount(lab, 'esx-02')).toMatchObject({ accessible: true })
  })

  it('comes after an APD on the same device: the one ends, the other begins', () => {
    const lab = f4()
    lab.lab.faults.inject('datastore-apd', 'ds1', { hosts: 'esx-02' })
    lab.lab.world.advance(10_000)
    const mark = lab.eventCount(VC)
    lab.lab.faults.inject('datastore-pdl', 'ds1', { hosts: 'esx-02' })
    expect(ids(lab, VC, mark)).toContain('esx.clear.storage.apd.exit')
    expect(ids(lab, VC, mark)).toContain('esx.problem.scsi.device.state.permanentloss')
    lab.lab.world.advance(200_000)
    expect(mount(lab, 'esx-02').inaccessibleReason).toBe('PermanentDeviceLoss')
  })
})

describe('path-down', () => {
  const paths = (lab: GateLab, node = 'esx-02'): { name: string, pathState: string, isWorkingPath?: boolean }[] => {
    const host = node === VC ? lab.named(VC, 'HostSystem', hostName(lab, 'esx-02')) : { type: 'HostSystem', value: 'ha-host' }
    const { config, configManager } = lab.props<HostSystemProps>(node, host)
    const device = config!.storageDevice!
    const manager = lab.props<HostStorageSystemProps>(node, configManager.storageSystem!)
    expect(manager.storageDeviceInfo).toEqual(device)
    expect(manager.multipathStateInfo).toEqual(config!.multipathState)
    const disk = device.scsiLun!.filter(lun => lun.displayName?.startsWith('NETAPP'))[0]!
    return device.multipathInfo!.lun!.find(unit => unit.lun === disk.key)!.path as never
  }

  it('leaves the host with the other path: redundancy is lost, the datastore is not', () => {
    const lab = f4()
    const mark = lab.eventCount(VC)
    const { id } = lab.lab.faults.inject('path-down', 'esx-02', { paths: 'vmhba1' })
    for (const node of ['esx-02', VC]) {
      expect(paths(lab, node).map(path => path.pathState)).toEqual(['dead', 'active'])
      expect(paths(lab, node).map(path => path.isWorkingPath)).toEqual([false, true])
    }
    expect(ids(lab, VC, mark)).toEqual(['esx.problem.storage.redundancy.lost', 'esx.problem.storage.redundancy.lost'])
    expect(mount(lab, 'esx-02')).toMatchObject({ accessible: true })
    lab.lab.faults.heal(id)
    expect(paths(lab).map(path => path.pathState)).toEqual(['active', 'active'])
    expect(ids(lab, VC, mark).slice(2)).toEqual(
      ['esx.clear.storage.redundancy.restored', 'esx.clear.storage.redundancy.restored'])
  })

  it('without any path is an APD of that host alone', () => {
    const lab = f4()
    const mark = lab.eventCount(VC)
    lab.lab.faults.inject('path-down', 'ds1', { paths: 'vmhba1', hosts: 'esx-02' })
    const second = lab.lab.faults.inject('path-down', 'ds1', { paths: 'vmhba2', hosts: 'esx-02' })
    expect(mount(lab, 'esx-02')).toMatchObject({ accessible: false, inaccessibleReason: 'AllPathsDown_Start' })
    expect(mount(lab, 'esx-02', VC, 'ds2')).toMatchObject({ accessible: true })
    expect(mount(lab, 'esx-03')).toMatchObject({ accessible: true })
    expect(ids(lab, VC, mark)).toEqual([
      'esx.problem.storage.redundancy.lost', 'esx.problem.storage.apd.start', 'esx.problem.storage.connectivity.lost',
    ])
    lab.lab.faults.heal(second.id)
    expect(mount(lab, 'esx-02')).toMatchObject({ accessible: true })
    expect(ids(lab, VC, mark).slice(3)).toEqual([
      'esx.clear.storage.apd.exit', 'esx.clear.storage.connectivity.restored', 'esx.problem.storage.redundancy.lost',
    ])
  })

  it('refuses a path that the host has not', () => {
    expect(() => f4().lab.faults.inject('path-down', 'esx-02', { paths: 'vmhba9' })).toThrow(/vmhba1:C0/)
  })
})

describe('disk-latency', () => {
  it('is told by each host that it hits hard, and when it is over', () => {
    const lab = f4()
    const mark = lab.eventCount(VC)
    const volume = volumeId(lab, 'ds1')
    const little = lab.lab.faults.inject('disk-latency', 'ds1', { latency: '10ms' })
    expect(ids(lab, VC, mark)).toEqual([])
    expect(storageLatencyMs(lab.lab.world, 'esx-01', volume)).toBe(11)
    const much = lab.lab.faults.inject('disk-latency', 'ds1', { latency: '80ms', hosts: 'esx-01,esx-02' })
    expect(ids(lab, VC, mark)).toEqual(Array(2).fill('esx.problem.scsi.device.io.latency.high'))
    lab.lab.faults.heal(much.id)
    expect(ids(lab, VC, mark).slice(2)).toEqual(Array(2).fill('esx.clear.scsi.device.io.latency.improved'))
    lab.lab.faults.heal(little.id)
    expect(storageLatencyMs(lab.lab.world, 'esx-01', volume)).toBe(1)
  })
})

describe('lock-lost', () => {
  const running = (lab: GateLab): VirtualMachineProps =>
    lab.props<VirtualMachineProps>('esx-02', lab.named('esx-02', 'VirtualMachine', 'vm-esx-02-1'))

  it('makes the running VM ask the question with one answer, which ends it', () => {
    const lab = f4()
    lab.lab.faults.inject('lock-lost', 'vm/vm-esx-02-1', {})
    const question = running(lab).runtime.question!
    expect(question.text).toMatch(/^msg\.hbacommon\.locklost:/)
    expect(question.choice.choiceInfo.map(choice => choice.key)).toEqual(['0'])
    const own = lab.named('esx-02', 'VirtualMachine', 'vm-esx-02-1')
    lab.call('esx-02', own, 'AnswerVM', { questionId: question.id, answerChoice: '0' })
    expect(running(lab).runtime.powerState).toBe('poweredOff')
    lab.done('esx-02', own, 'PowerOnVM_Task')
  })

  it('held by the outsider starts nowhere until healed', () => {
    const lab = f4()
    const vm = lab.named(VC, 'VirtualMachine', 'vm-esx-02-1')
    lab.done(VC, vm, 'PowerOffVM_Task')
    const { id } = lab.lab.faults.inject('lock-lost', 'vm/vm-esx-02-1', { hold: true })
    lab.lab.world.advance(3_600_000)
    expect(lab.failed(VC, vm, 'PowerOnVM_Task')).toBe('FileLocked')
    lab.lab.faults.heal(id)
    lab.done(VC, vm, 'PowerOnVM_Task')
  })
})
