/**
 * Managed objects that belong to one session: property filters, extra collectors, views, history
 * collectors. They are no state of the world: no journal, no image, and they end with the session
 * (protocols.md 3.5, 3.6). To handlers they look like any other slot, with a negative `index`.
 */
import { createHash } from 'node:crypto'
import type { JsonObject, Slot, StoredRecord } from '../world/records.js'
import type { Session } from './sessions.js'

/** A slot outside the world, replaced as a whole when its properties change. */
export interface SessionSlot extends Slot {
  readonly index: number
  record: StoredRecord | undefined
  readonly sessionKey: string
}

/** True if a slot is a session's own object rather than a record of the world. */
export function isSessionObject(slot: Slot): slot is SessionSlot {
  return slot.index < 0
}

/** All session objects of a lab. Another session's object is as good as not there. */
export class SessionObjects {
  readonly #sessions = new Map<string, Map<string, SessionSlot>>()
  readonly #endings: Array<(slot: SessionSlot, last: StoredRecord) => void> = []
  #made = 0

  /**
   * Makes an object of a managed type. Its id has the product's form, `session[<key>]<uuid>`
   * (protocols.md 3.6).
   */
  create(session: Session, type: string, record: { props: object, inner?: object }): SessionSlot {
    this.#made += 1
    const id = `session[${session.key}]${idFrom(`${session.key} ${this.#made}`)}`
    const slot: SessionSlot = {
      index: -this.#made,
      address: { node: session.node, type, id },
      record: frozen(record.props, record.inner ?? {}),
      sessionKey: session.key,
    }
    const shelf = shelfKey(session.node, session.key)
    const own = this.#sessions.get(shelf) ?? new Map<string, SessionSlot>()
    own.set(id, slot)
    this.#sessions.set(shelf, own)
    return slot
  }

  /** Replaces the properties of an object. */
  update(slot: SessionSlot, props: object): void {
    if (slot.record !== undefined) slot.record = frozen(props, slot.record.inner)
  }

  /** Ends an object; nothing happens when it has ended already. */
  destroy(slot: SessionSlot): void {
    const shelf = shelfKey(slot.address.node, slot.sessionKey)
    const own = this.#sessions.get(shelf)
    if (own?.delete(slot.address.id) !== true) return
    if (own.size === 0) this.#sessions.delete(shelf)
    const last = slot.record
    slot.record = undefined
    if (last !== undefined) for (const ended of this.#endings) ended(slot, last)
  }

  /** An object by id, if it is this session's. */
  find(session: Session | undefined, id: string): SessionSlot | undefined {
    if (session === undefined || !id.startsWith('session[')) return undefined
    return this.#sessions.get(shelfKey(session.node, session.key))?.get(id)
  }

  /** The objects of a session, in order of creation. */
  list(session: Session): SessionSlot[] {
    return [...this.#sessions.get(shelfKey(session.node, session.key))?.values() ?? []]
  }

  /** Objects of all sessions together, for meters. */
  get count(): number {
    let count = 0
    for (const own of this.#sessions.values()) count += own.size
    return count
  }

  /** Ends all objects of a session. */
  endSession(node: string, sessionKey: string): void {
    const own = this.#sessions.get(shelfKey(node, sessionKey))
    for (const slot of [...own?.values() ?? []]) this.destroy(slot)
  }

  /** Hears of each object that has ended, with its last record. */
  onEnd(ended: (slot: SessionSlot, last: StoredRecord) => void): void {
    this.#endings.push(ended)
  }
}

function shelfKey(node: string, sessionKey: string): string {
  return `${node}\n${sessionKey}`
}

function frozen(props: object, inner: object): StoredRecord {
  return Object.freeze({
    props: Object.freeze({ ...props }) as JsonObject,
    inner: inner as JsonObject,
  })
}

/** An id in UUID form that depends on nothing but its input: no chance is involved. */
function idFrom(text: string): string {
  const hex = createHash('sha1').update(text).digest('hex')
  const groups = [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`]
  return [...groups, hex.slice(20, 32)].join('-')
}
