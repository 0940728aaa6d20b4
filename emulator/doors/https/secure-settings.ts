/** What TLS listeners run with: their key and certificate, their policy, the keys of their tickets. */
import { createHmac } from 'node:crypto'

/** Key and certificates of the listener, in PEM. */
export interface ServerIdentity {
  readonly key: string
  /** Leaf first, then what signed it. */
  readonly cert: string
}

/** What a TLS listener takes (protocols.md 9), beside HTTP/1.1 only. */
export interface TlsSettings {
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3'
  readonly maxVersion?: 'TLSv1.2' | 'TLSv1.3'
  /** Suites in OpenSSL's words. */
  readonly ciphers?: string
  /**
   * Which keys of session tickets are in use: with another word tickets of before are worth nothing,
   * while sessions go on (A5). The keys are derived from it and from the listener's private key.
   */
  readonly ticketKeys?: string
}

/** Who shows a certificate: asked for when the first client comes, and at each renewal. */
export type IdentitySource = () => ServerIdentity | Promise<ServerIdentity>

/** Options of a secure context of Node; without a policy TLS 1.2 is the least. */
export async function secureSettings(identity: IdentitySource, tls: (() => TlsSettings) | undefined) {
  const { key, cert } = await identity()
  const { ticketKeys, ...policy } = tls?.() ?? { minVersion: 'TLSv1.2' }
  return { key, cert, ...policy, ...ticketKeys === undefined ? {} : { ticketKeys: ticketKeysOf(key, ticketKeys) } }
}

/** 48 bytes that only who has the private key can know, and that are the same whenever asked for. */
function ticketKeysOf(privateKey: string, word: string): Buffer {
  return createHmac('sha512', privateKey).update(`ticket keys ${word}`).digest().subarray(0, 48)
}
