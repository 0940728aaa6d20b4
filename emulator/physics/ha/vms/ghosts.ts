import type { World } from '../../../world/world.js'
import '../../vsan/ghosts.js'
import { agentOf } from '../fdm/agent.js'
import { haLine, lineOf, setLine } from './line.js'

/**
 * VMs that vSAN ends on the side without the votes (availability.md 6.3): no user stopped them, so they
 * stay on the list, and whichever primary can use their objects starts them.
 */
export function reactToEndedGhosts(world: World): void {
  world.on('vsan.ghostFound', (tx, { host, vm }) => {
    const slot = tx.find(host, vm)
    const agent = agentOf(tx, host)
    if (slot === undefined || agent === undefined || lineOf(tx, slot)?.protected !== true) return
    setLine(tx, slot, haLine(agent, true, 'storage'))
  })
  world.on('vsan.ghostEnded', (tx, { host }) => tx.emit('ha.vmsReleased', { host }))
}
