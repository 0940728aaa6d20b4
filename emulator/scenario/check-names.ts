import { recordKinds, recordNames, splitKind } from '../physics/find.js'
import { nearestName, nearestOr } from '../world/nearest.js'
import type { ScenarioProblem } from './error.js'
import { findObjects, nodeNames } from './objects.js'
import type { ScenarioLab } from './scenario-lab.js'

type Path = readonly PropertyKey[]

/** What a check goes by. */
export interface CheckSight {
  readonly lab: ScenarioLab
  /** True for a name that a call of the scenario may bring into being. */
  mayCome(name: string): boolean
}

/** A problem where a node of that name is missing. */
export function nodeProblem(node: string | undefined, path: Path, { lab }: CheckSight): ScenarioProblem[] {
  const known = nodeNames(lab.world)
  if (node === undefined || known.includes(node)) return []
  return [{ path, text: `there is no node ${node}; ${nearestOr(node, known, 'there are')}` }]
}

/** A problem where a pattern names nothing on a node. */
export function objectProblem(pattern: string, node: string, path: Path, sight: CheckSight): ScenarioProblem[] {
  const { lab } = sight
  if (findObjects(lab.world, node, pattern).length > 0) return []
  const split = splitKind(pattern)
  const name = split?.name ?? pattern.slice(pattern.lastIndexOf('/') + 1)
  if (sight.mayCome(name)) return []
  const types = split === undefined ? Object.values(recordKinds).flat() : recordKinds[split.kind]!
  const kind = /^([\w-]+)\//.exec(pattern)?.[1]
  const kindHint = split === undefined && kind !== undefined ? nearestName(kind, Object.keys(recordKinds)) : undefined
  const near = nearestName(name, recordNames(lab.world, node, types))
  const hint = kindHint !== undefined ? `; did you mean ${kindHint}/${pattern.slice(kind!.length + 1)}?`
    : near === undefined ? '' : `; did you mean ${split === undefined ? '' : `${split.kind}/`}${near}?`
  return [{ path, text: `there is no ${pattern} on ${node}${hint}` }]
}
