import { LAB } from '../physics/hardware/chassis.js'
import type { ActiveFaultRecord } from '../physics/hardware/faults.js'
import { nearestName } from '../world/nearest.js'
import type { Transaction } from '../world/transaction.js'
import type { World } from '../world/world.js'
import type { FaultDefinition, FaultTarget } from './define.js'
import { checkOptions } from './options.js'
import { FaultError, findTargets, targetText, type TargetSpec } from './target.js'

export { FaultError }

/** A fault in force: a record on the pseudo node `lab`, so that it is saved and rewound too. */
export interface ActiveFault extends ActiveFaultRecord {
  /** The first of its targets. */
  readonly target: FaultTarget
  readonly targets: readonly FaultTarget[]
}

/** What a fault may be given beside its options. */
export interface InjectExtras {
  /** Another name to heal it by: that of a scenario's step. */
  readonly as?: string | undefined
  /** Ends by itself after so many milliseconds of lab time. */
  readonly forMs?: number | undefined
}

/** What a fault's record keeps for the board alone. */
interface FaultInner {
  /** Agenda job that ends it. */
  readonly endJob?: number
}

declare module '../world/signals.js' {
  interface JobMap {
    /** The time for which a fault was injected is over. */
    'fault.end': { readonly id: string }
  }
}

/** Injects and heals by name. */
export class FaultBoard {
  readonly #world: World
  readonly #definitions: ReadonlyMap<string, FaultDefinition>

  constructor(world: World, definitions: readonly FaultDefinition[]) {
    this.#world = world
    this.#definitions = new Map(definitions.map(definition => [definition.name, definition]))
    world.onJob('fault.end', (tx, { id }) => {
      const active = tx.get<ActiveFault>(LAB, id)?.props
      if (active !== undefined) this.#end(tx, active)
    })
  }

