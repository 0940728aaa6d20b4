/** Look-ups in the type tables: type, property, method, subtype, version. */

import type {
  DataTypeInfo, EnumInfo, ManagedTypeInfo, MethodInfo, Namespace, PropertyInfo, Schema, TypeInfo,
  VersionIndex,
} from './model.js'
import { flagsOf, parseData, parseEnum, parseManaged, parseMethod } from './parse.js'
import {
  baseAt, directSubtypes, fieldsAt, findTables, kindAt, methodOffsets, methodOwners, nameAt,
  readTable,
} from './table.js'
import type { LineKind, Table } from './table.js'
import { NAMESPACES, versions, vimVersionOf } from './versions.js'

/** Flag letters of a line that name the group of its type. */
const GROUPS: readonly (readonly [string, SchemaGroup])[] = [
  ['c', 'core'], ['q', 'query'], ['r', 'reflect'], ['i', 'internal'],
]

const KIND_LETTERS = { data: 'D', enum: 'E', managed: 'M' } as const satisfies
  Record<TypeInfo['kind'], LineKind>

/**
 * Open the tables of a folder, by default those that come with the program. A namespace is read
 * when it is first asked for, a type is built when it is first asked for, and kept.
 * Throws an Error if the tables are not there.
 */
export function loadSchema(folder: URL = findTables(import.meta.url)): DocumentedSchema {
  return new TableSchema(folder)
}

/** The schema file of the WSDL set that declares a vim25 type; `internal` is in none. */
export type SchemaGroup = 'vim' | 'core' | 'query' | 'reflect' | 'internal'

/** What the WSDL needs beyond the look-ups of `Schema`. */
export interface DocumentedSchema extends Schema {
  /** Group of a vim25 type; undefined if there is none of that name. */
  group(name: string): SchemaGroup | undefined
  /** Names of the methods of a vim25 managed type that no published WSDL shows. */
  internalMethods(managedType: string): ReadonlySet<string>
}

/** A table with what was built from it so far. */
class LoadedTable {
  readonly types = new Map<string, TypeInfo>()
  readonly #table: Table
  #owners: ReadonlyMap<string, readonly string[]> | undefined
  #children: ReadonlyMap<string, readonly string[]> | undefined
  /** By managed type, method name to the offset of its line. */
  readonly #methodLines = new Map<string, ReadonlyMap<string, number>>()
  /** By offset of the line. */
  readonly #methods = new Map<number, MethodInfo>()

  constructor(table: Table) {
    this.#table = table
  }

