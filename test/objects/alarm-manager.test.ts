import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AlarmInfo, AlarmState } from '../../emulator/schema/generated/types.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { loadImage, saveImage } from '../../emulator/world/image.js'
import { GateLab, faultOf } from '../support/gate-lab.js'
import { createTestLab, type TestLab } from '../support/test-lab.js'

const VC = 'vc-01'
const manager = { type: 'AlarmManager', value: 'AlarmManager' }
const root = { type: 'Folder', value: 'group-d1' }

const powerIs = (red: string): object => ({
  _typeName: 'StateAlarmExpression', operator: 'isEqual', type: 'VirtualMachine', statePath: 'runtime.powerState', red,
})

const spec = (more: object = {}): object =>
  ({ name: 'mine', description: 'd', enabled: true, expression: powerIs('poweredOff'), ...more })

interface EntityProps {
  readonly triggeredAlarmState: AlarmState[]
  readonly overallStatus: string
}

let lab: GateLab
let vm: MoRef

beforeEach(() => {
  lab = new GateLab({
    lab: {
      lab: 'alarms',
      vcenters: [{ name: VC, datacenters: [{ name: 'dc-01', clusters: [{ name: 'c', hosts: ['esx-1'] }] }] }],
      hosts: [{ name: 'esx-1' }],
      vms: [{ name: 'web-1', host: 'esx-1', disks: ['1GiB'] }, { name: 'web-2', host: 'esx-1', disks: ['1GiB'] }],
      users: [{ node: VC, name: 'reader@vsphere.local', password: 'VMware1!' }],
      permissions: [{ node: VC, principal: 'reader@vsphere.local', role: 'ReadOnly' }],
    },
  })
  vm = lab.named(VC, 'VirtualMachine', 'web-1')
})
afterEach(() => lab.lab.stop())

const call = (method: string, args: object, self: MoRef = manager, user?: string): unknown =>
  lab.call(VC, self, method, args, user)
const create = (more: object = {}, entity: MoRef = root): MoRef => call('CreateAlarm', { entity, spec: spec(more) }) as MoRef
const infoOf = (ref: MoRef): AlarmInfo => lab.props<{ info: AlarmInfo }>(VC, ref).info
const states = (ref: MoRef): AlarmState[] => lab.props<EntityProps>(VC, ref).triggeredAlarmState
const off = (ref = vm): void => { lab.task(VC, ref, 'PowerOffVM_Task') }
const on = (ref = vm): void => { lab.task(VC, ref, 'PowerOnVM_Task') }
const events = (type: string): Array<Record<string, unknown>> => [...lab.lab.world.log(`events/${VC}`).since(1)]
  .map(item => item.value as Record<string, unknown>).filter(event => event['_typeName'] === type)

function thrown(run: () => unknown): { type: string, fields: Record<string, unknown> } | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    return error as { type: string, fields: Record<string, unknown> }
  }
}

