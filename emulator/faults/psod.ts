import { z } from 'zod'
import { defineFault } from './define.js'

/** The kernel panics: the purple screen stays until somebody resets the host. */
export const psod = defineFault({
  name: 'psod',
  target: 'host',
  help: 'a host stops with a purple screen, which stays until it is healed (reset)',
  example: 'fauxsphere inject psod esx-02',
  options: z.strictObject({}),
  inject(tx, { id }) {
    tx.emit('hardware.powerLost', { node: id, cause: 'psod' })
  },
  heal(tx, { id }) {
    tx.emit('hardware.powerRestored', { node: id })
  },
})
