import { z } from 'zod'
import { defineFault } from './define.js'

/**
 * Power goes away under a whole site: every machine named loses it at the same instant. A vCenter
 * is lost with the host that its appliance runs on.
 */
export const powerLoss = defineFault({
  name: 'power-loss',
  target: 'host',
  help: 'the hosts of a site lose power at the same instant; heal brings power back to all',
  example: 'fauxsphere inject power-loss "esx-*"',
  options: z.strictObject({}),
  inject(tx, { id }) {
    tx.emit('hardware.powerLost', { node: id, cause: 'power' })
  },
  heal(tx, { id }) {
    tx.emit('hardware.powerRestored', { node: id })
  },
})
