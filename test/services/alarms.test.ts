import { afterEach, describe, expect, it } from 'vitest'
import { defaultAlarms } from '../../emulator/inventory/data/alarm-definitions.js'
import { perfCounters } from '../../emulator/inventory/data/perf-counters.js'
import { checkSpec } from '../../emulator/objects/alarm/spec.js'
import type { AlarmInfo, AlarmState, DatastoreProps, HostSystemProps } from '../../emulator/schema/generated/types.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { loadSchema } from '../../emulator/schema/schema.js'
import { provideMetrics } from '../../emulator/services/alarms/metrics.js'
import { postEvent, type EventSpec } from '../../emulator/services/events.js'
import type { Transaction } from '../../emulator/world/transaction.js'
import type { SignalMap } from '../../emulator/world/signals.js'
import { GateLab } from '../support/gate-lab.js'

const VC = 'vc-01'
const manager = { type: 'AlarmManager', value: 'AlarmManager' }
const root = { type: 'Folder', value: 'group-d1' }
const cause = { kind: 'lab', what: 'test' } as const

interface EntityProps {
  readonly triggeredAlarmState: AlarmState[]
  readonly overallStatus: string
  readonly summary?: { readonly overallStatus?: string }
  readonly parent?: MoRef
  readonly resourcePool?: MoRef
}

const small = {
  lab: 'alarms',
  vcenters: [{
    name: VC,
    datacenters: [{
      name: 'dc-01', clusters: [{ name: 'cluster-01', hosts: ['esx-*'], ha: true, pools: [{ name: 'pool-a' }] }],
    }],
  }],
  hosts: [{ name: 'esx-#', count: 2 }],
  datastores: [{ name: 'shared', capacity: '100GiB' }],
  vms: [{ name: 'web-#', count: 2, cluster: 'cluster-01', disks: ['1GiB'], pool: 'pool-a' }],
}

class AlarmLab extends GateLab {
  readonly actions: Array<SignalMap['alarm.action']> = []

  constructor(lab: Exclude<ConstructorParameters<typeof GateLab>[0], undefined>['lab'] = small) {
    super({ lab })
    this.lab.world.on('alarm.action', (_tx, action) => { this.actions.push(action) })
  }

  change(run: (tx: Transaction) => void): void {
    this.lab.world.transact(cause, run)
  }

  advance(seconds: number): void {
    this.lab.world.advance(seconds * 1000)
  }

  post(spec: EventSpec): void {
    this.change(tx => postEvent(tx, VC, spec))
  }

  postId(eventTypeId: string, about: Partial<EventSpec>): void {
    this.post({ type: 'EventEx', ...about, fields: { eventTypeId, ...about.fields } })
  }

  entity(ref: MoRef): EntityProps {
    return this.props<EntityProps>(VC, ref)
  }

  /** `name colour` of the alarms triggered on an entity or below. */
  triggered(ref: MoRef): string[] {
    return this.entity(ref).triggeredAlarmState.map(state => `${this.definition(state.alarm).name} ${state.overallStatus}`)
  }

  definition(ref: MoRef): AlarmInfo {
    return this.props<{ info: AlarmInfo }>(VC, ref).info
  }

  alarm(name: string): MoRef {
    const slot = this.lab.world.ofType(VC, 'Alarm')
      .find(item => this.lab.world.read<{ info: AlarmInfo }>(item)!.props.info.name === name)!
    return { type: 'Alarm', value: slot.address.id }
  }

  slot(ref: MoRef) {
    return this.lab.world.find(VC, ref.value)!
  }

  vm(name: string): MoRef { return this.named(VC, 'VirtualMachine', name) }
  host(name: string): MoRef { return this.named(VC, 'HostSystem', name) }
  get cluster(): MoRef { return this.named(VC, 'ClusterComputeResource', 'cluster-01') }
  get datastore(): MoRef { return this.named(VC, 'Datastore', 'shared') }

  /** Sets how full the datastore is in vCenter's eyes. */
  fill(percent: number, ref = this.datastore): void {
    this.change(tx => tx.update<DatastoreProps>(tx.find(VC, ref.value)!, draft => {
      draft.props.summary.freeSpace = Math.round(draft.props.summary.capacity * (1 - percent / 100))
    }))
  }

  texts(type: string): string[] {
    return [...this.lab.world.log(`events/${VC}`).since(1)]
      .map(item => item.value as { _typeName: string, fullFormattedMessage: string })
      .filter(event => event._typeName === type).map(event => event.fullFormattedMessage)
  }

