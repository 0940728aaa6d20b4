import { z } from 'zod'
import { defineFault } from './define.js'

/**
 * A host stops at once: power loss or PSOD. The fault takes the power away; that vCenter sees the
 * host as not responding after its heartbeat window, and that VMs are gone, is for physics.
 */
export const hostCrash = defineFault({
  name: 'host-crash',
  target: 'host',
  help: 'the host loses power or stops with a purple screen; heal switches it on again',
  example: 'fauxsphere inject host-crash esx-02 cause=power',
  options: z.strictObject({ cause: z.enum(['power', 'psod']).default('power') }),
  inject(tx, target, { cause }) {
    tx.emit('hardware.powerLost', { node: target.id, cause })
  },
  heal(tx, target) {
    tx.emit('hardware.powerRestored', { node: target.id })
  },
})
