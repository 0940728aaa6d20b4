import { LAB } from '../physics/hardware/chassis.js'
import type { ActiveFaultRecord } from '../physics/hardware/faults.js'
import type { Reader, Slot } from '../world/records.js'
import type { World } from '../world/world.js'
import type { FaultDefinition, FaultTarget } from './define.js'

/** A fault in force: a record on the pseudo node `lab`, so that it is saved and rewound too. */
export interface ActiveFault extends ActiveFaultRecord {
  readonly target: FaultTarget
}

/** What is wrong with a request to inject or heal; the text tells the user what to do. */
export class FaultError extends Error {}

/** Injects and heals by name. */
export class FaultBoard {
  readonly #world: World
  readonly #definitions: ReadonlyMap<string, FaultDefinition>

  constructor(world: World, definitions: readonly FaultDefinition[]) {
    this.#world = world
    this.#definitions = new Map(definitions.map(definition => [definition.name, definition]))
  }

  definitions(): FaultDefinition[] {
    return [...this.#definitions.values()]
  }

  active(): ActiveFault[] {
    return this.#world.ofType(LAB, 'Fault')
      .map(slot => this.#world.read<ActiveFault>(slot)!.props)
  }

  /**
   * Puts a fault into force.
   * @throws FaultError for an unknown fault, target or option; nothing has changed then.
   */
  inject(name: string, target: string, options: Record<string, unknown>): ActiveFault {
    const definition = this.#definitions.get(name)
    if (definition === undefined) {
      throw new FaultError(`there is no fault ${name}; known: ${[...this.#definitions.keys()].join(', ')}`)
    }
    const checked = definition.options.safeParse(options)
    if (!checked.success) {
      const problems = checked.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`)
      throw new FaultError(`wrong options for ${name}: ${problems.join('; ')}. Example: ${definition.example}`)
    }
    const found = findTarget(this.#world, definition, target)
    const values = checked.data as Record<string, unknown>
    return this.#world.transact({ kind: 'fault', what: 'inject', fault: name, target }, tx => {
      const id = `fault-${tx.count('fault')}`
      const active: ActiveFault = { id, fault: name, target: found, options: values, since: tx.now() }
      definition.inject(tx, found, values)
      tx.create({ node: LAB, type: 'Fault', id }, { props: active, inner: {} })
      return active
    })
  }

  /**
   * Ends a fault.
   * @throws FaultError when there is none of that id, or the world does not allow it to be undone.
   */
  heal(id: string): ActiveFault {
    const active = this.active().find(fault => fault.id === id)
    if (active === undefined) {
      throw new FaultError(`no active fault ${id}; active: ${this.active().map(f => f.id).join(', ') || 'none'}`)
    }
    const definition = this.#definitions.get(active.fault)!
    const { heal } = definition
    if (heal === undefined) throw new FaultError(`${active.fault} cannot be undone`)
    this.#world.transact({ kind: 'fault', what: 'heal', fault: active.fault, id }, tx => {
      heal(tx, active.target, active.options)
      tx.remove({ node: LAB, id })
    })
    return active
  }

  /** Ends all faults that can be undone, newest first. */
  healAll(): ActiveFault[] {
    return this.active().reverse()
      .filter(active => this.#definitions.get(active.fault)!.heal !== undefined)
      .map(active => this.heal(active.id))
  }
}

const recordTypes: Readonly<Record<string, readonly string[]>> = {
  vm: ['VirtualMachine'],
  datastore: ['Datastore'],
  network: ['Network', 'DistributedVirtualPortgroup'],
}

/** Finds a target by node name, by `host/NAME` and the like, or by name or id of a record. */
export function findTarget(reader: Reader, definition: FaultDefinition, target: string): FaultTarget {
  const name = target.replace(/^(host|vcenter|vm|datastore|network)\//, '')
  if (definition.target === 'none') return { kind: 'none', node: LAB, id: '', name: target }
  if (['host', 'vcenter', 'node'].includes(definition.target)) return nodeTarget(reader, definition, name)
  const slot = recordTarget(reader, recordTypes[definition.target] ?? [], name)
  if (slot === undefined) throw new FaultError(`no ${definition.target} ${target} in this lab`)
  return { kind: definition.target, node: slot.address.node, id: slot.address.id, name }
}

function nodeTarget(reader: Reader, definition: FaultDefinition, name: string): FaultTarget {
  const nodes = reader.ofType(LAB, 'Node').map(slot => reader.read<{ name: string, kind: string, hostName: string }>(slot)!.props)
  const kinds = definition.target === 'node' ? ['esxi', 'vcenter'] : [definition.target === 'host' ? 'esxi' : 'vcenter']
  const fitting = nodes.filter(node => kinds.includes(node.kind))
  const found = fitting.find(node => node.name === name || node.hostName === name)
  if (found === undefined) {
    throw new FaultError(`${definition.name} needs a ${definition.target}; ${name} is none. `
      + `There are: ${fitting.map(node => node.name).join(', ')}`)
  }
  return { kind: definition.target, node: found.name, id: found.name, name }
}

function recordTarget(reader: Reader, types: readonly string[], name: string): Slot | undefined {
  const nodes = reader.ofType(LAB, 'Node').map(slot => slot.address.id)
  for (const node of nodes) {
    for (const type of types) {
      const slot = reader.ofType(node, type).find(found =>
        found.address.id === name || reader.read(found)?.props['name'] === name)
      if (slot !== undefined) return slot
    }
  }
  return undefined
}
