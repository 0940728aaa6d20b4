import type { LabFileInput } from '../../../emulator/inventory/lab-schema.js'
import { registrationOf } from '../../../emulator/physics/migration/register.js'
import type {
  HostSystemProps, TaskInfo, VirtualMachineProps,
} from '../../../emulator/schema/generated/types.js'
import type { MoRef } from '../../../emulator/schema/model.js'
import { GateLab, type GateLabOptions } from '../../support/gate-lab.js'

export const VC = 'vc-01'

/** A lab with words for hosts, their VMs and what is told of them. */
export class HostLab extends GateLab {
  constructor(lab: string | LabFileInput = 'cluster', durations: GateLabOptions['durations'] = 'instant') {
    super({ lab, durations: durations! })
  }

  advance(seconds: number): void {
    this.lab.world.advance(seconds * 1000)
  }

  host(name: string, node = VC): MoRef {
    return node === VC ? this.named(VC, 'HostSystem', name) : { type: 'HostSystem', value: 'ha-host' }
  }

  hostProps(name: string): HostSystemProps {
    return this.props(VC, this.host(name))
  }

  vmRef(name: string): MoRef {
    return this.named(VC, 'VirtualMachine', name)
  }

  vm(name: string): VirtualMachineProps {
    return this.props(VC, this.vmRef(name))
  }

  /** Name of the host that a VM is on, as vCenter shows it. */
  hostOf(name: string): string {
    return this.props<HostSystemProps>(VC, this.vm(name).runtime.host!).name
  }

  vmsOn(host: string): string[] {
    return (this.hostProps(host).vm ?? []).map(ref => this.props<VirtualMachineProps>(VC, ref).name)
  }

  /** The VM's properties on its own host. */
  truth(name: string): VirtualMachineProps {
    const { world } = this.lab
    const slot = world.transact({ kind: 'lab' }, tx => registrationOf(tx, tx.find(VC, this.vmRef(name).value)!))!
    return slot.record!.props as unknown as VirtualMachineProps
  }

  /** Starts a task of a lab where time passes; its info is read with `state`. */
  start(self: MoRef, method: string, args: object = {}, node = VC): MoRef {
    const task = this.call(node, self, method, args) as MoRef
    this.lab.world.runDue()
    return task
  }

  state(task: MoRef, node = VC): TaskInfo {
    return this.info(node, task)
  }

  fault(task: MoRef, node = VC): Record<string, unknown> & { _typeName: string } {
    return this.info(node, task).error?.fault as never
  }

  told(node: string, since: number, pattern: RegExp): string[] {
    return [...this.lab.world.log(`events/${node}`).since(since + 1)]
      .map(item => item.value as { _typeName: string, eventTypeId?: string })
      .map(event => event.eventTypeId ?? event._typeName)
      .filter(type => pattern.test(type))
  }

  inject(fault: string, target: string, options: object = {}): string {
    return this.lab.faults.inject(fault, target, options as never).id
  }

  heal(id: string): void {
    this.lab.faults.heal(id)
  }
}
