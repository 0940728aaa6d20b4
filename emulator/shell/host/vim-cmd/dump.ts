import type { DataTypeInfo, MoRef, PropertyInfo, Schema, TypeRef } from '../../../schema/model.js'
import type { MethodFault } from '../../../services/method-fault.js'

/**
 * Values of the API as vim-cmd prints them (operations.md 2.2): every property of the type, `<unset>`
 * where there is none, lists in brackets, references in single quotes.
 */
export class Dump {
  readonly #schema: Schema

  constructor(schema: Schema) {
    this.#schema = schema
  }

  /** A value of a declared type. */
  value(value: unknown, type: TypeRef, indent = 0): string {
    if (type.array) return this.#list(value as readonly unknown[] | undefined, type, indent)
    if (value === undefined || value === null) return '<unset>'
    return this.#single(value, type, indent)
  }

  /** A data object by the type that it names or is declared as. */
  object(value: object, declared: string, indent = 0): string {
    const name = (value as { _typeName?: string })._typeName ?? declared
    const type = this.#schema.data(name)
    if (type === undefined) return JSON.stringify(value)
    const pad = ' '.repeat(indent + 3)
    const lines = type.properties.map(property =>
      `${pad}${property.property} = ${this.value((value as Record<string, unknown>)[property.property], property, indent + 3)}`)
    return `(${vmodlName(this.#schema, type.name)}) {\n${lines.join(', \n')}\n${' '.repeat(indent)}}`
  }

  /** A list of data objects without a declared property around it. */
  objects(values: readonly object[], declared: string): string {
    return this.#list(values, { kind: 'data', name: declared, array: true }, 0)
  }

  /** A fault, with its text. */
  fault(fault: MethodFault): string {
    const type = this.#schema.data(fault.type)
    const own = (type?.properties ?? []).filter(({ property }) => property !== 'faultCause' && property !== 'faultMessage')
    const lines = [
      '   faultCause = (vmodl.MethodFault) null, ', '   faultMessage = <unset>, ',
      ...own.map((property: PropertyInfo) => `   ${property.property} = ${this.value(fault.fields[property.property], property, 3)}, `),
      `   msg = ${quoted(fault.message)}`,
    ]
    return `(${vmodlName(this.#schema, fault.type)}) {\n${lines.join('\n')}\n}`
  }

  #list(values: readonly unknown[] | undefined, type: TypeRef, indent: number): string {
    if (values === undefined || values.length === 0) return '<unset>'
    const pad = ' '.repeat(indent + 3)
    const items = values.map(value => `${pad}${this.#single(value, type, indent + 3)}`)
    return `(${type.kind === 'moref' ? 'ManagedObject' : this.#typeName(type)}) [\n${items.join(', \n')}\n${' '.repeat(indent)}]`
  }

  #typeName({ kind, name }: TypeRef): string {
    return kind === 'data' || kind === 'enum' ? vmodlName(this.#schema, name) : name
  }

  #single(value: unknown, { kind, name }: TypeRef, indent: number): string {
    if (kind === 'moref') return reference(value as MoRef)
    if (typeof value !== 'object' || value === null) return typeof value === 'string' ? quoted(value) : String(value)
    const { _value: boxed } = value as { _value?: unknown }
    if (boxed !== undefined) return typeof boxed === 'string' ? quoted(boxed) : String(boxed)
    return this.object(value, name, indent)
  }
}

/** `'vim.HostSystem:ha-host'`. */
export function reference(ref: MoRef): string {
  return `'vim.${ref.type}:${ref.value}'`
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** Begins of names on the wire, and what the product's own names have in their place. */
const packages: ReadonlyArray<readonly [RegExp, string]> = [
  [/^VirtualMachine(?=[A-Z])/, 'vim.vm.'], [/^Guest(?=[A-Z])/, 'vim.vm.Guest'], [/^Host(?=[A-Z])/, 'vim.host.'],
  [/^Cluster(?=[A-Z])/, 'vim.cluster.'], [/^Dvs(?=[A-Z])|^DVS(?=[A-Z])/, 'vim.dvs.'], [/^Option(?=[A-Z])/, 'vim.option.Option'],
  [/^Event(?=[A-Z])/, 'vim.event.Event'],
]

const names = new Map<string, string>()

/**
 * The product's own name of a type: `vim.vm.Summary` of VirtualMachineSummary. The tables have them for
 * managed types only; these follow from the way the names on the wire are made, and a few may differ.
 */
function vmodlName(schema: Schema, name: string): string {
  let found = names.get(name)
  if (found === undefined) names.set(name, found = makeName(schema, name))
  return found
}

function makeName(schema: Schema, name: string): string {
  const type = schema.data(name)
  if (type?.isFault === true) return schema.isA(name, 'RuntimeFault') ? `vmodl.fault.${name}` : `vim.fault.${name}`
  if (name === 'VirtualHardware') return 'vim.vm.VirtualHardware'
  if (type !== undefined && isDevice(schema, type)) return `vim.vm.device.${nested(schema, name)}`
  for (const [begin, inPlace] of packages) if (begin.test(name)) return name.replace(begin, inPlace)
  return `vim.${nested(schema, name)}`
}

function isDevice(schema: Schema, type: DataTypeInfo): boolean {
  return schema.isA(type.name, 'VirtualDevice') || /^Virtual(?!Machine)[A-Z]\w*(?:Info|Option|Spec)$/.test(type.name)
}

/** A type inside another: `VirtualDevice.FileBackingInfo`. */
function nested(schema: Schema, name: string): string {
  for (let at = name.length - 1; at > 3; at -= 1) {
    if (!/[A-Z]/.test(name[at]!)) continue
    const outer = name.slice(0, at)
    if (schema.data(outer) !== undefined || schema.managed(outer) !== undefined) return `${outer}.${name.slice(at)}`
  }
  return name
}
