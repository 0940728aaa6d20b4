import type { VirtualDevice } from '../../../schema/generated/types.js'
import type { Schema } from '../../../schema/model.js'
import { fault, type MethodFault } from '../../../services/method-fault.js'
import type { Slot } from '../../../world/records.js'
import type { Transaction } from '../../../world/transaction.js'

/** A run over the device changes of one spec. */
export interface DeviceWork {
  readonly tx: Transaction
  readonly schema: Schema
  /** The host-side VM. */
  readonly vm: Slot
  /** Node whose references and conventions the spec uses. */
  readonly origin: string
  readonly poweredOn: boolean
  /** The VM's devices as changed so far. */
  devices: VirtualDevice[]
  /** Keys that the client made up for new devices, and what they became. */
  readonly newKeys: Map<number, number>
  /** Position of the change at hand. */
  index: number
  /** MACs that were given out. */
  readonly macs: Array<{ readonly adapter: string, readonly mac: string }>
}

/** The device faults of the API name the position of the change. */
export function deviceFault(
  work: DeviceWork, type: string, fields: Record<string, unknown> = {}, text?: string,
): MethodFault {
  const property = `virtualDeviceSpec.${String(fields['property'] ?? 'device')}`
  const at = work.schema.isA(type, 'InvalidDeviceSpec') ? { deviceIndex: work.index } : {}
  return fault(type, { ...fields, property, ...at },
    text ?? `Invalid configuration for device '${work.index}'.`)
}
