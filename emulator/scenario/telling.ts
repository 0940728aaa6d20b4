/** Words for what the format finds wrong: of the kind of step or expectation that is meant. */
import { z } from 'zod'
import { nearestHint } from '../world/nearest.js'
import type { ScenarioProblem } from './error.js'
import { expectationKinds } from './format-expect.js'
import { scenarioSchema, stepKinds } from './format.js'

type Issue = z.core.$ZodIssue

/** The published JSON Schema of scenario files; `faults` gives the names that `inject` may have. */
export function scenarioJsonSchema(faults: readonly string[]): unknown {
  return z.toJSONSchema(scenarioSchema, {
    io: 'input', unrepresentable: 'any', reused: 'ref',
    override: ({ jsonSchema }) => {
      const inject = jsonSchema.properties?.['inject']
      if (typeof inject === 'object' && faults.length > 0) inject.enum = [...faults]
    },
  })
}

/** All that is wrong, in words. A wrong key explains what seems to be missing beside it. */
export function tellingAll(issues: readonly Issue[], data: unknown): ScenarioProblem[] {
  const problems = issues.flatMap(issue => telling(issue, data))
  const explained = problems.filter(each => each.text.startsWith('unknown key'))
    .map(each => each.path.slice(0, -1).join('.'))
  return problems.filter(each => !explained.includes(each.path.join('.')))
}

function telling(issue: Issue, data: unknown): ScenarioProblem[] {
  const { path } = issue
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(valueAt(data, path) as object, path)
    return issue.keys.map(key => ({ path: [...path, key], text: `unknown key ${key}${nearestHint(key, known)}` }))
  }
  if (issue.code === 'invalid_type' && valueAt(data, path) === undefined) return [{ path, text: 'is missing' }]
  if (issue.code !== 'invalid_union') return [{ path, text: issue.message }]
  const value = valueAt(data, path)
  const kinds = path.length === 2 && path[0] === 'steps' ? stepKinds
    : path.length === 3 && ['expect', 'never'].includes(String(path[2])) ? expectationKinds : undefined
  if (kinds === undefined || issue.errors.length !== kinds.length) return plainUnion(issue, data)
  if (typeof value !== 'object' || value === null) return [{ path, text: `needs one of ${kinds.join(', ')}` }]
  const branch = kinds.findIndex(kind => kind in value)
  if (branch < 0) {
    const wrong = Object.keys(value).find(key => nearestHint(key, kinds) !== '')
    return [{
      path: wrong === undefined ? path : [...path, wrong],
      text: `needs one of ${kinds.join(', ')}${wrong === undefined ? '' : nearestHint(wrong, kinds)}`,
    }]
  }
  return inside(issue.errors[branch]!, path, data)
}

/** A union that no key tells apart: the branch that fits the kind of value. */
function plainUnion(issue: Issue & { code: 'invalid_union' }, data: unknown): ScenarioProblem[] {
  const value = valueAt(data, issue.path)
  const fitting = issue.errors.filter(branch =>
    !(branch[0]?.code === 'invalid_type' && branch[0].path.length === 0))
  const isOdd = typeof value !== 'object' || value === null || fitting.length !== 1
  return isOdd ? [{ path: issue.path, text: issue.message }] : inside(fitting[0]!, issue.path, data)
}

/** All wrong keys of a branch, or else the first thing that is wrong in it. */
function inside(issues: readonly Issue[], path: readonly PropertyKey[], data: unknown): ScenarioProblem[] {
  const wrongKeys = issues.filter(each => each.code === 'unrecognized_keys')
  return (wrongKeys.length > 0 ? wrongKeys : issues.slice(0, 1))
    .flatMap(each => telling({ ...each, path: [...path, ...each.path] } as Issue, data))
}

/** Keys that the format knows at a path; where several shapes are possible, of the one most alike. */
function knownKeys(value: object, path: readonly PropertyKey[]): string[] {
  const shapes = path.reduce<Shape[]>((list, part) => list.flatMap(shape => below(shape, part)),
    variants(z.toJSONSchema(scenarioSchema, { io: 'input', unrepresentable: 'any' }) as Shape))
  const keys = shapes.map(shape => Object.keys(shape.properties ?? {}))
  const alike = (list: readonly string[]): number => list.filter(key => key in value).length
  return keys.sort((a, b) => alike(b) - alike(a))[0] ?? []
}

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>
  readonly additionalProperties?: Shape | boolean
  readonly items?: Shape
  readonly prefixItems?: readonly Shape[]
  readonly anyOf?: readonly Shape[]
}

function variants(shape: Shape): Shape[] {
  return shape.anyOf === undefined ? [shape] : shape.anyOf.flatMap(variants)
}

function below(shape: Shape, part: PropertyKey): Shape[] {
  const found = typeof part === 'number' ? shape.prefixItems?.[part] ?? shape.items : shape.properties?.[String(part)]
  return found === undefined ? [] : variants(found)
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], data)
}
