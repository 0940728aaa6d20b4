/** Most characters of a vCenter event in one syslog message. */
const PIECE_CHARACTERS = 1024

/** What a message tells of an event. */
export interface EventWords {
  readonly key: number
  readonly createdTime: string
  /** `vim.event.VmPoweredOnEvent`. */
  readonly type: string
  readonly severity: string
  readonly userName: string
  /** What it is about: the datacenter's name; empty when there is none. */
  readonly target: string
  readonly chainId: number
  readonly text: string
}

/**
 * A vCenter event as vpxd gives it to syslog (operations.md 3.4): bracketed fields, and longer ones
 * in numbered pieces, each with the event's id before it.
 */
export function eventTexts(event: EventWords): string[] {
  const { key, createdTime, type, severity, userName, target, chainId } = event
  const text = event.text.replace(/\r?\n/g, '#012')
  const fields = `[${createdTime}] [${type}] [${severity}] [${userName}] [${target}] [${chainId}] [${text}]`
  const pieces = fields.match(new RegExp(`[^]{1,${PIECE_CHARACTERS}}`, 'gu'))!
  return pieces.map((piece, at) => ` Event [${key}] [${at + 1}-${pieces.length}] ${piece}`)
}
