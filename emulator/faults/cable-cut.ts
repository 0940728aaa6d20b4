import { z } from 'zod'
import { defineFault } from './define.js'

/**
 * The cable between a host's management network and the rest of the lab is cut: vCenter and the
 * host hear nothing of each other, clients of the host's own doors still reach it.
 */
export const cableCut = defineFault({
  name: 'cable-cut',
  target: 'host',
  help: 'the management link between a host and its vCenter is cut; heal mends it',
  example: 'fauxsphere inject cable-cut esx-02',
  options: z.strictObject({}),
  inject(tx, target) {
    tx.emit('management.cable', { host: target.id, state: 'cut' })
  },
  heal(tx, target) {
    tx.emit('management.cable', { host: target.id, state: 'up' })
  },
})
