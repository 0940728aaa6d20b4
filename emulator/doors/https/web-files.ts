/** The pages of a node: files that lie beside the program, sent as they are. */
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { isGone, send, type Exchange, type Route } from './exchange.js'
import { notFound } from './pages.js'
import { isRead } from './service-versions.js'

/** Files under one prefix. */
export interface WebFolder {
  /** `/ui/`; what follows it in a path is looked for in the folder. */
  readonly prefix: string
  readonly folder: string
  /** Which of the folder's files are served. */
  readonly files: RegExp
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8', '.mjs': 'text/javascript; charset=utf-8',
}

/**
 * What a page may load and where it may connect: its own files, pictures made by itself, and consoles of
 * hosts, whose names differ. Nothing inline, no frame around it, and no address of it for others, since
 * a link may carry a ticket.
 */
const SAFETY = [
  'content-security-policy', 'default-src \'none\'; script-src \'self\'; style-src \'self\'; img-src \'self\' data: blob:; '
    + 'connect-src \'self\' wss: ws:; base-uri \'none\'; form-action \'none\'; frame-ancestors \'none\'',
  'referrer-policy', 'no-referrer',
  'x-content-type-options', 'nosniff',
]

/** Serves the files of some folders; the first whose pattern fits has the word. */
export function webFilesRoute(folders: readonly WebFolder[]): Route {
  const find = (path: string): string | undefined => {
    for (const { prefix, folder, files } of folders) {
      const name = path.startsWith(prefix) ? path.slice(prefix.length) : ''
      if (files.test(name) && !name.split('/').includes('..')) return join(folder, name)
    }
    return undefined
  }
  return {
    matches: (method, path) => isRead(method) && find(path) !== undefined,
    handle: async exchange => sendFile(exchange, find(exchange.path)!),
  }
}

async function sendFile(exchange: Exchange, file: string): Promise<void> {
  const body = await readFile(file).catch(() => undefined)
  if (isGone(exchange)) return
  if (body === undefined) notFound(exchange)
  else send(exchange, 200, types[extname(file)]!, body, [...SAFETY])
}
