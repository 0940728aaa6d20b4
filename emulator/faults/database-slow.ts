import { z } from 'zod'
import type { DatabaseSlowOptions } from '../physics/hardware/faults.js'
import { defineFault } from './define.js'
import { durationSchema } from './duration.js'

/** The database of a vCenter answers late, and so does everything of vpxd that asks it. */
export const databaseSlow = defineFault<DatabaseSlowOptions>({
  name: 'database-slow',
  target: 'vcenter',
  help: 'the database answers late: calls of vpxd take a real time longer, its health is degraded; heal ends it',
  example: 'fauxsphere inject database-slow vc-01 delay=3s',
  options: z.strictObject({ delay: durationSchema.default(2_000) }) as unknown as z.ZodType<DatabaseSlowOptions>,
  inject() {},
  heal() {},
})
