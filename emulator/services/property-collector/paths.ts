/**
 * Property paths (protocols.md 3.3): `config.hardware.device[4000].backing.fileName`,
 * `config.extraConfig["guestinfo.x"]`. A path is checked against the tables once and becomes a
 * closure that reads it.
 */
import type { PathReader } from '../../schema/bulk.js'
import type { PropertyInfo, Schema, TypeRef, VersionIndex } from '../../schema/model.js'
import { fault } from '../method-fault.js'
import { anyForm } from './any-form.js'

export type Props = Readonly<Record<string, unknown>>

/** One step of a path: a property by name, or the element of a keyed array. */
export type Step = { readonly name: string } | { readonly key: string, readonly quoted: boolean }

/** A path that exists for its managed type. */
export interface CompiledPath extends PathReader {
  /** First property of the path: what privileges and pointer tests go by. */
  readonly root: PropertyInfo
  readonly steps: readonly Step[]
  /** Version that has all of it. */
  readonly since: VersionIndex
  /** The value in its stored form, whatever `type` says. */
  raw(props: Props): unknown
}

const stepPattern = /(?:^|\.)([A-Za-z_]\w*)|\[(?:(-?\d+)|"([^"]*)")\]/y

/** The steps of a path; undefined when it is malformed. */
export function parsePath(path: string): Step[] | undefined {
  const steps: Step[] = []
  stepPattern.lastIndex = 0
  while (stepPattern.lastIndex < path.length) {
    const match = stepPattern.exec(path)
    if (match === null) return undefined
    steps.push(match[1] === undefined
      ? { key: match[2] ?? match[3]!, quoted: match[3] !== undefined }
      : { name: match[1] })
  }
  return steps.length > 0 && 'name' in steps[0]! ? steps : undefined
}

const compiled = new WeakMap<Schema, Map<string, CompiledPath | null>>()
/** Paths with keys come from clients without bound; beyond this many all are compiled anew. */
const keptPaths = 20000

/**
 * Compiles a path of a managed type; undefined when there is none of that name in `version` or
 * before. Data properties of subtypes count (`backing.fileName`), managed subtypes do not.
 */
export function compilePath(
  schema: Schema, managedType: string, path: string, version: VersionIndex,
): CompiledPath | undefined {
  let kept = compiled.get(schema)
  if (kept === undefined || kept.size > keptPaths) {
    kept = new Map()
    compiled.set(schema, kept)
  }
  const key = `${managedType} ${path}`
  let found = kept.get(key)
  if (found === undefined) {
    found = build(schema, managedType, path) ?? null
    kept.set(key, found)
  }
  return found === null || found.since > version ? undefined : found
}

/** Like `compilePath`; throws InvalidProperty naming the path. */
export function requirePath(
  schema: Schema, managedType: string, path: string, version: VersionIndex,
): CompiledPath {
  const found = compilePath(schema, managedType, path, version)
  if (found === undefined) throw fault('InvalidProperty', { name: path })
  return found
}

/** The property a data type of this name or one of its subtypes has; with all types it may have. */
export function dataProperty(schema: Schema, type: string, name: string): PropertyInfo[] {
  const own = schema.property(type, name)
  if (own !== undefined) return [own]
  const found: PropertyInfo[] = []
  for (const subtype of schema.subtypes(type)) {
    const property = schema.property(subtype, name)
    if (property === undefined) continue
    if (!found.some(other => sameType(other, property))) found.push(property)
  }
  return found
}

const keyedTypes = new WeakMap<Schema, Map<string, boolean>>()

/** True if elements of this array type are told apart by a `key`, as `[4000]` in paths. */
export function isKeyed(schema: Schema, type: TypeRef): boolean {
  if (!type.array || type.kind !== 'data') return false
  let known = keyedTypes.get(schema)
  if (known === undefined) keyedTypes.set(schema, known = new Map())
  let keyed = known.get(type.name)
  if (keyed === undefined) {
    const keys = dataProperty(schema, type.name, 'key')
    keyed = keys.length > 0 && keys.every(({ kind, array }) =>
      !array && (kind === 'int' || kind === 'long' || kind === 'string'))
    known.set(type.name, keyed)
  }
  return keyed
}

