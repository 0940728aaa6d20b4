import { renameSync, writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { onRunningLab, subcommand, type CommandContext } from './command.js'
import { callControl, controlUrl, type ControlFlags } from './control-client.js'
import { CliError, jsonLine } from './io.js'

/** The parts of an image that are told to the user. */
export interface ShownImage {
  readonly format?: number
  readonly revision?: number
}

/** `fauxsphere save FILE`. */
export function addSave(program: Command, { io }: CommandContext): void {
  onRunningLab(subcommand(program, 'save', 'write the state of the lab to a file'))
    .argument('<file>')
    .action(async (file: string, flags: ControlFlags) => {
      const image = await callControl<ShownImage>(controlUrl(flags, io), 'GET', '/v1/checkpoints/current')
      try {
        writeFileSync(`${file}.tmp`, `${JSON.stringify(image)}\n`, { flush: true })
        renameSync(`${file}.tmp`, file)
      } catch (error) {
        throw new CliError(`${file}: ${(error as Error).message}`)
      }
      const told = { file, revision: image.revision }
      io.out(flags.json === true ? jsonLine(told) : `saved revision ${image.revision ?? ''} to ${file}\n`)
    })
}
