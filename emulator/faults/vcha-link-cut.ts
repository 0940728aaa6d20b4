import { z } from 'zod'
import { addRule, dropRule } from '../physics/network/rules.js'
import { machineId, nodeKeys, type NodeKey } from '../physics/vcha/state.js'
import { defineFault } from './define.js'
import { flagSchema, listSchema } from './options.js'
import { FaultError } from './target.js'
import { clusterOf, nodeNamed } from './vcha-node.js'

interface Options {
  readonly between: readonly string[]
  readonly 'one-way': boolean
}

/** The vCenter HA network is cut between two nodes, or between all of them. */
export const vchaLinkCut = defineFault<Options>({
  name: 'vcha-link-cut',
  target: 'vcenter',
  help: 'the vCenter HA network is cut between two nodes (active, passive, witness), around one, or between all',
  example: 'fauxsphere inject vcha-link-cut vc-01 between=active,passive',
  options: z.strictObject({
    between: listSchema.default(['all']),
    'one-way': flagSchema.default(false),
  }) as unknown as z.ZodType<Options>,
  inject(tx, target, { between, 'one-way': oneWay }, id) {
    const vcha = clusterOf(tx, target.id)
    pairs(nodeKeys(vcha), between.map(name => name === 'all' ? name : nodeNamed(vcha, name))).forEach(([a, b], index) => {
      addRule(tx, `${id}/${index}`, {
        networks: ['vcha'], from: [machineId(target.id, a)], to: [machineId(target.id, b)], both: !oneWay, cut: 'drop',
      })
    })
  },
  heal(tx, _target, _options, id) {
    for (let index = 0; index < 3; index += 1) dropRule(tx, `${id}/${index}`)
  },
})

/** `all`: every pair; one node: its pairs; two: theirs. */
function pairs(keys: readonly NodeKey[], between: readonly (NodeKey | 'all')[]): [NodeKey, NodeKey][] {
  const every = keys.flatMap((a, index) => keys.slice(index + 1).map((b): [NodeKey, NodeKey] => [a, b]))
  if (between.length === 1 && between[0] === 'all') return every
  const [a, b] = between as NodeKey[]
  if (between.length > 2 || a === b) throw new FaultError('vcha-link-cut needs two different nodes, one, or all')
  return b === undefined ? every.filter(pair => pair.includes(a!)) : [[a!, b]]
}
