import '../../physics/hardware/agents.js'
import '../../physics/hardware/reactions.js'
import '../../physics/management/reactions.js'
import { isHost } from '../../physics/hardware/chassis.js'
import type { ProgramName } from '../../physics/logs/programs.js'
import { logStart, writeLog } from '../../physics/logs/write.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { nodeInfo } from '../nodes.js'

const agents = ['hostd', 'vpxa', 'fdm'] as const satisfies readonly ProgramName[]

/**
 * Agents that start and end, in their own logs and in syslog.log, whose watchdog script sees them; and
 * what vpxa and vpxd say of their connection (operations.md 3.1). The texts are our own.
 */
export function narrateAgentLogs(world: World): void {
  world.on('agent.changed', (tx, { host, agent, state }) => {
    if (state === 'running') logStart(tx, host, agent)
    const text = state === 'running' ? `${agent} started` : state === 'hung' ? `${agent} does not answer` : `${agent} stopped`
    writeLog(tx, host, 'script', { level: 'info', as: `watchdog-${agent}`, text })
  })
  world.on('hardware.booted', (tx, { node }) => {
    if (!isHost(tx, node)) return
    for (const agent of agents) logStart(tx, node, agent)
    writeLog(tx, node, 'script', { level: 'info', as: 'init', text: 'Host services have started' })
  })
  world.on('management.hostLost', (tx, { vcenter, host }) => say(tx, vcenter, host, 'warning', 'no heartbeat within the time-out, not responding'))
  world.on('management.hostDisconnected', (tx, { vcenter, host, reason }) => {
    say(tx, vcenter, host, 'info', `disconnected (${reason})`)
    writeLog(tx, host, 'vpxa', { level: 'info', sub: 'vpxaCnx', text: `Connection of ${vcenter} closed` })
  })
  world.on('management.hostBack', (tx, { vcenter, host }) => {
    say(tx, vcenter, host, 'info', 'connected')
    writeLog(tx, host, 'vpxa', { level: 'info', sub: 'vpxaCnx', text: `Connection of ${vcenter} accepted` })
  })
}

function say(tx: Transaction, vcenter: string, host: string, level: 'info' | 'warning', what: string): void {
  writeLog(tx, vcenter, 'vpxd', {
    level, sub: 'InvtHostCnx', text: () => `[VpxdInvtHost] host ${nodeInfo(tx, host)?.hostName ?? host}: ${what}`,
  })
}
