import { z } from 'zod'
import { addStorageFault, dropStorageFault } from '../physics/storage/access.js'
import { defineFault } from './define.js'
import { hostList, hostsSchema } from './storage-options.js'

interface Options {
  readonly hosts: 'all' | readonly string[]
}

/**
 * A datastore's device is gone for good, and the array says so: hosts do not wait for it.
 */
export const datastorePdl = defineFault<Options>({
  name: 'datastore-pdl',
  target: 'datastore',
  help: 'a datastore\'s device is gone for good for hosts (PDL); heal plugs it in again',
  example: 'fauxsphere inject datastore-pdl shared-01 hosts=esx-02',
  options: z.strictObject({ hosts: hostsSchema }) as unknown as z.ZodType<Options>,
  inject(tx, target, { hosts }, id) {
    addStorageFault(tx, id, { volume: target.id, hosts: hostList(tx, hosts), loss: 'pdl' })
  },
  heal(tx, _target, _options, id) {
    dropStorageFault(tx, id)
  },
})
