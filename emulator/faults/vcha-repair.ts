import { z } from 'zod'
import { resetPrimary } from '../physics/vcha/decide.js'
import { destroyVcha } from '../physics/vcha/destroy.js'
import { nodeLives } from '../physics/vcha/links.js'
import { repairDisk } from '../physics/vcha/shared-disk.js'
import { defineFault } from './define.js'
import { FaultError } from './target.js'
import { clusterOf, nodeNamed } from './vcha-node.js'

interface Options {
  readonly node: string
}

/** What `vcha-reset-primary` does on a node's shell. */
export const vchaResetPrimary = defineFault<Options>({
  name: 'vcha-reset-primary',
  target: 'vcenter',
  help: 'no fault but its repair: makes a node of a vCenter HA cluster that nobody serves active by force; it reboots',
  example: 'fauxsphere inject vcha-reset-primary vc-01 node=passive',
  options: z.strictObject({ node: z.string().default('passive') }) as unknown as z.ZodType<Options>,
  inject(tx, target, { node }) {
    const key = nodeNamed(clusterOf(tx, target.id), node)
    if (key === 'w') throw new FaultError('a witness has no data: it can never be active')
    if (!resetPrimary(tx, target.id, key)) throw new FaultError(`${target.id} is served by a node already, or that node is off`)
  },
  heal() {},
})

/** The damaged database of a shared disk is restored. */
export const vchaDiskRepair = defineFault({
  name: 'vcha-disk-repair',
  target: 'vcenter',
  help: 'no fault but its repair: makes the damaged database on a shared disk usable again and starts the services',
  example: 'fauxsphere inject vcha-disk-repair vc-01',
  options: z.strictObject({}),
  inject(tx, target) {
    clusterOf(tx, target.id)
    if (!repairDisk(tx, target.id)) throw new FaultError(`the database of ${target.id} is not damaged`)
  },
  heal() {},
})

/** What `destroy-vcha -f` does on a node's shell: it goes on as a vCenter by itself. */
export const vchaDestroy = defineFault<Options>({
  name: 'vcha-destroy',
  target: 'vcenter',
  help: 'no fault but a last resort: ends a vCenter HA cluster; the node (active, passive, or by name) is the vCenter',
  example: 'fauxsphere inject vcha-destroy vc-01 node=passive',
  options: z.strictObject({ node: z.string().default('active') }) as unknown as z.ZodType<Options>,
  inject(tx, target, { node }) {
    const key = nodeNamed(clusterOf(tx, target.id), node)
    if (key === 'w') throw new FaultError('a witness has no data: it can never be a vCenter')
    if (!nodeLives(tx, target.id, clusterOf(tx, target.id), key)) throw new FaultError(`the node ${node} is off`)
    destroyVcha(tx, target.id, key)
  },
  heal() {},
})
