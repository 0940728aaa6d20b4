/** How messages reach a log host; `ssl` is TLS, in the option's own word. */
export type LogProtocol = 'udp' | 'tcp' | 'ssl'

/** Form of a message (operations.md 3.4). */
export type LogFormatter = 'RFC_3164' | 'RFC_5424'

/** How messages are told apart on a stream; datagrams need nothing. */
export type LogFraming = 'non_transparent' | 'octet_counting'

/** One remote log host, as an element of `Syslog.global.logHost` names it. */
export interface LogHost {
  readonly protocol: LogProtocol
  /** Name or address, without brackets. */
  readonly host: string
  readonly port: number
  readonly formatter: LogFormatter
  readonly framing: LogFraming
}

/** What is wrong with a list of log hosts. */
export class LogHostError extends Error {}

const defaultPorts: Readonly<Record<LogProtocol, number>> = { udp: 514, tcp: 514, ssl: 1514 }

const form = /^(?:([a-z]+):\/\/)?(\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?::(\d{1,5}))?\/?(?:\?(.*))?$/i

/**
 * Reads `Syslog.global.logHost`: `udp://h:514,tcp://h,ssl://h:1514?formatter=RFC_5424`. Without a
 * protocol it is UDP; the ports are 514, and 1514 for ssl (operations.md 3.4). Which formats and
 * framings go together is the product's table "Protocols, Formats and Framing of ESXi Syslog
 * Messages" (ESXi 8.0 installation guide): no framing with UDP, RFC 5424 only with octet counting.
 * @throws LogHostError naming the element
 */
export function parseLogHosts(text: string): LogHost[] {
  if (text.trim() === '') return []
  const hosts = text.split(',').map(part => parseLogHost(part.trim()))
  const urls = hosts.map(logHostUrl)
  const twice = urls.find((url, at) => urls.indexOf(url) !== at)
  if (twice !== undefined) throw new LogHostError(`${twice} is named twice`)
  return hosts
}

/** The whole URL of a log host, with what is default said: the same for the same receiver. */
export function logHostUrl({ protocol, host, port, formatter, framing }: LogHost): string {
  const name = host.includes(':') ? `[${host}]` : host
  const form = protocol === 'udp' ? `formatter=${formatter}` : `formatter=${formatter}&framing=${framing}`
  return `${protocol}://${name}:${port}?${form}`
}

/** A log host in few words, for messages: `tcp://loghost:514`. */
export function logHostLabel({ protocol, host, port }: Pick<LogHost, 'protocol' | 'host' | 'port'>): string {
  return `${protocol}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

function parseLogHost(text: string): LogHost {
  const found = form.exec(text)
  if (found === null) throw new LogHostError(`'${text}' is no log host`)
  const [, scheme = 'udp', name, portText, query] = found
  const protocol = scheme.toLowerCase()
  if (!isProtocol(protocol)) throw new LogHostError(`'${scheme}' is none of udp, tcp and ssl`)
  const port = portText === undefined ? defaultPorts[protocol] : Number(portText)
  if (port < 1 || port > 65535) throw new LogHostError(`${port} is no port`)
  return { protocol, host: name!.replace(/^\[|\]$/g, ''), port, ...formOf(protocol, query ?? '', text) }
}

function formOf(protocol: LogProtocol, query: string, text: string): Pick<LogHost, 'formatter' | 'framing'> {
  const given = new Map(query === '' ? [] : query.split('&').map((pair): [string, string] => {
    const at = pair.indexOf('=')
    return [pair.slice(0, Math.max(0, at)).toLowerCase(), pair.slice(at + 1).toLowerCase()]
  }))
  for (const key of given.keys()) {
    if (key !== 'formatter' && key !== 'framing') throw new LogHostError(`'${text}': no parameter is called '${key}'`)
  }
  const formatter = (given.get('formatter') ?? 'rfc_3164').toUpperCase()
  if (formatter !== 'RFC_3164' && formatter !== 'RFC_5424') throw new LogHostError(`'${text}': no such formatter`)
  const framing = given.get('framing') ?? (formatter === 'RFC_5424' ? 'octet_counting' : 'non_transparent')
  if (framing !== 'non_transparent' && framing !== 'octet_counting') throw new LogHostError(`'${text}': no such framing`)
  if (protocol === 'udp' && given.has('framing')) throw new LogHostError(`'${text}': UDP takes no framing`)
  if (formatter === 'RFC_5424' && framing !== 'octet_counting') {
    throw new LogHostError(`'${text}': RFC_5424 goes with octet_counting only`)
  }
  return { formatter, framing }
}

function isProtocol(text: string): text is LogProtocol {
  return Object.hasOwn(defaultPorts, text)
}
