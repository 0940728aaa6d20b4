import { nodeKeys, roleOf, vchaOf, type NodeKey, type VchaInner } from '../physics/vcha/state.js'
import { nearestName } from '../world/nearest.js'
import type { Reader } from '../world/records.js'
import { FaultError } from './target.js'

/**
 * The vCenter HA cluster of a vCenter.
 * @throws FaultError when it has none
 */
export function clusterOf(reader: Reader, vcenter: string): VchaInner {
  const vcha = vchaOf(reader, vcenter)
  if (vcha?.state !== 'configured') throw new FaultError(`${vcenter} has no vCenter HA cluster`)
  return vcha
}

/**
 * A node of a cluster by its present role, or by its name.
 * @throws FaultError when the cluster has none of that name
 */
export function nodeNamed(vcha: VchaInner, name: string): NodeKey {
  const keys = nodeKeys(vcha)
  const found = keys.find(key => roleOf(vcha, key) === name || vcha.nodes[key].name === name)
  if (found !== undefined) return found
  const known = keys.flatMap(key => [roleOf(vcha, key) as string, vcha.nodes[key].name])
  const near = nearestName(name, known)
  throw new FaultError(`the cluster has no node ${name}; `
    + (near === undefined ? `it has ${known.join(', ')}` : `did you mean ${near}?`))
}
