import { describe, expect, it } from 'vitest'
import {
  cluster, CollectorLab, collectorRef, datacenter, host, hostFolder, objectSpec, pool, readContents,
  root, schema, viewSpec, vmFolder, vmRef,
} from '../../support/collector-lab.js'

/** The classic recursive walk from the root folder, with names that point back and forward. */
function inventorySpec(type: string, paths: string[]): object {
  const named = (name: string) => ({ name })
  return {
    propSet: [{ type, pathSet: paths }],
    objectSet: [{
      obj: root, skip: false,
      selectSet: [
        { _typeName: 'TraversalSpec', name: 'folders', type: 'Folder', path: 'childEntity', skip: false,
          selectSet: [named('folders'), named('vmFolder'), named('hostFolder'), named('hosts'), named('vms')] },
        { _typeName: 'TraversalSpec', name: 'vmFolder', type: 'Datacenter', path: 'vmFolder', selectSet: [named('folders')] },
        { _typeName: 'TraversalSpec', name: 'hostFolder', type: 'Datacenter', path: 'hostFolder', selectSet: [named('folders')] },
        { _typeName: 'TraversalSpec', name: 'hosts', type: 'ComputeResource', path: 'host' },
        { _typeName: 'TraversalSpec', name: 'vms', type: 'HostSystem', path: 'vm' },
      ],
    }],
  }
}

describe('RetrievePropertiesEx › selection', () => {
  const lab = new CollectorLab(3)
  const client = lab.login()

  it('walks recursive and forward references; each object comes once', () => {
    const found = readContents(client.retrieve([inventorySpec('ManagedEntity', ['name'])]))
    expect(Object.keys(found).sort()).toEqual([
      root, datacenter, vmFolder, hostFolder, cluster, host, vmRef(0), vmRef(1), vmRef(2),
    ].map(ref => ref.value).sort())
  })

  it('reports only objects that a PropertySpec matches, subtypes included', () => {
    const found = readContents(client.retrieve([inventorySpec('ComputeResource', ['name', 'resourcePool'])]))
    expect(found).toEqual({ 'domain-c7': { name: 'cluster', resourcePool: pool } })
  })

  it('skips the start object but goes on through it', () => {
    const view = client.containerView()
    const found = readContents(client.retrieve([viewSpec(view, ['name', 'runtime.powerState'])]))
    expect(found['vm-100']).toEqual({ name: 'vm0', 'runtime.powerState': 'poweredOff' })
    expect(Object.keys(found)).toHaveLength(3)
  })

  it('unites all matching PropertySpecs without doubles', () => {
    const spec = { propSet: [{ type: 'ManagedEntity', pathSet: ['name'] }, { type: 'VirtualMachine', pathSet: ['name', 'parent'] }],
      objectSet: [{ obj: vmRef(0) }] }
    const { items } = client.retrieve([spec])
    expect([...items][0].paths.paths.map((path: { path: string }) => path.path)).toEqual(['name', 'parent'])
  })

  it('reads all properties, leaving out unset ones', () => {
    const found = readContents(client.retrieve([objectSpec(vmRef(0), 'all')]))['vm-100']!
    expect(Object.keys(found).sort()).toEqual(['config', 'name', 'parent', 'runtime'])
  })

  it('reports an object without properties when no path is asked for', () => {
    const spec = { propSet: [{ type: 'VirtualMachine' }], objectSet: [{ obj: vmRef(0) }] }
    expect(readContents(client.retrieve([spec]))).toEqual({ 'vm-100': {} })
  })

  it('comes to an end in a circle', () => {
    const own = new CollectorLab(1)
    own.update(vmFolder, props => { props['childEntity'] = [datacenter, vmRef(0)] })
    expect(Object.keys(readContents(own.login().retrieve([inventorySpec('VirtualMachine', ['name'])])))).toEqual(['vm-100'])
  })

  it('has no result when nothing is found', () => {
    const spec = { propSet: [{ type: 'Task', pathSet: ['info'] }], objectSet: [{ obj: vmRef(0) }] }
    expect(client.retrieve([spec])).toBeUndefined()
    expect([...client.call(collectorRef, 'RetrieveProperties', { specSet: [spec] }).items]).toEqual([])
  })

  it('faults for an unknown selection name', () => {
    const spec = { propSet: [{ type: 'Folder', pathSet: ['name'] }], objectSet: [{ obj: root, selectSet: [{ name: 'nowhere' }] }] }
    expect(client.faultOf(collectorRef, 'RetrievePropertiesEx', { specSet: [spec], options: {} }))
      .toMatchObject({ _typeName: 'InvalidArgument' })
  })
})

