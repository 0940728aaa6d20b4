/**
 * What changed between two states of an object, as PropertyChange values (protocols.md 3.5).
 * Only parts whose pointers differ are looked into.
 */
import type { Schema, TypeRef } from '../../schema/model.js'
import { anyForm } from './any-form.js'
import type { TypedPaths } from './path-set.js'
import { isKeyed, take, type CompiledPath, type Props } from './paths.js'
import { same } from './same.js'

/** A PropertyChange; `val` has the form of an any slot. */
export interface PropertyChange {
  readonly name: string
  readonly op: 'add' | 'remove' | 'assign' | 'indirectRemove'
  readonly val?: unknown
}

/**
 * The changes of the paths of a set. With `partial` the names go as deep as the change is;
 * otherwise each changed path comes whole.
 */
export function changesOf(
  schema: Schema, set: TypedPaths, before: Props, after: Props, partial: boolean,
): PropertyChange[] {
  const out: PropertyChange[] = []
  for (const path of set.paths) {
    const a = path.raw(before)
    const b = path.raw(after)
    if (a === b || same(a, b)) continue
    if (partial && path.type !== undefined && a !== undefined && b !== undefined) {
      descend(schema, path.path, path.type, a, b, out)
    } else {
      out.push(whole(path, a, after))
    }
  }
  return set.nested ? withoutDoubles(out) : out
}

/** Of changes with the same name (one asked path inside another) the first. */
function withoutDoubles(changes: PropertyChange[]): PropertyChange[] {
  const names = new Set<string>()
  return changes.filter(({ name }) => !names.has(name) && names.add(name))
}

/** The change of a path as a whole. */
function whole(path: CompiledPath, before: unknown, after: Props): PropertyChange {
  const name = path.path
  const value = path.read(after)
  const isElement = 'key' in path.steps.at(-1)!
  if (value === undefined || value === null) {
    if (containerGone(path, after)) return { name, op: 'indirectRemove' }
    return { name, op: isElement ? 'remove' : 'assign' }
  }
  const val = path.type === undefined ? value : anyForm(value, path.type)
  return { name, op: isElement && before === undefined ? 'add' : 'assign', val }
}

/** True if what holds the path's last step is not there any more. */
function containerGone(path: CompiledPath, props: Props): boolean {
  let value: unknown = props
  for (const step of path.steps.slice(0, -1)) {
    value = take(value, step)
    if (value === undefined || value === null) return true
  }
  return false
}

function descend(
  schema: Schema, name: string, type: TypeRef, before: unknown, after: unknown,
  out: PropertyChange[],
): void {
  if (before === after) return
  if (after === undefined || after === null) {
    out.push({ name, op: 'assign' })
  } else if (before === undefined || before === null) {
    out.push({ name, op: 'assign', val: anyForm(after, type) })
  } else if (type.array) {
    descendArray(schema, name, type, before as readonly unknown[], after as readonly unknown[], out)
  } else if (type.kind === 'data' && typeName(before, type) === typeName(after, type)) {
    const info = schema.data(typeName(after, type))
    for (const property of info?.properties ?? []) {
      const key = property.property
      const old = (before as Props)[key]
      descend(schema, `${name}.${key}`, property, old, (after as Props)[key], out)
    }
  } else if (!same(before, after)) {
    out.push({ name, op: 'assign', val: anyForm(after, type) })
  }
}

function typeName(value: unknown, declared: TypeRef): string {
  return (value as { _typeName?: string })._typeName ?? declared.name
}

type Element = { readonly key: unknown }

function descendArray(
  schema: Schema, name: string, type: TypeRef,
  before: readonly unknown[], after: readonly unknown[], out: PropertyChange[],
): void {
  const old = isKeyed(schema, type) ? byKey(before as Element[]) : undefined
  const now = old === undefined ? undefined : byKey(after as Element[])
  if (old === undefined || now === undefined || !sameOrder(old, now)) {
    if (!same(before, after)) out.push({ name, op: 'assign', val: anyForm(after, type) })
    return
  }
  const element = { kind: type.kind, name: type.name, array: false }
  for (const key of old.keys()) {
    if (!now.has(key)) out.push({ name: elementName(name, key), op: 'remove' })
  }
  for (const [key, value] of now) {
    const previous = old.get(key)
    if (previous === undefined) {
      out.push({ name: elementName(name, key), op: 'add', val: anyForm(value, element) })
    } else if (typeName(previous, element) !== typeName(value, element)) {
      out.push({ name: elementName(name, key), op: 'assign', val: anyForm(value, element) })
    } else {
      descend(schema, elementName(name, key), element, previous, value, out)
    }
  }
}

function elementName(name: string, key: unknown): string {
  return typeof key === 'number' ? `${name}[${key}]` : `${name}["${String(key)}"]`
}

/** Elements by key; undefined when a key is missing, twice, or cannot stand in a path. */
function byKey(items: readonly Element[]): Map<unknown, Element> | undefined {
  const map = new Map<unknown, Element>()
  for (const item of items) {
    const key = item.key
    if (key === undefined || (typeof key === 'string' && key.includes('"'))) return undefined
    if (map.has(key)) return undefined
    map.set(key, item)
  }
  return map
}

/** True if what both have stands in the same order and everything new is at the end. */
function sameOrder(old: Map<unknown, Element>, now: Map<unknown, Element>): boolean {
  const kept = [...old.keys()].filter(key => now.has(key))
  let at = 0
  for (const key of now.keys()) {
    if (at < kept.length && key !== kept[at]) return false
    at += 1
  }
  return true
}