  lastEvent(type: string): Record<string, unknown> | undefined {
    return [...this.lab.world.log(`events/${VC}`).since(1)].map(item => item.value as Record<string, unknown>)
      .filter(event => event['_typeName'] === type).at(-1)
  }

  create(spec: object, entity: MoRef = root): MoRef {
    return this.call(VC, manager, 'CreateAlarm', {
      entity, spec: { name: 'mine', description: '', enabled: true, ...spec },
    }) as MoRef
  }
}

const eventAlarm = (id: string, status?: string, objectType = 'VirtualMachine'): object => ({
  _typeName: 'EventAlarmExpression', eventType: 'EventEx', eventTypeId: id, objectType,
  ...(status === undefined ? {} : { status }),
})
const andOf = (...expression: object[]): object => ({ _typeName: 'AndAlarmExpression', expression })
const powerIs = (red: string, operator = 'isEqual'): object => ({
  _typeName: 'StateAlarmExpression', operator, type: 'VirtualMachine', statePath: 'runtime.powerState', red,
})

let bench: AlarmLab
afterEach(() => bench?.lab.stop())

describe('default alarms', () => {
  const schema = loadSchema()
  const all = defaultAlarms()

  it('definitions › have names, system names and numbers of their own', () => {
    for (const key of ['name', 'systemName'] as const) {
      expect(new Set(all.map(({ spec }) => spec[key])).size).toBe(all.length)
    }
    expect(new Set(all.map(({ number }) => number)).size).toBe(all.length)
    expect(Math.max(...all.map(({ number }) => number))).toBeLessThan(384)
  })

  it('definitions › pass the checks of CreateAlarm', () => {
    for (const { spec } of all) expect(() => checkSpec(schema, spec), spec.name).not.toThrow()
  })

  it('definitions › the usage counters are those of the catalogue', () => {
    const name = (id: number): string => {
      const { groupInfo, nameInfo } = perfCounters('vcenter').find(counter => counter.key === id)!
      return `${groupInfo.key}.${nameInfo.key}`
    }
    expect([2, 24, 281, 133].map(name)).toEqual(['cpu.usage', 'mem.usage', 'disk.used', 'disk.maxTotalLatency'])
  })

  it('lab › every vCenter has them on its root folder, hosts have no AlarmManager', () => {
    bench = new AlarmLab()
    const refs = bench.call(VC, manager, 'GetAlarm', { entity: root }) as MoRef[]
    expect(refs.length).toBe(all.length)
    expect(bench.lab.world.ofType('esx-1', 'Alarm')).toEqual([])
    expect(bench.definition({ type: 'Alarm', value: 'alarm-7' })).toMatchObject({
      name: 'Datastore usage on disk', systemName: 'alarm.DatastoreDiskUsageAlarm', entity: root, enabled: true,
    })
  })

  it('lab › nothing is triggered at first, and nothing is remembered', () => {
    bench = new AlarmLab()
    expect(bench.triggered(root)).toEqual([])
    expect(bench.lab.world.ofType('lab', 'AlarmMemory')).toEqual([])
  })
})

