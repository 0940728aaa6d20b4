/**
 * Reads the compact tables of `generated/`: one line a type, sorted by name, so that a look-up
 * finds a line and parses that line only.
 *
 * A line is a kind letter (D data, E enum, M managed) and fields separated by `|`. The first field
 * is `name base since flags [vmodl name]`; the others are properties `name:type@since!privilege`
 * or enum literals `value@since`. The methods of a managed type follow it, each on a line that
 * begins with `+`: `+name vmodl since flags privilege result taskResult faults|param|param`.
 * In a type `=` marks a data object, `&` a moref, `~` an enum, `[]` an array, `?` optional.
 */

import { existsSync, readFileSync } from 'node:fs'
import type { Namespace } from './model.js'

/** The text of one namespace and where each type's line begins. */
export interface Table {
  readonly namespace: Namespace
  readonly text: string
  readonly offsets: ReadonlyMap<string, number>
}

export type LineKind = 'D' | 'E' | 'M'

const PLUS = 43
const HASH = 35

/** Index a table's text: type name to the offset of its line. */
export function indexTable(namespace: Namespace, text: string): Table {
  const offsets = new Map<string, number>()
  let at = 0
  while (at < text.length) {
    const first = text.charCodeAt(at)
    if (first !== PLUS && first !== HASH) {
      offsets.set(text.slice(at + 1, text.indexOf(' ', at)), at)
    }
    at = text.indexOf('\n', at) + 1
  }
  return { namespace, text, offsets }
}

/** The type or method name of the line at an offset. */
export function nameAt(table: Table, offset: number): string {
  return table.text.slice(offset + 1, table.text.indexOf(' ', offset))
}

/** The kind letter of the line at an offset. */
export function kindAt(table: Table, offset: number): LineKind {
  return table.text.charAt(offset) as LineKind
}

/** The fields of the line at an offset, without its first letter. */
export function fieldsAt(table: Table, offset: number): readonly string[] {
  return table.text.slice(offset + 1, table.text.indexOf('\n', offset)).split('|')
}

/** The base named by the line at an offset; undefined for a root. */
export function baseAt(table: Table, offset: number): string | undefined {
  const start = table.text.indexOf(' ', offset) + 1
  const base = table.text.slice(start, table.text.indexOf(' ', start))
  return base === '-' ? undefined : base
}

/** Offsets of the method lines that follow the managed type at an offset. */
export function methodOffsets(table: Table, offset: number): readonly number[] {
  const found: number[] = []
  let at = table.text.indexOf('\n', offset) + 1
  while (table.text.charCodeAt(at) === PLUS) {
    found.push(at)
    at = table.text.indexOf('\n', at) + 1
  }
  return found
}

/** Method name to the names of the managed types that declare it; reads the whole table once. */
export function methodOwners(table: Table): ReadonlyMap<string, readonly string[]> {
  const owners = new Map<string, string[]>()
  for (const [owner, offset] of table.offsets) {
    if (kindAt(table, offset) !== 'M') continue
    for (const at of methodOffsets(table, offset)) {
      const name = nameAt(table, at)
      const known = owners.get(name)
      if (known === undefined) owners.set(name, [owner])
      else known.push(owner)
    }
  }
  return owners
}

/** Base name to the names of the types that extend it directly; reads the whole table once. */
export function directSubtypes(table: Table): ReadonlyMap<string, readonly string[]> {
  const children = new Map<string, string[]>()
  for (const [name, offset] of table.offsets) {
    const base = baseAt(table, offset)
    if (base === undefined) continue
    const known = children.get(base)
    if (known === undefined) children.set(base, [name])
    else known.push(name)
  }
  return children
}

/**
 * Folder of the generated tables: beside this file in the source tree, `schema/` beside or above
 * the bundle after a build. Throws an Error that names the places it looked at.
 */
export function findTables(moduleUrl: string): URL {
  const places = ['generated/', 'schema/', '../schema/'].map((path) => new URL(path, moduleUrl))
  const found = places.find((place) => existsSync(new URL('vim25.table', place)))
  if (found === undefined) {
    throw new Error(`the schema tables are in none of ${places.map(String).join(', ')}`)
  }
  return found
}

/** Read and index the table of one namespace. The tables are ASCII. */
export function readTable(folder: URL, namespace: Namespace): Table {
  return indexTable(namespace, readFileSync(new URL(`${namespace}.table`, folder), 'latin1'))
}
