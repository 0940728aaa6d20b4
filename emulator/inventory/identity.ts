import type { Transaction } from '../world/transaction.js'

/**
 * Identities that are stable for a seed and cheap in bulk: four draws from the stream `inventory`
 * make a base, everything else is mixed from it and a number, so that one more VM does not change
 * the identity of the others.
 */
export interface Identities {
  /** A UUID-shaped string for the `n`-th thing of a kind; `prefix` replaces its first digits. */
  uuid(kind: string, n: number, prefix?: string): string
  /** Hexadecimal digits for the `n`-th thing of a kind. */
  hex(kind: string, n: number, digits: number): string
  /** A number in [0, 1) for the `n`-th thing of a kind. */
  fraction(kind: string, n: number): number
}

/** Draws the base of a lab's identities. */
export function identities(tx: Transaction): Identities {
  const base = [0, 0, 0, 0].map(() => Math.floor(tx.random('inventory') * 4294967296))
  const word = (kind: number, n: number, i: number): number =>
    mix(base[i & 3]! ^ mix(kind + Math.imul(i + 1, 0x9e3779b1)) ^ Math.imul(n + 1, 0x85ebca6b))
  return {
    uuid(kind, n, prefix = '') {
      const k = hash(kind)
      const text = prefix + hex8(word(k, n, 0)) + hex8(word(k, n, 1)) + hex8(word(k, n, 2)) + hex8(word(k, n, 3))
      // Joined, not concatenated: a joined string is flat and keeps no parts alive.
      return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20, 32)].join('-')
    },
    hex(kind, n, digits) {
      const k = hash(kind)
      let text = ''
      for (let i = 0; text.length < digits; i += 1) text += hex8(word(k, n, i))
      return text.slice(0, digits)
    },
    fraction(kind, n) {
      return word(hash(kind), n, 0) / 4294967296
    },
  }
}

/** The MAC that vCenter assigns: 00:50:56:80:00:00 to 00:50:56:bf:ff:ff; `n` from 0. */
export function assignedMac(n: number): string {
  return ['00:50:56', pair(0x80 + ((n >> 16) & 0x3f)), pair(n >> 8), pair(n)].join(':')
}

/** The MAC that a host generates: 00:0c:29 and the end of the VM's UUID. */
export function generatedMac(uuid: string, index: number): string {
  const low = (parseInt(uuid.slice(-6), 16) + index * 10) & 0xffffff
  return ['00:0c:29', pair(low >> 16), pair(low >> 8), pair(low)].join(':')
}

/** The address of a physical network card, in a range of its own. */
export function physicalMac(host: number, nic: number): string {
  return `e4:43:4b:${pair(host >> 8)}:${pair(host)}:${pair(nic)}`
}

/** An address of the guests' network, 10.0.0.0/8 without the first /16; `n` from 0. */
export function guestAddress(n: number): string {
  const host = n % 250
  const net = Math.floor(n / 250) + 256
  return [10, (net >> 8) & 255, net & 255, host + 4].join('.')
}

function pair(value: number): string {
  return bytes[value & 255]!
}

const bytes = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

function hex8(value: number): string {
  return bytes[value >>> 24]! + bytes[(value >> 16) & 255]! + bytes[(value >> 8) & 255]! + bytes[value & 255]!
}

function mix(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d)
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b)
  return (h ^ (h >>> 16)) >>> 0
}

const hashes = new Map<string, number>()

function hash(text: string): number {
  let h = hashes.get(text)
  if (h === undefined) {
    h = 2166136261
    for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 16777619)
    hashes.set(text, h)
  }
  return h
}
