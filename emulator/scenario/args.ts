/** Arguments of calls: checked by the tables, references by name, and in the form of the gate. */
import type { MethodInfo, PropertyInfo, Schema, TypeRef } from '../schema/model.js'
import { nearestHint, nearestOr } from '../world/nearest.js'
import type { ScenarioProblem } from './error.js'

type Args = Readonly<Record<string, unknown>>

/**
 * Says what is wrong with the arguments of a method: names, types, enum values, missing ones. What
 * only the product can judge is left to it.
 */
export function checkArgs(schema: Schema, method: MethodInfo, args: Args, path: readonly PropertyKey[]): ScenarioProblem[] {
  return checkSlots(schema, args, method.params, method.name, path)
}

/** Arguments for the gate: names of types are put where the declared type has subtypes. */
export function typedArgs(schema: Schema, method: MethodInfo, args: Args): Record<string, unknown> {
  return typedSlots(schema, args, method.params)
}

function checkSlots(
  schema: Schema, values: Args, slots: readonly PropertyInfo[], owner: string, path: readonly PropertyKey[],
): ScenarioProblem[] {
  const known = new Map(slots.map(slot => [slot.property, slot]))
  const problems = Object.entries(values).flatMap(([key, value]): ScenarioProblem[] => {
    const slot = known.get(key)
    if (key === '_typeName') return []
    if (slot !== undefined) return checkValue(schema, value, slot, [...path, key])
    return [{ path: [...path, key], text: `${owner} has no ${key}; ${nearestOr(key, [...known.keys()], 'it has')}` }]
  })
  const missing = slots.filter(slot => !slot.optional && values[slot.property] === undefined)
  return [...problems, ...missing.map(slot => ({ path, text: `${owner} needs ${slot.property}` }))]
}

function checkValue(schema: Schema, value: unknown, type: TypeRef, path: readonly PropertyKey[]): ScenarioProblem[] {
  const wrong = (text: string): ScenarioProblem[] => [{ path, text }]
  if (type.array) {
    if (!Array.isArray(value)) return wrong(`a list of ${type.name} is needed`)
    return value.flatMap((item, index) => checkValue(schema, item, { ...type, array: false }, [...path, index]))
  }
  if (type.kind === 'any') return []
  if (type.kind === 'moref') return isReference(value) ? [] : wrong(`a reference is needed: { ref: NAME }`)
  if (type.kind === 'data') {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong(`a ${type.name} is needed`)
    const name = String((value as Args)['_typeName'] ?? type.name)
    const data = schema.data(name)
    if (data === undefined || !schema.isA(name, type.name)) {
      return wrong(`${name} is no ${type.name}${nearestHint(name, schema.subtypes(type.name))}`)
    }
    return checkSlots(schema, value as Args, data.properties, name, path)
  }
  if (type.kind === 'enum') {
    const values = schema.enum(type.name)?.values ?? []
    if (values.includes(String(value))) return []
    return wrong(`${String(value)} is no ${type.name}; ${nearestOr(String(value), values, 'it is one of')}`)
  }
  const wanted = scalarOf(type)
  return typeof value === wanted || (type.kind === 'long' && /^-?\d+$/.test(String(value))) ? [] : wrong(`a ${wanted} is needed`)
}

function scalarOf({ kind }: TypeRef): 'boolean' | 'number' | 'string' {
  if (kind === 'boolean') return 'boolean'
  return ['byte', 'short', 'int', 'long', 'float', 'double'].includes(kind) ? 'number' : 'string'
}

function isReference(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { ref, type, value: id } = value as { ref?: unknown, type?: unknown, value?: unknown }
  return typeof ref === 'string' || (typeof type === 'string' && typeof id === 'string')
}

function typedSlots(schema: Schema, values: Args, slots: readonly PropertyInfo[]): Record<string, unknown> {
  const known = new Map(slots.map(slot => [slot.property, slot]))
  return Object.fromEntries(Object.entries(values).map(([key, value]) => {
    const slot = known.get(key)
    return [key, slot === undefined ? value : typedValue(schema, value, slot)]
  }))
}

function typedValue(schema: Schema, value: unknown, type: TypeRef): unknown {
  if (Array.isArray(value)) return value.map(item => typedValue(schema, item, { ...type, array: false }))
  if (type.kind !== 'data' || typeof value !== 'object' || value === null) return value
  const name = String((value as Args)['_typeName'] ?? type.name)
  const data = schema.data(name)
  if (data === undefined) return value
  const typed = typedSlots(schema, value as Args, data.properties)
  const declared = schema.data(type.name)
  return name !== type.name || declared?.hasSubtypes === true ? { _typeName: name, ...typed } : typed
}
