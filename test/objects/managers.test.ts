import { describe, expect, it } from 'vitest'
import { alarmManager } from '../../emulator/objects/alarm-manager.js'
import { customFieldsManager, extensibleManagedObject } from '../../emulator/objects/custom-fields-manager.js'
import { extensionManager } from '../../emulator/objects/extension-manager.js'
import { licenseManager } from '../../emulator/objects/license-manager.js'
import { optionManager } from '../../emulator/objects/option-manager.js'
import { serviceInstance } from '../../emulator/objects/service-instance.js'
import type { CustomFieldDef, Extension } from '../../emulator/schema/generated/types.js'
import { followCustomFields } from '../../emulator/services/custom-fields.js'
import { defaultExtensions } from '../../emulator/services/extensions.js'
import { add, makeBench, root, schema, tree, type Bench, type TestUser } from '../support/hand-made.js'

const fields = { type: 'CustomFieldsManager', value: 'CustomFieldsManager' }
const extensions = { type: 'ExtensionManager', value: 'ExtensionManager' }
const settings = { type: 'OptionManager', value: 'VpxSettings' }
const service = { type: 'ServiceInstance', value: 'ServiceInstance' }

function bench(kind: 'vcenter' | 'esxi' = 'vcenter'): Bench {
  return makeBench({
    kind,
    definitions: [
      alarmManager, customFieldsManager, extensibleManagedObject, extensionManager, optionManager,
      serviceInstance,
    ],
    before: world => followCustomFields(world, schema),
  })
}

function addField(lab: Bench, name: string, moType?: string): CustomFieldDef {
  const args = { name, ...(moType === undefined ? {} : { moType }) }
  return lab.call(fields, 'AddCustomFieldDef', args) as CustomFieldDef
}

const latest = (lab: Bench): unknown => lab.props('EventManager')['latestEvent']

describe('CustomFieldsManager', () => {
  it('a definition › is available on the entities of its type, new ones included', () => {
    const lab = bench()
    const def = addField(lab, 'owner', 'VirtualMachine')
    expect(def).toEqual({ key: 1, name: 'owner', type: 'string', managedObjectType: 'VirtualMachine' })
    expect(lab.props('CustomFieldsManager')['field']).toEqual([def])
    expect(lab.props(tree.vm.value)['availableField']).toEqual([def])
    expect(lab.props(tree.host.value)['availableField']).toEqual([])
    lab.tx(tx => add(tx, 'vc-01', { type: 'VirtualMachine', value: 'vm-99' }, { availableField: [] }))
    expect(lab.props('vm-99')['availableField']).toEqual([def])
    expect(latest(lab)).toMatchObject({ _typeName: 'CustomFieldDefAddedEvent', fieldKey: 1, name: 'owner' })
  })

  it('a name › is taken once for each type', () => {
    const lab = bench()
    addField(lab, 'owner')
    expect(lab.outcome(fields, 'AddCustomFieldDef', { name: 'owner' }))
      .toMatchObject({ fault: { type: 'DuplicateName', fields: { name: 'owner' } } })
    addField(lab, 'owner', 'HostSystem')
    expect(lab.outcome(fields, 'AddCustomFieldDef', { name: '' })).toMatchObject({ fault: { type: 'InvalidArgument' } })
  })

  it('a policy › must name privileges that exist', () => {
    const policy = {
      createPrivilege: 'System.Read', readPrivilege: 'System.Read', updatePrivilege: 'No.Such',
      deletePrivilege: 'System.Read',
    }
    expect(bench().outcome(fields, 'AddCustomFieldDef', { name: 'x', fieldPolicy: policy }))
      .toMatchObject({ fault: { type: 'InvalidPrivilege', fields: { privilege: 'No.Such' } } })
  })

  it('SetField › sets, changes and unsets the value everywhere it shows', () => {
    const lab = bench()
    const { key } = addField(lab, 'owner')
    lab.call(fields, 'SetField', { entity: tree.vm, key, value: 'alice' })
    const value = [{ _typeName: 'CustomFieldStringValue', key, value: 'alice' }]
    const props = lab.props(tree.vm.value)
    expect(props['customValue']).toEqual(value)
    expect(props['value']).toEqual(value)
    expect((props['summary'] as { customValue: unknown }).customValue).toEqual(value)
    lab.call(fields, 'SetField', { entity: tree.vm, key, value: 'bob' })
    expect(latest(lab)).toMatchObject({
      _typeName: 'CustomFieldValueChangedEvent', prevState: 'alice', value: 'bob',
      fullFormattedMessage: "Changed custom field owner on web-01 from 'alice' to 'bob'",
      vm: { vm: tree.vm },
    })
    lab.call(fields, 'SetField', { entity: tree.vm, key, value: '' })
    expect(lab.props(tree.vm.value)['customValue']).toEqual([])
    expect(lab.outcome(fields, 'SetField', { entity: tree.vm, key: 77, value: '' }))
      .toMatchObject({ fault: { type: 'InvalidArgument', fields: { invalidProperty: 'key' } } })
  })

  it('setCustomValue › does the same by name, with its privilege', () => {
    const lab = bench()
    const { key } = addField(lab, 'owner')
    lab.call(tree.vm, 'setCustomValue', { key: 'owner', value: 'alice' })
    expect(lab.props(tree.vm.value)['customValue']).toMatchObject([{ key, value: 'alice' }])
    const user: TestUser = { name: 'limited', hides: (_slot, id) => id === 'Global.SetCustomField' }
    expect(lab.outcome(tree.vm, 'setCustomValue', { key: 'owner', value: 'x' }, user))
      .toMatchObject({ fault: { type: 'NoPermission' } })
    expect(lab.outcome(tree.vm, 'setCustomValue', { key: 'none', value: 'x' }))
      .toMatchObject({ fault: { type: 'InvalidArgument' } })
  })

  it('RenameCustomFieldDef, RemoveCustomFieldDef › rename, and take the values away', () => {
    const lab = bench()
    const { key } = addField(lab, 'owner')
    lab.call(fields, 'SetField', { entity: tree.vm, key, value: 'alice' })
    lab.call(fields, 'RenameCustomFieldDef', { key, name: 'keeper' })
    expect(lab.props(tree.host.value)['availableField']).toMatchObject([{ key, name: 'keeper' }])
    expect(latest(lab)).toMatchObject({ _typeName: 'CustomFieldDefRenamedEvent', name: 'owner', newName: 'keeper' })
    lab.call(fields, 'RemoveCustomFieldDef', { key })
    expect(lab.props(tree.vm.value)['customValue']).toEqual([])
    expect(lab.props('CustomFieldsManager')['field']).toEqual([])
    expect(addField(lab, 'next').key).toBe(2)
  })
})