describe('RetrievePropertiesEx › paths', () => {
  const lab = new CollectorLab(2)
  const client = lab.login()
  const read = (...paths: string[]) => readContents(client.retrieve([objectSpec(vmRef(0), paths)]))['vm-100']
  const faultFor = (path: string, type = 'VirtualMachine', version?: string) => client.faultOf(
    collectorRef, 'RetrievePropertiesEx',
    { specSet: [objectSpec(vmRef(0), [path], type)], options: {} }, version)

  it('reads elements by int and by string key, and properties of subtypes', () => {
    expect(read('config.hardware.device[4000].backing.deviceName', 'config.extraConfig["guestinfo.x"].value',
      'config.hardware.device[2000].unitNumber')).toEqual({
      'config.hardware.device[4000].backing.deviceName': 'VM Network',
      'config.extraConfig["guestinfo.x"].value': 'a',
      'config.hardware.device[2000].unitNumber': 0,
    })
  })

  it('leaves out what is unset or below something unset', () => {
    expect(read('guest.ipAddress', 'config.hardware.device[9].key', 'name')).toEqual({ name: 'vm0' })
  })

  it.each([
    ['an unknown property', 'nothing', 'VirtualMachine'],
    ['an unknown part', 'config.nothing', 'VirtualMachine'],
    ['an unkeyed tail of an array', 'config.hardware.device.key', 'VirtualMachine'],
    ['a key of an array without keys', 'datastore[1]', 'VirtualMachine'],
    ['a way through a reference', 'runtime.host.name', 'VirtualMachine'],
    ['a property of a subtype only', 'runtime.powerState', 'ManagedEntity'],
    ['a malformed path', 'config..name', 'VirtualMachine'],
  ])('faults the whole call with InvalidProperty › %s', (_case, path, type) => {
    expect(faultFor(path, type)).toMatchObject({ _typeName: 'InvalidProperty', name: path })
  })

  it('knows no property that is younger than the client', () => {
    expect(faultFor('config.instanceUuid', 'VirtualMachine', '2.5')).toMatchObject({ _typeName: 'InvalidProperty' })
    expect(faultFor('config.uuid', 'VirtualMachine', '2.5')).toMatchObject({ kind: 'result' })
  })

  it('faults for an unknown managed type', () => {
    expect(faultFor('name', 'Spaceship')).toMatchObject({ _typeName: 'InvalidType' })
  })
})

describe('RetrievePropertiesEx › missing objects', () => {
  const lab = new CollectorLab(1)
  const client = lab.login()
  const gone = { type: 'VirtualMachine', value: 'vm-999' }

  it('faults the whole call', () => {
    expect(client.faultOf(collectorRef, 'RetrievePropertiesEx', { specSet: [objectSpec(gone, ['name'])], options: {} }))
      .toEqual({ _typeName: 'ManagedObjectNotFound', obj: gone })
  })

  it('are left out when the spec says so', () => {
    const spec = { propSet: [{ type: 'VirtualMachine', pathSet: ['name'] }],
      objectSet: [{ obj: gone }, { obj: vmRef(0) }], reportMissingObjectsInResults: true }
    expect(readContents(client.retrieve([spec]))).toEqual({ 'vm-100': { name: 'vm0' } })
  })

  it('are those of another type than claimed', () => {
    const ref = { type: 'HostSystem', value: 'vm-100' }
    expect(client.faultOf(collectorRef, 'RetrievePropertiesEx', { specSet: [objectSpec(ref, ['name'])], options: {} }))
      .toMatchObject({ _typeName: 'ManagedObjectNotFound' })
  })
})

