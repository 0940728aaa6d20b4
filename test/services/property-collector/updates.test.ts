import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { rewind } from '../../../emulator/world/image.js'
import { isShared } from '../../../emulator/schema/bulk.js'
import {
  CollectorLab, collectorRef, objectSpec, root, viewManagerRef, viewSpec, vmFolder, vmRef, type Client,
} from '../../support/collector-lab.js'

/** Lets the microtask run in which parked waits are answered. */
const turn = () => Promise.resolve()

describe('WaitForUpdatesEx › versions', () => {
  let lab: CollectorLab
  let client: Client
  beforeEach(() => {
    lab = new CollectorLab(3)
    client = lab.login()
  })

  it('reports everything as enter under the empty version', () => {
    client.createFilter(viewSpec(client.containerView(), ['name']))
    const updates = client.poll()!
    expect(updates.version).toBe('1')
    expect(updates.truncated).toBe(false)
    expect(updates.objects.map(({ kind, id, changes }) => [kind, id, changes])).toEqual([0, 1, 2].map(i =>
      ['enter', `vm-${100 + i}`, [{ name: 'name', op: 'assign', val: `vm${i}` }]]))
    expect(client.poll()!.objects).toHaveLength(3)
  })

  it('has nothing for a version when nothing changed', () => {
    client.createFilter(viewSpec(client.containerView(), ['name']))
    const { version } = client.poll()!
    expect(client.poll(version)).toBeUndefined()
    lab.update(vmRef(0), props => { props['runtime'].powerState = 'poweredOn' })
    expect(client.poll(version)).toBeUndefined()
  })

  it('merges changes between two polls; what changed back is no change', () => {
    client.createFilter(viewSpec(client.containerView(), ['name']))
    const { version } = client.poll()!
    for (const name of ['a', 'b', 'c']) lab.rename(vmRef(0), name)
    lab.rename(vmRef(1), 'x')
    lab.rename(vmRef(1), 'vm1')
    const updates = client.poll(version)!
    expect(updates.version).not.toBe(version)
    expect(updates.objects).toMatchObject([{ kind: 'modify', id: 'vm-100', changes: [{ name: 'name', op: 'assign', val: 'c' }] }])
  })

  it('answers again for a version whose answer was lost', () => {
    client.createFilter(viewSpec(client.containerView(), ['name']))
    const { version } = client.poll()!
    lab.rename(vmRef(0), 'a')
    expect(client.poll(version)!.objects).toHaveLength(1)
    lab.rename(vmRef(1), 'b')
    const again = client.poll(version)!
    expect(again.objects.map(({ id }) => id)).toEqual(['vm-100', 'vm-101'])
    lab.rename(vmRef(0), 'c')
    expect(client.poll(version)!.objects[0]!.changes).toMatchObject([{ val: 'c' }])
    expect(client.poll(again.version)!.objects).toHaveLength(1)
  })

  it('faults for versions that are unknown or acknowledged long ago', () => {
    client.createFilter(viewSpec(client.containerView(), ['name']))
    const first = client.poll()!.version
    let { version } = client.poll()!
    for (const name of ['a', 'b']) {
      lab.rename(vmRef(0), name)
      version = client.poll(version)!.version
    }
    for (const bad of ['x', '99', first]) {
      expect(client.faultOf(collectorRef, 'WaitForUpdatesEx', { version: bad })).toEqual({ _typeName: 'InvalidCollectorVersion' })
    }
  })

  it('reports a new filter under the next version, without any change', () => {
    client.createFilter(objectSpec(vmRef(0), ['name']))
    const { version } = client.poll()!
    const filter = client.createFilter(objectSpec(vmRef(1), ['name']))
    expect(client.poll(version)!.objects).toMatchObject([{ kind: 'enter', id: 'vm-101', filter: filter.value }])
  })

  it('says nothing of a destroyed filter', () => {
    const filter = client.createFilter(objectSpec(vmRef(0), ['name']))
    const { version } = client.poll()!
    client.call(filter, 'DestroyPropertyFilter')
    lab.rename(vmRef(0), 'a')
    expect(client.poll(version)).toBeUndefined()
    expect(client.faultOf(filter, 'DestroyPropertyFilter')).toMatchObject({ _typeName: 'ManagedObjectNotFound' })
    expect(lab.collectors.sizes.groups).toBe(0)
  })

  it('answers at once when a filter selects nothing', () => {
    client.createFilter(viewSpec(client.containerView(root, ['VirtualApp']), ['name'], 'VirtualApp'))
    expect(client.poll()).toMatchObject({ version: '1', objects: [] })
  })

  it('CheckForUpdates gives the same and never waits', () => {
    client.createFilter(objectSpec(vmRef(0), ['name']))
    const set = client.call(collectorRef, 'CheckForUpdates', {})
    expect(set.filterSet).toHaveLength(1)
    expect(client.call(collectorRef, 'CheckForUpdates', { version: set.version })).toBeUndefined()
  })
})

