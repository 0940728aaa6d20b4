import { existsSync, readFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { LineCounter, isMap, isScalar, parseDocument, type Document } from 'yaml'
import { namedLab } from '../inventory/check-lab.js'
import { protoKeyPath } from '../world/proto-key.js'
import { ScenarioError } from './error.js'
import { scenarioSchema, type Scenario } from './format.js'
import { tellingAll } from './telling.js'
import { timeline } from './timeline.js'

/** A scenario with the places of its parts in the file. */
export interface ScenarioFile {
  readonly scenario: Scenario
  readonly name: string
  /** `file:line:column` of a path in it. */
  place(path: readonly PropertyKey[]): string
}

/** Reads and checks one scenario file; a lab file that it names is found beside it. @throws ScenarioError */
export function readScenario(file: string): ScenarioFile {
  let source: string
  try {
    source = readFileSync(file, 'utf8')
  } catch (error) {
    throw new ScenarioError(`${file}: cannot be read: ${(error as Error).message}`)
  }
  return readScenarioText(source, file)
}

/** Like `readScenario`, of a text; `name` stands for the file in messages. @throws ScenarioError */
export function readScenarioText(source: string, name: string): ScenarioFile {
  const lines = new LineCounter()
  const document = parseDocument(source, { lineCounter: lines, merge: true })
  const broken = document.errors[0]
  if (broken !== undefined) {
    const { line, col } = lines.linePos(broken.pos[0])
    throw new ScenarioError(`${name}:${line}:${col}: ${broken.message.split('\n')[0]}`)
  }
  const place = (path: readonly PropertyKey[]): string => `${name}:${placeOf(document, lines, path)}`
  const data: unknown = document.toJS()
  const proto = protoKeyPath(data)
  if (proto !== undefined) throw new ScenarioError([{ path: proto, text: `there is no option ${String(proto.at(-1))}` }], place)
  const parsed = scenarioSchema.safeParse(data)
  if (!parsed.success) throw new ScenarioError(tellingAll(parsed.error.issues, data), place)
  const scenario = { ...parsed.data, lab: besideFile(parsed.data.lab, name) }
  try {
    timeline(scenario)
  } catch (error) {
    throw error instanceof ScenarioError ? new ScenarioError(error.problems, place) : error
  }
  return { scenario, name, place }
}

/** Reads and checks one scenario file. @throws ScenarioError */
export function loadScenario(file: string): Scenario {
  return readScenario(file).scenario
}

/** Checks the text of a scenario; `name` stands for the file in messages. @throws ScenarioError */
export function parseScenario(source: string, name: string): Scenario {
  return readScenarioText(source, name).scenario
}

/** A lab file's path counts from the scenario that names it; names of labs stay. */
function besideFile(lab: Scenario['lab'], scenario: string): Scenario['lab'] {
  if (typeof lab !== 'string' || isAbsolute(lab) || /^big:\d+$/.test(lab) || namedLab(lab) !== undefined) return lab
  const beside = join(dirname(scenario), lab)
  return existsSync(beside) ? beside : lab
}

/** `line:column` of a path; of the nearest part above it that the file has. */
function placeOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): string {
  for (let length = path.length; length >= 0; length -= 1) {
    const start = startOf(document, path.slice(0, length))
    if (start === undefined) continue
    const { line, col } = lines.linePos(start)
    return `${line}:${col}`
  }
  return '1:1'
}

/** Where a part begins: at its key if it has one. */
function startOf(document: Document, path: readonly PropertyKey[]): number | undefined {
  const parent = path.length === 0 ? undefined
    : path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  if (isMap(parent)) {
    const pair = parent.items.find(item => isScalar(item.key) && String(item.key.value) === String(path.at(-1)))
    return isScalar(pair?.key) ? pair.key.range?.[0] : undefined
  }
  const node = document.getIn(path, true) as { range?: [number, number, number] } | undefined
  return node?.range?.[0]
}
