import type { DataTypeInfo, PropertyInfo, Schema } from '../../emulator/schema/model.js'
import type { Slot } from '../../emulator/world/records.js'
import type { World } from '../../emulator/world/world.js'

/** Numbers of each kind of integer; `long` may be a decimal string. */
const integerRange = { byte: 2 ** 7, short: 2 ** 15, int: 2 ** 31 } as const

/** Properties that are computed at each read, so that no record has them. */
export type IsVirtual = (type: string, property: string) => boolean

/**
 * Checks every record of every node against the tables: properties known, required ones set,
 * kinds right, enum literals known, `_typeName` right, references resolve on the same node.
 * Shared values are checked once.
 */
export class Walker {
  readonly problems: string[] = []
  readonly #schema: Schema
  readonly #world: World
  readonly #isVirtual: IsVirtual
  readonly #checked = new Map<object, Set<string>>()
  /** Objects walked, for the report. */
  values = 0

  constructor(schema: Schema, world: World, isVirtual: IsVirtual) {
    this.#schema = schema
    this.#world = world
    this.#isVirtual = isVirtual
  }

  walk(): this {
    const { store } = this.#world
    for (let index = 0; index < store.size; index += 1) {
      const slot = store.slotAt(index)!
      if (slot.record !== undefined && slot.address.node !== 'lab') this.#record(slot)
    }
    return this
  }

  #record(slot: Slot): void {
    const { node, type, id } = slot.address
    const info = this.#schema.managed(type)
    const path = `${node} ${type}:${id}`
    if (info === undefined) {
      this.#say(path, 'is no managed type')
      return
    }
    const props = slot.record!.props as Record<string, unknown>
    this.#frozen(path, slot.record!)
    const known = new Map(info.properties.map(property => [property.property, property]))
    for (const [key, value] of Object.entries(props)) {
      const property = known.get(key)
      if (property === undefined) this.#say(`${path}.${key}`, 'is unknown')
      else this.#property(node, `${path}.${key}`, property, value)
    }
    for (const property of info.properties) {
      if (property.optional || props[property.property] !== undefined) continue
      if (!this.#isVirtual(type, property.property)) this.#say(`${path}.${property.property}`, 'is required')
    }
  }

  #property(node: string, path: string, property: PropertyInfo, value: unknown): void {
    if (value === undefined || value === null) this.#say(path, 'is set to nothing; unset means absent')
    else if (!property.array) this.#value(node, path, property, value)
    else if (!Array.isArray(value)) this.#say(path, 'is no array')
    else value.forEach((item, index) => this.#value(node, `${path}[${index}]`, property, item))
  }

  #value(node: string, path: string, property: PropertyInfo, value: unknown): void {
    switch (property.kind) {
      case 'boolean': return this.#is(path, typeof value === 'boolean', 'boolean')
      case 'byte': case 'short': case 'int':
        return this.#integer(path, value, integerRange[property.kind])
      case 'long': return this.#long(path, value)
      case 'float': case 'double': return this.#is(path, typeof value === 'number', property.kind)
      case 'dateTime': return this.#is(path, typeof value === 'string' && /^\d{4}-\d\d-\d\dT.*Z$/.test(value), 'dateTime')
      case 'enum': return this.#enum(path, property.name, value)
      case 'moref': return this.#reference(node, path, value, property.name)
      case 'data': return this.#data(node, path, property.name, value)
      case 'any': return this.#any(node, path, value)
      default: return this.#is(path, typeof value === 'string', 'string')
    }
  }

  #any(node: string, path: string, value: unknown): void {
    if (typeof value !== 'object' || value === null) return
    const object = value as Record<string, unknown>
    if (typeof object['_typeName'] !== 'string') {
      this.#reference(node, path, value, 'ManagedObject')
    } else if (!('_value' in object)) this.#data(node, path, object['_typeName'], value)
  }

  #data(node: string, path: string, declared: string, value: unknown): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#say(path, `is no ${declared}`)
      return
    }
    const object = value as Record<string, unknown>
    const name = object['_typeName'] as string | undefined ?? declared
    const seen = this.#checked.get(object) ?? new Set()
    if (seen.has(`${node} ${declared}`)) return
    this.#checked.set(object, seen.add(`${node} ${declared}`))
    this.values += 1
    const info = this.#schema.data(name)
    if (info === undefined) this.#say(path, `has the unknown type ${name}`)
    else if (!this.#schema.isA(name, declared)) this.#say(path, `is a ${name} where a ${declared} belongs`)
    else this.#fields(node, path, info, object)
  }

  #fields(node: string, path: string, info: DataTypeInfo, object: Record<string, unknown>): void {
    this.#frozen(path, object)
    const known = new Map(info.properties.map(property => [property.property, property]))
    for (const [key, value] of Object.entries(object)) {
      if (key === '_typeName') continue
      const property = known.get(key)
      if (property === undefined) this.#say(`${path}.${key}`, `is unknown in ${info.name}`)
      else this.#property(node, `${path}.${key}`, property, value)
    }
    for (const property of info.properties) {
      if (!property.optional && object[property.property] === undefined) {
        this.#say(`${path}.${property.property}`, `is required in ${info.name}`)
      }
    }
  }

  #reference(node: string, path: string, value: unknown, declared: string): void {
    const { type, value: id } = value as { type?: unknown, value?: unknown }
    if (typeof type !== 'string' || typeof id !== 'string') {
      this.#say(path, 'is no reference')
      return
    }
    const slot = this.#world.find(node, id)
    if (slot === undefined) this.#say(path, `leads to ${type}:${id}, which is not on ${node}`)
    else if (slot.address.type !== type) this.#say(path, `calls the ${slot.address.type} ${id} a ${type}`)
    else if (!this.#schema.isA(type, declared)) this.#say(path, `is a ${type} where a ${declared} belongs`)
  }

  #enum(path: string, name: string, value: unknown): void {
    const info = this.#schema.enum(name)
    this.#is(path, typeof value === 'string' && info?.values.includes(value) === true, `${name} (${String(value)})`)
  }

  #integer(path: string, value: unknown, bound: number): void {
    const right = typeof value === 'number' && Number.isInteger(value) && value >= -bound && value < bound
    this.#is(path, right, `integer below ${bound} (${String(value)})`)
  }

  #long(path: string, value: unknown): void {
    const right = typeof value === 'number' ? Number.isSafeInteger(value) : typeof value === 'string' && /^-?\d+$/.test(value)
    this.#is(path, right, `long (${String(value)})`)
  }

  #frozen(path: string, value: object): void {
    if (!Object.isFrozen(value)) this.#say(path, 'is not frozen')
  }

  #is(path: string, right: boolean, kind: string): void {
    if (!right) this.#say(path, `is no ${kind}`)
  }

  #say(path: string, text: string): void {
    this.problems.push(`${path} ${text}`)
  }
}
