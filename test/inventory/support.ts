import { buildLab } from '../../emulator/inventory/build.js'
import type { LabFile } from '../../emulator/inventory/lab-schema.js'
import type { ManagedEntityProps } from '../../emulator/schema/generated/types.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { World } from '../../emulator/world/world.js'

/** A world with the records of a lab and nothing that follows them. */
export function builtWorld(lab: LabFile, seed = '1'): World {
  const world = new World({ seed, clock: { mode: 'manual' } })
  world.genesis(tx => buildLab(tx, lab, { seed }))
  return world
}

/** Properties of a record that must be there. */
export function propsOf<P extends object = Record<string, unknown>>(world: World, node: string, id: string): P {
  return world.get<P>(node, id)!.props
}

/** Names of all records of a type on a node. */
export function names(world: World, node: string, type: string): string[] {
  return world.ofType(node, type).map(slot => (slot.record!.props as unknown as ManagedEntityProps).name)
}

/** Inventory path of an entity from the root folder's children down. */
export function pathOf(world: World, node: string, reference: MoRef): string {
  const props = propsOf<ManagedEntityProps>(world, node, reference.value)
  return props.parent === undefined ? '' : `${pathOf(world, node, props.parent)}/${props.name}`
}
