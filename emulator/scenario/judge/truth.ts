import type { TruthValue } from '../../physics/truth.js'
import { compare, shown, type Comparison } from '../compare.js'
import type { TruthExpectation } from '../format-expect.js'
import type { Judge, Sight } from './model.js'

/** A fact of the physical truth. Some depend on the time alone, so each look asks anew. */
export function truthJudge(expectation: TruthExpectation, { lab }: Sight): Judge {
  const { truth, object, ...comparison } = expectation
  return {
    look: () => {
      const value = lab.truth.ask(lab.world, truth, object)
      return { holds: compare(comparison, plain(comparison, value)), actual: told(value) }
    },
    concerns: () => true,
  }
}

/**
 * A set of one is as good as that one, and an empty set as good as nothing, unless a set is what
 * it is compared with.
 */
function plain(expected: Comparison, value: TruthValue): unknown {
  if (!isList(value) || expected.count !== undefined || expected.contains !== undefined) return value
  const wantsList = [expected.is, expected.not, ...expected.in ?? []].some(each => Array.isArray(each))
  if (wantsList) return value
  return value.length === 0 ? undefined : value.length === 1 ? value[0] : value
}

function isList(value: TruthValue): value is readonly string[] {
  return Array.isArray(value)
}

function told(value: TruthValue): string {
  if (!isList(value)) return shown(value)
  return value.length === 0 ? 'nowhere' : value.join(', ')
}
