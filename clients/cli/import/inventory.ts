import { listOf } from '../../sdk/soap-client.js'
import type { Ref, Value } from '../../sdk/soap-xml.js'

/** A managed object as it was read: its properties, whole or by nested path. */
export interface ReadObject {
  readonly self: Ref
  readonly props: Readonly<Record<string, Value | readonly Value[]>>
}

/** Everything that was read of an inventory, with look-ups by reference and by type. */
export class Inventory {
  readonly #objects = new Map<string, ReadObject>()

  add(object: ReadObject): void {
    this.#objects.set(object.self.value, object)
  }

  get size(): number {
    return this.#objects.size
  }

  /** The object of a reference; undefined: it was not read. */
  get(ref: Ref | undefined): ReadObject | undefined {
    return ref === undefined ? undefined : this.#objects.get(ref.value)
  }

  /** All objects of some types, in the order in which they were read. */
  of(...types: readonly string[]): ReadObject[] {
    return [...this.#objects.values()].filter(object => types.includes(object.self.type))
  }

  /** Objects that a property refers to, without those that were not read. */
  listed(object: ReadObject, path: string): ReadObject[] {
    return items<Ref>(valueAt(object, path)).flatMap(ref => this.get(ref) ?? [])
  }
}

/** A property or a part of one, such as `config.hardware.numCPU`; undefined: it has no value. */
export function valueAt(object: ReadObject | undefined, path: string): Value | readonly Value[] | undefined {
  if (object === undefined) return undefined
  const parts = path.split('.')
  for (let length = parts.length; length > 0; length -= 1) {
    const found = object.props[parts.slice(0, length).join('.')]
    if (found !== undefined) return fieldOf(found, parts.slice(length))
  }
  return undefined
}

/** A field below a value. */
export function fieldOf(value: Value | readonly Value[] | undefined, path: readonly string[]): Value | readonly Value[] | undefined {
  let at = value
  for (const part of path) {
    if (typeof at !== 'object' || Array.isArray(at)) return undefined
    at = (at as Readonly<Record<string, Value | readonly Value[]>>)[part]
  }
  return at
}

/** The text of a property; empty texts count as none. */
export function textAt(object: ReadObject | undefined, path: string): string | undefined {
  const value = valueAt(object, path)
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function numberAt(object: ReadObject | undefined, path: string): number | undefined {
  const number = Number(textAt(object, path) ?? NaN)
  return Number.isFinite(number) ? number : undefined
}

export function refAt(object: ReadObject | undefined, path: string): Ref | undefined {
  const value = valueAt(object, path)
  return typeof value === 'object' && 'type' in value && 'value' in value ? value as Ref : undefined
}

/** The elements of an array, which comes as repeated elements or as an ArrayOf… with them inside. */
export function items<T = Value>(value: Value | readonly Value[] | undefined): T[] {
  if (typeof value === 'object' && !Array.isArray(value)) {
    const fields = value as Readonly<Record<string, Value | readonly Value[]>>
    const name = fields['_typeName']
    if (typeof name === 'string' && name.startsWith('ArrayOf')) {
      return Object.entries(fields).filter(([key]) => key !== '_typeName')
        .flatMap(([, inside]) => listOf<T>(inside as never))
    }
  }
  return listOf<T>(value as never)
}