describe('CreateFilter', () => {
  const lab = new CollectorLab(1)
  const client = lab.login()

  it('faults for an unknown path, and makes no filter', () => {
    expect(client.faultOf(collectorRef, 'CreateFilter', { spec: objectSpec(vmRef(0), ['nothing']), partialUpdates: false }))
      .toEqual({ _typeName: 'InvalidProperty', name: 'nothing' })
    expect(client.call(collectorRef, 'Fetch', { prop: 'filter' })._value).toEqual([])
  })

  it('shows the filter, its spec and mode', () => {
    const spec = objectSpec(vmRef(0), ['name'])
    const filter = client.createFilter(spec, true)
    expect(client.call(collectorRef, 'Fetch', { prop: 'filter' })._value).toEqual([filter])
    expect(client.call(filter, 'Fetch', { prop: 'spec' })).toEqual({ _typeName: 'PropertyFilterSpec', ...spec })
    expect(client.call(filter, 'Fetch', { prop: 'partialUpdates' })).toBe(true)
  })

  it('makes it for this session only', () => {
    const filter = client.createFilter(objectSpec(vmRef(0), ['name']))
    expect(lab.login().faultOf(filter, 'DestroyPropertyFilter')).toMatchObject({ _typeName: 'ManagedObjectNotFound' })
  })
})

