/** The entry of the bundle: runs the command line and sets the exit status of the process. */
import { main } from './program.js'

/** Replaced by the build with the package's version. */
declare const FAUXSPHERE_VERSION: string | undefined

/** Version of the package; `0.0.0` when run from source. */
export const version = typeof FAUXSPHERE_VERSION === 'string' ? FAUXSPHERE_VERSION : '0.0.0'

/** Runs a command line (without node and script). */
export async function start(argv: readonly string[]): Promise<void> {
  try {
    process.exitCode = await main(argv, version)
    // A command that served ends at once, whatever a client still holds open.
    if (argv[0] === 'up' || argv[0] === 'vcsim') process.exit()
  } catch (error) {
    process.stderr.write(`fauxsphere: internal error: ${error instanceof Error ? error.stack ?? error.message : String(error)}\n`)
    process.exitCode = 70
  }
}
