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

/** Like `controlUrl`; undefined when no lab runs and none is named. @throws CliError for several */
export function runningControlUrl(flags: ControlFlags, io: Io): string | undefined {
  const isNamed = (flags.control ?? io.env['FAUXSPHERE_CONTROL'] ?? '') !== ''
  return isNamed || runningLabs(cacheFolder(undefined, io.env)).length > 0 ? controlUrl(flags, io) : undefined
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
  return parse(await textOf(await send(url, path, method, body), url, path)) as T
}

/** The answer to a GET as it is, for what is not JSON. @throws CliError as `callControl` */
export async function fetchControl(url: string, path: string): Promise<string> {
  return textOf(await send(url, path, 'GET'), url, path)
}

/** Lines of an answer as they come. @throws CliError as `callControl` */
export async function* streamControl(url: string, path: string): AsyncGenerator<string> {
  const reply = await send(url, path, 'GET')
  if (!reply.ok || reply.body === null) {
    await textOf(reply, url, path)
    return
  }
  const decoder = new TextDecoder()
  let rest = ''
  for await (const piece of reply.body as unknown as AsyncIterable<Uint8Array>) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}

async function send(url: string, path: string, method: string, body?: unknown): Promise<Response> {
  try {
    return await fetch(url + path, {
      method,
      ...body === undefined ? {} : {
        headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
      },
    })
  } catch (error) {
    const cause = (error as { cause?: Error }).cause
    throw new CliError(`no answer from ${url}: ${cause?.message ?? (error as Error).message}`)
  }
}

async function textOf(reply: Response, url: string, path: string): Promise<string> {
  const text = await reply.text()
  if (reply.ok) return text
  const detail = (parse(text) as { detail?: unknown } | undefined)?.detail
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