describe('updates › enter and leave', () => {
  it.each([['root', root], ['folder', vmFolder]])('follow creation and removal › view of the %s', (_name, container) => {
    const lab = new CollectorLab(2)
    const client = lab.login()
    client.createFilter(viewSpec(client.containerView(container), ['name']))
    let { version } = client.poll()!
    lab.addVm(7)
    let updates = client.poll(version)!
    expect(updates.objects).toMatchObject([{ kind: 'enter', id: 'vm-107' }])
    version = updates.version
    lab.removeVm(0)
    updates = client.poll(version)!
    expect(updates.objects).toEqual([{ kind: 'leave', id: 'vm-100', changes: [], filter: expect.any(String) }])
    lab.addVm(8)
    lab.removeVm(8)
    expect(client.poll(updates.version)).toBeUndefined()
  })

  it('follow a moved reference, with a modify of the property itself', () => {
    const lab = new CollectorLab(2)
    const client = lab.login()
    client.createFilter({
      propSet: [{ type: 'Folder', pathSet: ['childEntity'] }, { type: 'VirtualMachine', pathSet: ['name'] }],
      objectSet: [{ obj: vmFolder, selectSet: [{ type: 'Folder', path: 'childEntity' }] }],
    })
    const { version } = client.poll()!
    lab.update(vmFolder, props => { props['childEntity'] = [vmRef(1)] })
    expect(client.poll(version)!.objects.map(({ kind, id }) => [kind, id]).sort())
      .toEqual([['leave', 'vm-100'], ['modify', 'group-v3']])
  })

  it('report a removed start object as leave, and in missingSet when asked', () => {
    const lab = new CollectorLab(2)
    const client = lab.login()
    client.createFilter({ ...objectSpec(vmRef(0), ['name']), reportMissingObjectsInResults: true })
    const { version } = client.poll()!
    lab.removeVm(0)
    const updates = client.poll(version)!
    expect(updates.objects).toMatchObject([{ kind: 'leave', id: 'vm-100' }])
    expect(updates.missing).toEqual(['vm-100'])
    lab.addVm(0)
    expect(client.poll(updates.version)!.objects).toMatchObject([{ kind: 'enter', id: 'vm-100' }])
  })

  it('follow a view that is destroyed', () => {
    const lab = new CollectorLab(2)
    const client = lab.login()
    const other = lab.login()
    const view = client.containerView()
    for (const who of [client, other]) who.createFilter(viewSpec(who === client ? view : who.containerView(), ['name']))
    const { version } = client.poll()!
    const { version: otherVersion } = other.poll()!
    expect(lab.collectors.sizes.groups).toBe(1)
    client.call(view, 'DestroyView')
    expect(client.poll(version)!.objects.map(({ kind }) => kind)).toEqual(['leave', 'leave'])
    lab.rename(vmRef(0), 'a')
    expect(other.poll(otherVersion)!.objects).toMatchObject([{ kind: 'modify' }])
  })

  it('follow a view that is destroyed with objects the client has not heard of', () => {
    const lab = new CollectorLab(2)
    const client = lab.login()
    const view = client.containerView(vmFolder)
    client.createFilter(viewSpec(view, ['name']))
    const { version } = client.poll()!
    lab.addVm(5)
    lab.removeVm(0)
    client.createFilter(viewSpec(view, ['name']))
    client.call(collectorRef, 'CheckForUpdates', { version })
    client.call(view, 'DestroyView')
    expect(client.poll(version)!.objects.map(({ kind, id }) => [kind, id]).sort())
      .toEqual([['leave', 'vm-100'], ['leave', 'vm-101']])
  })

  it('show a rewind of the lab as ordinary changes', () => {
    const lab = new CollectorLab(2)
    const client = lab.login()
    client.createFilter(viewSpec(client.containerView(vmFolder), ['name']))
    const { revision } = lab.world
    lab.rename(vmRef(0), 'a')
    lab.removeVm(1)
    lab.addVm(5)
    const { version } = client.poll()!
    rewind(lab.world, revision)
    expect(client.poll(version)!.objects.map(({ kind, id, changes }) => [kind, id, changes[0]?.val]).sort()).toEqual([
      ['enter', 'vm-101', 'vm1'], ['leave', 'vm-105', undefined], ['modify', 'vm-100', 'vm0'],
    ])
  })

  it('follow rights', () => {
    const lab = new CollectorLab(2)
    const client = lab.login('reader')
    client.createFilter(viewSpec(client.containerView(), ['name']))
    const { version } = client.poll()!
    lab.denies = (_user, slot) => slot.address.id === 'vm-101'
    lab.epoch += 1
    expect(client.poll(version)!.objects).toMatchObject([{ kind: 'leave', id: 'vm-101' }])
  })

  it('follow a right to read properties', () => {
    const lab = new CollectorLab(2)
    const client = lab.login('reader')
    client.createFilter(viewSpec(client.containerView(), ['name', 'runtime.powerState']))
    const { version } = client.poll()!
    lab.denies = (_user, slot, privilege) => slot.address.id === 'vm-101' && privilege === 'System.Read'
    lab.epoch += 1
    expect(client.poll(version)!.objects).toMatchObject([{
      kind: 'enter', id: 'vm-101', changes: [{ name: 'name' }], missing: [{ path: 'runtime.powerState' }],
    }])
  })

  it('follow the loss of the right to see everything', async () => {
    const lab = new CollectorLab(2)
    const [client, other] = [lab.login(), lab.login()]
    for (const who of [client, other]) who.createFilter(viewSpec(who.containerView(), ['name']))
    const { version } = client.poll()!
    const parked = client.park(version)
    lab.allSeeing = 'nobody'
    lab.denies = (_user, slot) => slot.address.id === 'vm-101'
    lab.epoch += 1
    lab.rename(vmRef(1), 'secret')
    await turn()
    expect(parked.value!.objects.map(({ kind, id }) => [kind, id])).toEqual([['leave', 'vm-101'], ['enter', 'vm-100']])
  })

  it('follow a computed property of the own session', () => {
    const lab = new CollectorLab(2)
    const [client, other] = [lab.login(), lab.login()]
    other.containerView()
    other.createFilter(objectSpec(viewManagerRef, ['viewList']))
    client.createFilter(objectSpec(viewManagerRef, ['viewList']))
    expect(other.poll()!.objects[0]!.changes[0]!.val).toHaveLength(1)
    expect(client.poll()!.objects[0]!.changes[0]!.val).toHaveLength(0)
  })

  it('follow a computed property', () => {
    const lab = new CollectorLab(2)
    const client = lab.login()
    client.createFilter(objectSpec(viewManagerRef, ['viewList']))
    const { version } = client.poll()!
    const view = client.containerView()
    expect(client.poll(version)!.objects).toMatchObject([{ kind: 'modify', changes: [{ name: 'viewList', op: 'assign', val: { _value: [view] } }] }])
  })
})

