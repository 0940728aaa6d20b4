/** Port 80: everything is sent to https (protocols.md 6.4). */
import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * Answers 301 to the same path at the https port. The name is the one the client used, as the
 * product does; without a Host header `fallbackHost` stands in.
 */
export function redirect(
  req: IncomingMessage,
  res: ServerResponse,
  fallbackHost: string,
  httpsPort: number,
): void {
  const name = hostOnly(req.headers.host) ?? fallbackHost
  const port = httpsPort === 443 ? '' : `:${httpsPort}`
  const path = (req.url ?? '/').startsWith('/') ? req.url ?? '/' : '/'
  res.writeHead(301, { location: `https://${name}${port}${path}`, 'content-length': '0' })
  res.end()
}

/** Host header without its port; undefined when it is absent or has characters no name has. */
function hostOnly(host: string | undefined): string | undefined {
  if (host === undefined) return undefined
  const found = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::\d+)?$/.exec(host)
  return found?.[1]
}
