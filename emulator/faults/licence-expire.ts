import { z } from 'zod'
import { setLicenceExpired } from '../physics/appliance/facts.js'
import { defineFault } from './define.js'

/** The licence or evaluation of a host or of a vCenter ends. */
export const licenceExpire = defineFault({
  name: 'licence-expire',
  target: 'node',
  help: 'a licence ends: a host is disconnected and starts no VM; a vCenter disconnects all hosts; heal assigns a valid one',
  example: 'fauxsphere inject licence-expire esx-02',
  options: z.strictObject({}),
  inject(tx, target) {
    setLicenceExpired(tx, target.id, true)
  },
  heal(tx, target) {
    setLicenceExpired(tx, target.id, false)
  },
})
