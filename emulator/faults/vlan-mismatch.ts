import { z } from 'zod'
import { uplinksFor } from '../physics/network/nics.js'
import { defineFault } from './define.js'
import { listSchema } from './options.js'

/** The physical switch carries the wrong VLAN: links stay up, so that teaming notices nothing. */
export const vlanMismatch = defineFault({
  name: 'vlan-mismatch',
  target: 'host',
  help: 'the switch ports of a host carry the wrong VLAN: link is up, management traffic is dead',
  example: 'fauxsphere inject vlan-mismatch esx-02',
  options: z.strictObject({ nic: listSchema.optional() }),
  inject(tx, { id }, { nic = uplinksFor(tx, id, 'management') }) {
    for (const name of nic) tx.emit('network.vlan', { host: id, nic: name, state: 'wrong' })
  },
  heal(tx, { id }, { nic = uplinksFor(tx, id, 'management') }) {
    for (const name of nic) tx.emit('network.vlan', { host: id, nic: name, state: 'right' })
  },
})
