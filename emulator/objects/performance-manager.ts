import { perfCounter } from '../inventory/descriptions.js'
import type { PerfCounterInfo } from '../schema/generated/types.js'
import type { Query } from '../services/call.js'
import { invalidArgument } from '../services/method-fault.js'
import { defineManagedObject, query, type Definition } from './define.js'

/** The counters of some ids, in the order asked. Faults: InvalidArgument for an unknown id. */
function queryPerfCounter(call: Query, { counterId }: { counterId: number[] }): PerfCounterInfo[] {
  const known = new Map(catalogue(call).map(counter => [counter.key, counter]))
  return counterId.map(id => {
    const counter = known.get(id)
    if (counter === undefined) throw invalidArgument('counterId')
    return counter
  })
}

/** The counters that are collected at a level. Faults: InvalidArgument outside 1 to 4. */
function queryByLevel(call: Query, { level }: { level: number }): PerfCounterInfo[] {
  if (level < 1 || level > 4) throw invalidArgument('level')
  return catalogue(call).filter(counter => (counter.level ?? 1) <= level)
}

function catalogue(call: Query): PerfCounterInfo[] {
  return perfCounter(call, call.self) as PerfCounterInfo[]
}

/** The catalogue of counters; values come with the performance service. */
export const performanceManager: Definition = defineManagedObject('PerformanceManager', {
  methods: {
    QueryPerfCounter: query(queryPerfCounter),
    QueryPerfCounterByLevel: query(queryByLevel),
  },
  virtual: { perfCounter },
})