/** Keys that are strings stand in quotes in a path, numbers without (protocols.md 3.3). */
function isQuoted(schema: Schema, elementType: string): boolean {
  return dataProperty(schema, elementType, 'key').some(({ kind }) => kind === 'string')
}

function sameType(a: TypeRef, b: TypeRef): boolean {
  return a.kind === b.kind && a.name === b.name && a.array === b.array
}

function build(schema: Schema, managedType: string, path: string): CompiledPath | undefined {
  const steps = parsePath(path)
  const first = steps?.[0]
  if (steps === undefined || first === undefined || !('name' in first)) return undefined
  const root = schema.property(managedType, first.name)
  if (root === undefined || schema.managed(managedType) === undefined) return undefined
  let types: readonly TypeRef[] = [root]
  let since = root.since
  for (const step of steps.slice(1)) {
    const next = follow(schema, types, step)
    if (next.length === 0) return undefined
    if ('name' in step) {
      since = Math.max(since, Math.min(...next.map(info => (info as PropertyInfo).since)))
    }
    types = next
  }
  const raw = reader(steps)
  const type = types.length === 1 ? plainType(types[0]!) : undefined
  const read = type === undefined ? typedReader(schema, root, steps) : raw
  return { path, root, steps, since, raw, read, type }
}

function follow(schema: Schema, types: readonly TypeRef[], step: Step): TypeRef[] {
  const next: TypeRef[] = []
  for (const type of types) {
    if ('key' in step) {
      if (isKeyed(schema, type) && isQuoted(schema, type.name) === step.quoted) {
        next.push({ kind: type.kind, name: type.name, array: false })
      }
    } else if (type.kind === 'data' && !type.array) {
      next.push(...dataProperty(schema, type.name, step.name))
    }
  }
  return next
}

function plainType(type: TypeRef): TypeRef {
  return { kind: type.kind, name: type.name, array: type.array }
}

/** The closure that reads the steps; the common lengths are written out. */
function reader(steps: readonly Step[]): (props: Props) => unknown {
  if (steps.every(step => 'name' in step)) {
    const [a, b, c] = steps.map(step => (step as { name: string }).name)
    if (steps.length === 1) return props => props[a!]
    if (steps.length === 2) return props => (props[a!] as Props | undefined)?.[b!]
    if (steps.length === 3) {
      return props => ((props[a!] as Props | undefined)?.[b!] as Props | undefined)?.[c!]
    }
  }
  return props => {
    let value: unknown = props
    for (const step of steps) {
      if (value === undefined || value === null) return undefined
      value = take(value, step)
    }
    return value
  }
}

/** The value one step below another. */
export function take(value: unknown, step: Step): unknown {
  if ('name' in step) return (value as Props)[step.name]
  if (!Array.isArray(value)) return undefined
  return (value as Array<{ key?: unknown }>).find(item => String(item.key) === step.key)
}

/** Reads a path whose type depends on the subtype that is met; gives the any form. */
function typedReader(schema: Schema, root: PropertyInfo, steps: readonly Step[]) {
  return (props: Props): unknown => {
    let value: unknown = props[root.property]
    let type: TypeRef | undefined = root
    for (const step of steps.slice(1)) {
      if (value === undefined || value === null || type === undefined) return undefined
      type = typeBelow(schema, type, value, step)
      value = take(value, step)
    }
    return type === undefined ? undefined : anyForm(value, type)
  }
}

/** The type one step below a value of a declared type, by what the value really is. */
export function typeBelow(
  schema: Schema, declared: TypeRef, value: unknown, step: Step,
): TypeRef | undefined {
  if ('key' in step) return { kind: declared.kind, name: declared.name, array: false }
  const actual = (value as { _typeName?: string })._typeName ?? declared.name
  return schema.property(actual, step.name)
}
