import { z } from 'zod'
import { defineFault } from './define.js'

/** The service that shows the consoles of a host's VMs hangs; its restart on the host cures it too. */
export const consoleHang = defineFault({
  name: 'console-hang',
  target: 'host',
  help: "the console service of a host hangs: every console of its VMs is black; VMs run on",
  example: 'fauxsphere inject console-hang esx-02',
  options: z.strictObject({}),
  inject(tx, { id }) {
    tx.emit('console.service', { host: id, state: 'hung' })
  },
  heal(tx, { id }) {
    tx.emit('console.service', { host: id, state: 'running' })
  },
})
