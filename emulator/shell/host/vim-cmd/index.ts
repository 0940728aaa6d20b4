import { MethodFault } from '../../../services/method-fault.js'
import { LocalApi, NoConnection } from '../../programs/api.js'
import { say, type Context, type Program } from '../../programs/program-model.js'
import type { Steps } from '../../run/steps.js'
import { Dump } from './dump.js'
import { hostCommands } from './hostsvc.js'
import { Usage, type VimCommands } from './model.js'
import { otherCommands } from './other.js'
import { vmCommands } from './vmsvc.js'

const commands: VimCommands = { ...hostCommands, ...otherCommands, ...vmCommands }

/** `vim-cmd`: what hostd offers to the shell of its host (operations.md 2.2). */
export const vimCmd: Program = { run: runVimCmd }

function * runVimCmd(context: Context): Steps<number> {
  const words = context.args.filter(arg => !/^-[IHUPd]$/.test(arg))
  const [path = '', ...args] = words
  const name = path.replace(/^\/+|\/+$/g, '')
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) return list(context, name === 'help' ? args[0] ?? '' : name)
  if (args.length < (command.needs ?? 0)) {
    context.err.write(`Insufficient arguments.\nUsage: ${name.split('/').at(-1)!}\n\n${command.help}\n`)
    return 1
  }
  try {
    return yield * LocalApi.use(context.machine, 'vim-cmd', function * (api) {
      const dump = new Dump(context.machine.gate.services.schema)
      return (yield * command.run({ context, api, dump, args, say: (...lines) => { say(context, ...lines) } })) ?? 0
    })
  } catch (error) {
    return failed(context, error)
  }
}

function failed(context: Context, error: unknown): number {
  if (error instanceof MethodFault) say(context, new Dump(context.machine.gate.services.schema).fault(error))
  else if (error instanceof NoConnection || error instanceof Usage) context.err.write(`${error.message}\n`)
  else throw error
  return 1
}

/** What there is below a name; an unknown name is said. */
function list(context: Context, name: string): number {
  const below = Object.keys(commands).filter(each => name === '' || each.startsWith(`${name}/`))
    .map(each => each.slice(name === '' ? 0 : name.length + 1))
  if (below.length === 0) {
    context.err.write(`Invalid command '${name.split('/').at(-1)!}'.\n`)
    return 1
  }
  const shown = [...new Set(below.map(each => each.includes('/') ? `${each.split('/')[0]!}/` : each))].sort()
  return say(context, `Commands available under ${name === '' ? '/' : `${name}/`}:`, ...shown)
}
