import { describe, expect, it } from 'vitest'
import type { LabFileInput } from '../../emulator/inventory/lab-schema.js'
import { chassis } from '../../emulator/physics/hardware/chassis.js'
import { missingVolumes, moveRegistration, registrationOf } from '../../emulator/physics/migration/register.js'
import { addStorageFault } from '../../emulator/physics/storage/access.js'
import { powerOn } from '../../emulator/physics/compute/power.js'
import type { VmInner } from '../../emulator/physics/compute/vm.js'
import type { HostSystemProps, VirtualMachineProps } from '../../emulator/schema/generated/types.js'
import type { MoRef } from '../../emulator/schema/model.js'
import type { Slot } from '../../emulator/world/records.js'
import { GateLab } from '../support/gate-lab.js'
import { registerWhole } from '../support/register.js'

const VC = 'vc-01'
const SECOND = 1000

class Machines extends GateLab {
  constructor(lab: string | LabFileInput = 'cluster') {
    super({ lab })
    // What HA would do by itself is done by hand here.
    this.lab.world.transact({ kind: 'lab' }, tx => {
      for (const { address } of tx.ofType(VC, 'ClusterComputeResource')) {
        tx.update<{ configurationEx: { dasConfig: { enabled: boolean } } }>({ node: VC, id: address.id }, ({ props }) => {
          props.configurationEx.dasConfig.enabled = false
        })
        tx.emit('cluster.reconfigured', { vcenter: VC, cluster: address.id })
      }
    })
  }

  advance(seconds: number): void {
    this.lab.world.advance(seconds * SECOND)
  }

  vm(name: string): VirtualMachineProps {
    return this.props(VC, this.named(VC, 'VirtualMachine', name))
  }

  hostOf(name: string): string {
    return this.props<HostSystemProps>(VC, this.vm(name).runtime.host!).name
  }

  truth(name: string): Slot {
    const found = this.lab.world.transact({ kind: 'lab' }, tx =>
      registrationOf(tx, tx.find(VC, this.named(VC, 'VirtualMachine', name).value)!))
    return found!
  }

  restart(name: string, host: string, from = this.truth(name)): void {
    this.lab.world.transact({ kind: 'lab' }, tx => { powerOn(tx, registerWhole(tx, host, from), { instant: true }) })
  }

  loseStorage(host: string): void {
    const { world } = this.lab
    world.transact({ kind: 'lab' }, tx => {
      for (const volume of tx.ofType('lab', 'Volume')) {
        addStorageFault(tx, `loss/${volume.address.id}`, { volume: volume.address.id, hosts: [host], loss: 'apd' })
      }
    })
  }

  onHost(host: string, name: string): number {
    return this.lab.world.ofType(host, 'VirtualMachine')
      .filter(slot => (slot.record!.props as unknown as VirtualMachineProps).name === name).length
  }

  count(name: string): number {
    return this.lab.world.ofType(VC, 'VirtualMachine')
      .filter(slot => (slot.record!.props as unknown as VirtualMachineProps).name === name).length
  }
}

const VM = 'esx-01-vm-01'
const OTHER = 'esx-02-vm-01'