describe('CreateAlarm', () => {
  it('makes an Alarm with the server\'s part of the info › AlarmCreatedEvent', () => {
    const ref = create({ setting: { toleranceRange: 0, reportingFrequency: 60 } })
    expect(ref).toMatchObject({ type: 'Alarm', value: expect.stringMatching(/^alarm-4\d\d$/) })
    expect(infoOf(ref)).toMatchObject({
      name: 'mine', key: ref.value, alarm: ref, entity: root, lastModifiedUser: expect.stringMatching(/administrator/i),
    })
    const [event] = events('AlarmCreatedEvent')
    expect(event).toMatchObject({
      key: infoOf(ref).creationEventId, alarm: { name: 'mine', alarm: ref }, entity: { entity: root },
      fullFormattedMessage: "Created alarm 'mine' on Datacenters",
    })
    expect(call('GetAlarm', {})).toContainEqual(ref)
  })

  it('looks at what is there already › VMs that are off', () => {
    off()
    create()
    expect(states(vm).map(state => state.overallStatus)).toEqual(['red'])
  })

  it.each(['', ' ', 'x'.repeat(81)])('InvalidName › %j', name => {
    expect(thrown(() => create({ name }))).toMatchObject({ type: 'InvalidName', fields: { name } })
  })

  it('DuplicateName › names are unique over the vCenter, whatever the entity', () => {
    const first = create()
    expect(thrown(() => create({}, vm))).toMatchObject({ type: 'DuplicateName', fields: { name: 'mine', object: first } })
    expect(thrown(() => create({ name: 'Host error' }))?.type).toBe('DuplicateName')
  })

  it('InvalidArgument › a system name that is not the name', () => {
    expect(thrown(() => create({ systemName: 'alarm.x' })))
      .toMatchObject({ type: 'InvalidArgument', fields: { invalidProperty: 'spec.systemName' } })
  })

  const metric = { _typeName: 'MetricAlarmExpression', operator: 'isAbove', type: 'HostSystem', metric: { counterId: 2, instance: '' }, red: 1 }
  it.each([
    ['spec.expression.statePath', { ...powerIs('x'), statePath: 'runtime.nothing' }],
    ['spec.expression.statePath', { ...powerIs('x'), statePath: 'runtime' }],
    ['spec.expression.type', { ...powerIs('x'), type: 'Task' }],
    ['spec.expression.red', { ...powerIs('x'), red: undefined }],
    ['spec.expression.metric.counterId', { ...metric, metric: { counterId: 999999, instance: '' } }],
    ['spec.expression.red', { ...metric, red: undefined }],
    ['spec.expression.redInterval', { ...metric, redInterval: -1 }],
    ['spec.expression.eventType', { _typeName: 'EventAlarmExpression', eventType: 'NoSuchEvent' }],
    ['spec.expression.comparisons.operator', {
      _typeName: 'EventAlarmExpression', eventType: 'VmEvent', comparisons: [{ attributeName: 'a', operator: 'like', value: '' }],
    }],
    ['spec.expression', { _typeName: 'AlarmExpression' }],
    ['spec.expression.expression.type', { _typeName: 'OrAlarmExpression', expression: [{ ...powerIs('x'), type: 'Nonsense' }] }],
  ])('InvalidArgument › %s', (invalidProperty, expression) => {
    expect(thrown(() => create({ expression }))).toMatchObject({ type: 'InvalidArgument', fields: { invalidProperty } })
  })

  it.each([
    ['spec.actionFrequency', { actionFrequency: -1 }],
    ['spec.setting.toleranceRange', { setting: { toleranceRange: -1, reportingFrequency: 0 } }],
    ['spec.setting.reportingFrequency', { setting: { toleranceRange: 0, reportingFrequency: -1 } }],
  ])('InvalidArgument › %s below 0', (invalidProperty, more) => {
    expect(thrown(() => create(more))).toMatchObject({ type: 'InvalidArgument', fields: { invalidProperty } })
  })

  it('NoPermission › Alarm.Create on the entity', () => {
    expect(thrown(() => call('CreateAlarm', { entity: root, spec: spec() }, manager, 'reader@vsphere.local')))
      .toMatchObject({ type: 'NoPermission', fields: { privilegeId: 'Alarm.Create' } })
  })

  it('ManagedObjectNotFound › no such entity', () => {
    expect(faultOf(() => create({}, { type: 'VirtualMachine', value: 'vm-999' }))).toBe('ManagedObjectNotFound')
  })
})

