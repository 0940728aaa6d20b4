import type { Command } from 'commander'
import { subcommand, type CommandContext } from './command.js'
import { CliError } from './io.js'

/** `fauxsphere import URL or DIR`: not there yet, and says so. */
export function addImport(program: Command, _context: CommandContext): void {
  subcommand(program, 'import', 'make a lab file from a real vCenter or a `govc object.save` folder')
    .argument('<source>', 'URL of a vCenter, or a folder')
    .action(() => {
      throw new CliError('import is not implemented yet; write a lab file by hand instead, '
        + 'see docs for the format')
    })
}
