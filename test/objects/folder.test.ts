import { describe, expect, it } from 'vitest'
import type {
  DatacenterProps, FolderProps, ResourcePoolProps, VirtualMachineProps,
} from '../../emulator/schema/generated/types.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { GateLab, faultOf } from '../support/gate-lab.js'

const VC = 'vc-01'
const root: MoRef = { type: 'Folder', value: 'group-d1' }

const children = (lab: GateLab, folder: MoRef) => lab.props<FolderProps>(VC, folder).childEntity ?? []

describe('Folder.CreateFolder', () => {
  it('makes a folder that holds what its parent holds', () => {
    const lab = new GateLab()
    const { vmFolder } = lab.props<DatacenterProps>(VC, lab.named(VC, 'Datacenter', 'DC-01'))
    const made = lab.call(VC, vmFolder, 'CreateFolder', { name: 'a/b%c' }) as MoRef
    expect(made.value).toMatch(/^group-v\d+$/)
    expect(lab.props<FolderProps>(VC, made)).toMatchObject({
      name: 'a%2fb%25c', parent: vmFolder, childType: ['Folder', 'VirtualMachine', 'VirtualApp'], childEntity: [],
    })
    expect(children(lab, vmFolder)).toContainEqual(made)
    expect(faultOf(() => lab.call(VC, vmFolder, 'CreateFolder', { name: 'a/b%c' }))).toBe('DuplicateName')
    expect(faultOf(() => lab.call(VC, vmFolder, 'CreateFolder', { name: '' }))).toBe('InvalidName')
    expect(faultOf(() => lab.call(VC, vmFolder, 'CreateFolder', { name: 'x'.repeat(81) }))).toBe('InvalidName')
  })

  it('names the object that has the name already', () => {
    const lab = new GateLab()
    const made = lab.call(VC, root, 'CreateFolder', { name: 'one' })
    try {
      lab.call(VC, root, 'CreateFolder', { name: 'one' })
      expect.unreachable()
    } catch (error) {
      expect((error as { value: object }).value).toMatchObject({ _typeName: 'DuplicateName', name: 'one', object: made })
    }
  })
})

describe('Folder.CreateDatacenter', () => {
  it('makes a datacenter with its four folders, and its event', () => {
    const lab = new GateLab()
    const made = lab.call(VC, root, 'CreateDatacenter', { name: 'DC-02' }) as MoRef
    const props = lab.props<DatacenterProps>(VC, made)
    for (const [folder, name] of [['vmFolder', 'vm'], ['hostFolder', 'host'], ['datastoreFolder', 'datastore'], ['networkFolder', 'network']] as const) {
      expect(lab.props<FolderProps>(VC, props[folder])).toMatchObject({ name, parent: made })
    }
    expect(children(lab, root)).toContainEqual(made)
    expect(lab.events(VC).at(-1)).toBe('DatacenterCreatedEvent')
    lab.done(VC, made, 'Rename_Task', { newName: 'DC-03' })
    expect(lab.events(VC).at(-1)).toBe('DatacenterRenamedEvent')
    lab.done(VC, made, 'Destroy_Task')
    expect(children(lab, root)).not.toContainEqual(made)
    expect(lab.lives(VC, props.vmFolder)).toBe(false)
    expect(lab.failed(VC, lab.named(VC, 'Datacenter', 'DC-01'), 'Destroy_Task')).toBe('ResourceInUse')
    expect(faultOf(() => lab.call(VC, lab.named(VC, 'Folder', 'Production'), 'CreateDatacenter', { name: 'x' }))).toBe('NotSupported')
  })
})

describe('Folder.CreateClusterEx', () => {
  it('makes an empty cluster with a root pool; Destroy_Task takes both', () => {
    const lab = new GateLab()
    const { hostFolder } = lab.props<DatacenterProps>(VC, lab.named(VC, 'Datacenter', 'DC-01'))
    const made = lab.call(VC, hostFolder, 'CreateClusterEx', {
      name: 'C1', spec: { dasConfig: { enabled: true }, drsConfig: { enabled: true } },
    }) as MoRef
    const props = lab.props<{ resourcePool: MoRef, configurationEx: object }>(VC, made)
    expect(props.configurationEx).toMatchObject({ dasConfig: { enabled: true }, drsConfig: { enabled: true } })
    expect(lab.props<ResourcePoolProps>(VC, props.resourcePool)).toMatchObject({ name: 'Resources', owner: made, parent: made })
    expect(lab.events(VC)).toContain('ClusterCreatedEvent')
    expect(faultOf(() => lab.call(VC, props.resourcePool, 'CreateVApp', { name: 'x', resSpec: {}, configSpec: { product: [{}] } }))).toBeDefined()
    lab.done(VC, made, 'Destroy_Task')
    expect(lab.lives(VC, props.resourcePool)).toBe(false)
  })
})

