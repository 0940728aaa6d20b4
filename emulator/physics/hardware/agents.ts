import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { chassis, updateChassis } from './chassis.js'
import { WATCHDOG_MS } from './timing.js'

/** The management agents of a host: hostd (the API), vpxa (vCenter's), fdm (HA's). */
export type HostAgent = 'hostd' | 'vpxa' | 'fdm'

declare module '../../world/signals.js' {
  interface SignalMap {
    /** Somebody stopped an agent, it hangs, or it crashed and its watchdog will start it again. */
    'agent.ended': { readonly host: string, readonly agent: HostAgent, readonly how: 'stop' | 'hang' | 'crash' }
    /** An agent of a host does not run any more, or runs again. */
    'agent.changed': { readonly host: string, readonly agent: HostAgent, readonly state: 'running' | 'stopped' | 'hung' }
  }
  interface JobMap {
    'agent.watchdog': { readonly host: string, readonly agent: HostAgent }
  }
}

/** True while the host has booted and that agent of it works. */
export function agentRuns(reader: Reader, host: string, agent: HostAgent): boolean {
  const inner = chassis(reader, host)
  return inner !== undefined && inner.power === 'on' && inner.hung !== true && inner.agents?.[agent] === undefined
}

/** True while hostd of a host that runs has ended; false while it hangs. */
export function hostdStopped(reader: Reader, host: string): boolean {
  const inner = chassis(reader, host)
  return inner?.power === 'on' && inner.agents?.hostd === 'stopped'
}

/** Runs what the end of a host's hostd means: a stop or a crash, not a hang, which keeps its memory. */
export function onHostdEnd(world: World, run: (tx: Transaction, host: string) => void): void {
  world.on('agent.changed', (tx, { host, agent, state }) => {
    if (agent === 'hostd' && state === 'stopped') run(tx, host)
  })
}

/** Keeps the agents' states; a host that boots starts them all. */
export function reactToAgents(world: World): void {
  world.on('agent.ended', (tx, { host, agent, how }) => {
    if (!agentRuns(tx, host, agent)) return
    tx.emit('agent.changed', { host, agent, state: how === 'hang' ? 'hung' : 'stopped' })
    if (how === 'crash') tx.after(WATCHDOG_MS, 'agent.watchdog', { host, agent })
  })
  world.onJob('agent.watchdog', (tx, { host, agent }) => {
    const inner = chassis(tx, host)
    if (inner?.power !== 'on' || inner.agents?.[agent] !== 'stopped') return
    tx.emit('agent.changed', { host, agent, state: 'running' })
  })
  world.on('agent.changed', (tx, { host, agent, state }) => {
    updateChassis(tx, host, inner => {
      const agents = { ...inner.agents }
      if (state === 'running') delete agents[agent]
      else agents[agent] = state
      if (Object.keys(agents).length === 0) delete inner.agents
      else inner.agents = agents
    })
  })
  world.on('hardware.booted', (tx, { node }) => {
    for (const agent of Object.keys(chassis(tx, node)?.agents ?? {}) as HostAgent[]) {
      tx.emit('agent.changed', { host: node, agent, state: 'running' })
    }
  })
}
