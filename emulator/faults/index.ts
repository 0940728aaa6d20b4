import { apiDelay } from './api-delay.js'
import { apiFault } from './api-fault.js'
import { cableCut } from './cable-cut.js'
import type { FaultDefinition } from './define.js'
import { hostCrash } from './host-crash.js'

/** All injectable faults, in the order that `fauxsphere faults` prints them. */
export const faults: readonly FaultDefinition[] = [
  hostCrash,
  cableCut,
  apiFault,
  apiDelay,
]
