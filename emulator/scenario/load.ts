import { readFileSync } from 'node:fs'
import { LineCounter, parseDocument, type Document } from 'yaml'
import type { z } from 'zod'
import { scenarioSchema, type Scenario } from './format.js'

/** A scenario file that cannot be run: says file, line and what would be right. */
export class ScenarioError extends Error {}

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
  const parsed = scenarioSchema.safeParse(document.toJS())
  if (parsed.success) return parsed.data
  throw new ScenarioError(parsed.error.issues.map(issue => describe(name, document, lines, issue)).join('\n'))
}

type Issue = z.core.$ZodIssue

function describe(name: string, document: Document, lines: LineCounter, issue: Issue): string {
  const best = deepest(issue)
  const line = lineOf(document, lines, best.path)
  return `${name}:${line}: ${best.path.map(String).join('.') || 'file'}: ${problem(best)}`
}

/** For a union, the branch that came furthest says best what is wrong. */
function deepest(issue: Issue): Issue {
  if (issue.code !== 'invalid_union') return issue
  const candidates = issue.errors.flat().map(inner =>
    deepest({ ...inner, path: [...issue.path, ...inner.path] } as Issue))
  return candidates.sort((a, b) => b.path.length - a.path.length)[0] ?? issue
}

function problem(issue: Issue): string {
  if (issue.code === 'unrecognized_keys') return `unknown key ${issue.keys.join(', ')}`
  return issue.message
}

function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined
    if (node?.range !== undefined) return lines.linePos(node.range[0]).line
  }
  return 1
}

/** The published JSON Schema of scenario files. */
export async function scenarioJsonSchema(): Promise<unknown> {
  const { z: zod } = await import('zod')
  return zod.toJSONSchema(scenarioSchema, { io: 'input' })
}