describe('Datastore usage on disk', () => {
  it('status › yellow from 75 %, red from 85 %, green below › shown on the datastore and all above', () => {
    bench = new AlarmLab()
    bench.fill(74.9)
    expect(bench.triggered(bench.datastore)).toEqual([])
    bench.fill(75)
    expect(bench.triggered(bench.datastore)).toEqual(['Datastore usage on disk yellow'])
    bench.fill(85)
    const datacenter = bench.named(VC, 'Datacenter', 'dc-01')
    for (const ref of [bench.datastore, datacenter, root]) {
      expect(bench.triggered(ref)).toEqual(['Datastore usage on disk red'])
      expect(bench.entity(ref).overallStatus).toBe('red')
    }
    expect(bench.entity(bench.cluster).triggeredAlarmState).toEqual([])
    bench.fill(50)
    expect(bench.entity(root)).toMatchObject({ triggeredAlarmState: [], overallStatus: 'green' })
    expect(bench.texts('AlarmStatusChangedEvent')).toEqual([
      "Alarm 'Datastore usage on disk' on shared changed from Green to Yellow",
      "Alarm 'Datastore usage on disk' on shared changed from Yellow to Red",
      "Alarm 'Datastore usage on disk' on shared changed from Red to Green",
    ])
  })

  it('AlarmStatusChangedEvent › names alarm, entity and where it is defined', () => {
    bench = new AlarmLab()
    bench.fill(80)
    expect(bench.lastEvent('AlarmStatusChangedEvent')).toMatchObject({
      alarm: { name: 'Datastore usage on disk', alarm: { type: 'Alarm', value: 'alarm-7' } },
      entity: { name: 'shared', entity: bench.datastore }, source: { entity: root },
      ds: { name: 'shared' }, from: 'green', to: 'yellow', userName: '',
    })
    expect(bench.entity(bench.datastore).triggeredAlarmState[0]).toEqual({
      key: `alarm-7.${bench.datastore.value}`, entity: bench.datastore, alarm: { type: 'Alarm', value: 'alarm-7' },
      overallStatus: 'yellow', time: expect.any(String), acknowledged: false, disabled: false,
    })
  })

  it('start › a datastore that is full from the start › from gray', () => {
    bench = new AlarmLab({ ...small, datastores: [{ name: 'shared', capacity: '100GiB', used: '90GiB' }] })
    expect(bench.triggered(root)).toEqual(['Datastore usage on disk red'])
    expect(bench.texts('AlarmStatusChangedEvent'))
      .toEqual(["Alarm 'Datastore usage on disk' on shared changed from Gray to Red"])
  })

  it('reporting frequency › an equal trigger is silent for 300 s, a worse one is not', () => {
    bench = new AlarmLab()
    bench.fill(80)
    bench.fill(50)
    bench.advance(10)
    bench.fill(80)
    expect(bench.triggered(root)).toEqual([])
    bench.advance(289)
    expect(bench.triggered(root)).toEqual([])
    bench.advance(1)
    expect(bench.triggered(root)).toEqual(['Datastore usage on disk yellow'])
    bench.fill(50)
    bench.fill(90)
    expect(bench.triggered(root)).toEqual(['Datastore usage on disk red'])
  })

  it('action › a trap is due when yellow becomes red, not when green does', () => {
    bench = new AlarmLab()
    bench.fill(80)
    expect(bench.actions).toEqual([])
    bench.fill(90)
    expect(bench.actions).toMatchObject([{
      vcenter: VC, alarm: 'alarm-7', entity: bench.datastore, from: 'yellow', to: 'red', repeated: false,
      actions: [{ _typeName: 'SendSNMPAction' }],
    }])
    expect(bench.lastEvent('AlarmActionTriggeredEvent')).toBeUndefined()
  })

  it('action › none while actions are off on the entity', () => {
    bench = new AlarmLab()
    bench.call(VC, manager, 'EnableAlarmActions', { entity: bench.datastore, enabled: false })
    bench.fill(80)
    bench.fill(90)
    expect(bench.actions).toEqual([])
  })
})

