import { describe, expect, it } from 'vitest'
import type { Ref } from '../../clients/sdk/soap-xml.js'
import { newVm, places, withDoors, type Fields } from './door.js'

const connected = 'runtime.connectionState'

describe('VM changed on its host', () => {
  it('shows at once on vCenter: state, guest, events without a user of vCenter, no task', withDoors(async doors => {
    const [vc, host] = [await doors.open(), await doors.open('esx-02')]
    const mark = await vc.mark()
    const hostMark = await host.mark()
    await host.done(await host.vm('win-01'), 'PowerOnVM_Task')
    const mine = await vc.vm('win-01')
    expect(await vc.props(mine, 'runtime.powerState', 'summary.runtime.powerState', 'guest.guestState', 'recentTask'))
      .toEqual({ 'runtime.powerState': 'poweredOn', 'summary.runtime.powerState': 'poweredOn', 'guest.guestState': 'running', recentTask: '' })
    const events = await vc.events(mark)
    expect(events.map(event => event._typeName)).toEqual(['VmStartingEvent', 'VmPoweredOnEvent'])
    expect(events.map(event => event['userName'] ?? '')).not.toContain('VSPHERE.LOCAL\\Administrator')
    const own = await host.events(hostMark)
    expect(own.map(event => event._typeName)).toEqual(['VmStartingEvent', 'VmPoweredOnEvent'])
    expect(own[1]!['userName']).toBe('root')
    expect(own[1]!['fullFormattedMessage']).toContain('win-01')
  }))

  it('created there › is discovered: record, folder, event', withDoors(async doors => {
    const [vc, host] = [await doors.open(), await doors.open('esx-02')]
    const mark = await vc.mark()
    const { folder, pool } = await places(host)
    await host.done(folder, 'CreateVM_Task', { config: newVm('direct-01'), pool })
    const mine = await vc.vm('direct-01')
    expect(await vc.get(mine, connected)).toBe('connected')
    expect((await vc.get<Ref>(mine, 'runtime.host')).value).toBe((await vc.named('HostSystem', 'esx-02')).value)
    const parent = await vc.get<Ref>(mine, 'parent')
    expect(await vc.get(parent, 'name')).toMatch(/^(vm|Discovered virtual machine)$/)
    expect(await vc.list(parent, 'childEntity')).toContain(mine.value)
    expect(await vc.list(await vc.named('Datastore', 'shared-01'), 'vm')).toContain(mine.value)
    const types = await vc.types(mark)
    expect(types).toContain('VmDiscoveredEvent')
    expect(types).not.toContain('TaskEvent')
  }))

  it('renamed and reconfigured there › shows the new name and configuration, with events', withDoors(async doors => {
    const [vc, host] = [await doors.open(), await doors.open('esx-02')]
    const mine = await vc.vm('win-01')
    const mark = await vc.mark()
    const own = await host.vm('win-01')
    await host.done(own, 'Rename_Task', { newName: 'win-02' })
    await host.done(own, 'ReconfigVM_Task', { spec: { memoryMB: 8192, annotation: 'by hand' } })
    expect(await vc.props(mine, 'name', 'config.name', 'summary.config.name', 'summary.config.memorySizeMB', 'config.annotation'))
      .toEqual({ name: 'win-02', 'config.name': 'win-02', 'summary.config.name': 'win-02', 'summary.config.memorySizeMB': '8192', 'config.annotation': 'by hand' })
    expect(await vc.types(mark)).toEqual(['VmRenamedEvent', 'VmReconfiguredEvent'])
  }))

  it('unregistered there › is orphaned on vCenter, until it is removed from the inventory', withDoors(async doors => {
    const [vc, host] = [await doors.open(), await doors.open('esx-02')]
    const mine = await vc.vm('win-01')
    const mark = await vc.mark()
    await host.call(await host.vm('win-01'), 'UnregisterVM')
    expect(await vc.get(mine, connected)).toBe('orphaned')
    expect(await vc.types(mark)).toContain('VmOrphanedEvent')
    expect((await vc.failed(mine, 'PowerOnVM_Task'))?._typeName).toBe('InvalidState')
    await vc.call(mine, 'UnregisterVM')
    expect((await vc.names('VirtualMachine')).has('win-01')).toBe(false)
    expect(await vc.faultOf(mine, 'UnregisterVM')).toBe('ManagedObjectNotFound')
  }))

  it('destroyed there › is orphaned too', withDoors(async doors => {
    const [vc, host] = [await doors.open(), await doors.open('esx-02')]
    const mine = await vc.vm('win-01')
    await host.done(await host.vm('win-01'), 'Destroy_Task')
    expect(await vc.get(mine, connected)).toBe('orphaned')
    expect((await host.names('VirtualMachine')).has('win-01')).toBe(false)
  }))
})

