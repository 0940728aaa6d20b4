import type { Command } from 'commander'
import { onRunningLab, subcommand, type CommandContext } from './command.js'
import { callControl, controlUrl, type ControlFlags } from './control-client.js'
import { jsonLine } from './io.js'
import { labText, type ShownLab } from './load.js'

/** `fauxsphere rewind REVISION or TIME`. */
export function addRewind(program: Command, { io }: CommandContext): void {
  onRunningLab(subcommand(program, 'rewind', 'go back to an earlier state'))
    .argument('<to>', 'a revision, or a lab time such as 2026-01-05T08:10:00Z')
    .action(async (to: string, flags: ControlFlags) => {
      const lab = await callControl<ShownLab>(controlUrl(flags, io), 'POST', '/v1/checkpoints/rewind', { to })
      io.out(flags.json === true ? jsonLine(lab) : labText(lab))
    })
}