  build(name: string, find: (name: string, namespace: Namespace) => TypeInfo | undefined) {
    const offset = this.#table.offsets.get(name)
    if (offset === undefined) return undefined
    const { namespace } = this.#table
    const fields = fieldsAt(this.#table, offset)
    const baseName = baseAt(this.#table, offset)
    const base = baseName === undefined ? undefined : find(baseName, namespace)
    switch (kindAt(this.#table, offset)) {
      case 'D':
        return parseData(fields, { namespace, base: base?.kind === 'data' ? base : undefined })
      case 'E':
        return parseEnum(fields, namespace)
      case 'M': {
        const methods = () => [...this.#linesOf(name).values()].map((at) => this.#method(name, at))
        const parent = base?.kind === 'managed' ? base : undefined
        return parseManaged(fields, methods, { namespace, base: parent })
      }
    }
  }

  ownMethod(managedType: string, method: string): MethodInfo | undefined {
    const at = this.#linesOf(managedType).get(method)
    return at === undefined ? undefined : this.#method(managedType, at)
  }

  #linesOf(managedType: string): ReadonlyMap<string, number> {
    let lines = this.#methodLines.get(managedType)
    if (lines === undefined) {
      const offset = this.#table.offsets.get(managedType)
      const offsets = offset === undefined ? [] : methodOffsets(this.#table, offset)
      lines = new Map(offsets.map((at) => [nameAt(this.#table, at), at]))
      this.#methodLines.set(managedType, lines)
    }
    return lines
  }

  #method(owner: string, at: number): MethodInfo {
    let method = this.#methods.get(at)
    if (method === undefined) {
      method = parseMethod(fieldsAt(this.#table, at), owner, this.#table.namespace)
      this.#methods.set(at, method)
    }
    return method
  }

  owners(method: string): readonly string[] {
    this.#owners ??= methodOwners(this.#table)
    return this.#owners.get(method) ?? []
  }

  children(name: string): readonly string[] {
    this.#children ??= directSubtypes(this.#table)
    return this.#children.get(name) ?? []
  }

  group(name: string): SchemaGroup | undefined {
    const offset = this.#table.offsets.get(name)
    if (offset === undefined) return undefined
    const flags = flagsOf(fieldsAt(this.#table, offset))
    return GROUPS.find(([letter]) => flags.includes(letter))?.[1] ?? 'vim'
  }

  internalMethods(managedType: string): ReadonlySet<string> {
    return new Set([...this.#linesOf(managedType)]
      .filter(([, at]) => flagsOf(fieldsAt(this.#table, at)).includes('i'))
      .map(([name]) => name))
  }

  names(kind: LineKind): readonly string[] {
    return [...this.#table.offsets]
      .filter(([, offset]) => kindAt(this.#table, offset) === kind)
      .map(([name]) => name)
  }
}

class TableSchema implements DocumentedSchema {
  readonly versions = versions
  readonly #folder: URL
  readonly #tables = new Map<Namespace, LoadedTable>()
  readonly #find = (name: string, namespace: Namespace) => this.type(name, namespace)

  constructor(folder: URL) {
    this.#folder = folder
    this.#table('vim25')
  }

  #table(namespace: Namespace): LoadedTable {
    let table = this.#tables.get(namespace)
    if (table === undefined) {
      table = new LoadedTable(readTable(this.#folder, namespace))
      this.#tables.set(namespace, table)
    }
    return table
  }

  #own(name: string, namespace: Namespace): TypeInfo | undefined {
    const table = this.#table(namespace)
    const known = table.types.get(name)
    if (known !== undefined) return known
    const built = table.build(name, this.#find)
    if (built !== undefined) table.types.set(name, built)
    return built
  }

  /** A sister API uses the types of vim25 too, so vim25 is sought after the namespace given. */
  type(name: string, namespace?: Namespace): TypeInfo | undefined {
    if (namespace === 'vim25') return this.#own(name, 'vim25')
    if (namespace !== undefined) return this.#own(name, namespace) ?? this.#own(name, 'vim25')
    for (const each of NAMESPACES) {
      const found = this.#own(name, each)
      if (found !== undefined) return found
    }
    return undefined
  }

  data(name: string, namespace?: Namespace): DataTypeInfo | undefined {
    const found = this.type(name, namespace)
    return found?.kind === 'data' ? found : undefined
  }

  managed(name: string, namespace?: Namespace): ManagedTypeInfo | undefined {
    const found = this.type(name, namespace)
    return found?.kind === 'managed' ? found : undefined
  }

  enum(name: string, namespace?: Namespace): EnumInfo | undefined {
    const found = this.type(name, namespace)
    return found?.kind === 'enum' ? found : undefined
  }

  method(managedType: string, method: string, namespace?: Namespace): MethodInfo | undefined {
    for (let type = this.managed(managedType, namespace); type; type = type.base) {
      const found = this.#table(type.namespace).ownMethod(type.name, method)
      if (found !== undefined) return found
    }
    return undefined
  }

  methodsNamed(method: string, namespace: Namespace = 'vim25'): readonly MethodInfo[] {
    return this.#table(namespace).owners(method)
      .map((owner) => this.method(owner, method, namespace))
      .filter((found) => found !== undefined)
  }

  property(typeName: string, property: string, namespace?: Namespace): PropertyInfo | undefined {
    const type = this.type(typeName, namespace)
    if (type === undefined || type.kind === 'enum') return undefined
    return type.properties.find((each) => each.property === property)
  }

  isA(name: string, ancestor: string): boolean {
    if (name === ancestor) return true
    const start = this.type(name)
    if (start === undefined || start.kind === 'enum') return false
    for (let type: DataTypeInfo | ManagedTypeInfo | undefined = start; type; type = type.base) {
      if (type.name === ancestor) return true
    }
    return false
  }

  /** The version counts in the namespace of the type, also where its ancestors are of vim25. */
  compatible(type: DataTypeInfo, version: VersionIndex): DataTypeInfo {
    let nearest = type
    let limit = version
    while (nearest.since > limit && nearest.base !== undefined) {
      const { base } = nearest
      if (base.namespace !== nearest.namespace) limit = vimVersionOf(type.namespace, version)
      nearest = base
    }
    return nearest
  }

  names(kind: TypeInfo['kind'], namespace: Namespace = 'vim25'): readonly string[] {
    return this.#table(namespace).names(KIND_LETTERS[kind])
  }

  group(name: string): SchemaGroup | undefined {
    return this.#table('vim25').group(name)
  }

  internalMethods(managedType: string): ReadonlySet<string> {
    return this.#table('vim25').internalMethods(managedType)
  }

  /** In the namespace of the type itself: what a sister API extends is not listed with vim25. */
  subtypes(name: string): readonly string[] {
    const type = this.type(name)
    if (type === undefined) return []
    const table = this.#table(type.namespace)
    const found = [name]
    for (const each of found) found.push(...table.children(each))
    return found
  }
}
