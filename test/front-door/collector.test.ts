import { describe, expect, it } from 'vitest'
import type { Ref } from '../../clients/sdk/soap-xml.js'
import { newVm, places, withDoors } from './door.js'
import { Watcher, objectSpec, parked, unparked, viewSpec, waiting } from './watcher.js'

const state = 'runtime.powerState'

describe('WaitForUpdatesEx over HTTP', () => {
  it('gives everything at first, then only what changed, to each client for itself', withDoors(async doors => {
    const [one, two] = [await doors.open(), await doors.open()]
    const vm = await one.vm('db-01')
    const [a, b] = [await Watcher.create(one, objectSpec(vm, ['name', state])), await Watcher.create(two, objectSpec(vm, [state]))]
    expect((await a.ask())?.updates).toEqual([{ kind: 'enter', obj: vm.value, changes: { name: 'db-01', [state]: 'poweredOn' }, ops: { name: 'assign', [state]: 'assign' } }])
    expect((await b.ask())?.updates[0]?.changes).toEqual({ [state]: 'poweredOn' })
    expect(await a.ask()).toBeUndefined()
    await one.done(vm, 'Rename_Task', { newName: 'db-02' })
    expect((await a.ask())?.updates).toEqual([{ kind: 'modify', obj: vm.value, changes: { name: 'db-02' }, ops: { name: 'assign' } }])
    expect(await b.ask()).toBeUndefined()
    await two.done(vm, 'PowerOffVM_Task')
    expect((await a.ask())?.updates[0]?.changes).toEqual({ [state]: 'poweredOff' })
    expect((await b.ask())?.updates[0]?.changes).toEqual({ [state]: 'poweredOff' })
  }))

  it('holds the call until something happens, and answers all clients that wait', withDoors(async doors => {
    const actor = await doors.open()
    const vm = await actor.vm('db-01')
    const watchers = await Promise.all(['vc-01', 'vc-01', 'esx-02'].map(async node => {
      const door = await doors.open(node)
      const watcher = await Watcher.create(door, objectSpec(await door.vm('db-01'), [state]))
      await watcher.all()
      return watcher
    }))
    const answers = watchers.map(watcher => watcher.wait())
    await actor.done(vm, 'PowerOffVM_Task')
    for (const answer of await Promise.all(answers)) expect(answer?.updates[0]?.changes).toEqual({ [state]: 'poweredOff' })
  }))

  it('repeats the answer for a version whose answer was lost; refuses versions it never gave', withDoors(async doors => {
    const vc = await doors.open()
    const watcher = await Watcher.create(vc, objectSpec(await vc.vm('db-01'), ['name']))
    await watcher.ask()
    const before = watcher.version
    await vc.done(await vc.vm('db-01'), 'Rename_Task', { newName: 'db-02' })
    const first = await watcher.ask()
    watcher.version = before
    expect((await watcher.ask())?.updates).toEqual(first?.updates)
    for (const version of ['999', 'nonsense']) {
      expect(await vc.faultOf(watcher.collector, 'WaitForUpdatesEx', { version, options: { maxWaitSeconds: 0 } })).toBe('InvalidCollectorVersion')
    }
    expect(await vc.faultOf(watcher.collector, 'WaitForUpdatesEx', { version: watcher.version, options: { maxWaitSeconds: -1 } })).toBe('InvalidArgument')
    watcher.version = ''
    expect((await watcher.ask())?.updates[0]).toMatchObject({ kind: 'enter', changes: { name: 'db-02' } })
  }))

  it('is truncated at maxObjectUpdates, and goes on in order', withDoors(async doors => {
    const vc = await doors.open()
    const names = await vc.names('VirtualMachine')
    const watcher = await Watcher.create(vc, await viewSpec(vc, 'VirtualMachine', ['name']))
    const pages: string[][] = []
    for (let answer = await watcher.ask(4); answer !== undefined; answer = await watcher.ask(4)) {
      pages.push(answer.updates.map(update => update.changes['name'] as string))
      expect(answer.truncated).toBe(pages.flat().length < names.size)
      if (!answer.truncated) break
    }
    expect(pages[0]).toHaveLength(4)
    expect(pages.flat().sort()).toEqual([...names.keys()].sort())
  }))

  it('ends with RequestCanceled on CancelWaitForUpdates, NotAuthenticated on logout', withDoors(async doors => {
    const vc = await doors.open()
    const watcher = await Watcher.create(vc, objectSpec(await vc.vm('db-01'), ['name']))
    await watcher.ask()
    const waits = watcher.wait().then(() => 'answer', (error: { type: string }) => error.type)
    await parked(doors.lab)
    await vc.call(watcher.collector, 'CancelWaitForUpdates')
    expect(await waits).toBe('RequestCanceled')
    const again = watcher.wait().then(() => 'answer', (error: { type: string }) => error.type)
    await parked(doors.lab)
    await vc.call(await vc.content('sessionManager'), 'Logout')
    expect(await again).toMatch(/^(NotAuthenticated|RequestCanceled)$/)
  }))

  it('leaves nothing behind › when the client goes away in the middle', withDoors(async doors => {
    const [vc, other] = [await doors.open(), await doors.open()]
    const watcher = await Watcher.create(other, objectSpec(await other.vm('db-01'), ['name']))
    await watcher.ask()
    const gone = watcher.wait().catch(() => 'gone')
    await parked(doors.lab)
    other.soap.close()
    expect(await gone).toBe('gone')
    await unparked(doors.lab)
    await vc.done(await vc.vm('db-01'), 'Rename_Task', { newName: 'db-02' })
    expect(waiting(doors.lab)).toBe(0)
  }))

  it('refuses a property that is not there, without making a filter', withDoors(async doors => {
    const vc = await doors.open()
    const collector = await vc.content('propertyCollector')
    const spec = objectSpec(await vc.vm('db-01'), ['name', 'runtime.nonsense'])
    expect(await vc.fault(collector, 'CreateFilter', { spec, partialUpdates: false })).toMatchObject({ type: 'InvalidProperty', detail: { name: 'runtime.nonsense' } })
    expect(await vc.list(collector, 'filter')).toEqual([])
  }))
})

