import { bareName } from '../physics/truth.js'
import { extendedIds } from '../services/narration/catalogue.js'
import { isGlob, nameMatcher } from '../world/glob.js'
import { nearestHint, nearestName, nearestOr } from '../world/nearest.js'
import { nodeProblem, objectProblem, type CheckSight } from './check-names.js'
import type { ScenarioProblem } from './error.js'
import type {
  AlarmExpectation, EventExpectation, Expectation, PropertyExpectation, TaskExpectation, TruthExpectation,
} from './format-expect.js'
import { addressOf } from './judge/sockets.js'
import { defaultNode, findObjects } from './objects.js'
import { pathProblem } from './property-path.js'

type Path = readonly PropertyKey[]

/** What is wrong with the names in an expectation. */
export function checkExpectation(expectation: Expectation, path: Path, sight: CheckSight): ScenarioProblem[] {
  if ('node' in expectation) {
    const wrong = nodeProblem(expectation.node, [...path, 'node'], sight)
    if (wrong.length > 0) return wrong
  }
  if ('property' in expectation) return checkProperty(expectation, path, sight)
  if ('event' in expectation) return checkEvent(expectation, path, sight)
  if ('order' in expectation) {
    return expectation.order.flatMap((item, index) => {
      const at = [...path, 'order', index]
      return typeof item === 'string' ? eventNameProblem(item, at, sight) : checkEvent(item, at, sight)
    })
  }
  if ('task' in expectation) return checkTask(expectation, path, sight)
  if ('alarm' in expectation) return checkAlarm(expectation, path, sight)
  if ('log' in expectation) return checkLog(expectation.node, expectation.log, [...path, 'log'], sight)
  if ('connect' in expectation) return nodeProblem(addressOf(expectation).node, [...path, 'connect'], sight)
  if ('http' in expectation) return checkHttp(expectation.http, [...path, 'http'], sight)
  if ('shell' in expectation) return []
  return checkTruth(expectation, path, sight)
}

function checkProperty(expectation: PropertyExpectation, path: Path, sight: CheckSight): ScenarioProblem[] {
  const { world, schema } = sight.lab
  const node = expectation.node ?? defaultNode(world)
  const pattern = expectation.object ?? expectation.each ?? ''
  const key = expectation.object === undefined ? 'each' : 'object'
  const wrong = objectProblem(pattern, node, [...path, key], sight)
  const host = typeof expectation.on === 'string' ? expectation.on : expectation.on?.not
  wrong.push(...nodeProblem(host, [...path, 'on'], sight))
  const types = new Set(findObjects(world, node, pattern).map(slot => slot.address.type))
  for (const type of types) {
    const text = pathProblem(schema, type, expectation.property)
    if (text !== undefined) wrong.push({ path: [...path, 'property'], text })
  }
  return wrong
}

function checkEvent(expectation: Omit<EventExpectation, 'count'>, path: Path, sight: CheckSight): ScenarioProblem[] {
  const node = expectation.node ?? defaultNode(sight.lab.world)
  const named = (['vm', 'host', 'cluster', 'datastore'] as const).flatMap(kind => {
    const name = expectation[kind]
    if (name === undefined || sight.mayCome(bareName(name)) || isFullName(name)) return []
    return objectProblem(`${kind}/${bareName(name)}`, node, [...path, kind], sight)
  })
  return [...nodeProblem(expectation.node, [...path, 'node'], sight),
    ...eventNameProblem(expectation.event, [...path, 'event'], sight), ...named]
}

/** Hosts' full names end with their domain; events have them. */
function isFullName(name: string): boolean {
  return name.includes('.')
}

function eventNameProblem(name: string, path: Path, { lab }: CheckSight): ScenarioProblem[] {
  const { schema } = lab
  if (schema.data(name) !== undefined && schema.isA(name, 'Event')) return []
  const ids = extendedIds()
  if (ids.includes(name)) return []
  const known = name.includes('.') ? ids : schema.subtypes('Event')
  return [{ path, text: `there is no event ${name}${nearestHint(name, known)}` }]
}

function checkTask(expectation: TaskExpectation, path: Path, sight: CheckSight): ScenarioProblem[] {
  const { schema } = sight.lab
  const { task, entity, error } = expectation
  const node = expectation.node ?? defaultNode(sight.lab.world)
  const problems: ScenarioProblem[] = []
  if (!task.includes('.') && schema.methodsNamed(task).length === 0) {
    const names = schema.names('managed').flatMap(type => schema.managed(type)?.ownMethods ?? []).map(method => method.name)
    problems.push({ path: [...path, 'task'], text: `there is no method ${task}${nearestHint(task, names)}` })
  }
  if (entity !== undefined && !isFullName(entity)) problems.push(...objectProblem(entity, node, [...path, 'entity'], sight))
  if (error !== undefined && schema.data(error)?.isFault !== true) {
    problems.push({ path: [...path, 'error'], text: `there is no fault ${error}${nearestHint(error, schema.subtypes('MethodFault'))}` })
  }
  return problems
}

function checkAlarm(expectation: AlarmExpectation, path: Path, sight: CheckSight): ScenarioProblem[] {
  const { world } = sight.lab
  const node = expectation.node ?? defaultNode(world)
  const { alarm, entity } = expectation
  const names = world.ofType(node, 'Alarm').flatMap(slot => {
    const info = world.read<{ info?: { name?: string, systemName?: string } }>(slot)?.props.info
    return [slot.address.id, info?.name ?? '', info?.systemName ?? '']
  })
  const problems = entity === undefined ? [] : objectProblem(entity, node, [...path, 'entity'], sight)
  if (names.includes(alarm) || sight.mayCome(alarm)) return problems
  const hint = names.length === 0 ? ': it has none at all' : nearestHint(alarm, names)
  return [{ path: [...path, 'alarm'], text: `there is no alarm ${alarm} on ${node}${hint}` }, ...problems]
}

function checkHttp(url: string, path: Path, sight: CheckSight): ScenarioProblem[] {
  const wrong = nodeProblem(new URL(url).hostname, path, sight)
  if (wrong.length > 0 || sight.lab.http(url) !== undefined) return wrong
  return [{ path, text: `what ${url} answers is known to its door only; scenarios know /, /sdk, /rest/…, /api/… and port 5480` }]
}

function checkLog(node: string, file: string, path: Path, { lab }: CheckSight): ScenarioProblem[] {
  if (lab.logName(node, file) !== undefined) return []
  const known = lab.logFiles(node)
  return [{ path, text: `${node} has no log ${file}; ${nearestOr(file, known, 'it has')}` }]
}

function checkTruth({ truth, object }: TruthExpectation, path: Path, sight: CheckSight): ScenarioProblem[] {
  const { lab } = sight
  const fact = lab.truth.get(truth)
  if (fact === undefined) {
    return [{ path: [...path, 'truth'], text: `there is no fact ${truth}; ${nearestOr(truth, lab.truth.names(), 'there are')}` }]
  }
  const subjects = fact.subjects(lab.world)
  const bare = bareName(object)
  const value = fact.of(lab.world, object)
  const isThere = (value !== undefined && !(Array.isArray(value) && value.length === 0)) 
    || subjects.some(each => bareName(each) === bare || each === object)
  if (isThere || sight.mayCome(bare) || (isGlob(bare) && subjects.some(nameMatcher(bare)))) return []
  const near = nearestName(object, subjects) ?? nearestName(bare, subjects.map(bareName))
  return [{ path: [...path, 'object'], text: `${truth} knows no ${object}${near === undefined ? '' : `; did you mean ${near}?`}` }]
}
