import { describe, expect, it } from 'vitest'
import type { MoRef } from '../../emulator/schema/model.js'
import {
  cluster, CollectorLab, collectorRef, createVm, datacenter, host, hostFolder, pool, root,
  viewManagerRef, viewSpec, vmFolder, vmRef, type Client,
} from '../support/collector-lab.js'

const viewOf = (client: Client, view: MoRef): string[] =>
  (client.call(view, 'Fetch', { prop: 'view' })._value as MoRef[]).map(ref => ref.value)

describe('ContainerView › view', () => {
  const lab = new CollectorLab(2)
  const client = lab.login()
  const held = (container: MoRef, type: string[], recursive = true) =>
    viewOf(client, client.containerView(container, type, recursive)).sort()

  it.each([root, datacenter, vmFolder, hostFolder, cluster, pool, host])('finds the VMs under $value', container => {
    expect(held(container, ['VirtualMachine'])).toEqual(['vm-100', 'vm-101'])
  })

  it('goes one level deep unless recursive', () => {
    expect(held(root, [], false)).toEqual(['datacenter-2'])
    expect(held(datacenter, [], false)).toEqual(['group-h4', 'group-n6', 'group-s5', 'group-v3'])
    expect(held(datacenter, ['VirtualMachine'], false)).toEqual([])
    expect(held(cluster, [], false)).toEqual(['host-9', 'resgroup-8'])
  })

  it('admits subtypes, and everything when no type is given; never the container', () => {
    expect(held(root, ['ComputeResource', 'ResourcePool'])).toEqual(['domain-c7', 'resgroup-8'])
    expect(held(root, [])).toEqual([
      'datacenter-2', 'domain-c7', 'group-h4', 'group-n6', 'group-s5', 'group-v3', 'host-9',
      'resgroup-8', 'vm-100', 'vm-101',
    ])
    expect(held(datacenter, [])).toHaveLength(9)
  })

  it('shows how it was made', () => {
    const view = client.containerView(vmFolder, ['VirtualMachine'], true)
    expect(client.call(view, 'Fetch', { prop: 'container' })).toEqual(vmFolder)
    expect(client.call(view, 'Fetch', { prop: 'type' })).toEqual({ _typeName: 'ArrayOfString', _value: ['VirtualMachine'] })
    expect(client.call(view, 'Fetch', { prop: 'recursive' })).toBe(true)
    expect(view.value).toMatch(/^session\[.+\][0-9a-f-]{36}$/)
  })

  it('follows creation and removal', () => {
    const own = new CollectorLab(1)
    const user = own.login()
    const view = user.containerView()
    own.addVm(5)
    expect(viewOf(user, view)).toEqual(['vm-100', 'vm-105'])
    own.removeVm(0)
    expect(viewOf(user, view)).toEqual(['vm-105'])
  })

  it('takes no other container', () => {
    const make = (container: MoRef, type: string[] = []) =>
      client.faultOf(viewManagerRef, 'CreateContainerView', { container, type, recursive: true })
    expect(make(vmRef(0))).toMatchObject({ _typeName: 'InvalidArgument', invalidProperty: 'container' })
    expect(make(root, ['Spaceship'])).toMatchObject({ _typeName: 'InvalidArgument', invalidProperty: 'type' })
    expect(make({ type: 'Folder', value: 'group-9' })).toMatchObject({ _typeName: 'ManagedObjectNotFound' })
  })

  it('hides what the reader may not see', () => {
    const own = new CollectorLab(2)
    own.denies = (_user, slot) => slot.address.id === 'vm-100'
    const user = own.login('reader')
    expect(viewOf(user, user.containerView())).toEqual(['vm-101'])
  })

  it('walks a tree that contains itself once', () => {
    const own = new CollectorLab(1)
    own.update(vmFolder, props => { props['childEntity'] = [vmFolder, vmRef(0)] })
    const user = own.login()
    expect(viewOf(user, user.containerView(datacenter))).toEqual(['vm-100'])
  })
})

