/** Forms of a syslog message, in the words of `Syslog.global.logHost`. */
export type SyslogFormatter = 'RFC_3164' | 'RFC_5424'

/** What one message says, whatever its form. */
export interface SyslogMessage {
  /** 0 to 23; 20 is local4. */
  readonly facility: number
  /** 0 (emergency) to 7 (debug). */
  readonly severity: number
  /** ISO 8601 in UTC. */
  readonly time: string
  readonly hostName: string
  readonly process: string
  readonly pid?: number | undefined
  /** May hold line feeds: each line becomes a message of its own, the further ones marked with `--> `. */
  readonly text: string
}

/**
 * A message in the product's forms (operations.md 3.4), without framing. RFC 3164 has the product's
 * ISO time in place of the BSD form. The product's programs hand their lines one by one to syslog,
 * so a text of several lines gives several messages.
 */
export function syslogTexts(message: SyslogMessage, formatter: SyslogFormatter): string[] {
  const head = formatter === 'RFC_5424' ? head5424(message) : head3164(message)
  if (!message.text.includes('\n')) return [head + printable(message.text)]
  return message.text.split(/\r?\n/).map((line, at) => head + (at === 0 ? '' : '--> ') + printable(line))
}

function head3164({ facility, severity, time, hostName, process, pid }: SyslogMessage): string {
  return `<${facility * 8 + severity}>${time} ${word(hostName, 255)} ${word(process, 48)}${pid === undefined ? '' : `[${pid}]`}: `
}

/** Neither the product's programs nor this lab give a message id; structured data stays in the text. */
function head5424({ facility, severity, time, hostName, process, pid }: SyslogMessage): string {
  return `<${facility * 8 + severity}>1 ${time} ${word(hostName, 255)} ${word(process, 48)} ${pid ?? '-'} - - `
}

/** A field of a head: printable ASCII without spaces, `-` when nothing is left (RFC 5424 6). */
function word(text: string, length: number): string {
  const kept = text.replace(/[^\x21-\x7e]/g, '').slice(0, length)
  return kept === '' ? '-' : kept
}

/** Control characters would end or corrupt a message on its way: they are written as `#` and three octal digits. */
function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\x00-\x08\x0a-\x1f\x7f]/g, each => `#${each.charCodeAt(0).toString(8).padStart(3, '0')}`)
}
