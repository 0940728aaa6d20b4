import { timingSafeEqual } from 'node:crypto'
import { answerChallenge } from './vnc-auth.js'

/** Who may see the screen. */
export type Security =
  | { readonly kind: 'none' }
  /** VNC's password; the challenge is 16 bytes of chance, used once. */
  | { readonly kind: 'password', readonly password: string, readonly challenge: Uint8Array }

/** What the handshake says next. `done`: ServerInit follows, and the bytes after `used` are messages. */
export interface HandshakeStep {
  readonly used: number
  readonly answer: Buffer
  readonly done?: boolean
  /** The connection ends after the answer. */
  readonly refused?: string
}

type Phase = 'version' | 'choice' | 'response' | 'clientInit'

const VERSION = Buffer.from('RFB 003.008\n')
const NONE = 1
const VNC = 2
const OK = Buffer.from([0, 0, 0, 0])
const FAILED = Buffer.from([0, 0, 0, 1])
const NOTHING = Buffer.alloc(0)

/** Versions, security and ClientInit (RFC 6143 sections 7.1 to 7.3), bytes in and bytes out. */
export class Handshake {
  readonly #security: Security
  #phase: Phase = 'version'
  #minor = 8

  constructor(security: Security) {
    this.#security = security
  }

  /** Exactly these twelve bytes come first, alone: the WebMKS SDK tells the protocols apart by them. */
  greeting(): Buffer {
    return VERSION
  }

  /** Takes what has arrived; undefined: more must come first. */
  take(bytes: Buffer): HandshakeStep | undefined {
    switch (this.#phase) {
      case 'version': return bytes.length < VERSION.length ? undefined : this.#version(bytes.toString('latin1', 0, VERSION.length))
      case 'choice': return bytes.length < 1 ? undefined : this.#choice(bytes[0]!)
      case 'response': return bytes.length < 16 ? undefined : this.#response(bytes.subarray(0, 16))
      // The flag "shared" is of no consequence: a console never throws out another.
      case 'clientInit': return bytes.length < 1 ? undefined : { used: 1, answer: NOTHING, done: true }
    }
  }

  get #type(): number {
    return this.#security.kind === 'none' ? NONE : VNC
  }

  #version(text: string): HandshakeStep {
    const used = VERSION.length
    const match = /^RFB 003\.(\d{3})\n$/.exec(text)
    if (match === null) return { used, answer: NOTHING, refused: 'no RFB version' }
    const minor = Number(match[1])
    // RFC 6143 section 7.1.1: versions that were never published count as 3.3.
    this.#minor = minor >= 8 ? 8 : minor === 7 ? 7 : 3
    if (this.#minor > 3) {
      this.#phase = 'choice'
      return { used, answer: Buffer.from([1, this.#type]) }
    }
    return { used, answer: Buffer.concat([Buffer.from([0, 0, 0, this.#type]), this.#begin(false)]) }
  }

  #choice(type: number): HandshakeStep {
    if (type !== this.#type) return { used: 1, answer: NOTHING, refused: `security type ${type}` }
    return { used: 1, answer: this.#begin(this.#minor === 8) }
  }

  /** The challenge, or with no security the result, which versions before 3.8 leave out. */
  #begin(result: boolean): Buffer {
    if (this.#security.kind === 'password') {
      this.#phase = 'response'
      return Buffer.from(this.#security.challenge)
    }
    this.#phase = 'clientInit'
    return result ? OK : NOTHING
  }

  #response(response: Buffer): HandshakeStep {
    const { password, challenge } = this.#security as Extract<Security, { kind: 'password' }>
    if (timingSafeEqual(answerChallenge(password, challenge), response)) {
      this.#phase = 'clientInit'
      return { used: 16, answer: OK }
    }
    const reason = Buffer.from('Authentication failed')
    const length = Buffer.from([0, 0, 0, reason.length])
    const answer = this.#minor === 8 ? Buffer.concat([FAILED, length, reason]) : FAILED
    return { used: 16, answer, refused: 'wrong password' }
  }
}
