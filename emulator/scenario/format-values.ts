/** Values of scenario files that steps and expectations share: times, patterns, comparisons. */
import { z } from 'zod'
import { parseBytes } from '../inventory/units.js'
import { durationMs } from '../world/duration.js'

/** Lab time in words. */
export const duration = z.string()
  .refine(text => durationMs(text) !== undefined, 'a time such as 30s, 5m or 1h30m')
  .meta({ description: 'Lab time: 250ms, 30s, 5m, 1h30m' })

/** A moment: a time from the settled start, a named step, or a named step plus a time. */
export const moment = z.string().regex(
  /^(\d[\dsmhd.]*|[a-zA-Z][\w-]*([+-]\d[\dsmhd.]*)?)$/,
  'a time such as 30s, a step name, or a step name plus a time such as crash+20s',
).meta({ description: '30s after the settled start, a step\'s name, or crash+20s' })

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp
  } catch {
    return false
  }
}

/** A regular expression. */
export const pattern = z.string().refine(isPattern, 'a regular expression')

/** A number, also as a size (`20GiB`) or a share (`95%`). */
export const amount = z.union([z.number(), z.string()])
  .refine(value => amountOf(value) !== undefined, 'a number, a size such as 20GiB, a share such as 95%, or a dateTime')

/** How often something is there: exactly so often, or within bounds. */
export const count = z.union([
  z.number().int().nonnegative(),
  z.strictObject({
    is: z.number().int().nonnegative().optional(),
    less: z.number().optional(),
    more: z.number().optional(),
  }).refine(value => Object.keys(value).length > 0, 'needs is, less or more'),
], { error: 'a whole number, or { more: N, less: N }' })

/** The number behind an amount in words; undefined when it is none. */
export function amountOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') return undefined
  if (/^-?\d+(\.\d+)?%?$/.test(value)) return Number(value.replace('%', ''))
  const bytes = parseBytes(value)
  if (bytes !== undefined) return bytes
  const time = /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : NaN
  return Number.isNaN(time) ? undefined : time
}

/** The keys that compare a value. */
export const comparison = {
  is: z.unknown().optional().meta({ description: 'Equal; lists in any order; { ref: host/esx-02 } is that object' }),
  not: z.unknown().optional().meta({ description: 'Not equal' }),
  in: z.array(z.unknown()).optional().meta({ description: 'Equal to one of these' }),
  matches: pattern.optional().meta({ description: 'A regular expression that is found in it' }),
  less: amount.optional(),
  more: amount.optional(),
  unset: z.boolean().optional().meta({ description: 'True: it has no value' }),
  contains: z.unknown().optional().meta({ description: 'A list has it (or all of these), a text or an object has it as a part' }),
  count: count.optional().meta({ description: 'How many elements a list has' }),
}

/** Text of the error for something that is compared with nothing. */
export const NO_COMPARISON = `needs a comparison: ${Object.keys(comparison).join(', ')}`

/** True if a value is compared with something: an expectation without could not fail. */
export function compares(value: object): boolean {
  return Object.keys(comparison).some(key => (value as Record<string, unknown>)[key] !== undefined)
}

/** How a text that a command printed is compared. */
export const outputComparison = z.strictObject({
  is: z.string().optional().meta({ description: 'Equal, but for blanks at the ends' }),
  matches: comparison.matches,
  contains: z.string().optional(),
  not: z.string().optional().meta({ description: 'A text that is not found in it' }),
}).refine(value => Object.keys(value).length > 0, 'needs is, matches, contains or not')
