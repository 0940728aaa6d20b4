/** Pure decisions of vSAN: who can use an object, and what becomes of its components. */
import { REBUILD_MS, RESYNC_MS, REVOTE_MS } from './timing.js'

/** A part of an object on one host. */
export interface Component {
  readonly host: string
  /** A replica has all the data, a witness none. */
  readonly kind: 'replica' | 'witness'
  readonly votes: number
  /** Since when it misses what is written; a replica is no full copy until it is up to date again. */
  readonly staleSince?: number
  /** When it will be up to date; undefined: its host is not there. */
  readonly syncedAt?: number
}

/** A group of hosts that fail together: one host, a rack, a site. */
export interface FaultDomain {
  readonly name: string
  readonly hosts: readonly string[]
}

/** Where objects are put. */
export interface Layout {
  readonly domains: readonly FaultDomain[]
  /** The host of the witness components of two sites. */
  readonly witness?: string
}

/** True if a host reaches another over the vSAN network, or is it; both must live. */
export type Sees = (host: string, other: string) => boolean

/** Where the components of a new object lie: two replicas and a witness, each in a domain of its own. */
export function place(layout: Layout, key: string): Component[] {
  const { domains, witness } = layout
  const first = hash(key) % domains.length
  const at = (n: number): string => hostIn(domains[(first + n) % domains.length]!, key)
  return [
    { host: at(0), kind: 'replica', votes: 1 },
    { host: at(1), kind: 'replica', votes: 1 },
    { host: witness ?? at(2), kind: 'witness', votes: 1 },
  ]
}

function hostIn(domain: FaultDomain, key: string): string {
  return domain.hosts[hash(`${domain.name} ${key}`) % domain.hosts.length]!
}

/** FNV-1a with its bits mixed: the same place for the same name on every run. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}

/**
 * True where a host has more than half of the votes and a full copy of the data (availability.md 6.3).
 * What missed writes still votes: a majority always knows which copy is the latest.
 */
export function usable(components: readonly Component[], host: string, sees: Sees): boolean {
  let all = 0
  let seen = 0
  let data = false
  for (const { host: at, kind, votes, staleSince } of components) {
    all += votes
    if (!sees(host, at)) continue
    seen += votes
    if (kind === 'replica' && staleSince === undefined) data = true
  }
  return data && seen * 2 > all
}

/** What an object's components become at an instant, as the host sees them that works on the object. */
export function advance(
  before: readonly Component[], user: string | undefined, sees: Sees, layout: Layout, now: number,
): readonly Component[] {
  if (user === undefined) return paused(before)
  let after = before.map(part => follow(part, sees(user, part.host), now))
  after = rebuilt(after, user, sees, layout, now)
  after = voted(after, now)
  return same(before, after) ? before : after
}

/** Nobody works on it: nothing is written that somebody could miss, and nothing is brought up to date. */
function paused(before: readonly Component[]): readonly Component[] {
  if (before.every(part => part.syncedAt === undefined)) return before
  return before.map(({ syncedAt: _never, ...part }) => part)
}

function follow(part: Component, present: boolean, now: number): Component {
  const { staleSince, syncedAt, ...plain } = part
  if (staleSince === undefined) return present ? part : { ...plain, staleSince: now }
  if (!present) return syncedAt === undefined ? part : { ...plain, staleSince }
  if (syncedAt === undefined) return { ...plain, staleSince, syncedAt: now + RESYNC_MS }
  return now >= syncedAt ? plain : part
}

/** What has been away for an hour is made anew in a domain that holds nothing else of the object. */
function rebuilt(parts: Component[], user: string, sees: Sees, layout: Layout, now: number): Component[] {
  return parts.map(part => {
    const { staleSince, syncedAt, kind, votes } = part
    if (staleSince === undefined || syncedAt !== undefined || now - staleSince < REBUILD_MS) return part
    const others = parts.filter(each => each !== part).map(each => each.host)
    const host = layout.domains.filter(domain => !domain.hosts.some(each => others.includes(each)))
      .flatMap(domain => domain.hosts).find(each => sees(user, each))
    // The witness of two sites has one place only.
    return host === undefined || part.host === layout.witness
      ? part : { host, kind, votes, staleSince: now, syncedAt: now + RESYNC_MS }
  })
}

/**
 * Votes after a loss: the replica that is left outweighs the rest, so that a second loss costs
 * nothing; before that it does. When all is whole again each has one.
 */
function voted(parts: Component[], now: number): Component[] {
  if (parts.every(part => part.staleSince === undefined)) return parts.map(part => withVotes(part, 1))
  const lost = parts.some(part => part.kind === 'replica' && overdue(part, now))
  const left = parts.find(part => part.kind === 'replica' && part.staleSince === undefined)
  if (!lost || left === undefined) return parts
  return parts.map(part => withVotes(part, part === left ? parts.length : 1))
}

function overdue({ staleSince, syncedAt }: Component, now: number): boolean {
  return staleSince !== undefined && syncedAt === undefined && now - staleSince >= REVOTE_MS
}

function withVotes(part: Component, votes: number): Component {
  return part.votes === votes ? part : { ...part, votes }
}

/** The next instant at which `advance` would do something by itself; Infinity: none. */
export function nextAdvance(components: readonly Component[], now: number): number {
  let next = Infinity
  for (const { staleSince, syncedAt } of components) {
    if (staleSince === undefined) continue
    const times = syncedAt === undefined ? [staleSince + REVOTE_MS, staleSince + REBUILD_MS] : [syncedAt]
    for (const time of times) if (time > now) next = Math.min(next, time)
  }
  return next
}

function same(a: readonly Component[], b: readonly Component[]): boolean {
  return a.every((part, index) => {
    const other = b[index]!
    return part === other || (part.host === other.host && part.votes === other.votes
      && part.staleSince === other.staleSince && part.syncedAt === other.syncedAt)
  })
}
