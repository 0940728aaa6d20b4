import { absolute } from '../files/paths.js'
import { troubleTexts } from '../files/node-files.js'
import { parse } from '../language/parse.js'
import type { Interpreter } from './interpreter.js'
import { ExitSignal, LoopSignal, ReturnSignal } from './signals.js'
import type { Steps } from './steps.js'
import type { Streams } from './streams.js'

export interface BuiltinCall extends Streams {
  readonly shell: Interpreter
  readonly name: string
  readonly args: readonly string[]
}

/** What the shell does itself, since it changes the shell. */
export type Builtin = (call: BuiltinCall) => number | Steps<number>

export const builtins: Readonly<Record<string, Builtin>> = {
  ':': () => 0,
  true: () => 0,
  false: () => 1,
  cd: changeFolder,
  pwd: ({ shell, out }) => {
    out.write(`${shell.state.folder}\n`)
    return 0
  },
  exit: ({ shell, args: [status] }) => { throw new ExitSignal(number(status, shell.state.status)) },
  logout: ({ shell }) => { throw new ExitSignal(shell.state.status) },
  return: ({ shell, args: [status] }) => { throw new ReturnSignal(number(status, shell.state.status)) },
  break: ({ args: [levels] }) => { throw new LoopSignal('break', number(levels, 1)) },
  continue: ({ args: [levels] }) => { throw new LoopSignal('continue', number(levels, 1)) },
  export: exported,
  unset: ({ shell, args }) => {
    for (const name of args) {
      shell.state.variables.delete(name)
      shell.state.functions.delete(name)
    }
    return 0
  },
  set: variables,
  shift: ({ shell, args: [count] }) => {
    shell.state.parameters = shell.state.parameters.slice(number(count, 1))
    return 0
  },
  local: ({ shell, args }) => {
    for (const arg of args) assign(shell, arg)
    return 0
  },
  read: readLine,
  eval: ({ shell, args, ...streams }) => shell.script(parse(args.join(' ')), streams),
  '.': source,
  source,
  type: ({ shell, args, out }) => named(shell, args, name => out.write(`${name}\n`), true),
  command: ({ shell, args: [first = '', ...rest], ...streams }) => first === '-v'
    ? named(shell, rest, name => streams.out.write(`${name}\n`), false)
    : first === '' ? 0 : shell.call([first, ...rest], streams),
  umask: ({ args, out }) => {
    if (args.length === 0) out.write('0022\n')
    return 0
  },
}

function number(text: string | undefined, usual: number): number {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) & 0xff : usual
}

function changeFolder({ shell, args: [to], err, out }: BuiltinCall): number {
  const { state, machine } = shell
  const target = to === '-' ? state.variables.get('OLDPWD') ?? state.folder : to ?? state.variables.get('HOME') ?? '/'
  const found = machine.files.find(absolute(state.folder, target))
  const trouble = 'trouble' in found ? found.trouble : found.entry.kind === 'directory' ? undefined : 'notDirectory'
  if (trouble !== undefined || 'trouble' in found) {
    err.write(`sh: cd: can't cd to ${target}: ${troubleTexts[trouble!]}\n`)
    return 2
  }
  state.variables.set('OLDPWD', state.folder)
  // As the product shows it: links of volumes are shown by the volume's id.
  state.folder = found.path
  if (to === '-') out.write(`${found.path}\n`)
  return 0
}

function assign(shell: Interpreter, arg: string): string | undefined {
  const at = arg.indexOf('=')
  const name = at < 0 ? arg : arg.slice(0, at)
  if (!/^[A-Za-z_]\w*$/.test(name)) return undefined
  if (at >= 0) shell.state.variables.set(name, arg.slice(at + 1))
  return name
}

function exported({ shell, args, out, err, name }: BuiltinCall): number {
  if (args.length === 0 || args[0] === '-p') {
    for (const each of [...shell.state.exported].sort()) out.write(`export ${each}='${shell.state.variables.get(each) ?? ''}'\n`)
    return 0
  }
  for (const arg of args) {
    const set = assign(shell, arg)
    if (set === undefined) {
      err.write(`sh: ${name}: ${arg.split('=')[0]!}: bad variable name\n`)
      return 2
    }
    shell.state.exported.add(set)
  }
  return 0
}

function variables({ shell, args, out }: BuiltinCall): number {
  if (args.length === 0) {
    for (const [name, value] of [...shell.state.variables].sort()) out.write(`${name}='${value}'\n`)
  } else if (args[0] === '--') shell.state.parameters = args.slice(1)
  return 0
}

function * readLine({ shell, args, in: input }: BuiltinCall): Steps<number> {
  const names = args.filter(arg => !arg.startsWith('-'))
  const line = yield * input.line()
  const words = (line ?? '').trim().split(/[ \t]+/)
  names.forEach((name, index) => {
    shell.state.variables.set(name, index === names.length - 1 ? words.slice(index).join(' ') : words[index] ?? '')
  })
  return line === undefined ? 1 : 0
}

function * source({ shell, args: [path], ...streams }: BuiltinCall): Steps<number> {
  const text = path === undefined ? undefined : shell.machine.files.text(absolute(shell.state.folder, path))
  if (typeof text !== 'string') {
    shell.says(`.: can't open '${path ?? ''}'`, streams)
    return 2
  }
  return yield * shell.script(parse(text), streams)
}

function named(shell: Interpreter, names: readonly string[], say: (text: string) => void, long: boolean): number {
  let status = 0
  for (const name of names) {
    if (Object.hasOwn(builtins, name)) say(long ? `${name} is a shell builtin` : name)
    else if (shell.state.functions.has(name)) say(long ? `${name} is a function` : name)
    else if (shell.machine.program(name) !== undefined) {
      const path = name.includes('/') ? name : `/bin/${name}`
      say(long ? `${name} is ${path}` : path)
    } else {
      if (long) say(`${name}: not found`)
      status = 127
    }
  }
  return status
}
