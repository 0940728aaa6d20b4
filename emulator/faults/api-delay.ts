import { z } from 'zod'
import type { ApiDelayOptions } from '../physics/hardware/faults.js'
import { durationSchema } from './duration.js'
import { defineFault } from './define.js'

/** Matching calls are held at the door before they run. */
export const apiDelay = defineFault<ApiDelayOptions>({
  name: 'api-delay',
  target: 'node',
  help: 'matching calls are held at the door for a real time before they run; heal stops it',
  example: 'fauxsphere inject api-delay vc-01 method=RetrievePropertiesEx delay=3s',
  options: z.strictObject({
    method: z.string().min(1),
    delay: durationSchema,
  }) as unknown as z.ZodType<ApiDelayOptions>,
  inject() {},
  heal() {},
})
