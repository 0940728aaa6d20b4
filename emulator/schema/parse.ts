/** Turns the fields of a table line into the records of `model.ts`. */

import type {
  DataTypeInfo, EnumInfo, ManagedTypeInfo, MethodInfo, Namespace, PropertyInfo, TypeRef, ValueKind,
} from './model.js'
import { versionOfVim } from './versions.js'

const SIGILS: Readonly<Record<string, ValueKind>> = { '=': 'data', '&': 'moref', '~': 'enum' }

/** XML Schema names of the kinds that are not spelt alike; the last three travel as strings. */
const XSD_NAMES: Readonly<Record<string, string>> = {
  any: 'anyType',
  binary: 'base64Binary',
  typeName: 'string',
  methodName: 'string',
  propertyPath: 'string',
}

/** What a method that starts a task gives back. */
const TASKS: ReadonlySet<string> = new Set(['Task', 'SmsTask', 'VslmTask', 'EamTask'])

/** Where a type lives and the one it extends, as far as the line's reader knows them. */
export interface Placed<T> {
  readonly namespace: Namespace
  readonly base: T | undefined
}

/** `=HostConfigInfo[]?` to kind, name, array and optional. */
export function parseReference(text: string): TypeRef & { readonly optional: boolean } {
  const optional = text.endsWith('?')
  const withoutMark = optional ? text.slice(0, -1) : text
  const array = withoutMark.endsWith('[]')
  const plain = array ? withoutMark.slice(0, -2) : withoutMark
  const sigil = SIGILS[plain.charAt(0)]
  if (sigil !== undefined) return { kind: sigil, name: plain.slice(1), array, optional }
  return { kind: plain as ValueKind, name: XSD_NAMES[plain] ?? plain, array, optional }
}

/** `name:type@since!privilege`; without `@since` the property is as old as its owner. */
export function parseProperty(text: string, ownerSince: number): PropertyInfo {
  const colon = text.indexOf(':')
  const mark = text.indexOf('!', colon)
  const privilege = mark === -1 ? undefined : text.slice(mark + 1)
  const typed = text.slice(colon + 1, mark === -1 ? undefined : mark)
  const at = typed.indexOf('@')
  const reference = parseReference(at === -1 ? typed : typed.slice(0, at))
  return {
    property: text.slice(0, colon),
    kind: reference.kind,
    name: reference.name,
    array: reference.array,
    optional: reference.optional,
    since: at === -1 ? ownerSince : Number(typed.slice(at + 1)),
    privilege,
  }
}

function parseProperties(fields: readonly string[], since: number): PropertyInfo[] {
  return fields.slice(1).map((field) => parseProperty(field, since))
}

/** Properties of the base. Versions of a base in vim25 are counted in the list of the heir's. */
function inherited(at: Placed<DataTypeInfo | ManagedTypeInfo>): readonly PropertyInfo[] {
  const { base, namespace } = at
  if (base === undefined) return []
  if (base.namespace === namespace) return base.properties
  return base.properties.map((property) => ({
    ...property, since: versionOfVim(namespace, property.since),
  }))
}

/** The parts of a line's first field: `name base since flags vmodl`. */
function parseHead(fields: readonly string[]) {
  const [name = '', , since = '0', flags = '', vmodlName = ''] = (fields[0] ?? '').split(' ')
  return { name, since: Number(since), flags, vmodlName }
}

/** The flag letters of a type's or a method's line. */
export function flagsOf(fields: readonly string[]): string {
  return fields[0]?.split(' ')[3] ?? ''
}

/** A data type from its line. */
export function parseData(fields: readonly string[], at: Placed<DataTypeInfo>): DataTypeInfo {
  const { name, since, flags } = parseHead(fields)
  const own = parseProperties(fields, since)
  return {
    kind: 'data',
    name,
    namespace: at.namespace,
    base: at.base,
    since,
    properties: at.base === undefined ? own : [...inherited(at), ...own],
    isFault: flags.includes('f'),
    hasSubtypes: flags.includes('s'),
  }
}

/** An enum from its line. */
export function parseEnum(fields: readonly string[], namespace: Namespace): EnumInfo {
  const { name, since } = parseHead(fields)
  const values: string[] = []
  const valueSince = new Map<string, number>()
  for (const field of fields.slice(1)) {
    const [value = '', version] = field.split('@')
    values.push(value)
    if (version !== undefined) valueSince.set(value, Number(version))
  }
  return { kind: 'enum', name, namespace, since, values, valueSince }
}

/** A managed type from its line; its methods are read when they are first asked for. */
export function parseManaged(
  fields: readonly string[],
  readMethods: () => readonly MethodInfo[],
  at: Placed<ManagedTypeInfo>,
): ManagedTypeInfo {
  const { name, since, vmodlName } = parseHead(fields)
  const own = parseProperties(fields, since)
  let methods: readonly MethodInfo[] | undefined
  return {
    kind: 'managed',
    name,
    namespace: at.namespace,
    vmodlName,
    base: at.base,
    since,
    properties: at.base === undefined ? own : [...inherited(at), ...own],
    get ownMethods() {
      return methods ??= readMethods()
    },
  }
}

/** A method from its line. A method is a task if what it gives is a reference to a Task. */
export function parseMethod(
  fields: readonly string[],
  owner: string,
  namespace: Namespace,
): MethodInfo {
  const [
    name = '', vmodl = '', since = '0', , privilege = '', result = '', task = '', faults = '',
  ] = (fields[0] ?? '').split(' ')
  const returned = result === '' ? undefined : parseReference(result)
  return {
    kind: 'method',
    name,
    vmodlName: vmodl === '' ? name : vmodl,
    owner,
    namespace,
    since: Number(since),
    params: parseProperties(fields, Number(since)),
    result: returned,
    taskResult: task === '' ? undefined : parseReference(task),
    isTask: returned?.kind === 'moref' && TASKS.has(returned.name),
    // Three vSAN methods name two privileges; they stay one string with a space between.
    privilege: privilege === '' ? undefined : privilege.replace('+', ' '),
    faults: faults === '' ? [] : faults.split(','),
  }
}