  definitions(): FaultDefinition[] {
    return [...this.#definitions.values()]
  }

  /** The fault of a name. @throws FaultError with the nearest right name */
  definition(name: string): FaultDefinition {
    const definition = this.#definitions.get(name)
    if (definition !== undefined) return definition
    const near = nearestName(name, this.#definitions.keys())
    throw new FaultError(`there is no fault ${name}; `
      + (near === undefined ? `known: ${[...this.#definitions.keys()].join(', ')}` : `did you mean ${near}?`))
  }

  active(): ActiveFault[] {
    return this.#world.ofType(LAB, 'Fault')
      .map(slot => this.#world.read<ActiveFault>(slot)!.props)
  }

  /**
   * Says what is wrong with an injection, without doing it.
   * @throws FaultError for an unknown fault, target or option
   */
  check(name: string, target: TargetSpec, options: Record<string, unknown>, extras: InjectExtras = {}): void {
    const definition = this.definition(name)
    this.#values(definition, options, extras)
    findTargets(this.#world, definition, target, () => 0)
  }

  /**
   * Puts a fault into force, on all that the target means.
   * @throws FaultError for an unknown fault, target or option; nothing has changed then.
   */
  inject(
    name: string, target: TargetSpec, options: Record<string, unknown>, extras: InjectExtras = {},
  ): ActiveFault {
    const definition = this.definition(name)
    const values = this.#values(definition, options, extras)
    const named = targetText(target)
    // What was asked for stands in the cause, so that a recording can ask for the same again.
    const cause = {
      kind: 'fault', what: 'inject', fault: name, target: named, options,
      ...extras.as === undefined ? {} : { as: extras.as },
      ...extras.forMs === undefined ? {} : { forMs: extras.forMs },
    } as const
    return this.#world.transact(cause, tx => this.#begin(tx, definition, target, values, extras))
  }

  /**
   * Ends a fault.
   * @throws FaultError when there is none of that id, or the world does not allow it to be undone.
   */
  heal(id: string): ActiveFault {
    const healed = this.#healActive(id)
    if (healed !== undefined) return healed
    throw new FaultError(`no active fault ${id}; active: ${this.active().map(f => f.id).join(', ') || 'none'}`)
  }

  /** Undefined: none of that id is in force, perhaps because its own time has just ended it. */
  #healActive(id: string): ActiveFault | undefined {
    // What is due now runs first: a fault whose time is over is not healed once more.
    this.#world.runDue()
    const active = this.active().find(fault => fault.id === id)
    if (active === undefined) return undefined
    if (this.definition(active.fault).heal === undefined) throw new FaultError(`${active.fault} cannot be undone`)
    return this.#world.transact({ kind: 'fault', what: 'heal', fault: active.fault, id }, tx => {
      if (tx.find(LAB, id) === undefined) return undefined
      this.#end(tx, active)
      return active
    })
  }

  /**
   * Ends faults by id, by the name that a step gave, by the fault's name (all of that name), or all
   * that can be undone with `all`; newest first.
   * @throws FaultError when nothing in force has that name
   */
  healNamed(name: string): ActiveFault[] {
    if (name === 'all') return this.healAll()
    const active = this.active().reverse()
    const found = [(each: ActiveFault) => each.id === name, (each: ActiveFault) => each.as === name,
      (each: ActiveFault) => each.fault === name]
      .map(fits => active.filter(fits)).find(list => list.length > 0)
    if (found !== undefined) return this.#healEach(found)
    const known = active.flatMap(each => [each.as ?? each.id, each.fault])
    const near = nearestName(name, known)
    throw new FaultError(`no active fault ${name}; `
      + (near === undefined ? `active: ${[...new Set(known)].join(', ') || 'none'}` : `did you mean ${near}?`))
  }

  /** Ends all faults that can be undone, newest first. */
  healAll(): ActiveFault[] {
    return this.#healEach(this.active().reverse()
      .filter(active => this.#definitions.get(active.fault)?.heal !== undefined))
  }

  /** One that ends by itself meanwhile is left out. */
  #healEach(faults: readonly ActiveFault[]): ActiveFault[] {
    return faults.map(({ id }) => this.#healActive(id)).filter(healed => healed !== undefined)
  }

  #values(definition: FaultDefinition, options: Record<string, unknown>, extras: InjectExtras): Record<string, unknown> {
    const checked = checkOptions(definition, options)
    if ('problem' in checked) throw new FaultError(checked.problem)
    if (extras.forMs !== undefined && definition.heal === undefined) {
      throw new FaultError(`${definition.name} cannot be undone, so it cannot be injected for a time`)
    }
    return checked.values
  }

  #begin(
    tx: Transaction, definition: FaultDefinition, spec: TargetSpec,
    options: Record<string, unknown>, { as, forMs }: InjectExtras,
  ): ActiveFault {
    const targets = findTargets(tx, definition, spec, () => tx.random('fault-target'))
    const id = `fault-${tx.count('fault')}`
    const active: ActiveFault = {
      id, fault: definition.name, target: targets[0]!, targets, on: targetText(spec), options, since: tx.now(),
      ...as === undefined ? {} : { as },
      ...forMs === undefined ? {} : { until: tx.now() + forMs },
    }
    targets.forEach((target, index) => definition.inject(tx, target, options, partId(active, index)))
    const inner: FaultInner = forMs === undefined ? {} : { endJob: tx.after(forMs, 'fault.end', { id }) }
    tx.create({ node: LAB, type: 'Fault', id }, { props: active, inner })
    return active
  }

  #end(tx: Transaction, active: ActiveFault): void {
    const { heal } = this.definition(active.fault)
    active.targets.forEach((target, index) => heal?.(tx, target, active.options, partId(active, index)))
    const { endJob } = tx.get<ActiveFault, FaultInner>(LAB, active.id)?.inner ?? {}
    if (endJob !== undefined) tx.cancel(endJob)
    tx.remove({ node: LAB, id: active.id })
  }
}

function partId(active: ActiveFault, index: number): string {
  return active.targets.length === 1 ? active.id : `${active.id}.${index + 1}`
}
