import type {
  ActiveFaultRecord, ApiDelayOptions, ApiFaultOptions, DatabaseSlowOptions,
} from '../physics/hardware/faults.js'
import { LAB } from '../physics/hardware/chassis.js'
import type { MoRef } from '../schema/model.js'
import type { Reader, Slot } from '../world/records.js'
import type { World } from '../world/world.js'
import { nameMatcher } from '../world/glob.js'
import { MethodFault, fault } from './method-fault.js'

/** The call that an injected API fault may hit. */
export interface CallInSight {
  readonly node: string
  readonly self: MoRef
  /** `VirtualMachine.PowerOnVM_Task`. */
  readonly method: string
}

/**
 * The MethodFault that an `api-fault` in force answers a call with; undefined: the call goes on.
 * Chance and count are state of the world, so that a replay faults the same calls.
 */
export function injectedFault(world: World, call: CallInSight): MethodFault | undefined {
  for (const slot of world.ofType(LAB, 'Fault')) {
    const options = applying<ApiFaultOptions>(slot, 'api-fault', call)
    if (options === undefined || !strikes(world, slot, options)) continue
    return fault(options.fault, { reason: 'injected', ...options.fields })
  }
  return undefined
}

/**
 * Real milliseconds for which the `api-delay`s in force, and a slow database, hold a call; 0: none
 * applies.
 */
export function injectedDelayMs(world: World, call: CallInSight): number {
  let total = databaseFree.has(call.method) ? 0 : databaseDelayMs(world, call.node)
  for (const slot of world.ofType(LAB, 'Fault')) total += applying<ApiDelayOptions>(slot, 'api-delay', call)?.delay ?? 0
  return total
}

/** Calls that vpxd answers without its database. */
const databaseFree = new Set([
  'ServiceInstance.RetrieveServiceContent', 'ServiceInstance.CurrentTime', 'SessionManager.Logout',
  'PropertyCollector.CancelWaitForUpdates',
])

/** Real milliseconds that a `database-slow` in force adds to what asks a vCenter's database; usually 0. */
export function databaseDelayMs(reader: Reader, node: string): number {
  let total = 0
  for (const slot of reader.ofType(LAB, 'Fault')) {
    const active = slot.record?.props as ActiveFaultRecord | undefined
    if (active?.fault !== 'database-slow' || active.target.node !== node) continue
    total += (active.options as unknown as DatabaseSlowOptions).delay
  }
  return total
}

function applying<O extends { readonly method: string, readonly object?: string | undefined }>(
  slot: Slot, kind: string, call: CallInSight,
): O | undefined {
  const active = slot.record?.props as ActiveFaultRecord | undefined
  if (active?.fault !== kind || !active.targets.some(target => target.node === call.node)) return undefined
  const options = active.options as unknown as O
  if (options.object !== undefined && options.object !== call.self.value) return undefined
  return methodFits(options.method, call.method) ? options : undefined
}

function methodFits(pattern: string, method: string): boolean {
  const fits = nameMatcher(pattern)
  return fits(method) || fits(method.slice(method.indexOf('.') + 1))
}

function strikes(world: World, slot: Slot, options: ApiFaultOptions): boolean {
  const { probability, count } = options
  if (probability >= 1 && count === undefined) return true
  return world.transact({ kind: 'fault', what: 'api-fault', id: slot.address.id }, tx => {
    if (probability < 1 && tx.random('api-fault') >= probability) return false
    if (count === undefined) return true
    const hits = Number(tx.read(slot)!.inner['hits'] ?? 0) + 1
    if (hits >= count) tx.remove(slot)
    else tx.update(slot, draft => { draft.inner['hits'] = hits })
    return true
  })
}
