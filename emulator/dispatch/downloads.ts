import { gzipSync } from 'node:zlib'
import { rootOf } from '../services/authorization/tree.js'
import { bundleNow, findBundle, type Bundle } from '../services/logs/bundles.js'
import { logsOf, rowsFrom } from '../services/logs/catalogue.js'
import type { NodeInfo } from '../services/nodes.js'
import type { Principal } from '../services/sessions.js'
import type { Gate } from './invoke.js'
import { asUser, type Credentialed } from './session-calls.js'

/** A GET of a log or a bundle as a door hands it in. */
export interface DownloadRequest extends Credentialed {
  readonly method: string
  readonly path: string
  readonly query: string
  /** Of a single request, in a cookie of its own. */
  readonly ticket: string | undefined
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

/**
 * The gate of what is downloaded from a node's logs: who asks, whether he may, and what it is. He shows who
 * he is by a session, by a ticket for this request, or by a login that lasts for it.
 */
export class DownloadGate {
  readonly #gate: Gate

  constructor(gate: Gate) {
    this.#gate = gate
  }

  answer(node: NodeInfo, request: DownloadRequest): DownloadReply {
    const { world, sessions } = this.#gate.services
    world.runDue()
    const { ticket, method, path, query } = request
    const session = sessions.find(node.name, request.cookie) ?? (ticket === undefined ? undefined
      : sessions.redeemServiceTicket(node.name, ticket, method, query === '' ? path : `${path}?${query}`))
    if (session !== undefined) return this.#answerTo(session.principal, node, path)
    return asUser(this.#gate, node, { ...request, cookie: undefined }, who => this.#answerTo(who, node, path)) ?? { status: 401 }
  }

  #answerTo(principal: Principal, node: NodeInfo, path: string): DownloadReply {
    const { world, authorization, access } = this.#gate.services
    const root = rootOf(world, node.name)
    if (root !== undefined && !authorization.has(world, principal, root, PRIVILEGE)) return { status: 403 }
    access.flush(node.name)
    if (path === '/cgi-bin/vm-support.cgi') return archived(bundleNow(world, node))
    if (path.startsWith('/downloads/')) {
      const bundle = findBundle(world, node.name, decoded(path.slice('/downloads/'.length)))
      return bundle === undefined ? { status: 404 } : archived(bundle)
    }
    return this.#hostFile(node, decoded(path.slice('/host'.length).replace(/^\//, '')))
  }

  /** `/host`: which logs there are; `/host/hostd.log`, also without the ending: one of them. */
  #hostFile(node: NodeInfo, name: string): DownloadReply {
    const { world } = this.#gate.services
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
