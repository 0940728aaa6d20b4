import { describe, expect, it } from 'vitest'
import type { DatastoreProps, VirtualMachineProps } from '../../emulator/schema/generated/types.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { GateLab, faultOf } from '../support/gate-lab.js'

const VC = 'vc-01'
const GB = 1e9

/** A thin VM that writes, a thick one, one that is off, on a datastore of 1000 GB. */
function bench(): GateLab {
  return new GateLab({
    lab: {
      lab: 'full',
      vcenters: [{ name: VC, datacenters: [{ name: 'DC', standaloneHosts: ['esx-01', 'esx-02'] }] }],
      hosts: [{ name: 'esx-##', count: 2 }],
      datastores: [{ name: 'ds1', capacity: '1000GB', used: '650GB' }, { name: 'ds2', capacity: '100GB' }],
      vms: [
        { name: 'thin', host: 'esx-01', datastore: 'ds1', disks: ['100GB'], memory: '1GiB' },
        { name: 'thick', host: 'esx-02', datastore: 'ds1', disks: ['20GB'], thin: false, memory: '1GiB' },
        { name: 'off', host: 'esx-02', datastore: 'ds1', disks: ['1GB'], memory: '1GiB', power: 'off' },
      ],
    },
  })
}

function vm(lab: GateLab, name: string): MoRef {
  return lab.named(VC, 'VirtualMachine', name)
}

function show(lab: GateLab, name: string): VirtualMachineProps {
  return lab.props<VirtualMachineProps>(VC, vm(lab, name))
}

function workload(lab: GateLab, name: string, writeBytesPerSecond: number): void {
  const { world } = lab.lab
  const host = name === 'thin' ? 'esx-01' : 'esx-02'
  const id = lab.named(host, 'VirtualMachine', name).value
  world.transact({ kind: 'lab', what: 'test' }, tx => tx.emit('workload.set', { node: host, vm: id, writeBytesPerSecond }))
}

function used(lab: GateLab, node = VC): number {
  const { summary } = lab.props<DatastoreProps>(node, lab.named(node, 'Datastore', 'ds1'))
  return 100 * (1 - summary.freeSpace / summary.capacity)
}

function committed(lab: GateLab, name: string): number {
  return show(lab, name).layoutEx!.file!.find(file => file.type === 'diskExtent')!.size
}

function question(lab: GateLab, name = 'thin'): VirtualMachineProps['runtime']['question'] {
  return show(lab, name).runtime.question
}

/** Everything that lies on a volume, in bytes, is what the volume counts. */
function adds(lab: GateLab): void {
  const { world } = lab.lab
  for (const slot of world.ofType('lab', 'Volume')) {
    const { usedBytes } = world.read<object, { usedBytes: number }>(slot)!.inner
    const files = world.ofType('lab', 'VolumeFolder').filter(each => each.address.id.startsWith(`${slot.address.id}/`))
      .flatMap(each => Object.values(world.read<{ files: Record<string, { size: number }> }>(each)!.props.files))
    const sum = files.reduce((bytes, file) => bytes + file.size, 0)
    const base = world.read<{ name: string }>(slot)!.props.name === 'ds1' ? 650 * GB : 0
    expect(usedBytes - sum - base).toBe(0)
  }
}

describe('guests that write', () => {
  it('grow a thin disk as time passes, and a thick one not', () => {
    const lab = bench()
    const [thin, thick] = [committed(lab, 'thin'), committed(lab, 'thick')]
    workload(lab, 'thin', 10e6)
    workload(lab, 'thick', 10e6)
    lab.lab.world.advance(60_000)
    lab.call(VC, vm(lab, 'thin'), 'RefreshStorageInfo')
    lab.call(VC, vm(lab, 'thick'), 'RefreshStorageInfo')
    expect(committed(lab, 'thin') - thin).toBe(600e6)
    expect(committed(lab, 'thick')).toBe(thick)
    lab.call(VC, lab.named(VC, 'Datastore', 'ds1'), 'RefreshDatastoreStorageInfo')
    adds(lab)
  })

  it('put a job on the agenda for what can be seen, not for each second', () => {
    const lab = bench()
    workload(lab, 'thin', 1e6)
    const before = lab.lab.world.revision
    lab.lab.world.advance(3_600_000)
    expect(lab.lab.world.revision - before).toBeLessThan(40)
  })

  it('stop growing at the capacity of the disk, and when they are off', () => {
    const lab = bench()
    workload(lab, 'thin', 500e6)
    lab.lab.world.advance(3_600_000)
    expect(committed(lab, 'thin')).toBe(100 * GB)
    expect(question(lab)).toBeUndefined()
    adds(lab)
  })

  it('go on where they were after a power cycle, and write nothing between', () => {
    const lab = bench()
    workload(lab, 'thin', 1e6)
    lab.lab.world.advance(10_000)
    lab.done(VC, vm(lab, 'thin'), 'PowerOffVM_Task')
    const size = committed(lab, 'thin')
    lab.lab.world.advance(60_000)
    lab.call(VC, vm(lab, 'thin'), 'RefreshStorageInfo')
    expect(committed(lab, 'thin')).toBe(size)
    lab.done(VC, vm(lab, 'thin'), 'PowerOnVM_Task')
    lab.lab.world.advance(10_000)
    lab.call(VC, vm(lab, 'thin'), 'RefreshStorageInfo')
    expect(committed(lab, 'thin') - size).toBe(10e6)
  })
})

