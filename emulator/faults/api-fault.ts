import { z } from 'zod'
import type { ApiFaultOptions } from '../physics/hardware/faults.js'
import { defineFault } from './define.js'

/**
 * The gate answers matching calls with a MethodFault before their handler runs. The one kind of
 * fault that is no physical fact (design.md 4.7): it tests a client's error handling.
 */
export const apiFault = defineFault<ApiFaultOptions>({
  name: 'api-fault',
  target: 'node',
  help: 'matching calls are answered with a MethodFault; heal stops it',
  example: 'fauxsphere inject api-fault vc-01 method=PowerOnVM_Task fault=TaskInProgress probability=0.5',
  options: z.strictObject({
    method: z.string().min(1),
    object: z.string().optional(),
    probability: z.coerce.number().min(0).max(1).default(1),
    fault: z.string().default('SystemError'),
    fields: z.record(z.string(), z.unknown()).default({}),
    count: z.coerce.number().int().positive().optional(),
  }) as unknown as z.ZodType<ApiFaultOptions>,
  inject() {},
  heal() {},
})
