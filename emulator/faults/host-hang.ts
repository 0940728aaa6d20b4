import { z } from 'zod'
import { defineFault } from './define.js'

/** A host's CPUs are stuck: nothing answers, its VMs stand still, its storage heartbeats go on. */
export const hostHang = defineFault({
  name: 'host-hang',
  target: 'host',
  help: 'a host is stuck: no answer on any network, VMs stand still, storage heartbeats go on',
  example: 'fauxsphere inject host-hang esx-02',
  options: z.strictObject({}),
  inject(tx, { id }) {
    tx.emit('hardware.hung', { node: id, hung: true })
  },
  heal(tx, { id }) {
    tx.emit('hardware.hung', { node: id, hung: false })
  },
})