describe('Folder.MoveIntoFolder_Task', () => {
  it('moves folders and VMs, both directions of the tree', () => {
    const lab = new GateLab()
    const production = lab.named(VC, 'Folder', 'Production')
    const made = lab.call(VC, production, 'CreateFolder', { name: 'sub' }) as MoRef
    const vm = lab.named(VC, 'VirtualMachine', 'web-01')
    lab.done(VC, made, 'MoveIntoFolder_Task', { list: [vm] })
    expect(lab.props<VirtualMachineProps>(VC, vm).parent).toEqual(made)
    expect(children(lab, made)).toEqual([vm])
    expect(children(lab, production)).not.toContainEqual(vm)
  })

  it('fails for a folder into itself, a wrong type, a name that is taken', () => {
    const lab = new GateLab()
    const production = lab.named(VC, 'Folder', 'Production')
    const made = lab.call(VC, production, 'CreateFolder', { name: 'sub' }) as MoRef
    expect(lab.failed(VC, made, 'MoveIntoFolder_Task', { list: [production] })).toBe('InvalidFolder')
    expect(lab.failed(VC, made, 'MoveIntoFolder_Task', { list: [lab.named(VC, 'Datacenter', 'DC-01')] })).toBe('NotSupported')
    const infrastructure = lab.named(VC, 'Folder', 'Infrastructure')
    lab.call(VC, infrastructure, 'CreateFolder', { name: 'sub' })
    expect(lab.failed(VC, infrastructure, 'MoveIntoFolder_Task', { list: [made] })).toBe('DuplicateName')
    expect(lab.props<FolderProps>(VC, made).parent).toEqual(production)
  })
})

describe('Folder.Destroy_Task and UnregisterAndDestroy_Task', () => {
  it('take all that is inside, and fail while a VM runs', () => {
    const lab = new GateLab()
    const production = lab.named(VC, 'Folder', 'Production')
    expect(lab.failed(VC, production, 'Destroy_Task')).toBe('InvalidPowerState')
    for (const vm of children(lab, production)) lab.done(VC, vm, 'PowerOffVM_Task')
    const inside = children(lab, production)
    lab.done(VC, production, 'UnregisterAndDestroy_Task')
    expect(inside.some(vm => lab.lives(VC, vm))).toBe(false)
    expect(lab.lives(VC, production)).toBe(false)
    const { vmFolder } = lab.props<DatacenterProps>(VC, lab.named(VC, 'Datacenter', 'DC-01'))
    expect(lab.failed(VC, vmFolder, 'Destroy_Task')).toBe('NotSupported')
  })
})

