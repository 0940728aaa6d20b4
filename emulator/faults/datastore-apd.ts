import { z } from 'zod'
import { addStorageFault, dropStorageFault } from '../physics/storage/access.js'
import { defineFault } from './define.js'
import { hostList, hostsSchema } from './storage-options.js'

interface Options {
  readonly hosts: 'all' | readonly string[]
}

/**
 * All paths from hosts to a datastore's device, or to its NFS server, are down; they may come back. The
 * hosts wait for it, the virtual machines' I/O stands still.
 */
export const datastoreApd = defineFault<Options>({
  name: 'datastore-apd',
  target: 'datastore',
  help: 'all paths of hosts to a datastore are down (APD) and may come back; heal brings them back',
  example: 'fauxsphere inject datastore-apd shared-01 hosts=esx-02',
  options: z.strictObject({ hosts: hostsSchema }) as unknown as z.ZodType<Options>,
  inject(tx, target, { hosts }, id) {
    addStorageFault(tx, id, { volume: target.id, hosts: hostList(tx, hosts), loss: 'apd' })
  },
  heal(tx, _target, _options, id) {
    dropStorageFault(tx, id)
  },
})
