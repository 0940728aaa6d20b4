/** The entry of the bundle: runs the command line and sets the exit status of the process. */
import { productVersion } from '../../emulator/main.js'
import { main } from './program.js'

/** Runs a command line (without node and script). */
export async function start(argv: readonly string[]): Promise<void> {
  try {
    process.exitCode = await main(argv, productVersion())
    // A command that served ends at once, whatever a client still holds open.
    if (argv[0] === 'up' || argv[0] === 'vcsim') process.exit()
  } catch (error) {
    process.stderr.write(`fauxsphere: internal error: ${error instanceof Error ? error.stack ?? error.message : String(error)}\n`)
    process.exitCode = 70
  }
}
