import type { World } from '../../world/world.js'
import { narrateAgentLogs } from './agent-log.js'
import { narrateEvents } from './event-log.js'
import { narrateKernel } from './kernel-log.js'
import { narrateVmLogs } from './vm-log.js'

/** What becomes a line of a log beside an event: agents, events, the kernel, VMs. */
export function narrateLogs(world: World): void {
  narrateAgentLogs(world)
  narrateEvents(world)
  narrateKernel(world)
  narrateVmLogs(world)
}
