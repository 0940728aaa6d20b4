import { z } from 'zod'
import { durationMs } from '../world/duration.js'

/** An option that is a time in words; becomes milliseconds. */
export const durationSchema = z.string()
  .refine(text => durationMs(text) !== undefined, 'a time such as 30s, 5m or 1h30m')
  .transform(text => durationMs(text)!)