describe('host and HA alarms', () => {
  it('Host connection and power state › red while a crashed host is lost, through its whole recovery', () => {
    bench = new AlarmLab()
    const { world, faults } = bench.lab
    const { id } = faults.inject('host-crash', 'esx-1', {})
    bench.advance(75)
    const host = bench.host('esx-1')
    expect(bench.triggered(host)).toContain('Host connection and power state red')
    expect(bench.props<HostSystemProps>(VC, host)).toMatchObject({
      overallStatus: 'red', summary: { overallStatus: 'red' },
    })
    expect(bench.entity(bench.cluster)).toMatchObject({ overallStatus: 'red', summary: { overallStatus: 'red' } })
    faults.heal(id)
    world.advance(600_000)
    expect(bench.triggered(root)).toEqual([])
    expect(bench.entity(host).overallStatus).toBe('green')
  })

  it('Cannot find vSphere HA master agent › events of the cluster', () => {
    bench = new AlarmLab()
    const about = { computeResource: bench.slot(bench.cluster) }
    bench.postId('com.vmware.vc.HA.VcCannotFindMasterEvent', about)
    const [state] = bench.entity(bench.cluster).triggeredAlarmState
    const event = bench.lastEvent('EventEx')!
    expect(state).toMatchObject({ overallStatus: 'red', eventKey: event['key'] })
    expect(bench.triggered(root)).toEqual(['Cannot find vSphere HA master agent red'])
    bench.postId('com.vmware.vc.HA.VcConnectedToMasterEvent', about)
    bench.postId('com.vmware.vc.HA.VcConnectedToMasterEvent', about)
    expect(bench.triggered(root)).toEqual([])
    expect(bench.texts('AlarmStatusChangedEvent')).toEqual([
      "Alarm 'Cannot find vSphere HA master agent' on cluster-01 changed from Gray to Red",
      "Alarm 'Cannot find vSphere HA master agent' on cluster-01 changed from Red to Green",
    ])
  })

  it('vSphere HA host status › by an argument of the event', () => {
    bench = new AlarmLab()
    const about = { host: bench.slot(bench.host('esx-2')) }
    const id = 'com.vmware.vc.HA.HostStateChangedEvent'
    const to = (newState: string): void =>
      bench.postId(id, { ...about, fields: { arguments: [{ key: 'newState', value: newState }] } })
    to('election')
    expect(bench.triggered(root)).toEqual([])
    to('fdmUnreachable')
    expect(bench.triggered(bench.host('esx-2'))).toEqual(['vSphere HA host status red'])
    to('connectedToMaster')
    expect(bench.triggered(root)).toEqual([])
  })

  it('DasHostFailedEvent › the host is named by a property of its own', () => {
    bench = new AlarmLab()
    bench.post({
      type: 'DasHostFailedEvent', computeResource: bench.slot(bench.cluster),
      fields: { failedHost: { name: 'esx-1', host: bench.host('esx-1') } },
    })
    expect(bench.triggered(bench.host('esx-1'))).toEqual(['vSphere HA host status red'])
  })

  it('vCenter HA › events about no object › on the root folder', () => {
    bench = new AlarmLab()
    bench.postId('com.vmware.vcha.cluster.state.degraded', {})
    expect(bench.entity(root).triggeredAlarmState[0]).toMatchObject({ entity: root, overallStatus: 'yellow' })
    bench.postId('com.vmware.vcha.cluster.state.isolated', {})
    expect(bench.triggered(root)).toEqual(['vCenter HA cluster state red'])
  })

  it('Host hardware fan status › follows a sensor of the host', () => {
    bench = new AlarmLab()
    const sensor = 'System Board 1 Fan2A'
    const { id } = bench.lab.faults.inject('sensor-alert', 'esx-2', { sensor, state: 'red' })
    expect(bench.triggered(bench.host('esx-2'))).toEqual(['Host hardware fan status red'])
    bench.lab.faults.heal(id)
    expect(bench.triggered(root)).toEqual([])
  })

  it('stateless › Host connection failure changes no status, its actions are due once in 300 s', () => {
    bench = new AlarmLab()
    const about = { type: 'HostConnectionLostEvent', host: bench.slot(bench.host('esx-1')) } as const
    bench.post(about)
    bench.post(about)
    expect(bench.triggered(root)).toEqual([])
    expect(bench.actions.map(({ from, to }) => [from, to])).toEqual([['gray', 'gray']])
    bench.advance(300)
    bench.post(about)
    expect(bench.actions).toHaveLength(2)
  })
})

