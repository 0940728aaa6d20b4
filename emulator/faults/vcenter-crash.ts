import { z } from 'zod'
import '../physics/appliance/signals.js'
import { defineFault } from './define.js'
import { durationSchema } from './duration.js'

interface Options {
  readonly times: number
  readonly after: number
}

/** vpxd's process dies; the watchdog starts it again, and reboots the appliance when it dies too often. */
export const vcenterCrash = defineFault<Options>({
  name: 'vcenter-crash',
  target: 'vcenter',
  help: 'vpxd dies, several times if asked; the watchdog restarts it twice an hour, then reboots the appliance',
  example: 'fauxsphere inject vcenter-crash vc-01 times=3 after=30s',
  options: z.strictObject({
    times: z.coerce.number().int().min(1).max(1000).default(1),
    after: durationSchema.default(30_000),
  }) as unknown as z.ZodType<Options>,
  inject(tx, target, { times, after }) {
    tx.emit('appliance.crash', { vcenter: target.id, more: times - 1, afterMs: after })
  },
  heal(tx, target) {
    tx.emit('appliance.crashEnd', { vcenter: target.id })
  },
})
