import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { subcommand, type CommandContext } from './command.js'
import { controlUrl, fetchControl } from './control-client.js'
import { CliError } from './io.js'

/** `fauxsphere record [FILE]`: what was done to the running lab, as a scenario. */
export function addRecord(program: Command, { io }: CommandContext): void {
  subcommand(program, 'record', 'write what was done to a running lab as a scenario file')
    .argument('[file]', 'where to write it; default: standard output')
    .option('--control <url>', 'control API of the lab (or FAUXSPHERE_CONTROL)')
    .action(async (file: string | undefined, flags: { control?: string }) => {
      const text = await fetchControl(controlUrl(flags, io), '/v1/recording')
      if (file === undefined) {
        io.out(text)
        return
      }
      try {
        writeFileSync(file, text)
      } catch (error) {
        throw new CliError(`${file}: ${(error as Error).message}`)
      }
      io.out(`${file}: run it with: fauxsphere run ${file}\n`)
    })
}