describe('expressions', () => {
  it('state › isUnequal › and', () => {
    bench = new AlarmLab()
    bench.create({ expression: andOf(powerIs('poweredOff'), powerIs('suspended', 'isUnequal')) })
    expect(bench.triggered(root)).toEqual([])
    bench.task(VC, bench.vm('web-1'), 'PowerOffVM_Task')
    expect(bench.triggered(bench.vm('web-1'))).toEqual(['mine red'])
    bench.task(VC, bench.vm('web-1'), 'PowerOnVM_Task')
    expect(bench.triggered(root)).toEqual([])
  })

  it('and › of two events › only when both came; a green one resets all', () => {
    bench = new AlarmLab()
    bench.create({ expression: andOf(eventAlarm('a', 'red'), eventAlarm('b', 'yellow')) })
    const about = { vm: bench.slot(bench.vm('web-1')) }
    bench.postId('a', about)
    expect(bench.triggered(root)).toEqual([])
    bench.postId('b', about)
    expect(bench.triggered(root)).toEqual(['mine yellow'])
  })

  it('event › a base type takes in those below it; an id may be the name of a type', () => {
    bench = new AlarmLab()
    bench.create({
      name: 'base', expression: { _typeName: 'EventAlarmExpression', eventType: 'VmEvent', objectType: 'vim.VirtualMachine', status: 'red' },
    })
    bench.create({ name: 'by id', expression: eventAlarm('vim.event.VmResettingEvent', 'yellow') })
    bench.post({ type: 'VmResettingEvent', vm: bench.slot(bench.vm('web-1')) })
    expect(bench.triggered(bench.vm('web-1'))).toEqual(['base red', 'by id yellow'])
  })

  it.each([
    ['equals', 'web-1', true], ['notEqualTo', 'web-1', false], ['startsWith', 'web', true],
    ['doesNotStartWith', 'web', false], ['endsWith', '-2', false], ['doesNotEndWith', '-2', true],
  ])('event › comparison %s %s', (operator, value, matches) => {
    bench = new AlarmLab()
    bench.create({
      expression: { ...eventAlarm('x', 'red'), comparisons: [{ attributeName: 'vm.name', operator, value }] },
    })
    bench.postId('x', { vm: bench.slot(bench.vm('web-1')) })
    expect(bench.triggered(root)).toEqual(matches ? ['mine red'] : [])
  })

  it('metric › must hold for its interval, with a tolerance on both sides', () => {
    bench = new AlarmLab()
    let value: number | undefined = 1000
    provideMetrics(bench.lab.world, {
      counters: [12], paths: { VirtualMachine: ['guest'] }, value: () => value,
    })
    const set = (now: number | undefined): void => {
      value = now
      bench.change(tx => tx.update<{ guest: { hostName?: string } }>(bench.slot(bench.vm('web-1')), draft => {
        draft.props.guest.hostName = `v${String(now)}`
      }))
    }
    bench.create({
      setting: { toleranceRange: 1000, reportingFrequency: 0 },
      expression: {
        _typeName: 'MetricAlarmExpression', operator: 'isAbove', type: 'VirtualMachine',
        metric: { counterId: 12, instance: '' }, yellow: 2000, yellowInterval: 60, red: 4000,
      },
    })
    set(2100)
    bench.advance(120)
    expect(bench.triggered(root)).toEqual([])
    set(2200)
    bench.advance(59)
    expect(bench.triggered(root)).toEqual([])
    set(2000)
    set(2300)
    bench.advance(59)
    expect(bench.triggered(root)).toEqual([])
    bench.advance(1)
    expect(bench.triggered(root)).toEqual(['mine yellow'])
    set(1900)
    expect(bench.triggered(root)).toEqual(['mine yellow'])
    set(1700)
    expect(bench.triggered(root)).toEqual([])
    set(5000)
    expect(bench.triggered(root)).toEqual(['mine red'])
    set(undefined)
    expect(bench.triggered(root)).toEqual([])
  })

  it('metric › isBelow', () => {
    bench = new AlarmLab()
    bench.create({
      expression: {
        _typeName: 'MetricAlarmExpression', operator: 'isBelow', type: 'Datastore',
        metric: { counterId: 281, instance: '' }, yellow: 1000, red: 500,
      },
    })
    bench.fill(4)
    expect(bench.triggered(root)).toEqual(['mine red'])
    bench.fill(9)
    expect(bench.triggered(root)).toEqual(['mine yellow'])
  })

  it('metric › a counter that nothing provides › gray', () => {
    bench = new AlarmLab()
    const states = bench.call(VC, manager, 'GetAlarmState', { entity: bench.vm('web-1') }) as AlarmState[]
    const latency = states.find(state => state.alarm.value === bench.alarm('Virtual machine max total disk latency').value)
    expect(latency).toMatchObject({ overallStatus: 'gray', acknowledged: false })
    expect(states.find(state => state.alarm.value === 'alarm-6')).toMatchObject({ overallStatus: 'green' })
  })
})

