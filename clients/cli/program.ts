/** The `fauxsphere` command: its subcommands, its errors, its exit status. */
import { Command, CommanderError } from 'commander'
import type { CommandContext } from './command.js'
import { addCoverage } from './coverage.js'
import { addExec } from './exec.js'
import { addImport } from './import/command.js'
import { CliError, EXIT, processIo, type Io } from './io.js'
import { addLabCommands } from './lab-commands.js'
import { addRun } from './run.js'
import { addUp } from './up.js'

/**
 * Runs a command line (without node and script); gives the exit status. Never throws for what
 * the user can mend.
 */
export async function main(
  argv: readonly string[],
  version: string,
  io: Io = processIo(),
): Promise<number> {
  if (argv[0] === 'vcsim') {
    const { vcsim } = await import('./vcsim/main.js')
    return vcsim(argv.slice(1), io, version)
  }
  let status: number = EXIT.ok
  const program = makeProgram(version, { io, exit: code => { status = code } })
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return status
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    if (error instanceof CliError) {
      io.err(`fauxsphere: ${error.message}\n`)
      return error.exitCode
    }
    throw error
  }
}

/** The command tree, for `main` and for the documentation. */
export function makeProgram(version: string, context: CommandContext): Command {
  const { io } = context
  const program = new Command('fauxsphere')
    .description('A simulated VMware ESXi and vCenter lab, served through the product\'s own doors')
    .version(version)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: text => io.out(text), writeErr: text => io.err(text) })
    .showSuggestionAfterError()
  addUp(program, context)
  addExec(program, context)
  addRun(program, context)
  addLabCommands(program, context)
  addCoverage(program, context)
  addImport(program, context)
  program.command('vcsim').description('drop-in for govmomi\'s vcsim, see `fauxsphere vcsim -help`')
  for (const command of program.commands) {
    command.exitOverride().configureOutput({ writeOut: text => io.out(text), writeErr: text => io.err(text) })
  }
  return program
}