describe('OptionManager', () => {
  const long = (value: number) => ({ _typeName: 'long', _value: value })
  const def = (key: string, type: string, rest: object) =>
    ({ key, label: key, summary: key, optionType: { _typeName: type, ...rest } })

  function withOptions(kind: 'vcenter' | 'esxi' = 'vcenter'): Bench {
    const lab = bench(kind)
    lab.tx(tx => tx.update(tx.find(lab.node.name, kind === 'vcenter' ? 'VpxSettings' : 'HostAgentSettings')!, draft => {
      draft.props['setting'] = [
        { key: 'config.log.level', value: 'info' }, { key: 'config.log.size', value: long(5) },
        { key: 'event.maxAge', value: 30 }, { key: 'event.maxAgeEnabled', value: true },
      ]
      draft.props['supportedOption'] = [
        def('config.log.level', 'ChoiceOption', { choiceInfo: [{ key: 'info' }, { key: 'verbose' }] }),
        def('config.log.size', 'LongOption', { min: 1, max: 10, defaultValue: 5 }),
        def('event.maxAge', 'IntOption', { min: 1, max: 400, defaultValue: 30 }),
        def('event.maxAgeEnabled', 'BoolOption', { supported: true, defaultValue: true }),
        def('fixed', 'StringOption', { defaultValue: 'x', valueIsReadonly: true }),
      ]
    }))
    return lab
  }
  const update = (lab: Bench, key: string, value: unknown, user = root) =>
    lab.outcome(settings, 'UpdateOptions', { changedValue: [{ key, value }] }, user)

  it('QueryOptions › gives all, one, or those under a node', () => {
    const lab = withOptions()
    const query = (name?: string) => lab.outcome(settings, 'QueryOptions', name === undefined ? {} : { name })
    expect((query() as { value: unknown[] }).value).toHaveLength(4)
    expect(query('event.maxAge')).toMatchObject({ value: [{ key: 'event.maxAge', value: 30 }] })
    expect((query('config.') as { value: unknown[] }).value).toHaveLength(2)
    expect(query('event')).toMatchObject({ fault: { type: 'InvalidName', fields: { name: 'event' } } })
  })

  it('UpdateOptions › takes what the type takes', () => {
    const lab = withOptions()
    for (const [key, value, stored] of [
      ['config.log.level', 'verbose', 'verbose'], ['config.log.size', 7, long(7)],
      ['config.log.size', long(8), long(8)], ['event.maxAge', 60, 60], ['event.maxAgeEnabled', false, false],
    ] as const) {
      expect(update(lab, key, value), key).toMatchObject({ kind: 'result' })
      expect(lab.call(settings, 'QueryOptions', { name: key })).toEqual([{ key, value: stored }])
    }
  })

  it('UpdateOptions › refuses the rest, and then changes nothing', () => {
    const lab = withOptions()
    for (const [key, value] of [
      ['config.log.level', 'loud'], ['config.log.size', 11], ['event.maxAge', 'many'],
      ['event.maxAgeEnabled', 'yes'], ['fixed', 'y'],
    ] as const) {
      expect(update(lab, key, value), key)
        .toMatchObject({ fault: { type: 'InvalidArgument', fields: { invalidProperty: key } } })
    }
    const both = { changedValue: [{ key: 'event.maxAge', value: 60 }, { key: 'config.log.size', value: 0 }] }
    expect(lab.outcome(settings, 'UpdateOptions', both)).toMatchObject({ kind: 'fault' })
    expect(lab.call(settings, 'QueryOptions', { name: 'event.maxAge' })).toMatchObject([{ value: 30 }])
  })

  it('UpdateOptions › takes new keys on a vCenter, not on a host', () => {
    const lab = withOptions()
    expect(update(lab, 'config.my.own', 'x')).toMatchObject({ kind: 'result' })
    expect(lab.call(settings, 'QueryOptions', { name: 'config.my.own' })).toEqual([{ key: 'config.my.own', value: 'x' }])
    const host = withOptions('esxi')
    expect(host.outcome({ type: 'OptionManager', value: 'HostAgentSettings' }, 'UpdateOptions', {
      changedValue: [{ key: 'config.my.own', value: 'x' }],
    })).toMatchObject({ fault: { type: 'InvalidName', fields: { name: 'config.my.own' } } })
  })

  it("UpdateOptions › shows in the host's configuration › for its advanced options", () => {
    const lab = bench('esxi')
    const options = { type: 'OptionManager', value: 'ha-adv-options' }
    const setting = [{ key: 'UserVars.ESXiShellTimeOut', value: long(0) }]
    lab.tx(tx => {
      add(tx, 'esx-01', options, {
        setting,
        supportedOption: [def(setting[0]!.key, 'LongOption', { min: 0, max: 86400, defaultValue: 0 })],
      })
      add(tx, 'esx-01', { type: 'HostSystem', value: 'ha-host' }, { config: { option: setting } })
    })
    lab.call(options, 'UpdateOptions', { changedValue: [{ key: setting[0]!.key, value: 600 }] })
    expect((lab.props('ha-host')['config'] as { option: unknown }).option)
      .toEqual([{ key: setting[0]!.key, value: long(600) }])
  })

  it('UpdateOptions › needs Global.Settings', () => {
    const user: TestUser = { name: 'limited', hides: (_slot, id) => id === 'Global.Settings' }
    expect(update(withOptions(), 'event.maxAge', 60, user))
      .toMatchObject({ fault: { type: 'NoPermission', fields: { privilegeId: 'Global.Settings' } } })
  })
})

