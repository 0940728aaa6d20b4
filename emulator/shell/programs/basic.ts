import { absolute } from '../files/paths.js'
import { TextInput } from '../run/streams.js'
import { until, type Steps } from '../run/steps.js'
import { parseOptions } from './options.js'
import { baseName, fails, say, type Context, type ProgramTable } from './program-model.js'
import { testProgram } from './test-program.js'

/** Programs that every shell has. */
export const basicPrograms: ProgramTable = {
  echo: { run: echo },
  printf: { run: printf },
  test: { run: context => testProgram(context, context.args) },
  '[': {
    run: context => context.args.at(-1) === ']' ? testProgram(context, context.args.slice(0, -1)) : fails(context, 'missing ]', 2),
  },
  sleep: { run: sleep },
  date: { run: date },
  env: { run: env },
  printenv: { run: env },
  basename: { run: lastName },
  dirname: { run: folderName },
  seq: { run: seq },
  xargs: { run: xargs },
  which: { run: which },
  clear: { run: context => { context.out.write('\u001b[H\u001b[J'); return 0 } },
  sync: { run: () => 0 },
}

function lastName(context: Context): number {
  const [path = '', suffix = ''] = context.args
  const name = baseName(path.replace(/(.)\/+$/, '$1')) || '/'
  return say(context, suffix !== '' && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name)
}

function folderName(context: Context): number {
  const [path = ''] = context.args
  const cut = path.replace(/\/+$/, '')
  const at = cut.lastIndexOf('/')
  return say(context, at < 0 ? (path.startsWith('/') ? '/' : '.') : cut.slice(0, at) || '/')
}

function echo({ args, out }: Context): number {
  let [newline, escapes, at] = [true, false, 0]
  for (; /^-[neE]+$/.test(args[at] ?? ''); at += 1) {
    if (args[at]!.includes('n')) newline = false
    if (args[at]!.includes('e')) escapes = true
  }
  const text = args.slice(at).join(' ')
  out.write(`${escapes ? unescaped(text) : text}${newline ? '\n' : ''}`)
  return 0
}

