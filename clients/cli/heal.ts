import type { Command } from 'commander'
import { onRunningLab, subcommand, type CommandContext } from './command.js'
import { callControl, controlUrl, type ControlFlags } from './control-client.js'
import { onTarget, type ShownFault } from './inject.js'
import { CliError, EXIT, jsonLine } from './io.js'

/** `fauxsphere heal ID` or `heal --all`. */
export function addHeal(program: Command, { io }: CommandContext): void {
  onRunningLab(subcommand(program, 'heal', 'end a fault, or all'))
    .argument('[id]', 'id of the fault, see `fauxsphere faults`; or a fault\'s name: all of that name')
    .option('--all', 'end every fault in force')
    .action(async (id: string | undefined, flags: ControlFlags & { all?: boolean }) => {
      if ((id === undefined) === (flags.all !== true)) {
        throw new CliError('give the id of a fault, or --all', EXIT.usage)
      }
      const path = id === undefined ? '/v1/faults' : `/v1/faults/${encodeURIComponent(id)}`
      const { healed } = await callControl<{ healed: ShownFault[] }>(controlUrl(flags, io), 'DELETE', path)
      if (flags.json === true) io.out(jsonLine({ healed }))
      else if (healed.length === 0) io.out('no fault is in force\n')
      else for (const each of healed) io.out(`healed ${each.id}: ${each.fault}${onTarget(each)}\n`)
    })
}