describe('ExtensionManager', () => {
  const extension = {
    key: 'org.example', version: '1.0', description: { label: 'a', summary: 'b' },
    lastHeartbeatTime: '2000-01-01T00:00:00Z',
  } as Extension
  const find = (lab: Bench): Extension | undefined =>
    lab.call(extensions, 'FindExtension', { extensionKey: 'org.example' }) as Extension | undefined

  it('an extension › is registered once, updated and unregistered', () => {
    const lab = bench()
    lab.call(extensions, 'RegisterExtension', { extension })
    expect(find(lab)).toMatchObject({ key: 'org.example', lastHeartbeatTime: '2026-01-05T08:00:00Z' })
    expect(lab.outcome(extensions, 'RegisterExtension', { extension }))
      .toMatchObject({ fault: { type: 'InvalidArgument', fields: { invalidProperty: 'extension.key' } } })
    lab.call(extensions, 'UpdateExtension', { extension: { ...extension, version: '2.0' } })
    expect(find(lab)).toMatchObject({ version: '2.0' })
    lab.call(extensions, 'UnregisterExtension', { extensionKey: 'org.example' })
    expect(find(lab)).toBeUndefined()
    for (const method of ['UnregisterExtension', 'SetPublicKey', 'SetServiceAccount']) {
      const args = { extensionKey: 'org.example', publicKey: 'k', serviceAccount: 's' }
      const type = method === 'SetPublicKey' ? 'InvalidArgument' : 'NotFound'
      expect(lab.outcome(extensions, method, args), method).toMatchObject({ fault: { type } })
    }
  })

  it('SetExtensionCertificate › takes a certificate only', () => {
    const lab = bench()
    lab.call(extensions, 'RegisterExtension', { extension })
    const set = (certificatePem?: string) => lab.outcome(extensions, 'SetExtensionCertificate', {
      extensionKey: 'org.example', ...(certificatePem === undefined ? {} : { certificatePem }),
    })
    expect(set()).toMatchObject({ fault: { type: 'NoClientCertificate' } })
    expect(set('nonsense')).toMatchObject({ fault: { type: 'InvalidArgument' } })
  })

  it('QueryManagedBy, QueryExtensionIpAllocationUsage › tell what an extension has', () => {
    const lab = bench()
    lab.call(extensions, 'RegisterExtension', { extension })
    lab.tx(tx => tx.update(tx.find('vc-01', tree.vm.value)!, draft => {
      const config = draft.props['config'] as Record<string, unknown>
      config['managedBy'] = { extensionKey: 'org.example', type: 'thing' }
    }))
    expect(lab.call(extensions, 'QueryManagedBy', { extensionKey: 'org.example' })).toEqual([tree.vm])
    expect(lab.call(extensions, 'QueryExtensionIpAllocationUsage', {}))
      .toEqual([{ extensionKey: 'org.example', numAddresses: 0 }])
  })

  it('the list of a fresh vCenter › has keys that differ', () => {
    const product = { version: '8.0.3', build: '1', apiVersion: '8.0.3.0', patchLevel: '' }
    const list = defaultExtensions(product, '2026-01-05T08:00:00Z')
    expect(new Set(list.map(each => each.key)).size).toBe(list.length)
  })
})

