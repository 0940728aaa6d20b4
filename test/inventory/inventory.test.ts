import { describe, expect, it } from 'vitest'
import { loadLab } from '../../emulator/inventory/lab-file.js'
import { perfCounters } from '../../emulator/inventory/data/perf-counters.js'
import { deriveVirtualMachine } from '../../emulator/inventory/virtual-machine-derive.js'
import type {
  ClusterComputeResourceProps, DatastoreProps, HostSystemProps, ServiceInstanceProps, VirtualDisk,
  VirtualDiskFlatVer2BackingInfo, VirtualMachineProps,
} from '../../emulator/schema/generated/types.js'
import type { NodeInfo } from '../../emulator/services/nodes.js'
import { wellKnown, wellKnownRef } from '../../emulator/services/well-known.js'
import type { StoredRecord } from '../../emulator/world/records.js'
import type { World } from '../../emulator/world/world.js'
import { builtWorld, names, pathOf, propsOf } from './support.js'

const VC = 'vc-01'

interface Inner {
  readonly mirrors?: readonly string[]
  readonly hostNode?: string
  readonly hostMoid?: string
  readonly vcenterId?: string
  readonly appliance?: string
}

const cluster = builtWorld(loadLab('cluster'))
const small = builtWorld(loadLab('small'))
const standalone = builtWorld(loadLab('standalone'))

describe('nodes of a lab', () => {
  it('are listed in order, vCenters first, with the products of the lab', () => {
    const nodes = small.ofType('lab', 'Node').map(slot => slot.record!.props as unknown as NodeInfo)
    expect(nodes.map(node => [node.name, node.kind, node.address])).toEqual([
      ['vc-01', 'vcenter', '127.0.1.1'], ['esx-01', 'esxi', '127.0.1.2'], ['esx-02', 'esxi', '127.0.1.3'],
    ])
    expect(nodes[0]!.product).toMatchObject({ version: '8.0.3', build: '24022515' })
  })

  it.each(['vc-01', 'esx-01'])('have every singleton of ServiceContent › %s', node => {
    const { content } = propsOf<ServiceInstanceProps>(small, node, 'ServiceInstance')
    const kind = node === VC ? 'vcenter' : 'esxi'
    for (const { field } of wellKnown) {
      const reference = wellKnownRef(field, kind)
      expect(content[field as keyof typeof content]).toEqual(reference)
      if (reference !== undefined) expect(small.find(node, reference.value)?.address.type).toBe(reference.type)
    }
    expect(content.about.apiType).toBe(kind === 'vcenter' ? 'VirtualCenter' : 'HostAgent')
  })
})

describe('inventory of a host', () => {
  it('has the ids of hostd and VMs as integers', () => {
    for (const id of ['ha-folder-root', 'ha-datacenter', 'ha-folder-vm', 'ha-compute-res', 'ha-root-pool', 'ha-host']) {
      expect(standalone.find('esx-01', id)).toBeDefined()
    }
    expect(standalone.ofType('esx-01', 'VirtualMachine').map(slot => slot.address.id)).toEqual(['1', '2'])
    expect(standalone.find('esx-01', 'HaNetwork-VM Network')?.address.type).toBe('Network')
  })

  it('runs no vCenter agent without a vCenter', () => {
    const running = (world: World): boolean | undefined => propsOf<HostSystemProps>(world, 'esx-01', 'ha-host')
      .config!.service!.service!.find(service => service.key === 'vpxa')!.running
    expect([running(standalone), running(small)]).toEqual([false, true])
  })
})

describe('inventory of a vCenter', () => {
  it('has vCenter\'s ids from one sequence, and the number of the host in its managers', () => {
    const host = cluster.ofType(VC, 'HostSystem')[0]!
    const number = /^host-(\d+)$/.exec(host.address.id)![1]!
    expect(cluster.find(VC, 'group-d1')).toBeDefined()
    expect(cluster.ofType(VC, 'ClusterComputeResource')[0]!.address.id).toMatch(/^domain-c\d+$/)
    expect(cluster.find(VC, `networkSystem-${number}`)?.address.type).toBe('HostNetworkSystem')
    expect(cluster.find(VC, `EsxHostAdvSettings-${number}`)?.address.type).toBe('OptionManager')
  })

  it('lays VMs in their folders, pools and clusters › lab cluster', () => {
    const paths = cluster.ofType(VC, 'VirtualMachine')
      .map(slot => pathOf(cluster, VC, { type: 'VirtualMachine', value: slot.address.id }))
    expect(paths).toHaveLength(14)
    expect(paths).toContain('/DC-01/vm/Production/esx-03-vm-02')
    const { summary, configurationEx } = cluster.ofType(VC, 'ClusterComputeResource')[0]!.record!
      .props as unknown as ClusterComputeResourceProps
    expect(summary).toMatchObject({ numHosts: 4, numCpuCores: 128, totalMemory: 4 * 128 * 2 ** 30 })
    expect(configurationEx).toMatchObject({ dasConfig: { enabled: true }, drsConfig: { defaultVmBehavior: 'fullyAutomated' } })
  })

  it('gives every datastore of a datacenter a name of its own › one datastore1 on each host', () => {
    const lab = loadLab('small')
    const world = builtWorld({ ...lab, datastores: [{ ...lab.datastores[0]!, name: 'datastore1' }], vms: [] })
    expect(names(world, VC, 'Datastore')).toEqual(['datastore1', 'datastore1 (1)'])
  })
})