describe('RetrievePropertiesEx › rights', () => {
  it('hides objects, and puts single properties into missingSet', () => {
    const lab = new CollectorLab(3)
    lab.denies = (_user, slot, privilege) => slot.address.id === 'vm-101'
      || (slot.address.id === 'vm-102' && privilege === 'System.Read')
    const client = lab.login('reader')
    const result = client.retrieve([viewSpec(client.containerView(), ['name', 'runtime.powerState'])])
    expect(readContents(result)).toEqual({
      'vm-100': { name: 'vm0', 'runtime.powerState': 'poweredOff' }, 'vm-102': { name: 'vm2' },
    })
    expect([...result.items][1].missing).toMatchObject([{
      path: 'runtime.powerState', fault: { fault: { _typeName: 'NoPermission', object: vmRef(2), privilegeId: 'System.Read' } },
    }])
  })

  it('does not lead through a property that is hidden', () => {
    const lab = new CollectorLab(1)
    const spec = { propSet: [{ type: 'VirtualMachine', pathSet: ['name'] }],
      objectSet: [{ obj: host, selectSet: [{ type: 'HostSystem', path: 'vm' }] }] }
    const client = lab.login('reader')
    expect(Object.keys(readContents(client.retrieve([spec])))).toEqual(['vm-100'])
    const privilege = schema.property('HostSystem', 'vm')!.privilege ?? 'System.Read'
    lab.denies = (_user, slot, wanted) => slot.address.id === 'host-9' && wanted === privilege && privilege !== 'System.View'
    expect(client.retrieve([spec])).toBeUndefined()
  })

  it('faults with NoPermission for a hidden start object', () => {
    const lab = new CollectorLab(1)
    lab.denies = (_user, slot) => slot.address.id === 'vm-100'
    expect(lab.login('reader').faultOf(collectorRef, 'RetrievePropertiesEx',
      { specSet: [objectSpec(vmRef(0), ['name'])], options: {} })).toMatchObject({ _typeName: 'NoPermission' })
  })

  it('shows anonymous clients anonymous properties only', () => {
    const client = new CollectorLab(1).anonymous()
    const spec = objectSpec({ type: 'SessionManager', value: 'SessionManager' }, ['defaultLocale', 'message'])
    const result = client.retrieve([spec])
    expect(readContents(result)).toEqual({ SessionManager: { defaultLocale: 'en' } })
    expect([...result.items][0].missing).toMatchObject([{ path: 'message', fault: { fault: { _typeName: 'NotAuthenticated' } } }])
  })
})

describe('RetrievePropertiesEx › pages', () => {
  const lab = new CollectorLab(5)
  const client = lab.login()
  const first = (who = client) => who.retrieve([viewSpec(who.containerView(), ['name'])], { maxObjects: 2 })
  const next = (token: string, who = client) => who.call(collectorRef, 'ContinueRetrievePropertiesEx', { token })

  it('come one after the other, the last without a token', () => {
    const page = first()
    const second = next(page.token)
    const third = next(second.token)
    expect([page, second, third].map(each => Object.keys(readContents(each)).length)).toEqual([2, 2, 1])
    expect(third.token).toBeUndefined()
  })

  it('have tokens for one use', () => {
    const { token } = first()
    next(token)
    expect(() => next(token)).toThrowError(expect.objectContaining({ type: 'InvalidProperty' }))
  })

  it('belong to the session', () => {
    const { token } = first()
    const other = lab.login()
    expect(() => next(token, other)).toThrowError(expect.objectContaining({ type: 'InvalidProperty' }))
    expect(Object.keys(readContents(next(token)))).toHaveLength(2)
  })

  it('are freed by CancelRetrievePropertiesEx', () => {
    const { token } = first()
    client.call(collectorRef, 'CancelRetrievePropertiesEx', { token })
    expect(() => next(token)).toThrow()
  })
})

describe('Fetch', () => {
  const lab = new CollectorLab(1)
  const client = lab.login()
  const fetch = (prop: string) => client.call(vmRef(0), 'Fetch', { prop })

  it('gives one property in the form of an any slot', () => {
    expect(fetch('name')).toBe('vm0')
    expect(fetch('runtime.powerState')).toEqual({ _typeName: 'VirtualMachinePowerState', _value: 'poweredOff' })
    expect(fetch('config.hardware')).toMatchObject({ _typeName: 'VirtualHardware', numCPU: 2 })
    expect(fetch('config.hardware.device')).toMatchObject({ _typeName: 'ArrayOfVirtualDevice' })
    expect(fetch('guest')).toBeUndefined()
  })

  it('computes what is not stored', () => {
    expect(client.call(collectorRef, 'Fetch', { prop: 'filter' })).toEqual({ _typeName: 'ArrayOfManagedObjectReference', _value: [] })
  })

  it('faults for an unknown property, and without a session', () => {
    expect(client.faultOf(vmRef(0), 'Fetch', { prop: 'nothing' })).toMatchObject({ _typeName: 'InvalidProperty' })
    expect(lab.anonymous().faultOf(vmRef(0), 'Fetch', { prop: 'name' })).toMatchObject({ _typeName: 'NotAuthenticated' })
  })
})