function unescaped(text: string): string {
  const named: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\u0007', b: '\b', e: '\u001b', '\\': '\\', '"': '"' }
  return text.replace(/\\(?:([ntrabe\\"])|0?([0-7]{1,3})|x([0-9a-fA-F]{1,2}))/g, (_, name?: string, octal?: string, hex?: string) => {
    if (name !== undefined) return named[name]!
    return String.fromCharCode(octal !== undefined ? Number.parseInt(octal, 8) & 0xff : Number.parseInt(hex!, 16))
  })
}

const FORMATS = /%(?:%|(-?)(0?)(\d*)(?:\.(\d+))?([sdiuxXc]))/g

function printf(context: Context): number {
  const [format, ...values] = context.args
  if (format === undefined) return fails(context, 'missing format')
  let text = ''
  let used = 0
  do {
    text += unescaped(format).replace(FORMATS, (all, left: string, zero: string, width: string, _dot, kind: string) => {
      if (all === '%%') return '%'
      const value = values[used] ?? ''
      used += 1
      const made = kind === 's' ? value : kind === 'c' ? value.slice(0, 1)
        : kind.toLowerCase() === 'x' ? (Number.parseInt(value, 10) || 0).toString(16) : String(Number.parseInt(value, 10) || 0)
      const size = Math.min(Number(width || 0), 1000)
      return left === '-' ? made.padEnd(size) : made.padStart(size, zero === '0' ? '0' : ' ')
    })
  } while (used > 0 && used < values.length && text.length < 1_000_000)
  context.out.write(text)
  return 0
}

/** Seconds of lab time, with a unit if one is given: `sleep 5`, `sleep 0.5`, `sleep 2m`. */
function * sleep(context: Context): Steps<number> {
  let ms = 0
  for (const arg of context.args) {
    const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(arg)
    if (match === null) return fails(context, `invalid number '${arg}'`)
    ms += Number(match[1]) * { '': 1000, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2]!]!
  }
  if (context.args.length === 0) return fails(context, 'missing operand')
  yield * until(context.machine.world.now() + Math.round(ms))
  return 0
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function date(context: Context): number {
  const parsed = parseOptions(context, 'ud:s:')
  if (typeof parsed === 'number') return parsed
  if (parsed.values.has('s')) return fails(context, "can't set date: not emulated")
  const given = parsed.values.get('d')
  const at = given === undefined ? context.machine.now()
    : /^@\d+$/.test(given) ? Number(given.slice(1)) * 1000 : Date.parse(`${given.replace(' ', 'T')}Z`)
  if (Number.isNaN(at)) return fails(context, `invalid date '${given!}'`)
  const [format] = parsed.operands
  return say(context, format?.startsWith('+') === true ? formatDate(at, format.slice(1)) : formatDate(at, '%a %b %e %H:%M:%S UTC %Y'))
}

/** As `date +FORMAT` and `ls -l` write an instant, in UTC: hosts know no other time. */
export function formatDate(ms: number, format: string): string {
  const at = new Date(ms)
  const two = (value: number): string => String(value).padStart(2, '0')
  const parts: Readonly<Record<string, () => string>> = {
    a: () => days[at.getUTCDay()]!, b: () => months[at.getUTCMonth()]!, d: () => two(at.getUTCDate()),
    e: () => String(at.getUTCDate()).padStart(2), H: () => two(at.getUTCHours()), M: () => two(at.getUTCMinutes()),
    S: () => two(at.getUTCSeconds()), Y: () => String(at.getUTCFullYear()), m: () => two(at.getUTCMonth() + 1),
    y: () => two(at.getUTCFullYear() % 100), s: () => String(Math.floor(ms / 1000)), Z: () => 'UTC', z: () => '+0000',
    F: () => `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`,
    T: () => `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`,
    N: () => String(ms % 1000).padStart(3, '0').padEnd(9, '0'),
    j: () => String(Math.floor((ms - Date.UTC(at.getUTCFullYear(), 0, 1)) / 86_400_000) + 1).padStart(3, '0'),
    n: () => '\n', t: () => '\t', '%': () => '%',
  }
  return format.replace(/%(.)/g, (all, letter: string) => parts[letter]?.() ?? all)
}

function env(context: Context): number {
  const { variables, exported } = context.state
  for (const name of [...exported].sort()) if (variables.has(name)) context.out.write(`${name}=${variables.get(name)!}\n`)
  context.out.write(`PWD=${context.state.folder}\n`)
  return 0
}

function seq(context: Context): number {
  const numbers = context.args.map(Number)
  if (numbers.length === 0 || numbers.length > 3 || numbers.some(each => !Number.isFinite(each))) return fails(context, 'invalid number')
  const first = numbers.length === 1 ? 1 : numbers[0]!
  const step = numbers.length === 3 ? numbers[1]! : 1
  const to = numbers.at(-1)!
  if (step === 0 || (to - first) / step > 1_000_000) return fails(context, 'too many numbers')
  for (let at = first; step > 0 ? at <= to : at >= to; at += step) context.out.write(`${at}\n`)
  return 0
}

function * xargs(context: Context): Steps<number> {
  const parsed = parseXargs(context.args)
  const text = yield * context.in.rest()
  const items = parsed.replace === undefined ? text.split(/\s+/).filter(item => item !== '') : text.split('\n').filter(item => item !== '')
  if (items.length === 0 && parsed.replace !== undefined) return 0
  const most = parsed.replace !== undefined ? 1 : parsed.most ?? Math.max(1, items.length)
  const groups = Array.from({ length: Math.max(1, Math.ceil(items.length / most)) }, (_, at) => items.slice(at * most, (at + 1) * most))
  let status = 0
  for (const group of groups) {
    const { replace, command } = parsed
    const words = replace === undefined ? [...command, ...group] : command.map(word => word.replaceAll(replace, group[0]!))
    const ended = yield * context.call(words, { in: new TextInput(''), out: context.out, err: context.err })
    if (ended !== 0) status = ended === 127 ? 127 : 123
  }
  return status
}

function parseXargs(args: readonly string[]): { most?: number, replace?: string, command: readonly string[] } {
  let [at, most, replace]: [number, number | undefined, string | undefined] = [0, undefined, undefined]
  for (; at < args.length && args[at]!.startsWith('-'); at += 1) {
    if (args[at] === '-n') most = Math.max(1, Number(args[at += 1]) || 1)
    else if (args[at] === '-I') replace = args[at += 1]
  }
  return {
    ...most === undefined ? {} : { most }, ...replace === undefined ? {} : { replace },
    command: at < args.length ? args.slice(at) : ['echo'],
  }
}

function which(context: Context): number {
  let status = 0
  for (const name of context.args) {
    const path = name.includes('/') ? absolute(context.state.folder, name) : `/bin/${name}`
    if (context.machine.program(name) === undefined) status = 1
    else context.out.write(`${path}\n`)
  }
  return status
}
