import type { Definition, Method } from '../objects/define.js'
import type { Schema } from '../schema/model.js'
import type { VirtualProperty } from '../services/call.js'

/** The definitions by managed type, with inheritance read from the tables. */
export class Registry {
  readonly #schema: Schema
  readonly #definitions = new Map<string, Definition>()
  readonly #methods = new Map<string, Method<never> | undefined>()
  readonly #virtual = new Map<string, VirtualProperty | undefined>()

  constructor(schema: Schema, definitions: readonly Definition[]) {
    this.#schema = schema
    for (const definition of definitions) {
      if (this.#definitions.has(definition.type)) throw new Error(`defined twice: ${definition.type}`)
      this.#definitions.set(definition.type, definition)
    }
  }

  definition(type: string): Definition | undefined {
    return this.#definitions.get(type)
  }

  all(): Definition[] {
    return [...this.#definitions.values()]
  }

  /** Behaviour of a method on a type, its own or inherited; undefined: not emulated. */
  method(type: string, name: string): Method<never> | undefined {
    const key = `${type}.${name}`
    if (!this.#methods.has(key)) {
      this.#methods.set(key, this.#search(type, definition => definition.methods[name]))
    }
    return this.#methods.get(key)
  }

  /** A property that is computed for its reader; undefined: it is stored. */
  virtual(type: string, property: string): VirtualProperty | undefined {
    const key = `${type}.${property}`
    if (!this.#virtual.has(key)) {
      this.#virtual.set(key, this.#search(type, definition => definition.virtual[property]))
    }
    return this.#virtual.get(key)
  }

  #search<T>(type: string, find: (definition: Definition) => T | undefined): T | undefined {
    for (let at = this.#schema.managed(type); at !== undefined; at = at.base) {
      const definition = this.#definitions.get(at.name)
      const found = definition === undefined ? undefined : find(definition)
      if (found !== undefined) return found
    }
    return undefined
  }
}
