/** Logs and bundles of a node by HTTP (protocols.md 6.3): the door before the gate of downloads. */
import { isDownload, type Archive, type DownloadGate, type DownloadRequest } from '../../dispatch/downloads.js'
import type { NodeInfo } from '../../services/nodes.js'
import { tar } from '../../wire/tar.js'
import { cookieValue } from './cookies.js'
import { BASIC_CHALLENGE, credentialsOf } from './credentials.js'
import { headers, isGone, send, sendText, writeHead, type Exchange, type Route } from './exchange.js'

/** The paths of a node at which its logs are given away. */
export function downloadRoute(gate: DownloadGate, node: NodeInfo): Route {
  return {
    matches: (method, path) => (method === 'GET' || method === 'HEAD') && isDownload(node, path),
    handle: exchange => answer(exchange, gate),
  }
}

function answer(exchange: Exchange, gate: DownloadGate): void | Promise<void> {
  const reply = gate.answer(exchange.door.node, requestOf(exchange))
  switch (reply.status) {
    case 401: return sendText(exchange, 401, 'Unauthorized', [...BASIC_CHALLENGE])
    case 403: return sendText(exchange, 403, 'Forbidden')
    case 404: return sendText(exchange, 404, 'Not Found')
    default: return 'archive' in reply ? sendArchive(exchange, reply.archive) : send(exchange, 200, reply.type, reply.body)
  }
}

function requestOf(exchange: Exchange): DownloadRequest {
  const { req, path, query } = exchange
  return {
    ...credentialsOf(exchange),
    // A ticket for the file is good for a look at its head, too.
    method: 'GET', path, query, ticket: cookieValue(req.headers.cookie, 'vmware_cgi_ticket'),
  }
}

/** Sends an archive as it is made: no more than one of its files is in memory. */
async function sendArchive(exchange: Exchange, { fileName, files }: Archive): Promise<void> {
  const { req, res } = exchange
  const head = headers(exchange, 'application/octet-stream')
  head.push('content-disposition', `attachment; filename="${fileName}"`)
  if (req.method === 'HEAD') {
    writeHead(exchange, 200, head)
    res.end()
    return
  }
  const [{ createGzip }, { Readable }, { pipeline }] = await Promise.all([
    import('node:zlib'), import('node:stream'), import('node:stream/promises'),
  ])
  if (isGone(exchange)) return
  if (req.httpVersion !== '1.0') head.push('transfer-encoding', 'chunked')
  writeHead(exchange, 200, head)
  try {
    await pipeline(Readable.from(tar(files()), { objectMode: false }), createGzip(), res)
  } catch (error) {
    if (!isGone(exchange)) exchange.door.onDefect(error)
    res.destroy()
  }
}