describe('membership of a watched set', () => {
  it('is enter and leave › by creation, move, unregistration and destruction', withDoors(async doors => {
    const vc = await doors.open()
    const { folder, pool } = await places(vc)
    const infrastructure = await vc.named('Folder', 'Infrastructure')
    const all = await Watcher.create(vc, await viewSpec(vc, 'VirtualMachine', ['name']))
    const below = await Watcher.create(vc, {
      propSet: { type: 'VirtualMachine', pathSet: ['name'] },
      objectSet: { obj: folder, skip: true, selectSet: { _typeName: 'TraversalSpec', type: 'Folder', path: 'childEntity', skip: false } },
    })
    await all.all()
    await below.all()
    const vm = await vc.done(folder, 'CreateVM_Task', { config: newVm('fresh'), pool }) as Ref
    const enter = { kind: 'enter', obj: vm.value, changes: { name: 'fresh' } }
    expect(await all.all()).toMatchObject([enter])
    expect(await below.all()).toMatchObject([enter])
    await vc.done(infrastructure, 'MoveIntoFolder_Task', { list: [vm] })
    expect(await all.all()).toEqual([])
    expect(await below.all()).toEqual([{ kind: 'leave', obj: vm.value, changes: {}, ops: {} }])
    await vc.done(folder, 'MoveIntoFolder_Task', { list: [vm] })
    expect(await below.all()).toMatchObject([enter])
    await vc.done(vm, 'Destroy_Task')
    for (const watcher of [all, below]) expect(await watcher.all()).toEqual([{ kind: 'leave', obj: vm.value, changes: {}, ops: {} }])
  }))

  it('follows what happens on the host itself', withDoors(async doors => {
    const [vc, host] = [await doors.open(), await doors.open('esx-02')]
    const watcher = await Watcher.create(vc, await viewSpec(vc, 'VirtualMachine', ['name', 'runtime.connectionState']))
    await watcher.all()
    const { folder, pool } = await places(host)
    const own = await host.done(folder, 'CreateVM_Task', { config: newVm('direct'), pool }) as Ref
    const [entered] = await watcher.all()
    expect(entered).toMatchObject({ kind: 'enter', changes: { name: 'direct', 'runtime.connectionState': 'connected' } })
    await host.done(own, 'Destroy_Task')
    expect(await watcher.all()).toMatchObject([{ kind: 'modify', obj: entered?.obj, changes: { 'runtime.connectionState': 'orphaned' } }])
  }))
})

