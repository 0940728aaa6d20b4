/** Starting a lab from a command, and waiting for the signal that ends it. */
import { writeFileSync } from 'node:fs'
import { OptionError, cacheFolder, readSettings, type GivenSettings, type Settings } from '../../emulator/options.js'
import { startLab, type LabOpener, type StartedLab } from '../../emulator/main.js'
import { clientEnvironment, environmentFile } from './client-environment.js'
import { CliError, EXIT, type Io } from './io.js'
import { noteRunning } from './running-labs.js'

/** A lab that a command has started. */
export interface LabProcess {
  readonly lab: StartedLab
  readonly settings: Settings
  /** Closes everything and takes the lab off the list of running ones. */
  stop(): Promise<void>
}

/**
 * Starts a lab as flags and environment say.
 * @throws CliError with what is wrong and what to do
 */
export async function startFromFlags(given: GivenSettings, io: Io, open?: LabOpener): Promise<LabProcess> {
  const settings = settingsOf(given, io)
  const cache = cacheFolder(settings.cache, io.env)
  const request = { settings, cache, log: (line: string) => io.err(`${line}\n`) }
  let lab: StartedLab
  try {
    lab = await (open === undefined ? startLab(request) : startLab(request, open))
  } catch (error) {
    throw asCliError(error)
  }
  const forget = noteRunning(cache, { pid: process.pid, control: lab.controlUrl, lab: settings.lab })
  if (settings.envFile !== undefined) writeEnvironment(settings.envFile, lab)
  return {
    lab,
    settings,
    stop: async () => {
      forget()
      await lab.close()
    },
  }
}

/** Settings from flags and environment. @throws CliError */
export function settingsOf(given: GivenSettings, io: Io): Settings {
  try {
    return readSettings(given, io.env)
  } catch (error) {
    if (error instanceof OptionError) throw new CliError(error.message, EXIT.usage)
    throw error
  }
}

/**
 * Waits for INT, TERM, HUP or QUIT; a second one ends the process at once. Asked for when the lab
 * has started: until then a signal ends the process without ceremony.
 */
export function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) {
      process.once(signal, () => resolve(signal))
    }
  })
}

/** Errors that are the user's to mend lose their stack; a wrong lab file ends with 2. */
export function asCliError(error: unknown): unknown {
  if (error instanceof CliError) return error
  const { name, code, message } = error as NodeJS.ErrnoException
  if (name === 'LabFileError' || name === 'ScenarioError') return new CliError(message, EXIT.usage)
  if (error instanceof Error && error.constructor.name === 'PortError') return new CliError(message)
  if (code === 'EADDRINUSE') return new CliError(`${message}. Is another lab running? Try --ports free`)
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL') return new CliError(`${message}. Try --ports high`)
  return error
}

function writeEnvironment(file: string, lab: StartedLab): void {
  try {
    writeFileSync(file, environmentFile(clientEnvironment(lab.nodes, lab.controlUrl)), { mode: 0o600 })
  } catch (error) {
    throw new CliError(`${file}: ${(error as Error).message}`)
  }
}
