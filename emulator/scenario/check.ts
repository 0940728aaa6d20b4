/** Checks a scenario against the lab it is for: names of everything, before anything runs. */
import { checkOptions } from '../faults/options.js'
import { FaultError, findTargets } from '../faults/target.js'
import { isGlob, nameMatcher } from '../world/glob.js'
import { nearestHint, nearestName } from '../world/nearest.js'
import { restRequest } from './act-rest.js'
import { checkArgs } from './args.js'
import { vmsOnHosts } from './acts.js'
import { checkExpectation } from './check-expect.js'
import { nodeProblem, objectProblem, type CheckSight } from './check-names.js'
import type { ScenarioProblem } from './error.js'
import { expects, optionsOf, type CallStep, type InjectStep, type RestStep, type Scenario, type Step } from './format.js'
import { defaultNode, findObjects, resolveRefs } from './objects.js'
import type { ScenarioLab } from './scenario-lab.js'
import { timeline } from './timeline.js'

type Path = readonly PropertyKey[]

/** Keys of an injection that are no options of its fault. */
const injectKeys = ['target', 'for', 'at', 'as']

/** All that is wrong with the names in a scenario; nothing in the lab changes. */
export function checkScenario(scenario: Scenario, lab: ScenarioLab): ScenarioProblem[] {
  const sight: CheckSight = { lab, mayCome: newNames(scenario) }
  const problems = scenario.steps.flatMap((step, index) => checkStep(step, ['steps', index], sight))
  return [...problems, ...checkHeals(scenario, lab)]
}

function checkStep(step: Step, path: Path, sight: CheckSight): ScenarioProblem[] {
  if (expects(step)) {
    return 'never' in step ? checkExpectation(step.never, [...path, 'never'], sight)
      : checkExpectation(step.expect, [...path, 'expect'], sight)
  }
  if ('inject' in step) return checkInject(step, path, sight)
  if ('call' in step) return checkCall(step, path, sight)
  if ('rest' in step) return checkRest(step, path, sight)
  if ('shell' in step) return nodeProblem(step.node, [...path, 'node'], sight)
  if ('workload' in step && vmsOnHosts(step.workload, sight.lab).length === 0) {
    return objectProblem(step.workload, defaultNode(sight.lab.world), [...path, 'workload'], sight)
  }
  return []
}

function checkInject(step: InjectStep, path: Path, { lab, mayCome }: CheckSight): ScenarioProblem[] {
  const problems: ScenarioProblem[] = []
  const attempt = (key: string, run: () => void): boolean => {
    try {
      run()
      return true
    } catch (error) {
      if (!(error instanceof FaultError)) throw error
      problems.push({ path: [...path, key], text: error.message })
      return false
    }
  }
  if (!attempt('inject', () => { lab.faults.definition(step.inject) })) return problems
  const definition = lab.faults.definition(step.inject)
  const checked = checkOptions(definition, optionsOf(step), injectKeys)
  if ('problem' in checked) problems.push({ path: [...path, ...checked.path], text: checked.problem })
  if (step.for !== undefined && definition.heal === undefined) {
    problems.push({ path: [...path, 'for'], text: `${step.inject} cannot be undone, so it cannot be injected for a time` })
  }
  const { target = '' } = step
  if (typeof target !== 'string' || !mayCome(target.slice(target.lastIndexOf('/') + 1))) {
    attempt('target', () => { findTargets(lab.world, definition, target, () => 0) })
  }
  return problems
}

function checkCall(step: CallStep, path: Path, sight: CheckSight): ScenarioProblem[] {
  const { lab } = sight
  const nodeWrong = nodeProblem(step.node, [...path, 'node'], sight)
  if (nodeWrong.length > 0) return nodeWrong
  const node = step.node ?? defaultNode(lab.world)
  const target = findObjects(lab.world, node, step.object)[0]
  const problems: ScenarioProblem[] = faultProblem(step, path, lab)
  if (target === undefined) {
    return step.fault === 'ManagedObjectNotFound' ? problems
      : [...problems, ...objectProblem(step.object, node, [...path, 'object'], sight)]
  }
  const method = lab.schema.method(target.address.type, step.call)
  if (method === undefined) {
    if (step.fault === 'MethodNotFound') return problems
    return [...problems, {
      path: [...path, 'call'],
      text: `${target.address.type} has no method ${step.call}${nearestHint(step.call, methodNames(lab, target.address.type))}`,
    }]
  }
  const args = step.args ?? {}
  const missing: string[] = []
  resolveRefs(lab.world, node, args, pattern => missing.push(pattern))
  return [
    ...problems,
    ...checkArgs(lab.schema, method, args, [...path, 'args']),
    ...missing.flatMap(pattern => objectProblem(pattern, node, [...path, 'args'], sight)),
  ]
}