describe('property paths', () => {
  it('reach elements by key: devices, extra config', withDoors(async doors => {
    const vc = await doors.open()
    const vm = await vc.vm('db-01')
    await vc.done(vm, 'ReconfigVM_Task', { spec: { extraConfig: [{ key: 'guestinfo.x', value: { _typeName: 'xsd:string', _value: 'one' } }] } })
    const extra = 'config.extraConfig["guestinfo.x"]'
    const paths = ['config.hardware.device[4000].backing', 'config.hardware.device[2000].deviceInfo.label', `${extra}.value`, 'config.hardware.device[9999].key']
    const read = await vc.props(vm, ...paths)
    expect(Object.keys(read)).toEqual(paths.slice(0, 3))
    expect(read).toMatchObject({ [paths[0]!]: { deviceName: 'VM Network' }, [paths[1]!]: 'Hard disk 1', [paths[2]!]: 'one' })
    const watcher = await Watcher.create(vc, objectSpec(vm, [extra, 'config.hardware.device[4000].connectable.connected']))
    await watcher.all()
    await vc.done(vm, 'ReconfigVM_Task', { spec: { extraConfig: [{ key: 'guestinfo.x', value: { _typeName: 'xsd:string', _value: 'two' } }] } })
    const [changed] = await watcher.all()
    expect(changed?.changes[extra]).toMatchObject({ key: 'guestinfo.x', value: 'two' })
    await vc.done(vm, 'PowerOffVM_Task')
    expect((await watcher.all())[0]?.changes).toEqual({ 'config.hardware.device[4000].connectable.connected': 'false' })
  }))

  it('Fetch reads a property of any object', withDoors(async doors => {
    const vc = await doors.open()
    const vm = await vc.vm('db-01')
    const answer = await vc.soap.post('<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
      + `<Fetch xmlns="urn:vim25"><_this type="VirtualMachine">${vm.value}</_this><prop>name</prop></Fetch></soapenv:Body></soapenv:Envelope>`)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatch(/<returnval xsi:type="xsd:string">db-01<\/returnval>/)
  }))

  it('paging tokens › are for one use, by the session that got them', withDoors(async doors => {
    const [vc, other] = [await doors.open(), await doors.open()]
    const collector = await vc.content('propertyCollector')
    const page = await vc.call(collector, 'RetrievePropertiesEx', { specSet: await viewSpec(vc, 'VirtualMachine', ['name']), options: { maxObjects: 2 } }) as { token: string }
    expect(page.token).toBeDefined()
    expect(await other.faultOf(collector, 'ContinueRetrievePropertiesEx', { token: page.token })).toMatch(/^Invalid(Argument|Property)$/)
    expect(await vc.faultOf(collector, 'ContinueRetrievePropertiesEx', { token: page.token })).toBeUndefined()
    expect(await vc.faultOf(collector, 'ContinueRetrievePropertiesEx', { token: page.token })).toMatch(/^Invalid(Argument|Property)$/)
  }))

  it('views › are the session\'s own', withDoors(async doors => {
    const [vc, other] = [await doors.open(), await doors.open()]
    const view = await vc.call(await vc.content('viewManager'), 'CreateContainerView', { container: await vc.content('rootFolder'), type: [], recursive: true }) as Ref
    expect(await vc.list(await vc.content('viewManager'), 'viewList')).toContain(view.value)
    expect(await other.list(await other.content('viewManager'), 'viewList')).not.toContain(view.value)
    expect(await other.faultOf(view, 'DestroyView')).toBe('ManagedObjectNotFound')
    expect(await vc.faultOf(view, 'DestroyView')).toBeUndefined()
  }))
})
