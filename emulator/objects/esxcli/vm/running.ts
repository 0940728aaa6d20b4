import { cardsOf } from '../../../physics/guest-os/guest-facts.js'
import { vmRecord, type VmRecord } from '../../../physics/compute/vm.js'
import { worldIdOf } from '../../../physics/compute/world-id.js'
import type { Slot } from '../../../world/records.js'
import type { Seat } from '../model.js'

/** A VM of the host that runs: its process has a world. */
export interface RunningVm {
  readonly slot: Slot
  readonly record: VmRecord
  readonly worldId: number
}

/** The VMs that run on the host, in the order of their registration. */
export function runningVms({ reader, host }: Seat): RunningVm[] {
  return reader.ofType(host.name, 'VirtualMachine')
    .map(slot => ({ slot, record: vmRecord(reader, slot) }))
    .filter(({ record }) => record.props.runtime.powerState === 'poweredOn')
    .map(({ slot, record }) => ({ slot, record, worldId: worldIdOf(slot.address.id, record.props.runtime.bootTime) }))
}

/** The VM whose world has an id; undefined: there is none. */
export function vmOfWorld(seat: Seat, worldId: number): RunningVm | undefined {
  return runningVms(seat).find(vm => vm.worldId === worldId)
}

/** The networks that a running VM has cards in, each as often as it has. */
export function networksOf({ record }: RunningVm): string[] {
  return cardsOf(record).map(card => card.network)
}
