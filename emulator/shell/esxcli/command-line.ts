import type { CliCommand, CliParam } from '../../dispatch/esxcli-client.js'
import type { Formatter } from './format.js'

/** A command line of esxcli, taken apart. */
export interface CommandLine {
  readonly formatter: Formatter | undefined
  /** `network`, `firewall`, `ruleset`, `set` */
  readonly words: readonly string[]
  /** What comes behind the words. */
  readonly rest: readonly string[]
  readonly help: boolean
}

const formatters: readonly string[] = ['csv', 'json', 'keyvalue', 'xml', 'python']

/** Options before the namespace, the words, and what follows them; a text: what is wrong. */
export function readCommandLine(args: readonly string[]): CommandLine | string {
  let formatter: Formatter | undefined
  let at = 0
  for (; args[at]?.startsWith('-') === true; at += 1) {
    const [name, given] = args[at]!.split('=', 2) as [string, string | undefined]
    if (name === '--formatter' || name === '-f') {
      const value = given ?? args[at += 1] ?? ''
      if (!formatters.includes(value)) return `Invalid formatter ${value}`
      formatter = value as Formatter
    } else if (name === '--help' || name === '-?') return { formatter, words: [], rest: [], help: true }
    else if (name !== '--debug') return `Invalid option ${name}`
  }
  const begin = at
  while (at < args.length && !args[at]!.startsWith('-')) at += 1
  const rest = args.slice(at)
  return { formatter, words: args.slice(begin, at), rest, help: rest.some(arg => arg === '--help' || arg === '-?') }
}

/** The options of a command as values by name; a text: what is wrong. */
export function readOptions({ params }: CliCommand, rest: readonly string[]): ReadonlyMap<string, readonly string[]> | string {
  const values = new Map<string, string[]>()
  for (let at = 0; at < rest.length; at += 1) {
    const arg = rest[at]!
    const found = optionIn(params, arg)
    if (found === undefined) return `Invalid option ${arg.split('=')[0]!}`
    const { param, given } = found
    const value = param.flag ? 'true' : given ?? rest[at += 1]
    if (value === undefined) return `Expected a value for option ${arg}`
    values.set(param.name, [...values.get(param.name) ?? [], value])
  }
  const missing = params.find(param => param.required && !values.has(param.name))
  return missing === undefined ? values : `Missing required parameter ${missing.aliases.join('|')}`
}

/** `-r`, `-rvalue`, `-r=value`, `--ruleset-id`, `--ruleset-id=value`. */
function optionIn(params: readonly CliParam[], arg: string): { readonly param: CliParam, readonly given: string | undefined } | undefined {
  const equals = arg.indexOf('=')
  const name = equals < 0 ? arg : arg.slice(0, equals)
  const param = params.find(each => each.aliases.includes(name))
  if (param !== undefined) return { param, given: equals < 0 ? undefined : arg.slice(equals + 1) }
  const short = /^-[A-Za-z0-9]/.test(arg) ? params.find(each => each.aliases.includes(arg.slice(0, 2))) : undefined
  return short === undefined || short.flag ? undefined : { param: short, given: arg.slice(2) }
}
