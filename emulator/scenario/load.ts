import { readFileSync } from 'node:fs'
import { LineCounter, parseDocument, type Document } from 'yaml'
import { z } from 'zod'
import { nearestName } from '../world/nearest.js'
import { ScenarioError } from './error.js'
import { expectationKinds, scenarioSchema, stepKinds, type Scenario } from './format.js'
import { timeline } from './timeline.js'

/** Reads and checks one scenario file. @throws ScenarioError */
export function loadScenario(file: string): Scenario {
  let source: string
  try {
    source = readFileSync(file, 'utf8')
  } catch (error) {
    throw new ScenarioError(`${file}: cannot be read: ${(error as Error).message}`)
  }
  return parseScenario(source, file)
}

/** Checks the text of a scenario; `name` stands for the file in messages. @throws ScenarioError */
export function parseScenario(source: string, name: string): Scenario {
  const lines = new LineCounter()
  const document = parseDocument(source, { lineCounter: lines })
  const broken = document.errors[0]
  if (broken !== undefined) {
    throw new ScenarioError(`${name}:${lines.linePos(broken.pos[0]).line}: ${broken.message.split('\n')[0]}`)
  }
  const data: unknown = document.toJS()
  const parsed = scenarioSchema.safeParse(data)
  const at = (path: readonly PropertyKey[]): string => `${name}:${lineOf(document, lines, path)}`
  if (!parsed.success) {
    const problems = parsed.error.issues.map(issue => telling(issue, data))
    throw new ScenarioError(problems.map(issue =>
      `${at(issue.path)}: ${issue.path.map(String).join('.') || 'file'}: ${issue.text}`).join('\n'))
  }
  try {
    timeline(parsed.data)
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
    const step = /^steps\.(\d+)/.exec(error.message)?.[1]
    throw new ScenarioError(`${at(step === undefined ? [] : ['steps', Number(step)])}: ${error.message}`)
  }
  return parsed.data
}

/** The published JSON Schema of scenario files. */
export function scenarioJsonSchema(): unknown {
  return z.toJSONSchema(scenarioSchema, { io: 'input' })
}

type Issue = z.core.$ZodIssue

interface Problem {
  readonly path: readonly PropertyKey[]
  readonly text: string
}

/** What is wrong, in words; for a step or an expectation, of the kind that it seems to be. */
function telling(issue: Issue, data: unknown): Problem {
  const { path } = issue
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(valueAt(data, path) as object)
    return { path, text: issue.keys.map(key => `unknown key ${key}${hint(key, known)}`).join('; ') }
  }
  if (issue.code !== 'invalid_union') return { path, text: issue.message }
  const value = valueAt(data, path)
  const kinds = path.length === 2 && path[0] === 'steps' ? stepKinds : expectationKinds
  if (typeof value !== 'object' || value === null || issue.errors.length !== kinds.length) {
    return { path, text: issue.message }
  }
  const branch = kinds.findIndex(kind => kind in value)
  if (branch < 0) {
    const near = Object.keys(value).map(key => hint(key, kinds)).find(text => text !== '') ?? ''
    return { path, text: `needs one of ${kinds.join(', ')}${near}` }
  }
  const inside = issue.errors[branch]!
  const first = inside.find(each => each.code === 'unrecognized_keys') ?? inside[0]!
  return telling({ ...first, path: [...path, ...first.path] } as Issue, data)
}

function hint(wrong: string, known: readonly string[]): string {
  const near = nearestName(wrong, known)
  return near === undefined ? '' : `; did you mean ${near}?`
}

/** Keys of the object of the format that a value looks most like. */
function knownKeys(value: object): string[] {
  let best: string[] = []
  let most = -1
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    for (const [key, inside] of Object.entries(node)) {
      walk(inside)
      if (key !== 'properties') continue
      const common = Object.keys(inside as object).filter(name => name in value).length
      if (common > most) [best, most] = [Object.keys(inside as object), common]
    }
  }
  walk(scenarioJsonSchema())
  return best
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], data)
}

function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined
    if (node?.range !== undefined) return lines.linePos(node.range[0]).line
  }
  return 1
}