describe('ServiceInstance and AlarmManager', () => {
  it('CurrentTime and serverClock › are lab time', () => {
    const lab = bench()
    lab.world.advance(1500)
    expect(lab.call(service, 'CurrentTime')).toBe('2026-01-05T08:00:01.5Z')
    const read = lab.services.virtualProperty('ServiceInstance', 'serverClock')!
    const context = { services: lab.services, reader: lab.world, node: lab.node, session: undefined }
    expect(read(context, lab.world.find('vc-01', 'ServiceInstance')!)).toBe('2026-01-05T08:00:01.5Z')
    expect(lab.call(service, 'RetrieveProductComponents')).toEqual([])
  })

  it('RetrieveServiceContent › gives the stored content', () => {
    const lab = bench()
    lab.tx(tx => tx.update(tx.find('vc-01', 'ServiceInstance')!, draft => { draft.props['content'] = { a: 1 } }))
    expect(lab.call(service, 'RetrieveServiceContent')).toEqual({ a: 1 })
  })

  it('GetAlarm › lists the alarms of an entity, by default all of them', () => {
    const lab = bench()
    const manager = { type: 'AlarmManager', value: 'AlarmManager' }
    expect(lab.call(manager, 'GetAlarm')).toEqual([])
    const expression = { _typeName: 'EventAlarmExpression', eventType: 'VmPoweredOnEvent', objectType: 'HostSystem' }
    lab.tx(tx => add(tx, 'vc-01', { type: 'Alarm', value: 'alarm-1' }, { info: { entity: tree.root, expression } }))
    expect(lab.call(manager, 'GetAlarm')).toEqual([{ type: 'Alarm', value: 'alarm-1' }])
    expect(lab.call(manager, 'GetAlarm', { entity: tree.vm })).toEqual([])
    expect(lab.call(manager, 'AreAlarmActionsEnabled', { entity: tree.vm })).toBe(true)
    lab.call(manager, 'EnableAlarmActions', { entity: tree.vm, enabled: false })
    expect(lab.call(manager, 'AreAlarmActionsEnabled', { entity: tree.vm })).toBe(false)
    expect(lab.call(manager, 'GetAlarmState', { entity: tree.vm })).toEqual([])
  })
})

describe('LicenseManager', () => {
  it('DecodeLicense › knows the keys that the node holds', () => {
    const lab = makeBench({ definitions: [licenseManager] })
    const manager = { type: 'LicenseManager', value: 'LicenseManager' }
    const licenseKey = '00000-00000-00000-00000-00000'
    lab.tx(tx => tx.update(tx.find('vc-01', 'LicenseManager')!, draft => {
      draft.props['licenses'] = [{ licenseKey, editionKey: 'eval' }]
    }))
    expect(lab.call(manager, 'DecodeLicense', { licenseKey })).toMatchObject({ editionKey: 'eval' })
    expect(lab.outcome(manager, 'DecodeLicense', { licenseKey: 'short' }))
      .toMatchObject({ fault: { type: 'InvalidArgument' } })
    expect(lab.outcome(manager, 'DecodeLicense', { licenseKey: 'AAAAA-00000-00000-00000-00000' }))
      .toMatchObject({ fault: { type: 'NotImplemented' } })
  })
})
