import { absolute } from '../files/paths.js'
import { isTrouble, troubleTexts } from '../files/node-files.js'
import { parse } from '../language/parse.js'
import { copyOf, Interpreter } from '../run/interpreter.js'
import { ExitSignal } from '../run/signals.js'
import type { Steps } from '../run/steps.js'
import type { Context, Program } from './program-model.js'

/** `sh [-c TEXT | FILE] [ARG…]`: a shell of its own. */
export const sh: Program = { run: runSh }

function * runSh(context: Context): Steps<number> {
  const args = context.args.filter((arg, index) => !(index === 0 && /^-[elx]+$/.test(arg)))
  const [first, second, ...rest] = args
  if (first === '-c') return yield * runText(context, second ?? '', rest.slice(1))
  if (first === undefined) return yield * runText(context, yield * context.in.rest(), [])
  const text = context.machine.files.text(absolute(context.state.folder, first))
  if (typeof text !== 'string' && isTrouble(text)) {
    context.err.write(`sh: can't open '${first}': ${troubleTexts[text.trouble]}\n`)
    return 2
  }
  return yield * runText(context, text as string, args.slice(1))
}

function * runText(context: Context, text: string, parameters: readonly string[]): Steps<number> {
  const state = copyOf(context.state)
  state.parameters = parameters
  for (const name of state.variables.keys()) if (!state.exported.has(name)) state.variables.delete(name)
  try {
    return yield * new Interpreter(context.machine, state, context.effort).script(parse(text), context)
  } catch (error) {
    if (error instanceof ExitSignal) return error.status
    throw error
  }
}
