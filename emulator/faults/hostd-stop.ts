import { z } from 'zod'
import { defineFault } from './define.js'

/** hostd of a host ends: nobody answers on 443, HA's agent waits for it, VMs run on. */
export const hostdStop = defineFault({
  name: 'hostd-stop',
  target: 'host',
  help: 'hostd stops, hangs, or crashes and is restarted by its watchdog; VMs run on',
  example: 'fauxsphere inject hostd-stop esx-02 how=crash',
  options: z.strictObject({ how: z.enum(['stop', 'hang', 'crash']).default('stop') }),
  inject(tx, { id }, { how }) {
    tx.emit('agent.ended', { host: id, agent: 'hostd', how })
  },
  heal(tx, { id }) {
    tx.emit('agent.changed', { host: id, agent: 'hostd', state: 'running' })
  },
})
