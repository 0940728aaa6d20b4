import type { Reader } from '../../world/records.js'
import type { World } from '../../world/world.js'
import { LAB, chassis, type NodeInner } from './chassis.js'

/** The management agents of a host: hostd (the API), vpxa (vCenter's), fdm (HA's). */
export type HostAgent = 'hostd' | 'vpxa' | 'fdm'

declare module '../../world/signals.js' {
  interface SignalMap {
    /** An agent of a host ended, hangs, or runs again. */
    'agent.changed': { readonly host: string, readonly agent: HostAgent, readonly state: 'running' | 'stopped' | 'hung' }
  }
}

/** True while the host has booted and that agent of it works. */
export function agentRuns(reader: Reader, host: string, agent: HostAgent): boolean {
  const inner = chassis(reader, host)
  return inner !== undefined && inner.power === 'on' && inner.hung !== true && inner.agents?.[agent] === undefined
}

/** Keeps the agents' states; a host that boots starts them all. */
export function reactToAgents(world: World): void {
  world.on('agent.changed', (tx, { host, agent, state }) => {
    tx.update<object, NodeInner>({ node: LAB, id: host }, draft => {
      const agents = { ...draft.inner.agents }
      if (state === 'running') delete agents[agent]
      else agents[agent] = state
      if (Object.keys(agents).length === 0) delete draft.inner.agents
      else draft.inner.agents = agents
    })
  })
  world.on('hardware.booted', (tx, { node }) => {
    for (const agent of Object.keys(chassis(tx, node)?.agents ?? {}) as HostAgent[]) {
      tx.emit('agent.changed', { host: node, agent, state: 'running' })
    }
  })
}
