import type { Command } from 'commander'
import { clockText, type ShownClock } from './clock.js'
import { onRunningLab, subcommand, type CommandContext } from './command.js'
import { callControl, controlUrl, type ControlFlags } from './control-client.js'
import { jsonLine } from './io.js'

/** `fauxsphere advance DURATION`. */
export function addAdvance(program: Command, { io }: CommandContext): void {
  onRunningLab(subcommand(program, 'advance', 'move the manual clock on'))
    .argument('<duration>', '90s, 5m, 1h30m')
    .action(async (duration: string, flags: ControlFlags) => {
      const clock = await callControl<ShownClock>(
        controlUrl(flags, io), 'POST', '/v1/clock/advance', { duration })
      io.out(flags.json === true ? jsonLine(clock) : clockText(clock))
    })
}
