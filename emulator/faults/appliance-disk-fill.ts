import { z } from 'zod'
import { fill, free, partitionKinds } from '../physics/appliance/partitions.js'
import { defineFault } from './define.js'
import { flagSchema } from './options.js'
import { percentSchema } from './sizes.js'

const mounts = partitionKinds.map(kind => kind.mount)

const seconds: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600 }

/** `5%/min`: percent of the partition in a second. */
const rate = z.string().regex(/^\d+(\.\d+)?%\/(s|min|h)$/, 'a rate such as 5%/min')
  .transform(text => {
    const [amount, unit] = text.split('%/') as [string, string]
    return Number(amount) / seconds[unit]!
  })

interface Options {
  readonly partition: string
  readonly to: number
  readonly rate?: number | undefined
  readonly inodes: boolean
}

/**
 * A partition of a vCenter's appliance fills, at once or at a rate: an event storm in the database,
 * a flood of logs. What stops because of it is for physics.
 */
export const applianceDiskFill = defineFault<Options>({
  name: 'appliance-disk-fill',
  target: 'vcenter',
  help: 'a partition of the appliance fills to a percentage, at once or at a rate; heal frees it, and starts nothing',
  example: 'fauxsphere inject appliance-disk-fill vc-01 partition=/storage/seat to=95% rate=5%/min',
  options: z.strictObject({
    partition: z.enum(mounts).default('/storage/seat'),
    to: percentSchema.default(95),
    rate: rate.optional(),
    inodes: flagSchema.default(false),
  }) as unknown as z.ZodType<Options>,
  inject(tx, target, { partition, to, rate: percentPerSecond, inodes }) {
    fill(tx, target.id, partition, { what: inodes ? 'inodes' : 'bytes', toPercent: to, percentPerSecond })
  },
  heal(tx, target, { partition }) {
    free(tx, target.id, partition)
  },
})
