import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { onRunningLab, subcommand, type CommandContext } from './command.js'
import { callControl, controlUrl, type ControlFlags } from './control-client.js'
import { CliError, EXIT, jsonLine } from './io.js'

/** The lab in a few numbers, as the control API shows it. */
export interface ShownLab {
  readonly name: string
  readonly revision: number
  readonly time: string
}

/** `fauxsphere load FILE`. */
export function addLoad(program: Command, { io }: CommandContext): void {
  onRunningLab(subcommand(program, 'load', 'put a saved state in place of the present one'))
    .argument('<file>')
    .action(async (file: string, flags: ControlFlags) => {
      const lab = await callControl<ShownLab>(
        controlUrl(flags, io), 'PUT', '/v1/checkpoints/current', readImage(file))
      io.out(flags.json === true ? jsonLine(lab) : labText(lab))
    })
}

/** Where the lab is, in one line. */
export function labText(lab: ShownLab): string {
  return `${lab.name} is at ${lab.time}, revision ${lab.revision}\n`
}

function readImage(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new CliError(`${file}: ${(error as Error).message}`, EXIT.usage)
  }
}
