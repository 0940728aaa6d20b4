import { gzipSync } from 'node:zlib'
import type { ClientInfo, Services } from '../services/call.js'
import { verifyUser } from '../services/accounts/verify.js'
import { rootOf } from '../services/authorization/tree.js'
import { bundleNow, findBundle, type Bundle } from '../services/logs/bundles.js'
import { logsOf, rowsFrom } from '../services/logs/catalogue.js'
import { logRejected } from '../services/logs/login-lines.js'
import type { NodeInfo } from '../services/nodes.js'
import type { Principal } from '../services/sessions.js'

/** A GET of a log or a bundle as a door hands it in. */
export interface DownloadRequest {
  readonly method: string
  readonly path: string
  readonly query: string
  /** The session's cookie, and the ticket of a single request. */
  readonly cookie: string | undefined
  readonly ticket: string | undefined
  readonly login: { readonly userName: string, readonly password: string } | undefined
  readonly client: ClientInfo
}

/** An archive's files, made one by one as they are sent. */
export interface Archive {
  readonly fileName: string
  readonly files: () => Iterable<{ readonly path: string, readonly content: Buffer, readonly modified: number }>
}

export type DownloadReply =
  | { readonly status: 401 | 403 | 404 }
  | { readonly status: 200, readonly type: string, readonly body: Buffer }
  | { readonly status: 200, readonly archive: Archive }

const PRIVILEGE = 'Global.Diagnostics'

/** True for a path of a node at which logs are given away (protocols.md 6.3). */
export function isDownload(node: NodeInfo, path: string): boolean {
  if (path.startsWith('/downloads/')) return true
  return node.kind === 'esxi' && (path === '/host' || path.startsWith('/host/') || path === '/cgi-bin/vm-support.cgi')
}

/** The gate of what is downloaded from a node's logs: who asks, whether he may, and what it is. */
export class DownloadGate {
  readonly #services: Services

  constructor(services: Services) {
    this.#services = services
  }

  answer(node: NodeInfo, request: DownloadRequest): DownloadReply {
    const { world, authorization } = this.#services
    world.runDue()
    const principal = this.#principal(node, request)
    if (principal === undefined) return { status: 401 }
    const root = rootOf(world, node.name)
    if (root !== undefined && !authorization.has(world, principal, root, PRIVILEGE)) return { status: 403 }
    const { path } = request
    if (path === '/cgi-bin/vm-support.cgi') return archived(bundleNow(world, node))
    if (path.startsWith('/downloads/')) {
      const bundle = findBundle(world, node.name, decoded(path.slice('/downloads/'.length)))
      return bundle === undefined ? { status: 404 } : archived(bundle)
    }
    return this.#hostFile(node, decoded(path.slice('/host'.length).replace(/^\//, '')))
  }

  /** By cookie, by ticket, or by the user and password that the request brings itself. */
  #principal(node: NodeInfo, { cookie, ticket, login, client, method, path, query }: DownloadRequest): Principal | undefined {
    const { world, sessions, behaviour } = this.#services
    const session = sessions.find(node.name, cookie) ?? (ticket === undefined ? undefined
      : sessions.redeemServiceTicket(node.name, ticket, method, query === '' ? path : `${path}?${query}`))
    if (session !== undefined || login === undefined) return session?.principal
    const { userName, password } = login
    if (behaviour.anyLogin && userName !== '' && password !== '') return { name: userName, groups: [], administrator: true }
    const who = verifyUser(world, node, userName, password)
    if ('principal' in who) return who.principal
    const cause = { kind: 'call', node: node.name, method: 'login', self: '', user: '', opId: '' } as const
    world.transact(cause, tx => logRejected(tx, node, userName, client.address))
    return undefined
  }

  /** `/host`: which logs there are; `/host/hostd.log`, also without the ending: one of them. */
  #hostFile(node: NodeInfo, name: string): DownloadReply {
    const { world } = this.#services
    const logs = logsOf(world, node)
    if (name === '') {
      const items = logs.map(({ fileName }) => `<li><a href="/host/${fileName}">${fileName}</a></li>`).join('')
      return { status: 200, type: 'text/html; charset=utf-8', body: Buffer.from(`<html><body><ul>${items}</ul></body></html>\n`) }
    }
    const log = logs.find(each => each.fileName === name || each.fileName === `${name}.log`)
    if (log === undefined) return { status: 404 }
    const text = [...rowsFrom(world, node, log)].map(row => `${row.text}\n`).join('')
    return log.fileName.endsWith('.gz') ? { status: 200, type: 'application/gzip', body: gzipSync(text) }
      : { status: 200, type: 'text/plain; charset=utf-8', body: Buffer.from(text) }
  }
}

function archived(bundle: Bundle): DownloadReply {
  const modified = Math.floor(bundle.at / 1000)
  function * files(): ReturnType<Archive['files']> & Generator<{ path: string, content: Buffer, modified: number }> {
    for (const { path, compressed, content } of bundle.files()) {
      yield { path, modified, content: compressed ? gzipSync(content()) : Buffer.from(content()) }
    }
  }
  return { status: 200, archive: { fileName: bundle.fileName, files } }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