describe('where alarms are', () => {
  it('definition › on a folder › reaches what lies below it only', () => {
    bench = new AlarmLab()
    const pool = bench.entity(bench.vm('web-1')).resourcePool!
    const alarm = bench.create({ expression: powerIs('poweredOff') }, pool)
    const other = bench.create({ name: 'other', expression: powerIs('poweredOff') }, bench.host('esx-1'))
    bench.task(VC, bench.vm('web-1'), 'PowerOffVM_Task')
    expect(bench.triggered(root)).toEqual(['mine red'])
    for (const ref of [pool, bench.cluster]) expect(bench.triggered(ref)).toEqual(['mine red'])
    expect(bench.call(VC, manager, 'GetAlarm', { entity: pool })).toEqual([alarm])
    expect(bench.call(VC, manager, 'GetAlarm', { entity: bench.host('esx-1') })).toEqual([other])
  })

  it('declaredAlarmState › what the entity or those below can trigger › computed for readers', () => {
    bench = new AlarmLab()
    const names = (ref: MoRef): string[] => (bench.call(VC, manager, 'GetAlarmState', { entity: ref }) as AlarmState[])
      .map(state => bench.definition(state.alarm).name)
    expect(names(bench.vm('web-1'))).toContain('Virtual machine CPU usage')
    expect(names(bench.vm('web-1'))).not.toContain('Host CPU usage')
    expect(names(bench.cluster)).toContain('Host CPU usage')
    expect(names(bench.datastore)).toEqual(expect.arrayContaining(['Datastore usage on disk']))
    expect(names(root).length).toBe(defaultAlarms().length)
  })

  it('entity › moves › its states move along, and other definitions apply', () => {
    bench = new AlarmLab()
    const vm = bench.vm('web-1')
    const folder = bench.call(VC, bench.entity(vm).parent!, 'CreateFolder', { name: 'deep' }) as MoRef
    bench.create({ expression: powerIs('poweredOn') }, folder)
    bench.create({ name: 'all', expression: powerIs('poweredOn') })
    expect(bench.triggered(folder)).toEqual([])
    expect(bench.triggered(root)).toHaveLength(2)
    bench.done(VC, folder, 'MoveIntoFolder_Task', { list: [vm] })
    expect(bench.triggered(folder).sort()).toEqual(['all red', 'mine red'])
    expect(bench.triggered(root)).toHaveLength(3)
    bench.done(VC, bench.entity(folder).parent!, 'MoveIntoFolder_Task', { list: [vm] })
    expect(bench.triggered(folder)).toEqual([])
    expect(bench.triggered(vm)).toEqual(['all red'])
    expect(bench.triggered(root)).toHaveLength(2)
  })

  it('entity › is removed › its states go, with alarms that are defined on it', () => {
    bench = new AlarmLab()
    const vm = bench.vm('web-1')
    const own = bench.create({ expression: powerIs('poweredOff') }, vm)
    bench.task(VC, vm, 'PowerOffVM_Task')
    expect(bench.triggered(root)).toEqual(['mine red'])
    bench.done(VC, vm, 'Destroy_Task')
    expect(bench.triggered(root)).toEqual([])
    expect(bench.entity(root).overallStatus).toBe('green')
    expect(bench.lives(VC, own)).toBe(false)
    expect(bench.lab.world.ofType('lab', 'AlarmMemory')).toEqual([])
  })

  it('entity › is new › its state is looked at', () => {
    bench = new AlarmLab()
    bench.create({ expression: powerIs('poweredOff') })
    const vm = bench.vm('web-1')
    const copy = bench.done(VC, vm, 'CloneVM_Task', {
      folder: bench.entity(vm).parent, name: 'copy', spec: { location: {}, powerOn: false, template: false },
    }) as MoRef
    expect(bench.triggered(copy)).toEqual(['mine red'])
  })
})

describe('vCenter that is down', () => {
  const withAppliance = { ...small, vcenters: [{ ...small.vcenters[0]!, appliance: { host: 'esx-1' } }] }

  it('evaluates nothing; when it is back it looks at the present state', () => {
    bench = new AlarmLab({ ...withAppliance, datastores: [{ name: 'shared', capacity: '2TiB' }] })
    bench.lab.world.transact(cause, tx => tx.emit('hardware.powerLost', { node: VC, cause: 'guest' }))
    bench.fill(90)
    bench.postId('com.vmware.vcha.cluster.state.degraded', {})
    expect(bench.triggered(root)).toEqual([])
    bench.lab.world.transact(cause, tx => tx.emit('hardware.powerRestored', { node: VC }))
    bench.advance(1200)
    expect(bench.triggered(root)).toContain('Datastore usage on disk red')
  })

  it('vpxd that is stopped evaluates nothing either', () => {
    bench = new AlarmLab({ ...withAppliance, datastores: [{ name: 'shared', capacity: '2TiB' }] })
    const { id } = bench.lab.faults.inject('service-stop', VC, { service: 'vpxd' })
    bench.advance(120)
    bench.fill(90)
    expect(bench.triggered(root)).toEqual([])
    bench.lab.faults.heal(id)
    bench.advance(600)
    expect(bench.triggered(root)).toContain('Datastore usage on disk red')
  })
})
