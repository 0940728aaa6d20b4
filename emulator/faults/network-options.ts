import { z } from 'zod'
import type { NetRule, NetworkName } from '../physics/network/rules.js'
import type { FaultTarget } from './define.js'
import { listSchema } from './options.js'

const networkNames: readonly string[] = ['management', 'storage', 'vcha', 'vmotion', 'vsan'] satisfies NetworkName[]

/** Networks by name, or `all`. */
export const networksSchema = listSchema
  .refine(list => list.every(name => name === 'all' || networkNames.includes(name)),
    `networks among ${networkNames.join(', ')}, or all`)
  .transform((list): NetRule['networks'] => list.includes('all') ? '*' : list as NetworkName[])

/** A share: `30%`, or a number from 0 to 1. */
export const shareSchema = z.union([z.number(), z.string()])
  .refine(value => shareOf(value) !== undefined, 'a share such as 30% or 0.3')
  .transform(value => shareOf(value)!)

/** Which way traffic is disturbed, seen from the target machine. */
export const directionSchema = z.enum(['both', 'in', 'out'])

type Ends = Pick<NetRule, 'from' | 'to' | 'both' | 'except'>

/** The ends of a rule: a machine and everybody else, or the two ends of a link. */
export function endsOf(target: FaultTarget, direction: 'both' | 'in' | 'out' = 'both'): Ends {
  if (target.from !== undefined && target.to !== undefined) {
    return { from: target.from, to: target.to, both: target.oneWay !== true }
  }
  const own = [target.id]
  const both = direction === 'both'
  return direction === 'in'
    ? { from: '*', to: own, both, except: own }
    : { from: own, to: '*', both, except: own }
}

function shareOf(value: number | string): number | undefined {
  const text = String(value).trim()
  const number = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text)
  return text !== '' && number >= 0 && number <= 1 ? number : undefined
}
