import { z } from 'zod'
import { durationSchema } from './duration.js'
import { defineFault } from './define.js'

/** What an `api-delay` in force says; the doors hold matching calls so long. */
export interface ApiDelayOptions {
  readonly method: string
  /** Real milliseconds: it is the client's patience that is tried. */
  readonly delay: number
}

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