describe('ResourcePool', () => {
  it('creates, updates, fills and destroys pools below the root pool', () => {
    const lab = new GateLab()
    const vm = lab.named(VC, 'VirtualMachine', 'web-01')
    const rootPool = lab.props<VirtualMachineProps>(VC, vm).resourcePool!
    const spec = { cpuAllocation: { shares: { level: 'high', shares: 0 } }, memoryAllocation: {} }
    const pool = lab.call(VC, rootPool, 'CreateResourcePool', { name: 'P', spec }) as MoRef
    expect(lab.props<ResourcePoolProps>(VC, pool).config).toMatchObject({
      cpuAllocation: { shares: { level: 'high', shares: 8000 }, limit: -1, expandableReservation: true },
      memoryAllocation: { shares: { level: 'normal', shares: 163840 } },
    })
    expect(faultOf(() => lab.call(VC, rootPool, 'CreateResourcePool', { name: 'P', spec }))).toBe('DuplicateName')
    lab.call(VC, pool, 'UpdateConfig', { name: 'Q', config: { cpuAllocation: { reservation: 100 }, memoryAllocation: {} } })
    expect(lab.props<ResourcePoolProps>(VC, pool)).toMatchObject({ name: 'Q', config: { cpuAllocation: { reservation: 100 } } })
    lab.call(VC, pool, 'MoveIntoResourcePool', { list: [vm] })
    expect(lab.props<VirtualMachineProps>(VC, vm).resourcePool).toEqual(pool)
    expect(lab.events(VC).slice(-3)).toEqual(['ResourcePoolCreatedEvent', 'ResourcePoolReconfiguredEvent', 'VmResourcePoolMovedEvent'])
    lab.done(VC, pool, 'Destroy_Task')
    expect(lab.props<VirtualMachineProps>(VC, vm).resourcePool).toEqual(rootPool)
    expect(lab.props<ResourcePoolProps>(VC, rootPool).vm).toContainEqual(vm)
    expect(lab.failed(VC, rootPool, 'Destroy_Task')).toBe('NotSupported')
  })

  it('CreateChildVM_Task makes a VM in the pool', () => {
    const lab = new GateLab()
    const rootPool = lab.props<VirtualMachineProps>(VC, lab.named(VC, 'VirtualMachine', 'web-01')).resourcePool!
    const vm = lab.done(VC, rootPool, 'CreateChildVM_Task', {
      config: { name: 'child', files: { vmPathName: '[shared-01]' } },
    }) as MoRef
    expect(lab.props<VirtualMachineProps>(VC, vm)).toMatchObject({ name: 'child', resourcePool: rootPool })
  })

  it('RegisterChildVM_Task, UpdateChildResourceConfiguration and DestroyChildren work on what is below', () => {
    const lab = new GateLab()
    const vm = lab.named(VC, 'VirtualMachine', 'win-01')
    const rootPool = lab.props<VirtualMachineProps>(VC, vm).resourcePool!
    const { vmPathName } = lab.props<VirtualMachineProps>(VC, vm).config!.files
    lab.call(VC, vm, 'UnregisterVM')
    const again = lab.done(VC, rootPool, 'RegisterChildVM_Task', { path: vmPathName }) as MoRef
    expect(lab.props<VirtualMachineProps>(VC, again)).toMatchObject({ name: 'win-01', resourcePool: rootPool })
    const allocations = { cpuAllocation: {}, memoryAllocation: {} }
    const pool = lab.call(VC, rootPool, 'CreateResourcePool', { name: 'P', spec: allocations }) as MoRef
    const below = lab.call(VC, pool, 'CreateResourcePool', { name: 'Q', spec: allocations }) as MoRef
    lab.call(VC, rootPool, 'UpdateChildResourceConfiguration', {
      spec: [
        { entity: pool, cpuAllocation: { limit: 500 }, memoryAllocation: {} },
        { entity: again, cpuAllocation: { reservation: 10 }, memoryAllocation: {} },
      ],
    })
    expect(lab.props<ResourcePoolProps>(VC, pool).config.cpuAllocation.limit).toBe(500)
    expect(lab.props<VirtualMachineProps>(VC, again).config?.cpuAllocation?.reservation).toBe(10)
    expect(faultOf(() => lab.call(VC, rootPool, 'UpdateChildResourceConfiguration', {
      spec: [{ entity: below, ...allocations }],
    }))).toBe('InvalidArgument')
    lab.call(VC, rootPool, 'DestroyChildren')
    expect([pool, below].map(ref => lab.lives(VC, ref))).toEqual([false, false])
    expect(lab.props<ResourcePoolProps>(VC, rootPool)).toMatchObject({ resourcePool: [], childConfiguration: [] })
  })
})

describe('Folder.CreateCluster', () => {
  it('is the older form of CreateClusterEx', () => {
    const lab = new GateLab()
    const { hostFolder } = lab.props<DatacenterProps>(VC, lab.named(VC, 'Datacenter', 'DC-01'))
    const made = lab.call(VC, hostFolder, 'CreateCluster', { name: 'old', spec: {} }) as MoRef
    expect(made.type).toBe('ClusterComputeResource')
    expect(faultOf(() => lab.call(VC, hostFolder, 'CreateCluster', { name: 'old', spec: {} }))).toBe('DuplicateName')
  })
})