describe('updates › property changes', () => {
  const start = (paths: string[], partial: boolean) => {
    const lab = new CollectorLab(1)
    const client = lab.login()
    client.createFilter(objectSpec(vmRef(0), paths), partial)
    const { version } = client.poll()!
    return (change: (props: Record<string, any>) => void) => {
      lab.update(vmRef(0), change)
      return client.poll(version)?.objects[0]?.changes
    }
  }

  it('name the asked path and carry it whole › not partial', () => {
    expect(start(['config.hardware', 'name'], false)(props => { props['config'].hardware.numCPU = 8 }))
      .toMatchObject([{ name: 'config.hardware', op: 'assign', val: { _typeName: 'VirtualHardware', numCPU: 8, memoryMB: 1024 } }])
  })

  it('name the property that changed › partial', () => {
    expect(start(['config', 'name'], true)(props => { props['config'].hardware.numCPU = 8 }))
      .toEqual([{ name: 'config.hardware.numCPU', op: 'assign', val: 8 }])
  })

  it('add, remove and change elements by key › partial', () => {
    expect(start(['config'], true)(props => {
      const list = props['config'].hardware.device
      list.splice(0, 1)
      list[0].backing.fileName = 'other'
      list.push({ _typeName: 'VirtualDisk', key: 2001 })
      props['config'].extraConfig[0].value = 'b'
    })).toEqual([
      { name: 'config.hardware.device[600]', op: 'remove' },
      { name: 'config.hardware.device[2000].backing.fileName', op: 'assign', val: 'other' },
      { name: 'config.hardware.device[2001]', op: 'add', val: { _typeName: 'VirtualDisk', key: 2001 } },
      { name: 'config.extraConfig["guestinfo.x"].value', op: 'assign', val: 'b' },
    ])
  })

  it.each([false, true])('tell a removed element from what went with it › partial %s', partial => {
    expect(start(['config.hardware.device[4000]', 'config.hardware.device[4000].backing'], partial)(props => {
      props['config'].hardware.device.pop()
    })).toEqual([
      { name: 'config.hardware.device[4000]', op: 'remove' },
      { name: 'config.hardware.device[4000].backing', op: 'indirectRemove' },
    ])
  })

  it('add a keyed element that was asked for', () => {
    expect(start(['config.extraConfig["n"]'], false)(props => { props['config'].extraConfig.push({ key: 'n', value: 'v' }) }))
      .toEqual([{ name: 'config.extraConfig["n"]', op: 'add', val: { _typeName: 'OptionValue', key: 'n', value: 'v' } }])
  })

  it('assign nothing to a property that becomes unset', () => {
    expect(start(['config'], false)(props => { delete props['config'] })).toEqual([{ name: 'config', op: 'assign' }])
    expect(start(['config.hardware.numCPU'], false)(props => { delete props['config'] }))
      .toEqual([{ name: 'config.hardware.numCPU', op: 'indirectRemove' }])
  })

  it('assign a keyed array whole when its order changes › partial', () => {
    expect(start(['config.extraConfig'], true)(props => { props['config'].extraConfig.reverse() })).toEqual([{
      name: 'config.extraConfig', op: 'assign', val: {
        _typeName: 'ArrayOfOptionValue',
        _value: [{ key: 'svga.present', value: 'TRUE' }, { key: 'guestinfo.x', value: 'a' }],
      },
    }])
  })

  it('reach a filter after another one on the same object has gone', () => {
    const lab = new CollectorLab(1)
    const client = lab.login()
    client.createFilter(objectSpec(vmRef(0), ['name']))
    const other = client.createFilter(objectSpec(vmRef(0), ['name', 'parent']))
    const { version } = client.poll()!
    client.call(other, 'DestroyPropertyFilter')
    lab.rename(vmRef(0), 'a')
    expect(client.poll(version)!.objects).toHaveLength(1)
  })

  it('are none when an equal value is written', () => {
    expect(start(['config'], true)(props => { props['config'] = structuredClone(JSON.parse(JSON.stringify(props['config']))) }))
      .toBeUndefined()
  })
})

