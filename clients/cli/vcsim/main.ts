/**
 * `fauxsphere vcsim`: stands in for govmomi's simulator: same flags, same line with the
 * environment, same end on a signal (peer-measured.md part 1, "How the suite starts its server").
 */
import { randomInt } from 'node:crypto'
import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { startLab, type LabOpener, type PeerModel, type StartedLab } from '../../../emulator/main.js'
import type { OpenRequest } from '../../../emulator/open-request.js'
import { cacheFolder, outsideAddress, parseListen, type GivenSettings } from '../../../emulator/options.js'
import { clientEnvironment } from '../client-environment.js'
import { CliError, EXIT, type Io } from '../io.js'
import { asCliError, settingsOf } from '../lab-process.js'
import { run } from '../run-command.js'
import { noteRunning } from '../running-labs.js'
import { peerModel, refuseWhatIsNotThere, vcsimFlags } from './flags.js'
import { FlagError, HelpWanted, goUsage, parseGoFlags, type ParsedFlags } from './go-flags.js'

const { O_CREAT, O_NONBLOCK, O_TRUNC, O_WRONLY } = constants

/** How often a fifo without a reader is tried, in real milliseconds. */
const FIFO_POLL_MS = 5

/** Steps of a chance; the peer's jitter has no seed either. */
const RANDOM_STEPS = 2 ** 32

/** User and password in the line when any will do. */
const ANY_LOGIN = { username: 'user', password: 'pass' } as const

/** Runs the command; gives the exit status. `uuidgen` is answered by bin/fauxsphere.mjs. */
export async function vcsim(argv: readonly string[], io: Io, version: string, open?: LabOpener): Promise<number> {
  if (argv[0] === 'version') {
    io.out(`Build Version: ${version}\nBuild Commit: fauxsphere\nBuild Date: unknown\n`)
    return EXIT.ok
  }
  try {
    const parsed = parseGoFlags(argv, vcsimFlags)
    refuseWhatIsNotThere(parsed)
    return await serve(parsed, io, open)
  } catch (error) {
    return refuse(error, io)
  }
}

function refuse(error: unknown, io: Io): number {
  if (error instanceof HelpWanted) {
    io.err(goUsage('vcsim', vcsimFlags))
    return EXIT.ok
  }
  if (error instanceof FlagError) {
    io.err(`${error.message}\n${goUsage('vcsim', vcsimFlags)}`)
    return EXIT.usage
  }
  const told = asCliError(error)
  if (!(told instanceof CliError)) throw error
  io.err(`vcsim: ${told.message}\n`)
  return told.exitCode
}

async function serve(parsed: ParsedFlags, io: Io, open: LabOpener | undefined): Promise<number> {
  const request = openRequest(parsed, io)
  const lab = await (open === undefined ? startLab(request) : startLab(request, open))
  const { ended, release } = firstSignal(parsed.values['stdinexit'] === 'true')
  try {
    return await serveUntil(ended, lab, request.peer, parsed, io)
  } finally {
    release()
  }
}

async function serveUntil(
  ended: Promise<void>, lab: StartedLab, peer: PeerModel, parsed: ParsedFlags, io: Io,
): Promise<number> {
  const forget = noteRunning(cacheFolder(undefined, io.env), {
    pid: process.pid, control: lab.controlUrl, lab: 'vcsim',
  })
  try {
    const url = publicUrl(parsed, lab, peer)
    if (parsed.rest.length > 0) return await run(parsed.rest, commandEnvironment(url, lab, io))
    const line = `export GOVC_URL=${url} GOVC_SIM_PID=${process.pid}\n`
    await Promise.race([announce(parsed.values['E']!, line, io), ended])
    await ended
    return EXIT.ok
  } finally {
    forget()
    await lab.close()
  }
}

function openRequest(parsed: ParsedFlags, io: Io): OpenRequest & { readonly peer: PeerModel } {
  const given: GivenSettings = {
    ports: 'fixed', listen: parsed.values['l']!, controlListen: '127.0.0.1:0',
    tls: parsed.values['tls']!, durations: 'instant', traceFile: parsed.values['trace-file']!,
    anyLogin: parsed.values['username'] === '' && parsed.values['password'] === '',
  }
  const settings = settingsOf(given, io)
  return {
    settings,
    cache: cacheFolder(settings.cache, io.env),
    peer: peerModel(parsed, io.env, () => randomInt(RANDOM_STEPS) / RANDOM_STEPS),
    log: (line: string) => io.err(`${line}\n`),
  }
}

/** URL with user and password, as the suite reads it. */
function publicUrl(parsed: ParsedFlags, lab: StartedLab, { login }: PeerModel): string {
  const node = lab.nodes[0]
  if (node === undefined) throw new CliError('the lab has no node')
  const url = new URL(node.sdk)
  const { address } = parseListen(parsed.values['l']!)
  if (address === '0.0.0.0' || address === '::') url.hostname = outsideAddress()
  const { username, password } = login ?? ANY_LOGIN
  url.username = username
  url.password = password
  return url.href
}

/**
 * One line to standard output, a file or a fifo. A fifo is asked again until it has a reader,
 * since a blocking open would keep a signal from ending the process.
 */
async function announce(target: string, line: string, io: Io): Promise<void> {
  if (target === '-') {
    io.out(line)
    return
  }
  while (!writeLine(target, line)) await pause(FIFO_POLL_MS)
}

/** False for a fifo that nobody reads yet. */
function writeLine(target: string, line: string): boolean {
  try {
    const file = openSync(target, O_WRONLY | O_CREAT | O_TRUNC | (O_NONBLOCK ?? 0))
    writeSync(file, line)
    closeSync(file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') return false
    throw new CliError(`${target}: ${(error as Error).message}`)
  }
}

function commandEnvironment(url: string, lab: StartedLab, io: Io): Record<string, string | undefined> {
  const known = clientEnvironment(lab.nodes, lab.controlUrl)
  const { username, password } = new URL(url)
  return {
    ...io.env, ...known,
    GOVC_URL: url, GOVC_SIM_PID: String(process.pid),
    GOVC_USERNAME: decodeURIComponent(username), GOVC_PASSWORD: decodeURIComponent(password),
  }
}

/**
 * The first INT, TERM, QUIT or HUP; with `stdin` also the end of, or a key on, standard input.
 * Later ones are heard and mean nothing until `release`: `timeout` sends its signal to the process
 * and once more to the group, and the second must not kill what is ending in order.
 */
function firstSignal(stdin: boolean): { readonly ended: Promise<void>, release(): void } {
  const signals = ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGHUP'] as const
  let resolve = (): void => {}
  const ended = new Promise<void>(done => { resolve = done })
  const heard = (): void => resolve()
  for (const signal of signals) process.on(signal, heard)
  if (stdin) {
    process.stdin.once('data', heard)
    process.stdin.once('end', heard)
  }
  return {
    ended,
    release: () => {
      for (const signal of signals) process.off(signal, heard)
    },
  }
}
