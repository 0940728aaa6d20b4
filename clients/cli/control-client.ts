/** A client of the control API of a running lab. */
import { cacheFolder } from '../../emulator/options.js'
import { CliError, EXIT, type Io } from './io.js'
import { runningLabs } from './running-labs.js'

/** Flags of every command that talks to a running lab. */
export interface ControlFlags {
  readonly control?: string | undefined
  readonly json?: boolean | undefined
}

/**
 * URL of the control API: the flag, else FAUXSPHERE_CONTROL, else the one lab that runs.
 * @throws CliError when there is none, or more than one
 */
export function controlUrl(flags: ControlFlags, io: Io): string {
  const given = flags.control ?? io.env['FAUXSPHERE_CONTROL']
  if (given !== undefined && given !== '') return given.replace(/\/+$/, '')
  const running = runningLabs(cacheFolder(undefined, io.env))
  if (running.length === 1) return running[0]!.control
  if (running.length === 0) {
    throw new CliError('no lab is running: start one with `fauxsphere up`, or name its control API '
      + 'with --control URL or FAUXSPHERE_CONTROL')
  }
  const list = running.map(({ lab, control, pid }) => `  ${control}  (${lab}, process ${pid})`).join('\n')
  throw new CliError(`more than one lab is running; choose one with --control URL:\n${list}`)
}

/**
 * One request to the control API; gives the JSON of the answer.
 * @throws CliError with the detail of the problem document, or when nobody answers
 */
export async function callControl<T>(
  url: string,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<T> {
  let reply: Response
  try {
    reply = await fetch(url + path, {
      method,
      ...body === undefined ? {} : {
        headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
      },
    })
  } catch (error) {
    const cause = (error as { cause?: Error }).cause
    throw new CliError(`no answer from ${url}: ${cause?.message ?? (error as Error).message}`)
  }
  const text = await reply.text()
  const value = parse(text)
  if (reply.ok) return value as T
  const detail = (value as { detail?: unknown } | undefined)?.detail
  throw new CliError(typeof detail === 'string' ? detail : `${reply.status} from ${url}${path}`,
    reply.status === 400 || reply.status === 404 ? EXIT.usage : EXIT.failed)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
