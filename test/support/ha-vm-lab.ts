import { lockHolder } from '../../emulator/physics/storage/locks.js'
import { vmKey } from '../../emulator/physics/ha/vms/line.js'
import type { HostSystemProps, VirtualMachineProps } from '../../emulator/schema/generated/types.js'
import type { Slot } from '../../emulator/world/records.js'
import { HaLab, type HaLabOptions } from './ha-lab.js'

export type HaVmLabOptions = HaLabOptions

/** The HA lab with questions about VMs. */
export class HaVmLab extends HaLab {
  /** Names of vCenter's VMs. */
  vms(): string[] {
    return this.lab.world.ofType('vc1', 'VirtualMachine').map(slot => this.vm(slot).name)
  }

  vcenterSlot(name: string): Slot {
    return this.lab.world.ofType('vc1', 'VirtualMachine').find(slot => this.vm(slot).name === name)!
  }

  vcenterVm(name: string): VirtualMachineProps {
    return this.vm(this.vcenterSlot(name))
  }

  /** The host that vCenter shows for a VM. */
  on(name: string): string {
    return this.nameOf(this.vcenterVm(name).runtime.host!.value)
  }

  /** Hosts that have a VM registered. */
  registered(name: string): Slot[] {
    return this.lab.nodes.filter(node => node.kind === 'esxi')
      .flatMap(node => this.lab.world.ofType(node.name, 'VirtualMachine'))
      .filter(slot => this.vm(slot).name === name)
  }

  /** Hosts where a process of a VM exists. */
  real(name: string): string[] {
    return this.registered(name).filter(slot => this.vm(slot).runtime.powerState === 'poweredOn')
      .map(slot => slot.address.node)
  }

  /** The record of a VM on a host. */
  hostVm(name: string, host: string): Slot {
    return this.registered(name).find(slot => slot.address.node === host)!
  }

  /** Id of the lock on a VM's files. */
  lock(name: string): string {
    return vmKey(this.lab.world, this.registered(name)[0]!)
  }

  holder(name: string): string | undefined {
    return lockHolder(this.lab.world, this.lock(name))
  }

  vm(slot: Slot): VirtualMachineProps {
    return this.lab.world.read<VirtualMachineProps>(slot)!.props
  }

  /** Changes the cluster's configurationEx as a reconfiguration through vCenter does. */
  configure(fields: Readonly<Record<string, unknown>>): void {
    this.change(tx => {
      tx.update<{ configurationEx: Record<string, unknown> }>({ node: 'vc1', id: this.cluster }, ({ props }) => {
        Object.assign(props.configurationEx, fields)
      })
      tx.emit('cluster.reconfigured', { vcenter: 'vc1', cluster: this.cluster })
    })
  }

  /** vCenter's reference of a VM. */
  ref(name: string): { type: string, value: string } {
    return { type: 'VirtualMachine', value: this.vcenterSlot(name).address.id }
  }

  /** vCenter's reference of a host. */
  hostRef(host: string): { type: string, value: string } {
    const slot = this.lab.world.ofType('vc1', 'HostSystem')
      .find(each => this.lab.world.read<HostSystemProps>(each)!.props.name === this.hostProps(host).name)!
    return { type: 'HostSystem', value: slot.address.id }
  }

  /** Events of one kind about one VM, in seconds since the mark. */
  timesOf(event: string, name: string): number[] {
    const zero = this.zero
    return [...this.lab.world.log('events/vc1').since(1)].map(item => item.value as {
      _typeName: string, eventTypeId?: string, createdTime: string, vm?: { name: string }
    }).filter(each => each.vm?.name === name && (each.eventTypeId?.split('.').at(-1) ?? each._typeName) === event)
      .map(each => (Date.parse(each.createdTime) - zero) / 1000).filter(at => at >= 0)
  }
}
