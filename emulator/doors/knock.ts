/** Asks a door as a client would: for scenarios on a running lab, whose verdicts real sockets confirm. */
import { get } from 'node:https'
import { get as plainGet } from 'node:http'
import { connect as connectTls } from 'node:tls'
import { connect } from 'node:net'
import type { Answer } from '../scenario/format-expect.js'
import type { HttpAnswer, ScenarioLab } from '../scenario/scenario-lab.js'
import { afterRealMs } from '../world/clock.js'
import type { OpenedNode } from './opened-node.js'

/** Real milliseconds that a client waits for an answer. */
const PATIENCE_MS = 3000

/** Asks the real doors of nodes; those of ports that have no door here cannot be asked. */
export function askDoors(nodes: readonly OpenedNode[]): NonNullable<ScenarioLab['confirm']> {
  const doorOf = (name: string, port: number): URL | undefined => {
    const node = nodes.find(each => each.name === name)
    const url = port === 443 ? node?.sdk : port === 5480 ? node?.vami
      : port === 902 && node?.authd !== undefined ? `authd://${node.authd}`
        : port === 22 && node?.ssh !== undefined ? `ssh://${node.ssh}` : undefined
    return url === undefined ? undefined : new URL(url)
  }
  return {
    probe: async (node, port, source = '127.0.0.1') => {
      const door = doorOf(node, port)
      // From here only loopback addresses can be a client's.
      return door === undefined || !source.startsWith('127.') ? undefined : knock(door, source)
    },
    http: async text => {
      const url = new URL(text)
      const door = doorOf(url.hostname, Number(url.port || 443))
      return door === undefined || url.protocol === 'http:' ? undefined
        : fetchOnce(new URL(url.pathname + url.search, door))
    },
  }
}

/** What shows that somebody answers: a handshake, a greeting, or nothing more than the connection. */
const signs: Readonly<Record<string, string>> = { 'https:': 'secureConnect', 'authd:': 'data', 'ssh:': 'data' }

/** What a client sees that opens a connection: with TLS `open` means that a handshake was done. */
export function knock(url: URL, localAddress?: string): Promise<Answer> {
  return new Promise(resolve => {
    const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
    const host = url.hostname
    // An address of its own is only asked for where it matters: not every system has others.
    const from = localAddress === undefined || localAddress === '127.0.0.1' ? {} : { localAddress }
    const socket = url.protocol === 'https:'
      ? connectTls({ host, port, ...from, rejectUnauthorized: false, servername: 'localhost' })
      : connect({ host, port, ...from })
    const done = (how: Answer): void => {
      cancel()
      socket.destroy()
      resolve(how)
    }
    const cancel = afterRealMs(PATIENCE_MS, () => done('timeout'))
    socket.once(signs[url.protocol] ?? 'connect', () => done('open'))
    // An end may be followed by another: the promise takes the first.
    socket.on('error', error => done(endOf(error)))
    socket.once('close', () => done('reset'))
  })
}

/** The answer to a GET, or how the connection ended. */
export function fetchOnce(url: URL): Promise<HttpAnswer> {
  return new Promise(resolve => {
    const ask = url.protocol === 'https:' ? get : plainGet
    const request = ask(url, { rejectUnauthorized: false, agent: false }, response => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => { body += chunk })
      response.once('end', () => { cancel(); resolve({ status: response.statusCode ?? 0, body }) })
    })
    const end = (how: Exclude<Answer, 'open'>): void => {
      cancel()
      request.destroy()
      resolve(how)
    }
    const cancel = afterRealMs(PATIENCE_MS, () => end('timeout'))
    request.on('error', error => end(endOf(error)))
  })
}

function endOf(error: Error): Exclude<Answer, 'open'> {
  const { code = '' } = error as NodeJS.ErrnoException
  if (code === 'ECONNREFUSED') return 'refused'
  if (code === 'ETIMEDOUT' || code === 'EHOSTUNREACH') return 'timeout'
  return code.startsWith('ERR_SSL') || code === 'EPROTO' ? 'tls-error' : 'reset'
}
