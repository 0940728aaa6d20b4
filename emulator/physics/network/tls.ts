import type { HostSystemProps, OptionValue } from '../../schema/generated/types.js'
import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import '../hardware/agents.js'
import { LAB, chassis, isUp, updateChassis } from '../hardware/chassis.js'

/** Ticket keys of a TLS service live for a day (requirement A5). */
export const TICKET_KEYS_MS = 24 * 3600 * 1000

export type TlsVersion = 'TLSv1.2' | 'TLSv1.3'

/** What the TLS services of a machine take: the same on all its ports (443 and 902 of a host). */
export interface TlsPolicy {
  readonly minVersion: TlsVersion
  /** Below `minVersion`: no version is left, every handshake fails. */
  readonly maxVersion: TlsVersion
  /** Suites in OpenSSL's words. */
  readonly ciphers: string
}

declare module '../../world/signals.js' {
  interface SignalMap {
    /** A machine's TLS services took new session ticket keys after a day; sessions go on. */
    'tls.ticketKeys': { readonly node: string, readonly keys: number }
  }
  interface JobMap {
    'tls.ticketKeys': { readonly node: string }
  }
}

/** Options of a host that say what its TLS services take, and their defaults (protocols.md 9). */
export const DISABLED_PROTOCOLS = 'UserVars.ESXiVPsDisabledProtocols'
export const ALLOWED_CIPHERS = 'UserVars.ESXiVPsAllowedCiphers'
const DEFAULT_CIPHERS = 'ECDHE+AESGCM:ECDHE+AES'
/** Suites of TLS 1.3, of which no option speaks. */
const SUITES_13 = 'TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256'

/**
 * What the TLS services of a machine take at present. TLS 1.2 is the least of all products that the lab
 * has, and 1.3 came with 8.0 U3 (protocols.md 9). A host's option ESXiVPsDisabledProtocols takes more
 * away from the next start of its services on; what it no longer names below 1.2 does not come back.
 */
export function tlsPolicyOf(reader: Reader, node: string): TlsPolicy {
  const { disabled = '', ciphers = DEFAULT_CIPHERS } = chassis(reader, node)?.tls ?? {}
  const off = protocolsIn(disabled)
  const newest: TlsVersion = has13(reader, node) && !off.includes('tlsv1.3') ? 'TLSv1.3' : 'TLSv1.2'
  return {
    minVersion: off.includes('tlsv1.2') ? 'TLSv1.3' : 'TLSv1.2',
    maxVersion: newest,
    ciphers: `${ciphers}:${SUITES_13}`,
  }
}

/** Names the ticket keys that a machine's TLS services use: another word after each change. */
export function ticketKeysOf(reader: Reader, node: string): string {
  return `${node} ${chassis(reader, node)?.tls?.keys ?? 0}`
}

/** The protocols that a value of ESXiVPsDisabledProtocols names. */
export function protocolsIn(value: string): string[] {
  return value.split(',').map(each => each.trim().toLowerCase()).filter(each => each !== '')
}

/** Starts the clocks of all ticket keys, when a lab is made; or of one node that is made later. */
export function beginTls(tx: Transaction, node?: string): void {
  if (node !== undefined) begin(tx, node)
  else for (const { address } of tx.ofType(LAB, 'Node')) begin(tx, address.id)
}

/**
 * TLS services begin with their machine, those of a host with hostd too, and change their ticket keys
 * daily. What became due while the machine stood still is made up for when it goes on.
 */
export function reactToTls(world: World): void {
  world.on('hardware.booted', (tx, { node }) => begin(tx, node))
  world.on('hardware.resumed', (tx, { node }) => begin(tx, node))
  world.on('agent.changed', (tx, { host, agent, state }) => {
    if (agent === 'hostd' && state === 'running') begin(tx, host)
  })
  world.onJob('tls.ticketKeys', (tx, { node }) => {
    const { keys = 0 } = chassis(tx, node)?.tls ?? {}
    if (!isUp(tx, node)) return
    const job = tx.after(TICKET_KEYS_MS, 'tls.ticketKeys', { node })
    updateChassis(tx, node, inner => { inner.tls = { ...inner.tls, keys: keys + 1, job } })
    tx.emit('tls.ticketKeys', { node, keys: keys + 1 })
  })
}

/** The services of a machine begin: with new keys, and as its options say now. */
function begin(tx: Transaction, node: string): void {
  const inner = chassis(tx, node)
  if (inner === undefined) return
  if (inner.tls !== undefined) tx.cancel(inner.tls.job)
  const age = (tx.now() - inner.bootTime) % TICKET_KEYS_MS
  const job = tx.after(inner.tls === undefined ? TICKET_KEYS_MS - age : TICKET_KEYS_MS, 'tls.ticketKeys', { node })
  const options = optionsOf(tx, node)
  updateChassis(tx, node, draft => {
    draft.tls = {
      keys: (draft.tls?.keys ?? 0) + 1, job,
      ...options === undefined ? {} : { disabled: text(options, DISABLED_PROTOCOLS), ciphers: text(options, ALLOWED_CIPHERS) },
    }
  })
}

function optionsOf(reader: Reader, node: string): readonly OptionValue[] | undefined {
  return reader.get<HostSystemProps>(node, 'ha-host')?.props.config?.option
}

function text(options: readonly OptionValue[], key: string): string | undefined {
  const value = options.find(each => each.key === key)?.value
  return typeof value === 'string' ? value : undefined
}

function has13(reader: Reader, node: string): boolean {
  const version = reader.get<{ product?: { version: string } }>(LAB, node)?.props.product?.version ?? ''
  const [major = 0, , patch = 0] = version.split('.').map(Number)
  return major > 8 || (major === 8 && patch >= 3)
}
