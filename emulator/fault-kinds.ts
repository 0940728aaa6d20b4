import type { FaultKind } from './doors/control/target.js'
import { targetKinds, type FaultDefinition } from './faults/define.js'

/** A fault as the control API and `fauxsphere faults` show it. */
export function faultKind(definition: FaultDefinition): FaultKind {
  return {
    name: definition.name, target: targetKinds(definition).join(' or '), help: definition.help,
    example: definition.example, heals: definition.heal !== undefined,
    options: definition.optionsSchema(),
  }
}
