/** The one-request commands on a running lab: clock, advance, reset, rewind, load, save, … */
import type { Command } from 'commander'
import { addAdvance } from './advance.js'
import { addClock } from './clock.js'
import type { CommandContext } from './command.js'
import { addFaults } from './faults.js'
import { addHeal } from './heal.js'
import { addInject } from './inject.js'
import { addLoad } from './load.js'
import { addRecord } from './record.js'
import { addReset } from './reset.js'
import { addRewind } from './rewind.js'
import { addSave } from './save.js'

/** Adds them all. */
export function addLabCommands(program: Command, context: CommandContext): void {
  addInject(program, context)
  addHeal(program, context)
  addFaults(program, context)
  addClock(program, context)
  addAdvance(program, context)
  addSave(program, context)
  addLoad(program, context)
  addRewind(program, context)
  addReset(program, context)
  addRecord(program, context)
}
