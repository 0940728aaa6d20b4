import { z } from 'zod'
import { emptyVolume, fillVolume } from '../physics/storage/fill.js'
import { defineFault } from './define.js'
import { byteRateSchema, percentSchema, sizeSchema } from './sizes.js'

interface Options {
  readonly to?: number | undefined
  readonly bytes?: number | undefined
  readonly rate?: number | undefined
}

/**
 * A datastore fills with things that are no virtual machines: backups, ISO images, forgotten files.
 * What thin disks and other operations do when no block is left is for physics.
 */
export const datastoreFill = defineFault<Options>({
  name: 'datastore-fill',
  target: 'datastore',
  help: 'files fill a datastore to a percentage or by a size, at once or at a rate; heal deletes them',
  example: 'fauxsphere inject datastore-fill shared-01 to=95% rate=50MiB/s',
  options: z.strictObject({
    to: percentSchema.optional(),
    bytes: sizeSchema.optional(),
    rate: byteRateSchema.optional(),
  }).refine(({ to, bytes }) => to === undefined || bytes === undefined, 'either to or bytes') as unknown as z.ZodType<Options>,
  inject(tx, target, { to, bytes, rate }, id) {
    fillVolume(tx, target.id, id, { toPercent: to, bytes, bytesPerSecond: rate })
  },
  heal(tx, target, _options, id) {
    emptyVolume(tx, target.id, id)
  },
})