/** A path that nobody serves is wrong, unless that is what the scenario shows. */
function checkRest(step: RestStep, path: Path, sight: CheckSight): ScenarioProblem[] {
  const nodeWrong = nodeProblem(step.node, [...path, 'node'], sight)
  if (nodeWrong.length > 0) return nodeWrong
  const { lab } = sight
  const request = restRequest(step, lab)
  if (lab.world.find(request.node, 'ha-host') !== undefined) {
    return [{ path: [...path, 'node'], text: `${request.node} is a host: only a vCenter has REST` }]
  }
  const known = step.status === 404 ? undefined : lab.restMiss(request)
  if (known === undefined) return []
  const bare = `${request.method} ${request.path.replace(/^\/(api|rest)/, '').split('?', 1)[0]}`
  return [{ path: [...path, 'rest'], text: `fauxsphere does not emulate ${step.rest}${nearestHint(bare, known)}` }]
}

/** Ends of a call that are no MethodFault. */
const otherEnds = ['timeout', 'unavailable', 'MethodNotFound']

function faultProblem({ fault }: CallStep, path: Path, { schema }: ScenarioLab): ScenarioProblem[] {
  if (fault === undefined || otherEnds.includes(fault) || schema.data(fault)?.isFault === true) return []
  const known = [...schema.subtypes('MethodFault'), ...otherEnds]
  return [{ path: [...path, 'fault'], text: `there is no fault ${fault}${nearestHint(fault, known)}` }]
}

function methodNames({ schema }: ScenarioLab, type: string): string[] {
  const names: string[] = []
  for (let at = schema.managed(type); at !== undefined; at = at.base) names.push(...at.ownMethods.map(each => each.name))
  return names
}

/** A heal names a step that injects, a fault that some step injects, or all; and not before it. */
function checkHeals(scenario: Scenario, lab: ScenarioLab): ScenarioProblem[] {
  const timed = timeline(scenario).steps
  const injected = timed.flatMap(({ step, at, index }) => 'inject' in step ? [{ step, at, index }] : [])
  return timed.flatMap(({ step, at, index }): ScenarioProblem[] => {
    if (!('heal' in step) || step.heal === 'all') return []
    const path = ['steps', index, 'heal']
    const name = String(step.heal)
    const meant = injected.filter(each => each.step.as === name || each.step.inject === name)
    if (meant.length === 0) {
      const known = injected.flatMap(each => [each.step.as ?? '', each.step.inject]).filter(name => name !== '')
      const near = nearestName(name, known)
      const hint = near === undefined ? `injected are: ${[...new Set(known)].join(', ') || 'none'}` : `did you mean ${near}?`
      return [{ path, text: `no active fault ${name}: no step injects it; ${hint}` }]
    }
    if (!meant.some(each => each.at < at || (each.at === at && each.index < index))) {
      return [{ path, text: `${name} is healed before it is injected` }]
    }
    const definition = lab.faults.definitions().find(each => each.name === meant[0]!.step.inject)
    return definition !== undefined && definition.heal === undefined
      ? [{ path, text: `${definition.name} cannot be undone` }] : []
  })
}

/** Names in the arguments of calls: objects that calls make, clone or rename have them later. */
function newNames(scenario: Scenario): (name: string) => boolean {
  const names = new Set<string>()
  const walk = (value: unknown): void => {
    if (typeof value === 'string') names.add(value)
    else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) walk(inner)
  }
  for (const step of scenario.steps) if ('call' in step) walk(step.args)
  return name => names.has(name) || (isGlob(name) && [...names].some(nameMatcher(name)))
}
