import { z } from 'zod'
import type { Transaction } from '../world/transaction.js'

/** What a fault acts on. `host` and `vcenter` are nodes; the rest are found by name or path. */
export type TargetKind = 'host' | 'vcenter' | 'node' | 'vm' | 'datastore' | 'network' | 'none'

/** A target that was found. */
export interface FaultTarget {
  readonly kind: TargetKind
  /** Node whose record it is; for a node itself its own name. */
  readonly node: string
  /** Id of the record on that node; for a node its own name. */
  readonly id: string
  /** As the user named it. */
  readonly name: string
}

/** One kind of injectable trouble. It moves physical facts only (design.md 4.7). */
export interface FaultDefinition<O = unknown> extends FaultRules<O> {
  /** The published JSON Schema of the options. */
  optionsSchema(): unknown
}

/** What the author of a fault writes. */
export interface FaultRules<O> {
  readonly name: string
  readonly target: TargetKind
  /** One line for `fauxsphere faults`. */
  readonly help: string
  readonly example: string
  readonly options: z.ZodType<O>
  inject(tx: Transaction, target: FaultTarget, options: O): void
  /** Undefined: the world does not allow it to be undone. */
  readonly heal?: ((tx: Transaction, target: FaultTarget, options: O) => void) | undefined
}

/** Defines a fault; the options are checked before `inject` sees them. */
export function defineFault<O>(rules: FaultRules<O>): FaultDefinition {
  return { ...rules, optionsSchema: () => z.toJSONSchema(rules.options, { io: 'input' }) } as FaultDefinition
}