describe('VM changed on vCenter', () => {
  it('shows on its host at once, done there by vpxuser', withDoors(async doors => {
    const [vc, host] = [await doors.open(), await doors.open('esx-02')]
    const mark = await host.mark()
    await vc.done(await vc.vm('db-01'), 'PowerOffVM_Task')
    expect(await host.get(await host.vm('db-01'), 'runtime.powerState')).toBe('poweredOff')
    const events = await host.events(mark)
    expect(events.map(event => event._typeName)).toEqual(['VmStoppingEvent', 'VmPoweredOffEvent'])
    expect(events.map(event => event['userName'])).toEqual(['vpxuser', 'vpxuser'])
  }))

  it('keeps what only vCenter knows through changes on the host and a reconnect', withDoors(async doors => {
    const [vc, host] = [await doors.open(), await doors.open('esx-02')]
    const mine = await vc.vm('db-01')
    const folder = await vc.get<Ref>(mine, 'parent')
    const field = await vc.call(await vc.content('customFieldsManager'), 'AddCustomFieldDef', { name: 'owner', moType: 'VirtualMachine' }) as Fields
    await vc.call(await vc.content('customFieldsManager'), 'SetField', { entity: mine, key: field['key'], value: 'ann' })
    await vc.call(await vc.content('authorizationManager'), 'SetEntityPermissions', {
      entity: mine, permission: [{ principal: 'VSPHERE.LOCAL\\operator', group: false, roleId: -2, propagate: true }],
    })
    const kept = ['parent', 'resourcePool', 'customValue', 'permission', 'value']
    const before = await vc.props(mine, ...kept)
    expect(JSON.stringify(before)).toContain('operator')
    const heal = doors.inject('cable-cut', 'esx-02')
    await host.done(await host.vm('db-01'), 'PowerOffVM_Task')
    await host.done(await host.vm('db-01'), 'ReconfigVM_Task', { spec: { numCPUs: 2 } })
    doors.advance(100)
    heal()
    doors.advance(10)
    expect(await vc.get(mine, 'summary.config.numCpu')).toBe('2')
    expect(await vc.props(mine, ...kept)).toEqual(before)
    expect(await vc.get(folder, 'name')).toBe('Production')
    expect(await vc.list(folder, 'childEntity')).toContain(mine.value)
  }))
})

describe('management link cut', () => {
  it('vCenter keeps its picture, refuses calls for the VMs there, and shows the new one after the reconnect', withDoors(async doors => {
    const [vc, host] = [await doors.open(), await doors.open('esx-02')]
    const mine = await vc.vm('db-01')
    const heal = doors.inject('cable-cut', 'esx-02')
    const mark = await vc.mark()
    await host.done(await host.vm('db-01'), 'SuspendVM_Task')
    expect(await vc.get(mine, 'runtime.powerState')).toBe('poweredOn')
    expect((await vc.failed(mine, 'PowerOffVM_Task'))?._typeName).toMatch(/^Host(NotReachable|NotConnected|Communication)$/)
    expect(await vc.faultOf(mine, 'ShutdownGuest')).toBe('HostNotReachable')
    doors.advance(75)
    expect(await vc.props(mine, connected, 'runtime.powerState')).toEqual({ [connected]: 'disconnected', 'runtime.powerState': 'poweredOn' })
    expect((await vc.failed(mine, 'Rename_Task', { newName: 'x' }))?._typeName).toBe('HostNotReachable')
    expect((await vc.failed(mine, 'ReconfigVM_Task', { spec: { annotation: 'x' } }))?._typeName).toBe('HostNotReachable')
    expect((await vc.failed(await vc.vm('web-01'), 'PowerOffVM_Task'))).toBeUndefined()
    const types = await vc.types(mark)
    expect(types.filter(type => /Suspend/.test(type))).toEqual([])
    expect(types.filter(type => /^Host|Disconnected/.test(type))).toEqual([
      'HostConnectionLostEvent', 'VmDisconnectedEvent', 'VmDisconnectedEvent', 'VmDisconnectedEvent',
    ])
    heal()
    expect(await vc.get(mine, 'runtime.powerState')).toBe('poweredOn')
    doors.advance(10)
    expect(await vc.props(mine, connected, 'runtime.powerState')).toEqual({ [connected]: 'connected', 'runtime.powerState': 'suspended' })
    await vc.done(mine, 'PowerOnVM_Task')
    expect(await host.get(await host.vm('db-01'), 'runtime.powerState')).toBe('poweredOn')
  }))

  it('VMs made, renamed and removed meanwhile are discovered, renamed and orphaned at the reconnect', withDoors(async doors => {
    const [vc, host] = [await doors.open(), await doors.open('esx-02')]
    const [renamed, gone] = [await vc.vm('db-01'), await vc.vm('win-01')]
    const heal = doors.inject('cable-cut', 'esx-02')
    const { folder, pool } = await places(host)
    await host.done(folder, 'CreateVM_Task', { config: newVm('meanwhile'), pool })
    await host.done(await host.vm('db-01'), 'Rename_Task', { newName: 'db-renamed' })
    await host.done(await host.vm('win-01'), 'Destroy_Task')
    doors.advance(90)
    const names = await vc.names('VirtualMachine')
    expect(names.has('meanwhile')).toBe(false)
    expect(names.has('db-01')).toBe(true)
    const mark = await vc.mark()
    heal()
    doors.advance(10)
    expect(await vc.get(renamed, 'name')).toBe('db-renamed')
    expect(await vc.get(gone, connected)).toBe('orphaned')
    expect(await vc.get(await vc.vm('meanwhile'), connected)).toBe('connected')
    expect((await vc.types(mark)).sort()).toEqual([
      'AlarmStatusChangedEvent', 'HostConnectedEvent', 'VmConnectedEvent', 'VmConnectedEvent', 'VmDiscoveredEvent', 'VmOrphanedEvent',
    ])
  }))

  it('a call while the host returns is refused as long as vCenter has it as not responding', withDoors(async doors => {
    const vc = await doors.open()
    const heal = doors.inject('cable-cut', 'esx-02')
    doors.advance(75)
    heal()
    const mine = await vc.vm('db-01')
    expect(await vc.get(mine, connected)).toBe('disconnected')
    expect((await vc.failed(mine, 'PowerOffVM_Task'))?._typeName).toBe('HostNotReachable')
    doors.advance(10)
    expect(await vc.failed(mine, 'PowerOffVM_Task')).toBeUndefined()
  }))
})
