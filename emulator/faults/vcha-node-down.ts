import { z } from 'zod'
import { cutNode, restoreNode } from '../physics/vcha/machines.js'
import { defineFault } from './define.js'
import { clusterOf, nodeNamed } from './vcha-node.js'

interface Options {
  readonly node: string
}

/** A node of a vCenter HA cluster loses its power: its VM, or the machine that it is. */
export const vchaNodeDown = defineFault<Options>({
  name: 'vcha-node-down',
  target: 'vcenter',
  help: 'a node of a vCenter HA cluster (active, passive, witness, or by name) is switched off; heal starts it',
  example: 'fauxsphere inject vcha-node-down vc-01 node=active',
  options: z.strictObject({ node: z.string().default('active') }) as unknown as z.ZodType<Options>,
  inject(tx, target, { node }, id) {
    cutNode(tx, target.id, nodeNamed(clusterOf(tx, target.id), node), id)
  },
  heal(tx, _target, _options, id) {
    restoreNode(tx, id)
  },
})
