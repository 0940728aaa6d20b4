import { z } from 'zod'
import { defineFault } from './define.js'

/**
 * An agent of a host ends. `crash`: its watchdog starts it again; `stop`: it stays away until it is
 * healed; `hang`: it is there and answers nobody, so that no watchdog notices.
 */
export const agentStop = defineFault({
  name: 'agent-stop',
  target: 'host',
  help: 'vpxa or fdm of a host stops, hangs, or crashes and is restarted by its watchdog',
  example: 'fauxsphere inject agent-stop esx-02 agent=fdm',
  options: z.strictObject({
    agent: z.enum(['vpxa', 'fdm']).default('vpxa'),
    how: z.enum(['stop', 'hang', 'crash']).default('stop'),
  }),
  inject(tx, { id }, { agent, how }) {
    tx.emit('agent.ended', { host: id, agent, how })
  },
  heal(tx, { id }, { agent }) {
    tx.emit('agent.changed', { host: id, agent, state: 'running' })
  },
})