describe('ReconfigureAlarm and RemoveAlarm', () => {
  it('another expression › looked at anew › AlarmReconfiguredEvent says what changed', () => {
    off()
    const ref = create()
    expect(states(root)).toHaveLength(1)
    call('ReconfigureAlarm', { spec: spec({ name: 'new', expression: powerIs('poweredOn') }) }, ref)
    expect(states(vm)).toEqual([])
    expect(states(lab.named(VC, 'VirtualMachine', 'web-2'))).toHaveLength(1)
    expect(events('AlarmReconfiguredEvent')[0]).toMatchObject({
      alarm: { name: 'new' }, configChanges: { modified: expect.stringContaining('name: "mine" -> "new"'), deleted: '' },
    })
  })

  it('enabled false › nothing triggers, what was is gone', () => {
    off()
    const ref = create()
    call('ReconfigureAlarm', { spec: spec({ enabled: false }) }, ref)
    expect(states(root)).toEqual([])
    on()
    off()
    expect(states(root)).toEqual([])
  })

  it('predefined › keeps its names', () => {
    const ref = { type: 'Alarm', value: 'alarm-7' }
    const { name, description, enabled, expression, systemName } = infoOf(ref)
    const own = { name, description, enabled, expression, systemName }
    call('ReconfigureAlarm', { spec: { ...own, description: 'ours' } }, ref)
    call('ReconfigureAlarm', { spec: { ...own, name: systemName } }, ref)
    expect(infoOf(ref)).toMatchObject({ name, systemName, description })
    expect(thrown(() => call('ReconfigureAlarm', { spec: { ...own, name: 'other' } }, ref)))
      .toMatchObject({ type: 'InvalidArgument', fields: { invalidProperty: 'spec.name' } })
    expect(thrown(() => call('ReconfigureAlarm', { spec: { ...own, systemName: 'other' } }, ref)))
      .toMatchObject({ type: 'InvalidArgument', fields: { invalidProperty: 'spec.systemName' } })
  })

  it('its own name › no duplicate; another\'s is one', () => {
    const ref = create()
    call('ReconfigureAlarm', { spec: spec() }, ref)
    expect(faultOf(() => call('ReconfigureAlarm', { spec: spec({ name: 'Host error' }) }, ref))).toBe('DuplicateName')
  })

  it('RemoveAlarm › takes its states along › AlarmRemovedEvent', () => {
    off()
    const ref = create()
    call('RemoveAlarm', {}, ref)
    expect(states(root)).toEqual([])
    expect(lab.props<EntityProps>(VC, root).overallStatus).toBe('green')
    expect(events('AlarmRemovedEvent')).toMatchObject([{ alarm: { name: 'mine', alarm: ref } }])
    expect(faultOf(() => call('RemoveAlarm', {}, ref))).toBe('ManagedObjectNotFound')
    expect(lab.lab.world.ofType('lab', 'AlarmMemory')).toEqual([])
  })

  it('NoPermission › Alarm.Edit and Alarm.Delete', () => {
    const ref = create()
    const reader = 'reader@vsphere.local'
    expect(thrown(() => call('ReconfigureAlarm', { spec: spec() }, ref, reader))?.fields['privilegeId']).toBe('Alarm.Edit')
    expect(thrown(() => call('RemoveAlarm', {}, ref, reader))?.fields['privilegeId']).toBe('Alarm.Delete')
  })

  it('setCustomValue › a definition has custom values', () => {
    const fields = { type: 'CustomFieldsManager', value: 'CustomFieldsManager' }
    lab.call(VC, fields, 'AddCustomFieldDef', { name: 'owner', moType: 'Alarm' })
    const ref = create()
    call('setCustomValue', { key: 'owner', value: 'ops' }, ref)
    expect(lab.props<{ value: unknown }>(VC, ref).value).toMatchObject([{ value: 'ops' }])
  })
})

describe('AcknowledgeAlarm', () => {
  it('marks the state here and above, once › the colour goes, actions stop repeating', () => {
    const actions: boolean[] = []
    lab.lab.world.on('alarm.action', (_tx, { repeated }) => { actions.push(repeated) })
    const ref = create({
      actionFrequency: 60,
      action: {
        _typeName: 'AlarmTriggeringAction', action: { _typeName: 'SendSNMPAction' },
        transitionSpecs: [{ startState: 'green', finalState: 'red', repeats: true }],
        green2yellow: false, yellow2red: false, red2yellow: false, yellow2green: false,
      },
    })
    off()
    lab.lab.world.advance(150_000)
    expect(actions).toEqual([false, true, true])
    call('AcknowledgeAlarm', { alarm: ref, entity: vm })
    call('AcknowledgeAlarm', { alarm: ref, entity: vm })
    lab.lab.world.advance(300_000)
    expect(actions).toHaveLength(3)
    for (const at of [vm, root]) {
      expect(states(at)).toMatchObject([{
        acknowledged: true, acknowledgedByUser: expect.stringMatching(/administrator/i), acknowledgedTime: expect.any(String),
      }])
      expect(lab.props<EntityProps>(VC, at).overallStatus).toBe('green')
    }
    expect(events('AlarmAcknowledgedEvent')).toHaveLength(1)
    on()
    off()
    expect(states(vm)[0]!.acknowledged).toBe(false)
  })

  it('nothing happens when the alarm is not triggered', () => {
    call('AcknowledgeAlarm', { alarm: create(), entity: vm })
    expect(events('AlarmAcknowledgedEvent')).toEqual([])
  })

  it('NoPermission › Alarm.Acknowledge', () => {
    const alarm = create()
    expect(thrown(() => call('AcknowledgeAlarm', { alarm, entity: vm }, manager, 'reader@vsphere.local'))?.type)
      .toBe('NoPermission')
  })
})

