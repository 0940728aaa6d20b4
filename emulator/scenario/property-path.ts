import type { PropertyInfo, Schema } from '../schema/model.js'
import { nearestHint } from '../world/nearest.js'
import { pathSteps } from './objects.js'

/**
 * Says what is wrong with a property path of a managed type, with the nearest right name; undefined:
 * it can be read. A path may lead through references.
 */
export function pathProblem(schema: Schema, type: string, path: string): string | undefined {
  let types: readonly string[] = [type]
  for (const step of pathSteps(path)) {
    if (step.startsWith('[')) continue
    const found = types.map(each => schema.property(each, step)).filter(each => each !== undefined)
    if (found.length === 0) {
      const known = types.flatMap(each => propertyNames(schema, each))
      return `${types[0]} has no property ${step}${nearestHint(step, known)}`
    }
    if (found.some(each => each.kind === 'any')) return undefined
    types = [...new Set(found.flatMap(each => inside(schema, each)))]
  }
  return undefined
}

/** The types that a property's value may have. */
function inside(schema: Schema, { kind, name }: PropertyInfo): readonly string[] {
  return kind === 'data' || kind === 'moref' ? schema.subtypes(name) : [name]
}

function propertyNames(schema: Schema, type: string): string[] {
  const found = schema.type(type)
  return found === undefined || found.kind === 'enum' ? [] : found.properties.map(each => each.property)
}
