import type { CliAnswer, CliCommand, CliNamespace, EsxcliClient } from '../../dispatch/esxcli-client.js'
import { MethodFault } from '../../services/method-fault.js'
import { LocalApi, NoConnection } from '../programs/api.js'
import { say, type Context, type Program } from '../programs/program-model.js'
import { columnsOf } from '../programs/table.js'
import type { LaterAnswer, Steps } from '../run/steps.js'
import { readCommandLine, readOptions, type CommandLine } from './command-line.js'
import { formatAnswer } from './format.js'

/**
 * `esxcli`: asks the host's own objects what commands there are, runs one, and shows the answer as the host
 * hints (operations.md 1, 2). It knows no command by itself, but the one that lists all.
 */
export const esxcli: Program = { run: runEsxcli }

function * runEsxcli(context: Context): Steps<number> {
  const line = readCommandLine(context.args)
  if (typeof line === 'string') return failed(context, line)
  try {
    return yield * LocalApi.use(context.machine, 'esxcli', api => atHost(context, api.esxcli(), line))
  } catch (error) {
    if (error instanceof NoConnection) {
      context.err.write(`${error.message}\n`)
      return 1
    }
    if (error instanceof MethodFault) return failed(context, error.message || error.type)
    throw error
  }
}

function failed(context: Context, text: string): number {
  context.err.write(`Error: ${text}\n`)
  return 1
}

function * atHost(context: Context, client: EsxcliClient, line: CommandLine): Steps<number> {
  const names = client.namespaces()
  const { words } = line
  if (words.join(' ') === 'esxcli command list') return listAll(context, client, names)
  const path = words.join('.')
  const namespace = words.length < 2 ? undefined : client.describe(words.slice(0, -1).join('.'))
  const command = namespace?.commands.find(each => each.name === words.at(-1))
  if (namespace !== undefined && command !== undefined) return yield * runCommand(context, client, namespace, command, line)
  const below = names.filter(name => path === '' || name === path || name.startsWith(`${path}.`))
  if (below.length === 0) return failed(context, `Unknown command or namespace ${words.join(' ')}`)
  return showNamespace(context, client, words, below)
}

function * runCommand(
  context: Context, client: EsxcliClient, namespace: CliNamespace, command: CliCommand, line: CommandLine,
): Steps<number> {
  const usage = usageOf(namespace, command)
  if (line.help) return say(context, ...usage)
  const values = readOptions(command, line.rest)
  if (typeof values === 'string') {
    context.err.write(`Error: ${values}\n\n${usage.join('\n')}\n`)
    return 1
  }
  const begun = client.begin(namespace.name, command.name, values)
  const answer = 'kind' in begun ? begun : yield * ended(begun)
  if (answer.kind === 'fault') {
    context.err.write(answer.lines.map(each => `${each}\n`).join(''))
    return 1
  }
  context.out.write(formatAnswer(command, answer, line.formatter))
  return 0
}

function * ended({ later, read }: Exclude<ReturnType<EsxcliClient['begin']>, CliAnswer>): Steps<CliAnswer> {
  const answer = (yield { kind: 'later', later }) as LaterAnswer
  if ('error' in answer) throw answer.error
  return read(answer.value)
}

function usageOf({ name }: CliNamespace, command: CliCommand): string[] {
  const words = `${name.replaceAll('.', ' ')} ${command.name}`
  const options = command.params.map(param =>
    [`  ${[...param.aliases].join('|')}${param.flag ? '' : `=<${param.type === 'long' ? 'long' : param.type.replace('[]', '')}>`}`,
      `${param.help}${param.required ? ' (required)' : ''}`])
  return [
    `Usage: esxcli ${words} [cmd options]`, '', 'Description: ', `  ${command.name.padEnd(20)}  ${command.help}`, '', 'Cmd options:',
    ...columnsOf(options),
  ]
}

/** What there is below some words. */
function showNamespace(context: Context, client: EsxcliClient, words: readonly string[], below: readonly string[]): number {
  const path = words.join('.')
  const depth = words.length
  const inner = [...new Set(below.map(name => name.split('.')[depth]).filter(name => name !== undefined))].sort()
  const own = below.includes(path) ? client.describe(path) : undefined
  const lines = [`Usage: esxcli ${words.length === 0 ? '[options] {namespace}+' : words.join(' ')} {cmd} [cmd options]`]
  if (inner.length > 0) {
    lines.push('', 'Available Namespaces:', ...columnsOf(inner.map(name =>
      [`  ${name}`, client.describe(path === '' ? name : `${path}.${name}`)?.help ?? `Commands below ${name}.`])))
  }
  if (own !== undefined) lines.push('', 'Available Commands:', ...columnsOf(own.commands.map(each => [`  ${each.name}`, each.help])))
  return say(context, ...lines)
}

/** `esxcli esxcli command list`: every command of the host. */
function listAll(context: Context, client: EsxcliClient, names: readonly string[]): number {
  const rows = [...names].sort().flatMap(name => (client.describe(name)?.commands ?? []).map(each => [name, each.name]))
  const header = ['Namespace', 'Command']
  const widths = header.map((title, index) => Math.max(title.length, ...rows.map(row => row[index]!.length)))
  return say(context, ...columnsOf([header, widths.map(width => '-'.repeat(width)), ...rows]))
}
