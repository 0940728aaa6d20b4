import { z } from 'zod'
import type { Transaction } from '../world/transaction.js'

/**
 * What a fault acts on. `host` and `vcenter` are nodes, `node` either of them; `link` is the way
 * between two ends; `any` whatever the name leads to; the rest are found by name or path.
 */
export type TargetKind =
  | 'host' | 'vcenter' | 'node' | 'vm' | 'datastore' | 'network' | 'cluster' | 'link' | 'any' | 'none'

/** A target that was found. Its address is that of the physical thing, not of vCenter's picture. */
export interface FaultTarget {
  /** Of a fault that takes several kinds the one that was found. */
  readonly kind: TargetKind
  /**
   * `host`, `vcenter`, `node`: the node itself. `vm`: the host that runs it (else that has it
   * registered). `datastore`: the pseudo node `lab`. `network`, `cluster`: the node whose record it
   * is. `link`: its first end.
   */
  readonly node: string
  /** A node's name; id of the record on `node`; uuid of a datastore's volume; a link's other end. */
  readonly id: string
  /** As a person would call it. */
  readonly name: string
  /** Only of a link: the parties at both ends (physics/network/rules.ts). */
  readonly from?: readonly string[]
  readonly to?: readonly string[]
  /** Only of a link: true for traffic from `from` to `to`, and not back. */
  readonly oneWay?: boolean
}

/** One kind of injectable trouble. It moves physical facts only (design.md 4.7). */
export interface FaultDefinition<O = unknown> extends FaultRules<O> {
  /** The published JSON Schema of the options. */
  optionsSchema(): unknown
}

/** What the author of a fault writes. */
export interface FaultRules<O> {
  readonly name: string
  /** One kind, or those that it takes, in the order in which a name is looked for. */
  readonly target: TargetKind | readonly TargetKind[]
  /** One line for `fauxsphere faults`. */
  readonly help: string
  readonly example: string
  readonly options: z.ZodType<O>
  /**
   * Puts the trouble into the world; runs once for each target. `id` is the fault's own, for
   * records that belong to it; with several targets each has its own, such as `fault-3.2`.
   */
  inject(tx: Transaction, target: FaultTarget, options: O, id: string): void
  /** Undefined: the world does not allow it to be undone. */
  readonly heal?: ((tx: Transaction, target: FaultTarget, options: O, id: string) => void) | undefined
}

/** Defines a fault; the options are checked before `inject` sees them. */
export function defineFault<O>(rules: FaultRules<O>): FaultDefinition {
  return { ...rules, optionsSchema: () => z.toJSONSchema(rules.options, { io: 'input', unrepresentable: 'any' }) } as FaultDefinition
}

/** The kinds of target of a fault. */
export function targetKinds(definition: { readonly target: FaultRules<unknown>['target'] }): readonly TargetKind[] {
  return typeof definition.target === 'string' ? [definition.target] : definition.target
}