describe('WaitForUpdatesEx › truncation', () => {
  const read = (client: Client, options = {}) => {
    const sets = [client.poll('', options)!]
    while (sets.at(-1)!.truncated) sets.push(client.poll(sets.at(-1)!.version, options)!)
    return sets
  }

  it('comes after 100 objects by default, and goes on in order', () => {
    const lab = new CollectorLab(250)
    const client = lab.login()
    client.createFilter(viewSpec(client.containerView(), ['name']))
    const sets = read(client)
    expect(sets.map(set => set.objects.length)).toEqual([100, 100, 50])
    expect(new Set(sets.flatMap(set => set.objects.map(({ id }) => id))).size).toBe(250)
    expect(client.poll(sets[2]!.version)).toBeUndefined()
  })

  it('obeys maxObjectUpdates across filters', () => {
    const lab = new CollectorLab(5)
    const client = lab.login()
    for (const path of ['name', 'parent']) client.createFilter(viewSpec(client.containerView(), [path]))
    expect(read(client, { maxObjectUpdates: 4 }).map(set => set.objects.length)).toEqual([4, 4, 2])
    const args = { version: '', options: { maxObjectUpdates: 5 } }
    expect(client.call(collectorRef, 'WaitForUpdatesEx', args).filterSet).toHaveLength(1)
  })

  it('reports what changed meanwhile after the rest', () => {
    const lab = new CollectorLab(4)
    const client = lab.login()
    client.createFilter(viewSpec(client.containerView(), ['name']))
    const first = client.poll('', { maxObjectUpdates: 3 })!
    lab.rename(vmRef(0), 'a')
    const second = client.poll(first.version, { maxObjectUpdates: 3 })!
    expect(second.objects.map(({ id }) => id)).toEqual(['vm-103'])
    expect(client.poll(second.version)!.objects).toMatchObject([{ kind: 'modify', id: 'vm-100' }])
  })

  it('must be continued once, with WaitForUpdatesEx', () => {
    const lab = new CollectorLab(4)
    const client = lab.login()
    client.createFilter(viewSpec(client.containerView(), ['name']))
    const { version } = client.poll('', { maxObjectUpdates: 3 })!
    expect(client.faultOf(collectorRef, 'CheckForUpdates', { version })).toMatchObject({ _typeName: 'InvalidCollectorVersion' })
    client.poll(version)
    expect(client.faultOf(collectorRef, 'WaitForUpdatesEx', { version })).toMatchObject({ _typeName: 'InvalidCollectorVersion' })
  })

  it('never comes from CheckForUpdates', () => {
    const lab = new CollectorLab(250)
    const client = lab.login()
    client.createFilter(viewSpec(client.containerView(), ['name']))
    const set = client.call(collectorRef, 'CheckForUpdates', {})
    expect(set.truncated).toBeUndefined()
    expect(set.filterSet[0].objectSet).toHaveLength(250)
  })
})

