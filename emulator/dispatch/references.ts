import type { MoRef, Schema } from '../schema/model.js'
import type { Slot } from '../world/records.js'
import { objectNotFound } from './missing.js'

/** The living object of an id, for the caller. */
export type FindSlot = (id: string) => Slot | undefined

/**
 * A call's arguments with every reference, however deep, naming the real type of its object:
 * clients may name a super class (protocols.md 1.1). One that names a type which the object is
 * not of is as good as dead; what is not there at all is left for the handler to judge. Without
 * such a reference the arguments come back as they are.
 * @throws ManagedObjectNotFound
 */
export function trueReferences<T>(schema: Schema, find: FindSlot, value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (isReference(schema, value)) return trueReference(schema, find, value) as T
  // This runs for every call: nothing is allocated unless something changes.
  const parts = value as Record<string, unknown>
  let changed: Record<string, unknown> | undefined
  for (const key in parts) {
    const item = parts[key]
    const real = trueReferences(schema, find, item)
    if (real === item) continue
    changed ??= (Array.isArray(value) ? [...value as unknown[]] : { ...value }) as Record<string, unknown>
    changed[key] = real
  }
  return (changed ?? value) as T
}

function trueReference(schema: Schema, find: FindSlot, ref: MoRef): MoRef {
  const type = find(ref.value)?.address.type
  if (type === undefined || type === ref.type) return ref
  if (!schema.isA(type, ref.type)) throw objectNotFound(ref)
  return { type, value: ref.value }
}

/** A plain `{type, value}` whose type is a managed one: data objects of that shape name none. */
function isReference(schema: Schema, value: object): value is MoRef {
  const { type, value: id } = value as Partial<MoRef>
  if (typeof type !== 'string' || typeof id !== 'string') return false
  for (const key in value) if (key !== 'type' && key !== 'value') return false
  return schema.managed(type) !== undefined
}
