import { z } from 'zod'
import { durationMs } from '../world/duration.js'

const duration = z.string().refine(text => durationMs(text) !== undefined, 'a time such as 30s, 5m or 1h30m')

/** A moment: a time from the settled start, a named step, or a named step plus a time. */
const moment = z.string().regex(
  /^(\d[\dsmhd.]*|[a-zA-Z][\w-]*([+-]\d[\dsmhd.]*)?)$/,
  'a time such as 30s, a step name, or a step name plus a time such as crash+20s',
)

const pattern = z.string().refine(isPattern, 'a regular expression')

const comparison = {
  is: z.unknown().optional(),
  not: z.unknown().optional(),
  in: z.array(z.unknown()).optional(),
  matches: pattern.optional(),
  less: z.number().optional(),
  more: z.number().optional(),
  unset: z.boolean().optional(),
}

const NO_COMPARISON = `needs a comparison: ${Object.keys(comparison).join(', ')}`

/** True if a value is compared with something: an expectation without could not fail. */
function compares(value: object): boolean {
  return Object.keys(comparison).some(key => (value as Record<string, unknown>)[key] !== undefined)
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp
  } catch {
    return false
  }
}

const propertyExpectation = z.strictObject({
  object: z.string().optional(),
  each: z.string().optional(),
  property: z.string(),
  node: z.string().optional(),
  on: z.union([z.string(), z.strictObject({ not: z.string() })]).optional(),
  ...comparison,
})
  .refine(value => (value.object === undefined) !== (value.each === undefined), 'needs one of object, each')
  .refine(value => value.on !== undefined || compares(value), NO_COMPARISON)

const eventExpectation = z.strictObject({
  event: z.string(),
  node: z.string().optional(),
  vm: z.string().optional(),
  host: z.string().optional(),
  user: z.string().optional(),
  text: pattern.optional(),
  count: z.number().int().nonnegative().optional(),
})

const connectExpectation = z.strictObject({
  connect: z.string().regex(/^[\w.-]+:\d+$/, 'NODE:PORT'),
  is: z.enum(['open', 'refused', 'timeout', 'reset']),
})

const truthExpectation = z.strictObject({
  truth: z.enum(['runs-on', 'power']),
  object: z.string(),
  ...comparison,
}).refine(compares, NO_COMPARISON)

/** The key by which a kind of expectation is known, in the order of the union. */
export const expectationKinds = ['property', 'event', 'connect', 'truth'] as const

const expectationSchema = z.union([
  propertyExpectation, eventExpectation, connectExpectation, truthExpectation,
])

const when = {
  at: moment.optional(),
  as: z.string().regex(/^[a-zA-Z][\w-]*$/).optional(),
  from: moment.optional(),
  by: moment.optional(),
  during: z.tuple([moment, moment]).optional(),
}

/** The key by which a kind of step is known, in the order of the union. */
export const stepKinds = ['inject', 'heal', 'note', 'expect', 'never', 'call'] as const

const step = z.union([
  z.looseObject({ inject: z.string(), target: z.string(), ...when }),
  z.strictObject({ heal: z.string(), ...when }),
  z.strictObject({ note: z.string(), ...when }),
  z.strictObject({ expect: expectationSchema, ...when }),
  z.strictObject({ never: expectationSchema, ...when }),
  z.strictObject({
    call: z.string(),
    object: z.string(),
    node: z.string().optional(),
    user: z.string().optional(),
    args: z.record(z.string(), z.unknown()).optional(),
    fault: z.string().optional(),
    ...when,
  }),
])

/** The shape of a scenario file; it also yields the published JSON Schema. */
export const scenarioSchema = z.strictObject({
  scenario: z.string(),
  lab: z.string().default('small'),
  seed: z.union([z.number(), z.string()]).default(1),
  settle: duration.default('0s'),
  steps: z.array(step).min(1),
})

export type Scenario = z.infer<typeof scenarioSchema>
export type Step = Scenario['steps'][number]
export type Expectation = z.infer<typeof expectationSchema>
export type PropertyExpectation = z.infer<typeof propertyExpectation>
export type EventExpectation = z.infer<typeof eventExpectation>
export type ConnectExpectation = z.infer<typeof connectExpectation>
export type TruthExpectation = z.infer<typeof truthExpectation>
