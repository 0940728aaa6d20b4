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
  const items = Object.entries(value as Record<string, unknown>)
  const changed = items.flatMap(([key, item]) => {
    const real = trueReferences(schema, find, item)
    return real === item ? [] : [[key, real] as const]
  })
  if (changed.length === 0) return value
  const copy: object = Array.isArray(value) ? [...value as unknown[]] : { ...value }
  return Object.assign(copy, Object.fromEntries(changed)) as T
}

function trueReference(schema: Schema, find: FindSlot, ref: MoRef): MoRef {
  const type = find(ref.value)?.address.type
  if (type === undefined || type === ref.type) return ref
  if (!schema.isA(type, ref.type)) throw objectNotFound(ref)
  return { type, value: ref.value }
}

/** A plain `{type, value}` whose type is a managed one: data objects of that shape name none. */
function isReference(schema: Schema, value: object): value is MoRef {
  const { type, value: id, ...rest } = value as Partial<MoRef>
  return typeof type === 'string' && typeof id === 'string' && Object.keys(rest).length === 0
    && schema.managed(type) !== undefined
}
