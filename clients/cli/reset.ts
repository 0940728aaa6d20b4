import type { Command } from 'commander'
import { onRunningLab, subcommand, type CommandContext } from './command.js'
import { callControl, controlUrl, type ControlFlags } from './control-client.js'
import { jsonLine } from './io.js'
import { labText, type ShownLab } from './load.js'

/** `fauxsphere reset`. */
export function addReset(program: Command, { io }: CommandContext): void {
  onRunningLab(subcommand(program, 'reset', 'go back to the state after the start'))
    .action(async (flags: ControlFlags) => {
      const lab = await callControl<ShownLab>(controlUrl(flags, io), 'POST', '/v1/reset')
      io.out(flags.json === true ? jsonLine(lab) : labText(lab))
    })
}