describe('datastore-fill', () => {
  it('fills to a percentage at once, on every host and on vCenter, and heals', () => {
    const lab = bench()
    const before = used(lab)
    const { id } = lab.lab.faults.inject('datastore-fill', 'ds1', { to: '80%' })
    for (const node of [VC, 'esx-01', 'esx-02']) expect(used(lab, node)).toBeCloseTo(80, 6)
    adds(lab)
    lab.lab.faults.heal(id)
    for (const node of [VC, 'esx-01', 'esx-02']) expect(used(lab, node)).toBeCloseTo(before, 6)
    adds(lab)
  })

  it('fills at a rate, seen at each whole percent', () => {
    const lab = bench()
    lab.lab.faults.inject('datastore-fill', 'ds1', { to: 70 })
    lab.lab.faults.inject('datastore-fill', 'ds1', { rate: '5GB/s' })
    lab.lab.world.advance(9_999)
    expect(used(lab)).toBeLessThan(75)
    lab.lab.world.advance(2)
    expect(used(lab)).toBeGreaterThanOrEqual(75)
    lab.lab.world.advance(20_000)
    expect(used(lab)).toBeGreaterThanOrEqual(85)
    lab.lab.world.advance(60_000)
    expect(used(lab)).toBe(100)
    adds(lab)
  })

  it('refuses options that it cannot mean', () => {
    const lab = bench()
    for (const options of [{ to: 101 }, { to: 50, bytes: '1GB' }, { rate: 'fast' }, { until: 90 }]) {
      expect(() => lab.lab.faults.inject('datastore-fill', 'ds1', options)).toThrow(/wrong options/)
    }
    expect(() => lab.lab.faults.inject('datastore-fill', 'ds9', {})).toThrow(/ds1/)
  })
})

describe('a full datastore', () => {
  it('makes the thin VM that writes ask, and nobody else', () => {
    const lab = bench()
    workload(lab, 'thin', 1e6)
    workload(lab, 'thick', 1e6)
    lab.lab.faults.inject('datastore-fill', 'ds1', { to: 100, rate: '5GB/s' })
    lab.lab.world.advance(120_000)
    expect(question(lab)).toMatchObject({
      text: expect.stringMatching(/^msg\.hbacommon\.outofspace:.*'thin\.vmdk'/) as string,
      message: [{ id: 'msg.hbacommon.outofspace', argument: ['thin.vmdk'] }],
      choice: { choiceInfo: [{ key: '0', summary: 'Retry' }, { key: '1', summary: 'Cancel' }], defaultIndex: 0 },
    })
    expect(show(lab, 'thin').runtime.powerState).toBe('poweredOn')
    expect(show(lab, 'thin').guestHeartbeatStatus).not.toBe('green')
    expect(show(lab, 'thick').guestHeartbeatStatus).toBe('green')
    expect(question(lab, 'thick')).toBeUndefined()
    expect(lab.failed(VC, vm(lab, 'thin'), 'PowerOffVM_Task')).toBe('QuestionPending')
    adds(lab)
  })

  it('refuses what needs space with NoDiskSpace, and leaves nothing behind', () => {
    const lab = bench()
    lab.lab.faults.inject('datastore-fill', 'ds1', {})
    const mark = lab.eventCount(VC)
    expect(lab.task(VC, vm(lab, 'off'), 'PowerOnVM_Task').error?.fault)
      .toMatchObject({ _typeName: 'NoDiskSpace', datastore: 'ds1' })
    expect(lab.events(VC, mark)).toContain('VmFailedToPowerOnEvent')
    const files = (): number => lab.lab.world.ofType('lab', 'VolumeFolder').length
    const before = files()
    const folder = lab.props<VirtualMachineProps>(VC, vm(lab, 'off')).parent
    expect(lab.failed(VC, vm(lab, 'off'), 'CloneVM_Task', {
      folder, name: 'copy', spec: { location: {}, powerOn: false, template: false },
    })).toBe('NoDiskSpace')
    expect(lab.failed(VC, folder!, 'CreateVM_Task', {
      config: { name: 'new', files: { vmPathName: '[ds1]' }, guestId: 'otherGuest64', memoryMB: 32, numCPUs: 1 },
      pool: lab.props<VirtualMachineProps>(VC, vm(lab, 'off')).resourcePool,
    })).toBe('NoDiskSpace')
    expect(files()).toBe(before)
    adds(lab)
  })

  it('goes on after Retry when there is space, asks again when there is none, ends with Cancel', () => {
    const lab = bench()
    workload(lab, 'thin', 1e6)
    const spare = lab.lab.faults.inject('datastore-fill', 'ds1', { bytes: '10GB' })
    lab.lab.faults.inject('datastore-fill', 'ds1', {})
    lab.lab.world.advance(1)
    const first = question(lab)!
    const size = committed(lab, 'thin')
    const answer = (questionId: string, answerChoice: string): unknown =>
      lab.call(VC, vm(lab, 'thin'), 'AnswerVM', { questionId, answerChoice })
    answer(first.id, '0')
    const second = question(lab)!
    expect(second.id).not.toBe(first.id)
    expect(faultOf(() => answer(first.id, '0'))).toBe('ConcurrentAccess')
    lab.lab.faults.heal(spare.id)
    lab.lab.world.advance(60_000)
    expect(question(lab)?.id).toBe(second.id)
    answer(second.id, '0')
    expect(question(lab)).toBeUndefined()
    expect(show(lab, 'thin').guestHeartbeatStatus).toBe('green')
    lab.lab.world.advance(10_000)
    lab.call(VC, vm(lab, 'thin'), 'RefreshStorageInfo')
    expect(committed(lab, 'thin') - size).toBe(10e6)
    lab.lab.faults.inject('datastore-fill', 'ds1', {})
    lab.lab.world.advance(1)
    answer(question(lab)!.id, '1')
    expect(show(lab, 'thin').runtime).toMatchObject({ powerState: 'poweredOff' })
    expect(question(lab)).toBeUndefined()
    adds(lab)
  })
})
