/** Sets of paths of one managed type: made once, shared by all who ask for the same. */
import type { PathSet } from '../../schema/bulk.js'
import type { Schema, VersionIndex } from '../../schema/model.js'
import { requirePath, type CompiledPath, type Props } from './paths.js'
import { same } from './same.js'

/** A path set as the collector itself uses it. */
export interface TypedPaths extends PathSet {
  readonly type: string
  readonly paths: readonly CompiledPath[]
  /** Names of the top properties that are read. */
  readonly roots: readonly string[]
  /** Some path may lie inside another one, so that a change is named by both. */
  readonly nested: boolean
}

const sets = new WeakMap<Schema, Map<string, TypedPaths>>()
const keptSets = 5000

/** The set of these paths, without doubles, for objects of exactly this managed type. */
export function pathSet(
  schema: Schema, type: string, paths: readonly string[], version: VersionIndex,
): TypedPaths {
  let kept = sets.get(schema)
  if (kept === undefined || kept.size > keptSets) {
    kept = new Map()
    sets.set(schema, kept)
  }
  const unique = [...new Set(paths)]
  const key = `${type} ${unique.join(',')}`
  let found = kept.get(key)
  if (found === undefined) {
    const compiled = unique.map(path => requirePath(schema, type, path, version))
    const roots = [...new Set(compiled.map(path => path.root.property))]
    found = { key, type, paths: compiled, roots, nested: roots.length < compiled.length }
    kept.set(key, found)
  }
  return found
}

/** True if some path of the set has another value in `after` than in `before`. */
export function differs(set: TypedPaths, before: Props, after: Props): boolean {
  if (before === after) return false
  let touched = false
  for (const root of set.roots) {
    if (before[root] !== after[root]) {
      touched = true
      break
    }
  }
  if (!touched) return false
  for (const path of set.paths) {
    const a = path.raw(before)
    const b = path.raw(after)
    if (a !== b && !same(a, b)) return true
  }
  return false
}
