import type { Command } from 'commander'
import { onRunningLab, subcommand, type CommandContext } from './command.js'
import { callControl, controlUrl, type ControlFlags } from './control-client.js'
import type { ShownFault } from './inject.js'
import { columns, jsonLine } from './io.js'

interface FaultList {
  readonly kinds: ReadonlyArray<{ name: string, target: string, help: string, example: string }>
  readonly active: readonly ShownFault[]
}

/** `fauxsphere faults`: what can be injected, and what is in force. */
export function addFaults(program: Command, { io }: CommandContext): void {
  onRunningLab(subcommand(program, 'faults', 'list the faults that exist and those in force'))
    .action(async (flags: ControlFlags) => {
      const list = await callControl<FaultList>(controlUrl(flags, io), 'GET', '/v1/faults')
      if (flags.json === true) {
        io.out(jsonLine(list))
        return
      }
      io.out(columns([
        ['FAULT', 'TARGET', 'WHAT HAPPENS'],
        ...list.kinds.map(kind => [kind.name, kind.target, kind.help]),
      ]))
      if (list.active.length === 0) {
        io.out('\nno fault is in force\n')
        return
      }
      io.out(`\n${columns([
        ['IN FORCE', 'FAULT', 'TARGET', 'SINCE'],
        ...list.active.map(fault => [fault.id, fault.fault, fault.target, fault.since]),
      ])}`)
    })
}