describe('WaitForUpdatesEx › waiting', () => {
  let lab: CollectorLab
  let client: Client
  let version: string
  beforeEach(() => {
    vi.useFakeTimers()
    lab = new CollectorLab(2)
    client = lab.login()
    client.createFilter(viewSpec(client.containerView(), ['name']))
    version = client.poll()!.version
  })
  afterEach(() => vi.useRealTimers())

  it('ends with the changes of one turn together', async () => {
    const parked = client.park(version)
    lab.rename(vmRef(0), 'a')
    lab.rename(vmRef(1), 'b')
    expect(parked.ended).toBe(false)
    await turn()
    expect(parked.value!.objects).toHaveLength(2)
    expect(lab.held).toBe(0)
  })

  it('sleeps through changes of no interest', async () => {
    const parked = client.park(version)
    lab.update(vmRef(0), props => { props['runtime'].powerState = 'poweredOn' })
    await turn()
    expect(parked.ended).toBe(false)
  })

  it('ends without a result after maxWaitSeconds of real time', () => {
    const parked = client.park(version, { maxWaitSeconds: 10 })
    vi.advanceTimersByTime(9999)
    expect(parked.ended).toBe(false)
    vi.advanceTimersByTime(1)
    expect(parked).toMatchObject({ ended: true, value: undefined, error: undefined })
  })

  it('ends with RequestCanceled on CancelWaitForUpdates', () => {
    const parked = client.park(version)
    client.call(collectorRef, 'CancelWaitForUpdates')
    expect(parked.error).toMatchObject({ type: 'RequestCanceled' })
  })

  it('ends with NotAuthenticated when the session ends; nothing is left of it', () => {
    const parked = client.park(version)
    lab.logout(client)
    expect(parked.error).toMatchObject({ type: 'NotAuthenticated' })
    expect(lab.collectors.sizes).toEqual({ groups: 0, collectors: 0, waits: 0, logged: 0, watched: 0 })
  })

  it('ends when a filter is created meanwhile', async () => {
    const parked = client.park(version)
    client.createFilter(objectSpec(root, ['name']))
    await turn()
    expect(parked.value!.objects).toMatchObject([{ kind: 'enter', id: 'group-d1' }])
  })

  it('is forgotten when the client goes away', async () => {
    const parked = client.park(version, { maxWaitSeconds: 10 })
    expect(lab.held).toBe(1)
    parked.abandon()
    expect(lab.held).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
    lab.rename(vmRef(0), 'a')
    await turn()
    expect(parked.ended).toBe(false)
    expect(client.poll(version)!.objects).toHaveLength(1)
  })

  it('works by WaitForUpdates too', async () => {
    const parked = client.park(version, {}, 'WaitForUpdates')
    lab.rename(vmRef(0), 'a')
    await turn()
    expect(parked.value!.objects).toHaveLength(1)
  })

  it('blocks while the collector has no filter', async () => {
    const other = lab.login()
    const parked = other.park('')
    await turn()
    expect(parked.ended).toBe(false)
    other.createFilter(objectSpec(root, ['name']))
    await turn()
    expect(parked.value!.objects).toHaveLength(1)
  })

  it('refuses negative options', () => {
    for (const options of [{ maxWaitSeconds: -1 }, { maxObjectUpdates: -1 }]) {
      expect(client.faultOf(collectorRef, 'WaitForUpdatesEx', { version, options })).toMatchObject({ _typeName: 'InvalidArgument' })
    }
  })
})

describe('filters › sharing', () => {
  it('hands the same update to all watchers of equal filters, and says that it is shared', () => {
    const lab = new CollectorLab(3)
    const clients = [lab.login(), lab.login(), lab.login()]
    for (const client of clients) client.createFilter(viewSpec(client.containerView(), ['name']))
    for (const client of clients) client.poll()
    expect(lab.collectors.sizes.groups).toBe(1)
    lab.rename(vmRef(0), 'a')
    const updates = clients.map(client => client.call(collectorRef, 'CheckForUpdates', { version: '1' }).filterSet[0].objectSet[0])
    expect(new Set(updates).size).toBe(1)
    expect(isShared(updates[0])).toBe(true)
  })

  it('keeps the log short however long a client stays away', () => {
    const lab = new CollectorLab(3)
    const client = lab.login()
    client.createFilter(viewSpec(client.containerView(), ['name']))
    const { version } = client.poll()!
    for (let i = 0; i < 3000; i += 1) {
      lab.rename(vmRef(i % 3), `n${i}`)
    }
    expect(lab.collectors.sizes.logged).toBeLessThan(300)
    expect(client.poll(version)!.objects).toHaveLength(3)
  })
})

describe('extra collectors', () => {
  it('have filters and versions of their own, and end by DestroyPropertyCollector', () => {
    const lab = new CollectorLab(2)
    const client = lab.login()
    const own = client.call(collectorRef, 'CreatePropertyCollector')
    client.createFilter(objectSpec(vmRef(0), ['name']), false, own)
    expect(client.poll()).toBeUndefined()
    const { version } = client.poll('', {}, own)!
    lab.rename(vmRef(0), 'a')
    expect(client.poll(version, {}, own)!.objects).toHaveLength(1)
    const outcome = client.invoke(own, 'WaitForUpdatesEx', { version: client.poll('', {}, own)!.version, options: {} })
    let ended: unknown
    if (outcome.kind === 'later') outcome.later.start(() => {}, error => { ended = error })
    client.call(own, 'DestroyPropertyCollector')
    expect(ended).toMatchObject({ type: 'RequestCanceled' })
    expect(client.faultOf(collectorRef, 'DestroyPropertyCollector')).toMatchObject({ _typeName: 'NotSupported' })
    expect(client.faultOf(own, 'CheckForUpdates')).toMatchObject({ _typeName: 'ManagedObjectNotFound' })
    expect(lab.collectors.sizes.groups).toBe(0)
  })
})