describe('ClearTriggeredAlarms', () => {
  const trigger = (): void => {
    off()
    create()
    create({
      name: 'by event', setting: { toleranceRange: 0, reportingFrequency: 300 },
      expression: { _typeName: 'EventAlarmExpression', eventType: 'HostConnectedEvent', objectType: 'HostSystem', status: 'yellow' },
    })
    const host = lab.named(VC, 'HostSystem', 'esx-1')
    call('PostEvent', {
      eventToPost: {
        _typeName: 'HostConnectedEvent', key: 0, chainId: 0, createdTime: '2026-01-01T00:00:00Z', userName: '',
        host: { name: 'esx-1', host },
      },
    }, { type: 'EventManager', value: 'EventManager' })
    expect(states(root)).toHaveLength(2)
  }
  const left = (): string[] => states(root).map(state => infoOf(state.alarm).name).sort()

  it.each([
    [{}, []], [{ status: ['yellow'] }, ['mine']], [{ status: ['red'] }, ['by event']],
    [{ typeEntity: 'entityTypeVm' }, ['by event']], [{ typeEntity: 'entityTypeHost' }, ['mine']],
    [{ typeEntity: 'entityTypeAll', typeTrigger: 'triggerTypeAll' }, []],
    [{ typeTrigger: 'triggerTypeEvent' }, ['mine']], [{ typeTrigger: 'triggerTypeMetric' }, ['by event']],
  ])('filter %j › leaves %j', (filter, expected) => {
    trigger()
    call('ClearTriggeredAlarms', { filter })
    expect(left()).toEqual(expected)
    expect(events('AlarmClearedEvent')).toHaveLength(2 - expected.length)
  })

  it('a condition that goes on › triggers again', () => {
    off()
    create({ setting: { toleranceRange: 0, reportingFrequency: 60 } })
    call('ClearTriggeredAlarms', { filter: {} })
    expect(left()).toEqual([])
    expect(events('AlarmClearedEvent')[0]).toMatchObject({
      from: 'red', fullFormattedMessage: "Manually cleared alarm 'mine' on web-1 from Red",
    })
    lab.lab.world.advance(60_000)
    expect(left()).toEqual(['mine'])
  })

  it.each(['typeEntity', 'typeTrigger'])('InvalidArgument › %s', key => {
    expect(thrown(() => call('ClearTriggeredAlarms', { filter: { [key]: 'nonsense' } })))
      .toMatchObject({ type: 'InvalidArgument', fields: { invalidProperty: `filter.${key}` } })
  })

  it('NoPermission › Alarm.SetStatus', () => {
    expect(thrown(() => call('ClearTriggeredAlarms', { filter: {} }, manager, 'reader@vsphere.local'))?.fields['privilegeId'])
      .toBe('Alarm.SetStatus')
  })
})

