import type { MoRef } from '../schema/model.js'
import type { Slot } from '../world/records.js'

/** The reference of a slot. */
export function refOf(slot: Slot): MoRef {
  return { type: slot.address.type, value: slot.address.id }
}
