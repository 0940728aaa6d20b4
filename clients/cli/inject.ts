import type { Command } from 'commander'
import { onRunningLab, subcommand, type CommandContext } from './command.js'
import { callControl, controlUrl, type ControlFlags } from './control-client.js'
import { CliError, EXIT, jsonLine } from './io.js'

/** A fault in force, as the control API shows it. */
export interface ShownFault {
  readonly id: string
  readonly fault: string
  readonly target: string
  readonly since: string
  /** When it ends by itself. */
  readonly until?: string
}

/** ` on esx-02`; nothing for a fault without a target. */
export function onTarget({ target }: ShownFault): string {
  return target === '' ? '' : ` on ${target}`
}

/** `fauxsphere inject FAULT TARGET [key=value …]`. */
export function addInject(program: Command, { io }: CommandContext): void {
  onRunningLab(subcommand(program, 'inject', 'put a fault into force'))
    .argument('<fault>', 'see `fauxsphere faults`')
    .argument('[target]', 'what it acts on: a name, inventory path, glob, list a,b, link "a <-> b", or one-of:host/*', '')
    .argument('[options...]', 'key=value; for=10m ends it by itself after that lab time')
    .action(async (fault: string, target: string, pairs: string[], flags: ControlFlags) => {
      const isPair = /^[\w-]+=/.test(target)
      const { for: lasting, ...options } = parsePairs(isPair ? [target, ...pairs] : pairs)
      const made = await callControl<ShownFault>(controlUrl(flags, io), 'POST', '/v1/faults', {
        fault, target: isPair ? '' : target, options, ...lasting === undefined ? {} : { for: String(lasting) },
      })
      const end = made.until === undefined ? `end it with: fauxsphere heal ${made.id}` : `it ends at ${made.until}`
      io.out(flags.json === true ? jsonLine(made)
        : `${made.id}: ${made.fault}${onTarget(made)} since ${made.since}\n${end}\n`)
    })
}

/**
 * `key=value` words as options: numbers and true/false become such, the rest stays text.
 * @throws CliError for a word without `=`
 */
export function parsePairs(words: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(words.map(word => {
    const equals = word.indexOf('=')
    if (equals <= 0) throw new CliError(`'${word}' is not of the form key=value`, EXIT.usage)
    return [word.slice(0, equals), valueOf(word.slice(equals + 1))]
  }))
}

function valueOf(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}
