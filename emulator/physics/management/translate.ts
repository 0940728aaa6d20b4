import type { MoRef } from '../../schema/model.js'

/** Gives the vCenter reference for a host's; undefined when vCenter has no such object. */
export type Resolve = (ref: MoRef) => MoRef | undefined

/**
 * Copies a host's value for vCenter's inventory: references are exchanged, everything else is
 * shared. A value without references comes back as the same object, so that both inventories
 * share memory and pointer comparison goes on working. References that vCenter does not know are
 * left out.
 */
export function translate(value: unknown, resolve: Resolve): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return translateArray(value, resolve)
  if (isReference(value)) return resolve(value)
  let result: Record<string, unknown> | undefined
  const source = value as Record<string, unknown>
  for (const key in source) {
    const item = source[key]
    if (typeof item !== 'object') continue
    const translated = translate(item, resolve)
    if (translated === item) continue
    result ??= { ...source }
    if (translated === undefined) delete result[key]
    else result[key] = translated
  }
  return result ?? value
}

function translateArray(values: readonly unknown[], resolve: Resolve): readonly unknown[] {
  let changed = false
  const result: unknown[] = []
  for (const item of values) {
    const translated = translate(item, resolve)
    if (translated !== item) changed = true
    if (translated !== undefined) result.push(translated)
  }
  return changed ? result : values
}

/** `{ type, value }` and nothing else: decision 0002 gives no other value that shape. */
export function isReference(value: object): value is MoRef {
  const ref = value as Partial<MoRef>
  return typeof ref.type === 'string' && typeof ref.value === 'string' && !('_typeName' in value)
    && Object.keys(value).length === 2
}
