import type { VirtualProperty } from '../services/call.js'
import { perfCounters } from './data/perf-counters.js'

/** `PerformanceManager.perfCounter`: the catalogue of the kind of node, one list for all nodes. */
export const perfCounter: VirtualProperty = ({ node }) => perfCounters(node.kind)