describe('DisableAlarm and EnableAlarm', () => {
  const flag = (alarm: MoRef): AlarmState | undefined =>
    (call('GetAlarmState', { entity: vm }) as AlarmState[]).find(state => state.alarm.value === alarm.value)

  it('for one entity › what was triggered goes, and comes back', () => {
    off()
    off(lab.named(VC, 'VirtualMachine', 'web-2'))
    const alarm = create()
    call('DisableAlarm', { alarm, entity: vm })
    expect(flag(alarm)).toMatchObject({ disabled: true, overallStatus: 'gray' })
    expect(states(root)).toHaveLength(1)
    call('EnableAlarm', { alarm, entity: vm })
    expect(flag(alarm)).toMatchObject({ disabled: false, overallStatus: 'red' })
    expect(states(root)).toHaveLength(2)
  })

  it('InvalidArgument › an alarm that is not defined above the entity', () => {
    const alarm = create({}, lab.named(VC, 'VirtualMachine', 'web-2'))
    expect(thrown(() => call('DisableAlarm', { alarm, entity: vm })))
      .toMatchObject({ type: 'InvalidArgument', fields: { invalidProperty: 'entity' } })
  })

  it('ManagedObjectNotFound › no such alarm', () => {
    expect(faultOf(() => call('EnableAlarm', { alarm: { type: 'Alarm', value: 'alarm-9999' }, entity: vm })))
      .toBe('ManagedObjectNotFound')
  })
})

describe('image', () => {
  it('triggered alarms survive save and load, with what they remember', () => {
    create({ setting: { toleranceRange: 0, reportingFrequency: 300 } })
    off()
    on()
    const { world } = lab.lab
    const image = JSON.parse(JSON.stringify(saveImage(world))) as ReturnType<typeof saveImage>
    off()
    loadImage(world, image)
    expect(states(root)).toEqual([])
    off()
    expect(states(root)).toEqual([])
    world.advance(300_000)
    expect(states(root)).toHaveLength(1)
  })
})

describe('through the door', () => {
  let door: TestLab
  beforeEach(() => { door = createTestLab({ lab: 'small' }) })
  afterEach(() => door.close())

  it('declaredAlarmState and Alarm.info › are readable as any property', async () => {
    const client = await door.client(VC)
    const read = async (type: string, value: string, path: string): Promise<string> =>
      JSON.stringify(await client.call({ type: 'PropertyCollector', value: 'propertyCollector' }, 'RetrieveProperties', {
        specSet: [{ propSet: [{ type, pathSet: [path] }], objectSet: [{ obj: { type, value } }] }],
      }))
    const [machine] = door.world.ofType(VC, 'VirtualMachine')
    expect(await read('VirtualMachine', machine!.address.id, 'declaredAlarmState')).toContain('"alarm-6.vm-')
    expect(await read('Alarm', 'alarm-1', 'info')).toContain('alarm.HostConnectionStateAlarm')
  })

  it('declaredAlarmState › filters tell it once and are not woken for it', async () => {
    const client = await door.client(VC)
    const collector = { type: 'PropertyCollector', value: 'propertyCollector' }
    const [machine] = door.world.ofType(VC, 'VirtualMachine')
    await client.call(collector, 'CreateFilter', {
      spec: {
        propSet: [{ type: 'VirtualMachine', pathSet: ['declaredAlarmState'] }],
        objectSet: [{ obj: { type: 'VirtualMachine', value: machine!.address.id } }],
      },
      partialUpdates: false,
    })
    const first = await client.call(collector, 'WaitForUpdatesEx', { version: '', options: { maxWaitSeconds: 0 } })
    expect(JSON.stringify(first)).toContain('"alarm-6.vm-')
    await client.call(manager, 'DisableAlarm', {
      alarm: { type: 'Alarm', value: 'alarm-6' }, entity: { type: 'VirtualMachine', value: machine!.address.id },
    })
    const { version } = first as { version: string }
    const second = await client.call(collector, 'WaitForUpdatesEx', { version, options: { maxWaitSeconds: 0 } })
    expect(second).toBeUndefined()
    const anew = await client.call(collector, 'WaitForUpdatesEx', { version: '', options: { maxWaitSeconds: 0 } })
    expect(JSON.stringify(anew)).toMatch(/"alarm-6[^{]*{[^{]*{[^}]*}[^}]*"disabled":"true"/)
  })
})
