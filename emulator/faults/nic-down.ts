import { z } from 'zod'
import { nicNames } from '../physics/network/nics.js'
import { defineFault } from './define.js'
import { listSchema } from './options.js'

/** Physical cards of a host lose their link; another card of the switch takes over while one is left. */
export const nicDown = defineFault({
  name: 'nic-down',
  target: 'host',
  help: 'physical cards of a host lose their link; with the last one of a switch its network is gone',
  example: 'fauxsphere inject nic-down esx-02 nic=vmnic0,vmnic1',
  options: z.strictObject({ nic: listSchema.default(['vmnic0']) }),
  inject(tx, { id }, { nic }) {
    for (const name of nic.filter(each => nicNames(tx, id).includes(each))) {
      tx.emit('network.nic', { host: id, nic: name, link: 'down' })
    }
  },
  heal(tx, { id }, { nic }) {
    for (const name of nic) tx.emit('network.nic', { host: id, nic: name, link: 'up' })
  },
})
