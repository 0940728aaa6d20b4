import { describe, expect, it } from 'vitest'
import { loadSchema } from '../../emulator/schema/schema.js'
import type { TypeRef } from '../../emulator/schema/model.js'

const schema = loadSchema()

function reference(type: string, property: string): TypeRef | undefined {
  const found = schema.property(type, property)
  return found && { kind: found.kind, name: found.name, array: found.array }
}

describe('Schema.type', () => {
  it('gives a data type with its properties in wire order, base first', () => {
    const disk = schema.data('VirtualDisk')
    expect(disk?.base?.name).toBe('VirtualDevice')
    expect(disk?.properties.map((property) => property.property).slice(0, 10)).toEqual([
      'key', 'deviceInfo', 'backing', 'connectable', 'slotInfo', 'controllerKey', 'unitNumber',
      'numaNode', 'deviceGroupInfo', 'capacityInKB',
    ])
  })

  it('builds a type once', () => {
    expect(schema.type('HostSystem')).toBe(schema.type('HostSystem'))
  })

  it('gives undefined for a name that no namespace has', () => {
    expect(schema.type('NoSuchType')).toBeUndefined()
    expect(schema.type('constructor')).toBeUndefined()
    expect(schema.type('')).toBeUndefined()
  })

  it('tells kinds apart', () => {
    expect(schema.data('VirtualMachine')).toBeUndefined()
    expect(schema.managed('VirtualMachine')?.vmodlName).toBe('vim.VirtualMachine')
    expect(schema.enum('ManagedEntityStatus')?.values).toEqual(['gray', 'green', 'yellow', 'red'])
  })

  it('finds a sister type by name alone and with its namespace, and vim25 types from there', () => {
    expect(schema.type('PbmProfile')?.namespace).toBe('pbm')
    expect(schema.type('PbmProfile', 'vim25')).toBeUndefined()
    expect(schema.type('MethodFault', 'pbm')?.namespace).toBe('vim25')
    expect(schema.type('InvalidUrl', 'eam')?.namespace).toBe('eam')
    expect(schema.type('InvalidUrl', 'sms')?.namespace).toBe('sms')
  })

  it('marks faults and types that others extend', () => {
    expect(schema.data('InvalidPowerState')).toMatchObject({ isFault: true, hasSubtypes: false })
    expect(schema.data('VirtualDevice')).toMatchObject({ isFault: false, hasSubtypes: true })
    expect(schema.data('LocalizedMethodFault')).toMatchObject({ isFault: false })
    expect(schema.data('RuntimeFault')).toMatchObject({ isFault: true, hasSubtypes: true })
  })
})

describe('Schema.property', () => {
  it('has the wire kind of each sort of type', () => {
    expect(reference('VirtualMachine', 'runtime'))
      .toEqual({ kind: 'data', name: 'VirtualMachineRuntimeInfo', array: false })
    expect(reference('VirtualMachine', 'datastore'))
      .toEqual({ kind: 'moref', name: 'Datastore', array: true })
    expect(reference('VirtualMachineRuntimeInfo', 'powerState'))
      .toEqual({ kind: 'enum', name: 'VirtualMachinePowerState', array: false })
    expect(reference('VirtualMachineRuntimeInfo', 'bootTime'))
      .toEqual({ kind: 'dateTime', name: 'dateTime', array: false })
    expect(reference('OptionValue', 'value'))
      .toEqual({ kind: 'any', name: 'anyType', array: false })
    expect(reference('PropertySpec', 'pathSet'))
      .toEqual({ kind: 'propertyPath', name: 'string', array: true })
    expect(reference('PropertySpec', 'type'))
      .toEqual({ kind: 'typeName', name: 'string', array: false })
    expect(reference('HostConfigInfo', 'certificate'))
      .toEqual({ kind: 'byte', name: 'byte', array: true })
  })

  it('wraps a MethodFault below the top level, and not inside the wrapper', () => {
    expect(reference('TaskInfo', 'error')?.name).toBe('LocalizedMethodFault')
    expect(reference('MethodFault', 'faultCause')?.name).toBe('LocalizedMethodFault')
    expect(reference('LocalizedMethodFault', 'fault')?.name).toBe('MethodFault')
  })

  it('has the key of the object where the tables declare a link', () => {
    expect(reference('HostPortGroup', 'vswitch'))
      .toEqual({ kind: 'string', name: 'string', array: false })
    expect(reference('HostVirtualSwitch', 'pnic'))
      .toEqual({ kind: 'string', name: 'string', array: true })
  })

  it('has no dynamicType and dynamicProperty, which never travel', () => {
    expect(schema.data('DynamicData')?.properties).toEqual([])
  })

  it('has since, optional and privilege', () => {
    const v = (id: string) => schema.versions.index(id)
    expect(schema.property('AboutInfo', 'patchLevel'))
      .toMatchObject({ since: v('7.0.2.0'), optional: true })
    expect(schema.property('AboutInfo', 'name')).toMatchObject({ since: 0, optional: false })
    expect(schema.property('VirtualMachine', 'name')?.privilege).toBe('System.View')
    expect(schema.property('MethodFault', 'faultCause')?.since).toBe(v('4.0'))
  })

  it('finds inherited ones', () => {
    expect(schema.property('VirtualMachine', 'overallStatus')?.name).toBe('ManagedEntityStatus')
    expect(schema.property('VmPoweredOnEvent', 'createdTime')?.kind).toBe('dateTime')
    expect(schema.property('VirtualMachine', 'nothing')).toBeUndefined()
  })
})