describe('registration of a VM on another host', () => {
  it('keeps the VM\'s id, folder, pool and identity on vCenter › while its host is dead', () => {
    const lab = new Machines()
    const id = lab.named(VC, 'VirtualMachine', OTHER)
    const before = lab.vm(OTHER)
    lab.lab.faults.inject('host-crash', 'esx-02', {})
    lab.advance(30)
    lab.restart(OTHER, 'esx-03')
    const after = lab.vm(OTHER)
    expect(lab.named(VC, 'VirtualMachine', OTHER)).toEqual(id)
    expect(lab.hostOf(OTHER)).toBe('esx-03')
    expect(after).toMatchObject({
      parent: before.parent, resourcePool: before.resourcePool,
      runtime: { powerState: 'poweredOn', connectionState: 'connected' },
    })
    expect(after.config?.instanceUuid).toBe(before.config?.instanceUuid)
    expect(after.summary.runtime.host).toEqual(after.runtime.host)
    const host = lab.props<HostSystemProps>(VC, after.runtime.host!)
    expect(host.vm?.filter(ref => ref.value === id.value)).toHaveLength(1)
    expect(lab.props<HostSystemProps>(VC, before.runtime.host!).vm?.some(ref => ref.value === id.value)).toBe(false)
  })

  it('is not touched by the end of the heartbeat window of its old host', () => {
    const lab = new Machines()
    lab.lab.faults.inject('host-crash', 'esx-02', {})
    lab.advance(30)
    lab.restart(OTHER, 'esx-03')
    lab.advance(60)
    expect(lab.vm(OTHER).runtime.connectionState).toBe('connected')
    expect(lab.vm('esx-02-vm-02').runtime.connectionState).toBe('disconnected')
  })

  it('leaves a rest on the old host, which is unregistered when vCenter hears that host again', () => {
    const lab = new Machines()
    const crash = lab.lab.faults.inject('host-crash', 'esx-02', {})
    lab.advance(30)
    lab.restart(OTHER, 'esx-03')
    lab.advance(120)
    expect(lab.onHost('esx-02', OTHER)).toBe(1)
    lab.lab.faults.heal(crash.id)
    lab.advance(200)
    expect(lab.onHost('esx-02', OTHER)).toBe(0)
    expect(lab.onHost('esx-03', OTHER)).toBe(1)
    expect(lab.count(OTHER)).toBe(1)
    expect(lab.vm(OTHER).runtime).toMatchObject({ powerState: 'poweredOn', connectionState: 'connected' })
    expect(lab.hostOf(OTHER)).toBe('esx-03')
    expect(lab.events(VC)).not.toContain('VmOrphanedEvent')
  })

  it('is found by vCenter when it is back › after it was down all the while, whichever host it hears first', () => {
    for (const target of ['esx-02', 'esx-04']) {
      const lab = new Machines()
      const vm = target === 'esx-02' ? VM : 'esx-03-vm-01'
      const home = vm.slice(0, 6)
      const id = lab.named(VC, 'VirtualMachine', vm)
      const crash = lab.lab.faults.inject('host-crash', home, {})
      const vcenter = home === 'esx-01' ? undefined : lab.lab.faults.inject('host-crash', 'esx-01', {})
      lab.advance(30)
      expect(chassis(lab.lab.world, VC)?.power).toBe('off')
      lab.restart(vm, target)
      lab.advance(100)
      lab.lab.faults.heal(crash.id)
      if (vcenter !== undefined) lab.lab.faults.heal(vcenter.id)
      lab.advance(200)
      const appliance = lab.lab.world.ofType('esx-01', 'VirtualMachine')
        .find(slot => (slot.record!.inner as { appliance?: string }).appliance === VC)!
      lab.lab.world.transact({ kind: 'lab' }, tx => { powerOn(tx, appliance, { instant: true }) })
      lab.advance(400)
      expect(lab.named(VC, 'VirtualMachine', vm)).toEqual(id)
      expect(lab.count(vm)).toBe(1)
      expect(lab.hostOf(vm)).toBe(target)
      expect(lab.vm(vm).runtime).toMatchObject({ powerState: 'poweredOn', connectionState: 'connected' })
      expect(lab.onHost(home, vm)).toBe(0)
    }
  })

  it('leaves the copy that still runs on a host cut off › until it stops', () => {
    const lab = new Machines()
    const old = lab.truth(VM)
    const cut = lab.lab.faults.inject('cable-cut', 'esx-01', {})
    lab.loseStorage('esx-01')
    lab.advance(30)
    lab.restart(VM, 'esx-02')
    lab.lab.faults.heal(cut.id)
    lab.advance(30)
    expect(lab.onHost('esx-01', VM)).toBe(1)
    expect(lab.hostOf(VM)).toBe('esx-02')
    lab.task('esx-01', { type: 'VirtualMachine', value: old.address.id }, 'PowerOffVM_Task')
    expect(lab.onHost('esx-01', VM)).toBe(0)
    expect(lab.hostOf(VM)).toBe('esx-02')
    expect(lab.vm(VM).runtime.powerState).toBe('poweredOn')
  })

  it('of the vCenter appliance › brings vCenter up on the other host', () => {
    const lab = new Machines()
    const crash = lab.lab.faults.inject('host-crash', 'esx-01', {})
    lab.advance(30)
    const appliance = lab.lab.world.ofType('esx-01', 'VirtualMachine')
      .find(slot => (slot.record!.inner as VmInner & { appliance?: string }).appliance === VC)!
    lab.lab.world.transact({ kind: 'lab' }, tx => { powerOn(tx, registerWhole(tx, 'esx-02', appliance), { instant: true }) })
    lab.advance(400)
    expect(chassis(lab.lab.world, VC)?.power).toBe('on')
    lab.lab.faults.heal(crash.id)
    lab.advance(200)
    lab.lab.faults.inject('host-crash', 'esx-01', {})
    expect(chassis(lab.lab.world, VC)?.power).toBe('on')
  })
})

describe('move of a VM with its process', () => {
  it('moves the running guest, and what the host promised to it', () => {
    const lab = new Machines()
    const id = lab.named(VC, 'VirtualMachine', VM)
    const before = lab.vm(VM)
    lab.lab.world.transact({ kind: 'lab' }, tx => { moveRegistration(tx, registrationOf(tx, tx.find(VC, id.value)!)!, 'esx-03') })
    const after = lab.vm(VM)
    expect(lab.hostOf(VM)).toBe('esx-03')
    expect(after.runtime).toMatchObject({ powerState: 'poweredOn', bootTime: before.runtime.bootTime })
    expect(after.guest).toEqual(before.guest)
    expect([lab.onHost('esx-01', VM), lab.onHost('esx-03', VM)]).toEqual([0, 1])
    expect(lab.events(VC)).not.toContain('VmOrphanedEvent')
    expect(lab.props<{ vm: MoRef[] }>(VC, after.datastore![0]!).vm.filter(ref => ref.value === id.value)).toHaveLength(1)
  })

  it('is only for hosts that see its files', () => {
    const lab = new Machines()
    const { world } = lab.lab
    const vm = lab.truth(VM)
    expect(world.transact({ kind: 'lab' }, tx => missingVolumes(tx, vm, 'esx-02'))).toEqual([])
    const small = new Machines({
      lab: 'local', hosts: [{ name: 'esx-##', count: 2 }],
      vcenters: [{ name: 'vc-01', datacenters: [{ name: 'DC-01', standaloneHosts: ['esx-*'] }] }],
      datastores: [{ name: 'local-##', each: true }],
      vms: [{ name: 'win-01', host: 'esx-02', datastore: 'local-02' }],
    })
    const local = small.truth('win-01')
    expect(small.lab.world.transact({ kind: 'lab' }, tx => missingVolumes(tx, local, 'esx-01'))).toEqual(['local-02'])
  })
})
