import { z } from 'zod'
import { addLatencyFault, dropLatencyFault } from '../physics/storage/latency.js'
import { defineFault } from './define.js'
import { durationSchema } from './duration.js'
import { hostList, hostsSchema } from './storage-options.js'

interface Options {
  readonly latency: number
  readonly hosts: 'all' | readonly string[]
}

/** A datastore's array answers late: overloaded, rebuilding, a bad cable. */
export const diskLatency = defineFault<Options>({
  name: 'disk-latency',
  target: 'datastore',
  help: 'I/O of hosts on a datastore takes longer by a time; heal makes it quick again',
  example: 'fauxsphere inject disk-latency shared-01 latency=80ms',
  options: z.strictObject({
    latency: z.union([durationSchema, z.number().positive()]).default(80),
    hosts: hostsSchema,
  }) as unknown as z.ZodType<Options>,
  inject(tx, target, { latency, hosts }, id) {
    addLatencyFault(tx, id, { volume: target.id, hosts: hostList(tx, hosts), ms: latency })
  },
  heal(tx, _target, _options, id) {
    dropLatencyFault(tx, id)
  },
})
