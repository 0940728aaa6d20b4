import type { Command } from 'commander'
import { faultKinds, nearestName, type FaultKind } from '../../emulator/main.js'
import { onRunningLab, subcommand, type CommandContext } from './command.js'
import { callControl, runningControlUrl, type ControlFlags } from './control-client.js'
import type { ShownFault } from './inject.js'
import { CliError, EXIT, columns, jsonLine } from './io.js'

interface FaultList {
  readonly kinds: readonly FaultKind[]
  readonly active: readonly ShownFault[]
}

interface OptionSchema {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly description?: string
  readonly anyOf?: readonly OptionSchema[]
}

/** `fauxsphere faults [NAME]`: what can be injected, and on a running lab what is in force. */
export function addFaults(program: Command, { io }: CommandContext): void {
  onRunningLab(subcommand(program, 'faults', 'list the faults that exist and those in force'))
    .argument('[name]', 'one fault, with its options')
    .action(async (name: string | undefined, flags: ControlFlags) => {
      const url = runningControlUrl(flags, io)
      const list: FaultList = url === undefined ? { kinds: await faultKinds(), active: [] }
        : await callControl<FaultList>(url, 'GET', '/v1/faults')
      const kinds = name === undefined ? list.kinds : [theOne(list.kinds, name)]
      if (flags.json === true) io.out(jsonLine({ ...list, kinds }))
      else if (name !== undefined) io.out(kinds.map(wholeText).join('\n'))
      else io.out(`${overview(kinds)}\n${url === undefined ? 'no lab is running\n' : inForce(list.active)}`)
    })
}

function theOne(kinds: readonly FaultKind[], name: string): FaultKind {
  const found = kinds.find(kind => kind.name === name)
  if (found !== undefined) return found
  throw new CliError(`there is no fault ${name}; ${nearestName(name, kinds.map(kind => kind.name))}`, EXIT.usage)
}

/** One line of help, then options and an example, for each. */
function overview(kinds: readonly FaultKind[]): string {
  const rows = kinds.map(kind => [kind.name, kind.target, kind.help])
  const details = kinds.map(kind => [kind.name, optionWords(kind).join(' ') || '-', kind.example])
  return `${columns([['FAULT', 'TARGET', 'WHAT HAPPENS'], ...rows])}\n${columns([['FAULT', 'OPTIONS', 'EXAMPLE'], ...details])}`
}

function wholeText(kind: FaultKind): string {
  const options = Object.entries(optionsOf(kind)).map(([name, schema]) => [
    `  ${name}`, kindOf(schema), schema.default === undefined ? '' : `default ${JSON.stringify(schema.default)}`, schema.description ?? '',
  ])
  return [
    `${kind.name}: ${kind.help}\n`, `target: ${kind.target}${kind.heals ? '' : '; it cannot be undone'}\n`,
    options.length === 0 ? 'options: none\n' : `options:\n${columns(options)}`, `example: ${kind.example}\n`,
  ].join('')
}

function optionWords(kind: FaultKind): string[] {
  const { required = [] } = kind.options as { required?: readonly string[] }
  return Object.entries(optionsOf(kind)).map(([name, schema]) =>
    required.includes(name) ? `${name}=${kindOf(schema)}` : `[${name}=${kindOf(schema)}]`)
}

function optionsOf({ options }: FaultKind): Record<string, OptionSchema> {
  return (options as { properties?: Record<string, OptionSchema> } | undefined)?.properties ?? {}
}

function kindOf(schema: OptionSchema): string {
  if (schema.enum !== undefined) return schema.enum.map(String).join('|')
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(kindOf))].join('|')
  return schema.type ?? 'value'
}

function inForce(active: readonly ShownFault[]): string {
  if (active.length === 0) return 'no fault is in force\n'
  return columns([
    ['IN FORCE', 'FAULT', 'TARGET', 'SINCE', 'UNTIL'],
    ...active.map(fault => [fault.id, fault.fault, fault.target, fault.since, fault.until ?? 'healed']),
  ])
}
