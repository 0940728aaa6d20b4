import type { MoRef } from '../../schema/model.js'

/** Gives the vCenter reference for a host's; undefined when vCenter has no such object. */
export type Resolve = (ref: MoRef) => MoRef | undefined

/** A host's earlier value, and what vCenter has for it. */
export interface Known {
  readonly host: unknown
  readonly vcenter: unknown
}

/**
 * Copies a host's value for vCenter's inventory: references are exchanged, everything else is
 * shared. A value without references comes back as the same object, so that both inventories
 * share memory and pointer comparison goes on working. References that vCenter does not know are
 * left out. Parts that are the same object as in `known` are taken from there: a small change of a
 * big value costs little, and what did not change keeps its identity in vCenter too.
 */
export function translate(value: unknown, resolve: Resolve, known?: Known): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (known !== undefined && known.host === value && known.vcenter !== undefined) return known.vcenter
  if (Array.isArray(value)) return translateArray(value, resolve, known)
  if (isReference(value)) return resolve(value)
  let result: Record<string, unknown> | undefined
  const source = value as Record<string, unknown>
  for (const key in source) {
    const item = source[key]
    if (typeof item !== 'object' || item === null) continue
    const translated = translate(item, resolve, known === undefined ? undefined : knownAt(known, key))
    if (translated === item) continue
    result ??= { ...source }
    if (translated === undefined) delete result[key]
    else result[key] = translated
  }
  return result ?? value
}

function translateArray(
  values: readonly unknown[], resolve: Resolve, known: Known | undefined,
): readonly unknown[] {
  let changed = false
  const result: unknown[] = []
  const aligned = known !== undefined && sameLength(known.host, known.vcenter) ? known : undefined
  for (let i = 0; i < values.length; i += 1) {
    const item = values[i]
    const translated = translate(item, resolve, aligned === undefined ? undefined : knownAt(aligned, i))
    if (translated !== item) changed = true
    if (translated !== undefined) result.push(translated)
  }
  return changed ? result : values
}

function knownAt(known: Known, key: string | number): Known | undefined {
  const { host, vcenter } = known as { host: Record<string | number, unknown>, vcenter: typeof host }
  return isObject(host) && isObject(vcenter) ? { host: host[key], vcenter: vcenter[key] } : undefined
}

/** True for lists that belong together by position: nothing was left out of the second. */
function sameLength(a: unknown, b: unknown): boolean {
  return Array.isArray(a) && Array.isArray(b) && a.length === b.length
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

/** `{ type, value }` and nothing else: decision 0002 gives no other value that shape. */
export function isReference(value: object): value is MoRef {
  const ref = value as Partial<MoRef>
  return typeof ref.type === 'string' && typeof ref.value === 'string' && !('_typeName' in value)
    && Object.keys(value).length === 2
}