describe('Schema.method', () => {
  it('has names, parameters, result, privilege and declared MethodFaults', () => {
    expect(schema.method('VirtualMachine', 'PowerOnVM_Task')).toMatchObject({
      vmodlName: 'powerOn',
      owner: 'VirtualMachine',
      isTask: true,
      result: { kind: 'moref', name: 'Task', optional: false },
      taskResult: undefined,
      privilege: 'VirtualMachine.Interact.PowerOn',
      faults: [
        'TaskInProgress', 'InvalidState', 'InsufficientResourcesFault', 'VmConfigFault',
        'FileFault',
      ],
      params: [{ property: 'host', kind: 'moref', name: 'HostSystem', optional: true }],
    })
  })

  it('has what the task of a _Task method results in', () => {
    const clone = schema.method('VirtualMachine', 'CloneVM_Task')
    expect(clone?.taskResult).toMatchObject({ kind: 'moref', name: 'VirtualMachine' })
    expect(clone?.params[0]?.privilege).toBe('VirtualMachine.Inventory.CreateFromExisting')
  })

  it('searches the ancestors', () => {
    expect(schema.method('VirtualMachine', 'Rename_Task')?.owner).toBe('ManagedEntity')
    expect(schema.method('VirtualMachine', 'Fetch')).toMatchObject({
      owner: 'ManagedObject',
      params: [{ property: 'prop', kind: 'string' }],
      result: { kind: 'any', optional: true },
    })
    expect(schema.method('VirtualMachine', 'EnterMaintenanceMode_Task')).toBeUndefined()
    expect(schema.method('NoSuchType', 'Rename_Task')).toBeUndefined()
  })

  it('does not take a ScheduledTask for a task', () => {
    expect(schema.method('ScheduledTaskManager', 'CreateScheduledTask')?.isTask).toBe(false)
  })

  it('knows the methods behind esxcli', () => {
    expect(schema.method('HostSystem', 'RetrieveManagedMethodExecuter')?.result?.name)
      .toBe('ReflectManagedMethodExecuter')
    expect(schema.method('ReflectManagedMethodExecuter', 'ExecuteSoap')?.params
      .map((param) => param.property)).toEqual(['moid', 'version', 'method', 'argument'])
    expect(schema.data('DynamicTypeMgrMoFilterSpec')?.base?.name).toBe('DynamicTypeMgrFilterSpec')
  })
})

describe('Schema.methodsNamed', () => {
  it('finds a method wherever it is, and nothing for an unknown name', () => {
    expect(schema.methodsNamed('EnterMaintenanceMode_Task').map((method) => method.owner))
      .toEqual(['HostSystem'])
    expect(schema.methodsNamed('PbmQueryProfile', 'pbm')[0]?.owner).toBe('PbmProfileProfileManager')
    expect(schema.methodsNamed('constructor')).toEqual([])
  })
})

describe('Schema inheritance', () => {
  it('isA follows data and managed types', () => {
    expect(schema.isA('ClusterComputeResource', 'ManagedEntity')).toBe(true)
    expect(schema.isA('VirtualMachine', 'ManagedObject')).toBe(true)
    expect(schema.isA('VirtualMachine', 'HostSystem')).toBe(false)
    expect(schema.isA('VmPoweredOnEvent', 'Event')).toBe(true)
    expect(schema.isA('NoSuchType', 'Event')).toBe(false)
    expect(schema.isA('ManagedEntityStatus', 'Event')).toBe(false)
  })

  it('subtypes holds the type itself and all below it', () => {
    expect([...schema.subtypes('ComputeResource')].sort())
      .toEqual(['ClusterComputeResource', 'ComputeResource'])
    expect(schema.subtypes('Event')).toContain('VmPoweredOnEvent')
    expect(schema.subtypes('NoSuchType')).toEqual([])
  })

  it('compatible gives the nearest ancestor that the version has', () => {
    const backing = schema.data('VirtualDiskLocalPMemBackingInfo')
    const old = schema.versions.index('4.0') ?? 0
    expect(backing && schema.compatible(backing, old).name).toBe('VirtualDeviceFileBackingInfo')
    expect(backing && schema.compatible(backing, schema.versions.newest())).toBe(backing)
  })
})

describe('types of a sister API that extend vim25', () => {
  it('count the versions of inherited properties in their own list', () => {
    const vim = schema.property('NoPermission', 'missingPrivileges')
    expect(schema.versions.list()[vim?.since ?? -1]).toBe('7.0.3.2')
    const sms = schema.property('AuthConnectionFailed', 'missingPrivileges', 'sms')
    expect(schema.versions.list('sms')[sms?.since ?? -1]).toBe('7.0.3.2')
  })

  it('keep both privileges where the tables name two', () => {
    expect(schema.method('VsanClusterPowerSystem', 'PerformClusterPowerAction')?.privilege)
      .toBe('Host.Config.Power Host.Inventory.EditCluster')
  })
})

describe('Schema.enum', () => {
  it('knows literals that came after their enum', () => {
    const transport = schema.enum('HostNvmeTransportType')
    expect(transport?.valueSince.get('tcp')).toBe(schema.versions.index('7.0.3.0'))
    expect(transport?.valueSince.has('pcie')).toBe(false)
  })
})
