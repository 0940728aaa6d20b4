import type { Command } from 'commander'
import { onRunningLab, subcommand, type CommandContext } from './command.js'
import { callControl, controlUrl, type ControlFlags } from './control-client.js'
import { jsonLine } from './io.js'

/** The lab clock, as the control API shows it. */
export interface ShownClock {
  readonly mode: string
  readonly factor: number
  readonly time: string
  readonly revision: number
  readonly pending: number
  readonly next?: string
}

/** `fauxsphere clock [real, scaled:N, manual, pause]`. */
export function addClock(program: Command, { io }: CommandContext): void {
  onRunningLab(subcommand(program, 'clock', 'show or change the lab clock'))
    .argument('[mode]', 'real, scaled:N, manual or pause; left out: only show')
    .action(async (mode: string | undefined, flags: ControlFlags) => {
      const url = controlUrl(flags, io)
      const clock = mode === undefined
        ? await callControl<ShownClock>(url, 'GET', '/v1/clock')
        : await callControl<ShownClock>(url, 'PUT', '/v1/clock', { clock: mode })
      io.out(flags.json === true ? jsonLine(clock) : clockText(clock))
    })
}

/** The clock in one line. */
export function clockText(clock: ShownClock): string {
  const mode = clock.mode === 'scaled' ? `scaled:${clock.factor}` : clock.mode
  const next = clock.next === undefined ? '' : `, next ${clock.next}`
  return `${clock.time} (${mode}, revision ${clock.revision}, ${clock.pending} jobs pending${next})\n`
}