describe('views › session', () => {
  it('are listed for their own session only, and end with it', () => {
    const lab = new CollectorLab(1)
    const [client, other] = [lab.login(), lab.login()]
    const view = client.containerView()
    const list = (who: Client) => who.call(viewManagerRef, 'Fetch', { prop: 'viewList' })._value
    expect(list(client)).toEqual([view])
    expect(list(other)).toEqual([])
    expect(other.faultOf(view, 'DestroyView')).toMatchObject({ _typeName: 'ManagedObjectNotFound' })
    expect(other.faultOf(collectorRef, 'RetrievePropertiesEx', { specSet: [viewSpec(view, ['name'])], options: {} }))
      .toMatchObject({ _typeName: 'ManagedObjectNotFound' })
    client.call(view, 'DestroyView')
    expect(list(client)).toEqual([])
    client.containerView()
    lab.logout(client)
    expect(lab.services.sessionObjects.find({ key: 'key-1', node: 'vc-01' } as never, view.value)).toBeUndefined()
  })
})

describe('ListView', () => {
  const lab = new CollectorLab(4)
  const client = lab.login()
  const gone = { type: 'VirtualMachine', value: 'vm-9' }
  const make = (...obj: MoRef[]) => client.call(viewManagerRef, 'CreateListView', { obj }) as MoRef

  it('holds what it is given, each once', () => {
    expect(viewOf(client, make(vmRef(0), root, vmRef(0)))).toEqual(['vm-100', 'group-d1'])
  })

  it('is modified and reset; what leads nowhere comes back', () => {
    const view = make(vmRef(0), vmRef(1))
    expect(client.call(view, 'ModifyListView', { add: [vmRef(2), gone], remove: [vmRef(0)] })).toEqual([gone])
    expect(viewOf(client, view)).toEqual(['vm-101', 'vm-102'])
    expect(client.call(view, 'ResetListView', { obj: [gone, vmRef(3)] })).toEqual([gone])
    expect(viewOf(client, view)).toEqual(['vm-103'])
    client.call(view, 'ResetListViewFromView', { view: client.containerView() })
    expect(viewOf(client, view)).toHaveLength(4)
    expect(viewOf(client, client.call(viewManagerRef, 'CreateListViewFromView', { view }))).toHaveLength(4)
  })

  it('brings its changes into filters, also into parked waits', async () => {
    const view = make(vmRef(0))
    client.createFilter(viewSpec(view, ['name']))
    const { version } = client.poll()!
    const parked = client.park(version)
    client.call(view, 'ModifyListView', { add: [vmRef(1)], remove: [vmRef(0)] })
    await Promise.resolve()
    expect(parked.value!.objects.map(({ kind, id }) => [kind, id]).sort()).toEqual([['enter', 'vm-101'], ['leave', 'vm-100']])
  })
})

describe('InventoryView', () => {
  it('opens and closes branches', () => {
    const lab = new CollectorLab(1)
    const client = lab.login()
    const view = client.call(viewManagerRef, 'CreateInventoryView') as MoRef
    expect(viewOf(client, view)).toEqual(['datacenter-2'])
    expect(client.call(view, 'OpenInventoryViewFolder', { entity: [datacenter, vmFolder, vmRef(0)] })).toEqual([vmRef(0)])
    expect(viewOf(client, view).sort()).toEqual(['datacenter-2', 'group-h4', 'group-n6', 'group-s5', 'group-v3', 'vm-100'])
    lab.transact(tx => createVm(tx, 1, vmFolder))
    expect(viewOf(client, view)).toContain('vm-101')
    client.call(view, 'CloseInventoryViewFolder', { entity: [datacenter, root] })
    expect(viewOf(client, view).sort()).toEqual(['vm-100', 'vm-101'])
  })
})
