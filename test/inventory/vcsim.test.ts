import { describe, expect, it } from 'vitest'
import { vcsimDefaults, vcsimLab, type VcsimShape } from '../../emulator/inventory/vcsim.js'
import type { World } from '../../emulator/world/world.js'
import type { VirtualMachineProps } from '../../emulator/schema/generated/types.js'
import { builtWorld, names, pathOf } from './support.js'

const VC = 'vc-01'

function model(shape: Partial<VcsimShape>): World {
  return builtWorld(vcsimLab({ ...vcsimDefaults, ...shape }))
}

function paths(world: World, type: string): string[] {
  return world.ofType(VC, type).map(slot => pathOf(world, VC, { type, value: slot.address.id })).sort()
}

describe('vcsim model', () => {
  it('has the names that the peer gives › default', () => {
    const world = model({})
    expect(names(world, VC, 'Datacenter')).toEqual(['DC0'])
    expect(paths(world, 'HostSystem')).toEqual([
      '/DC0/host/DC0_C0/DC0_C0_H0', '/DC0/host/DC0_C0/DC0_C0_H1', '/DC0/host/DC0_C0/DC0_C0_H2', '/DC0/host/DC0_H0/DC0_H0',
    ])
    expect(paths(world, 'VirtualMachine')).toEqual([
      '/DC0/vm/DC0_C0_RP0_VM0', '/DC0/vm/DC0_C0_RP0_VM1', '/DC0/vm/DC0_H0_VM0', '/DC0/vm/DC0_H0_VM1',
    ])
    expect(paths(world, 'ResourcePool')).toEqual(['/DC0/host/DC0_C0/Resources', '/DC0/host/DC0_H0/Resources'])
    expect(paths(world, 'Datastore')).toEqual(['/DC0/datastore/LocalDS_0'])
    expect(paths(world, 'VmwareDistributedVirtualSwitch')).toEqual(['/DC0/network/DVS0'])
    expect(paths(world, 'DistributedVirtualPortgroup')).toContain('/DC0/network/DC0_DVPG0')
    expect(names(world, VC, 'Network')).toEqual(['VM Network'])
  })

  it('has VMs on the port group, with disks of the peer\'s name, powered on › default', () => {
    const world = model({})
    const vm = world.ofType(VC, 'VirtualMachine')[0]!.record!.props as unknown as VirtualMachineProps
    expect(vm.runtime.powerState).toBe('poweredOn')
    expect(vm.network!.map(network => network.type)).toEqual(['DistributedVirtualPortgroup'])
    expect(vm.layoutEx!.file!.map(file => file.name)).toContain('[LocalDS_0] DC0_H0_VM0/disk1.vmdk')
  })

  it('counts VMs by pools and vApps, and puts them in the child pools › -pool 2 -app 1 -cluster 2', () => {
    const world = model({ pools: 2, apps: 1, clusters: 2 })
    expect(world.ofType(VC, 'VirtualMachine')).toHaveLength(2 * (1 + 2 * (2 + 1)))
    expect(names(world, VC, 'VirtualMachine')).toContain('DC0_C1_RP2_VM1')
    expect(paths(world, 'VirtualApp')).toEqual([
      '/DC0/host/DC0_C0/Resources/DC0_C0_APP0', '/DC0/host/DC0_C1/Resources/DC0_C1_APP0',
    ])
    expect(paths(world, 'ResourcePool')).toContain('/DC0/host/DC0_C0/Resources/DC0_C0_RP1')
  })

  it('puts everything of the last datacenters in folders › -dc 2 -folder 1', () => {
    const world = model({ datacenters: 2, folders: 1 })
    expect(paths(world, 'Datacenter')).toEqual(['/DC0', '/F0/DC1'])
    expect(paths(world, 'VirtualMachine')).toContain('/F0/DC1/vm/F0/DC1_H0_VM0')
    expect(paths(world, 'Datastore')).toEqual(['/DC0/datastore/LocalDS_0', '/F0/DC1/datastore/F0/LocalDS_0'])
    expect(paths(world, 'ClusterComputeResource')).toContain('/F0/DC1/host/F0/DC1_C0')
    expect(paths(world, 'DistributedVirtualPortgroup')).toContain('/F0/DC1/network/F0/DC1_DVPG0')
  })

  it('has pods, opaque networks and NSX port groups › -pod 1 -nsx 1 -pg-nsx 1', () => {
    const world = model({ pods: 1, opaqueNetworks: 1, nsxPortgroups: 1 })
    expect(paths(world, 'StoragePod')).toEqual(['/DC0/datastore/DC0_POD0'])
    expect(names(world, VC, 'OpaqueNetwork')).toEqual(['DC0_NSX0'])
    expect(names(world, VC, 'DistributedVirtualPortgroup')).toEqual(expect.arrayContaining(['DC0_NSXPG0', 'DC0_NSXPG1']))
  })

  it.each([
    ['-dc 0', { datacenters: 0 }], ['-vm 0', { vms: 0 }], ['-ds 0', { datastores: 0 }], ['-cluster 0', { clusters: 0 }],
    ['-standalone-host 0', { standaloneHosts: 0 }], ['-host 0', { hosts: 0 }], ['-pg 0', { portgroups: 0 }],
  ] as const)('can be built › %s', (_, shape) => {
    expect(() => model(shape)).not.toThrow()
  })

  it('is one host without vCenter › -esx', () => {
    const world = model({ esx: true })
    expect(world.store.nodes().sort()).toEqual(['lab', 'localhost.localdomain'])
    expect(names(world, 'localhost.localdomain', 'VirtualMachine')).toEqual(['ha-host_VM0', 'ha-host_VM1'])
    expect(world.ofType('localhost.localdomain', 'VirtualMachine').map(slot => slot.address.id)).toEqual(['1', '2'])
  })

  it('leaves VMs off › -autostart=false', () => {
    const world = model({ autostart: false })
    const states = world.ofType(VC, 'VirtualMachine')
      .map(slot => (slot.record!.props as unknown as VirtualMachineProps).runtime.powerState)
    expect(new Set(states)).toEqual(new Set(['poweredOff']))
  })
})
