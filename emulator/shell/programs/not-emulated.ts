import { fails, type Program, type ProgramTable } from './program-model.js'

const program: Program = { run: context => fails(context, 'the lab does not emulate this program') }

/** Programs that the product has and the lab has not: they say so by themselves, since they are not missing. */
export function notEmulated(names: readonly string[]): ProgramTable {
  return Object.fromEntries(names.map(name => [name, program]))
}