describe('mirrors', () => {
  it('name each VM\'s record on its host, and the host\'s record its own on vCenter', () => {
    for (const slot of cluster.ofType(VC, 'VirtualMachine')) {
      const inner = slot.record!.inner as Inner
      expect(inner.mirrors).toEqual([`${inner.hostNode!}/${inner.hostMoid!}`])
      const below = cluster.get<VirtualMachineProps, Inner>(inner.hostNode!, inner.hostMoid!)!
      expect(below.inner.vcenterId).toBe(slot.address.id)
      expect(below.props.name).toBe((slot.record!.props as unknown as VirtualMachineProps).name)
    }
  })

  it('share what has no references and exchange what has', () => {
    const slot = cluster.ofType(VC, 'VirtualMachine')[1]!
    const { hostNode, hostMoid } = slot.record!.inner as Inner
    const above = slot.record!.props as unknown as VirtualMachineProps
    const below = cluster.get<VirtualMachineProps>(hostNode!, hostMoid!)!.props
    expect(above.guest).toBe(below.guest)
    expect(above.layoutEx).toBe(below.layoutEx)
    expect(above.summary.config).toBe(below.summary.config)
    const backing = (vm: VirtualMachineProps): VirtualDiskFlatVer2BackingInfo =>
      (vm.config!.hardware.device!.find(device => device._typeName === 'VirtualDisk') as VirtualDisk)
        .backing as VirtualDiskFlatVer2BackingInfo
    expect(backing(above).datastore).toEqual(above.datastore![0])
    expect(backing(below).datastore).toEqual(below.datastore![0])
  })

  it('are there for every host of a shared datastore', () => {
    const shared = cluster.ofType(VC, 'Datastore').find(slot => (slot.record!.props as unknown as DatastoreProps).name === 'shared-01')!
    const { mirrors } = shared.record!.inner as Inner
    expect(mirrors!.map(mirror => mirror.split('/')[0])).toEqual(['esx-01', 'esx-02', 'esx-03', 'esx-04'])
    for (const mirror of mirrors!) expect(cluster.find(...mirror.split('/') as [string, string])).toBeDefined()
  })

  it('mark the VM that is the appliance of a vCenter', () => {
    const vm = small.ofType('esx-01', 'VirtualMachine').find(slot => (slot.record!.inner as Inner).appliance !== undefined)!
    expect((vm.record!.props as unknown as VirtualMachineProps).name).toBe('vc-01')
    expect((vm.record!.inner as Inner).appliance).toBe('vc-01')
  })
})

describe('volumes', () => {
  it('take the space of their files, and datastores show it', () => {
    for (const slot of cluster.ofType('lab', 'Volume')) {
      let used = 0
      for (const folder of cluster.ofType('lab', 'VolumeFolder')) {
        if (!folder.address.id.startsWith(`${slot.address.id}/`)) continue
        const { files } = folder.record!.props as unknown as { files: Record<string, { size: number }> }
        for (const file of Object.values(files)) used += file.size
      }
      expect(slot.record!.inner['usedBytes']).toBe(used)
    }
    const used = cluster.ofType(VC, 'Datastore').map(slot => slot.record!.props as unknown as DatastoreProps)
      .filter(({ vm, summary }) => (vm!.length > 0) !== (summary.freeSpace < summary.capacity))
    expect(used).toEqual([])
  })
})

describe('VirtualMachine derived properties', () => {
  const record = cluster.ofType(VC, 'VirtualMachine')[0]!.record!
  const slot = cluster.ofType(VC, 'VirtualMachine')[0]!
  const props = record.props as unknown as VirtualMachineProps

  it('gives the same record when the summary fits already', () => {
    expect(deriveVirtualMachine(record, slot, cluster)).toBe(record)
  })

  it('follows config, runtime and guest, and keeps the parts that stay', () => {
    const changed = {
      props: { ...props, config: { ...props.config!, name: 'other' }, runtime: { ...props.runtime, powerState: 'poweredOff' } },
      inner: record.inner,
    } as unknown as StoredRecord
    const { summary } = deriveVirtualMachine(changed, slot, cluster).props as unknown as VirtualMachineProps
    expect(summary.config.name).toBe('other')
    expect(summary.runtime.powerState).toBe('poweredOff')
    expect(summary.guest).toBe(props.summary.guest)
    expect(summary.storage).toBe(props.summary.storage)
  })
})

describe('performance counters', () => {
  it.each(['vcenter', 'esxi'] as const)('have keys of their own and all names › %s', kind => {
    const counters = perfCounters(kind)
    expect(counters).toHaveLength(kind === 'vcenter' ? 560 : 340)
    expect(new Set(counters.map(counter => counter.key)).size).toBe(counters.length)
    expect(counters.find(counter => counter.key === (kind === 'vcenter' ? 2 : 1)))
      .toMatchObject({ nameInfo: { key: 'usage' }, groupInfo: { key: 'cpu' }, rollupType: 'average', statsType: 'rate' })
    expect(perfCounters(kind)).toBe(counters)
  })
})

describe('size of a lab', () => {
  it('records of alike VMs share what does not differ › big:200', () => {
    const world = builtWorld(loadLab('big:200'))
    const vms = world.ofType(VC, 'VirtualMachine').map(slot => slot.record!.props as unknown as VirtualMachineProps)
    expect(vms).toHaveLength(200)
    const distinct = (pick: (vm: VirtualMachineProps) => unknown): number => new Set(vms.map(pick)).size
    expect(distinct(vm => vm.capability)).toBe(1)
    expect(distinct(vm => vm.config!.extraConfig)).toBeLessThan(20)
    expect(distinct(vm => vm.runtime)).toBeLessThanOrEqual(world.ofType(VC, 'HostSystem').length)
    expect(distinct(vm => vm.config!.hardware.device![0])).toBe(1)
    expect(distinct(vm => vm.config!.uuid)).toBe(200)
  })
})
