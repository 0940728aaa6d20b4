import { abilities, bestEncoding, ENCODING, NO_ABILITIES, type ClientAbilities } from './encodings.js'
import { readClientMessage, type ClientMessage } from './client-messages.js'
import { fitted } from './fitted.js'
import { Handshake, type Security } from './handshake.js'
import { Keyboard } from './keyboard.js'
import { HOST_FORMAT, isFullColour, writePixelFormat, type PixelFormat } from './pixel-format.js'
import { Pointer } from './pointer.js'
import { clip, outside, union } from './rectangles.js'
import type { FeedEnd, Picture, Rectangle, ScreenFeed } from './screen-feed.js'
import { noticeMessage, updateMessage, updatesOf } from './updates.js'
import { CLIENT_CAPS, heartbeat, serverCaps, sessionClose } from './vmware.js'

/** Why a console ends: the feed did, the client said goodbye, or it said something that cannot be answered. */
export type RfbEnd =
  | { readonly kind: 'feed', readonly why: FeedEnd }
  | { readonly kind: 'client' }
  | { readonly kind: 'refused', readonly reason: string }

/** Where the server's bytes go. */
export interface RfbOutput {
  /** One message; over WebSocket it travels alone. */
  send(bytes: Buffer): void
  /** False while the client has not read what it was sent: no update is made before `drained`. */
  ready(): boolean
  /** The client is in: it has said all that the handshake asks. */
  opened?(): void
  /** The console is over; nothing is sent after this. */
  end(why: RfbEnd): void
}

/** What a console is made of. */
export interface RfbOptions {
  readonly feed: ScreenFeed
  /** `full`: from the version on. `serverInit`: as on 902, where authd did the rest (protocols.md 7.3). */
  readonly mode: 'full' | 'serverInit'
  /** Default: none. */
  readonly security?: Security
  readonly output: RfbOutput
}

/** A request of the client that has not been answered. */
interface Pending {
  readonly incremental: boolean
  readonly area: Rectangle
}

/** The largest area that a request can name. */
const EVERYTHING: Rectangle = { x: 0, y: 0, width: 65535, height: 65535 }

/**
 * A console of one client as a state machine without sockets: bytes come in by `receive`, go out by
 * `output`. It answers a request when the picture has changed, and at most one update is under way,
 * so that a client that does not read costs nothing.
 */
export class RfbServer {
  readonly #feed: ScreenFeed
  readonly #output: RfbOutput
  readonly #keyboard: Keyboard
  readonly #pointer: Pointer
  readonly #cancel: Array<() => void> = []
  #handshake: Handshake | undefined
  #unread: Buffer = Buffer.alloc(0)
  #skip = 0
  #ended = false
  #format: PixelFormat = HOST_FORMAT
  #abilities: ClientAbilities = NO_ABILITIES
  #caps = 0
  #capsSent = false
  #qemuSaid = false
  #pending: Pending | undefined
  /** The version of the picture that the client has; undefined: none. */
  #has: number | undefined
  /** Parts that changed meanwhile outside of what the client asked for. */
  #unseen: readonly Rectangle[] = []
  #width = 0
  #height = 0

  constructor(options: RfbOptions) {
    this.#feed = options.feed
    this.#output = options.output
    this.#keyboard = new Keyboard(options.feed)
    this.#pointer = new Pointer(options.feed)
    if (options.mode === 'full') this.#handshake = new Handshake(options.security ?? { kind: 'none' })
  }

  /** The first bytes go out. */
  start(): void {
    this.#cancel.push(this.#feed.onEnd(why => this.#feedEnded(why)))
    if (this.#ended) return
    if (this.#handshake !== undefined) this.#output.send(this.#handshake.greeting())
    else this.#init()
  }

  /** Bytes from the client, in any pieces. Never throws. */
  receive(bytes: Uint8Array): void {
    if (this.#ended) return
    let fresh = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    if (this.#skip > 0) {
      const skipped = Math.min(this.#skip, fresh.length)
      this.#skip -= skipped
      fresh = fresh.subarray(skipped)
    }
    this.#unread = this.#unread.length === 0 ? fresh : Buffer.concat([this.#unread, fresh])
    while (!this.#ended && this.#step());
    if (this.#ended) return
    // What stays is a piece of the transport's buffer, which is not ours to keep.
    if (this.#unread.length > 0) this.#unread = Buffer.from(this.#unread)
    this.#answer()
  }

  /** The client has read what it was sent. */
  drained(): void {
    this.#answer()
  }

  /** Says that the server lives, to a client that wants to hear it; again after as many seconds. */
  heartbeat(seconds: number): void {
    if (!this.#ended && (this.#caps & CLIENT_CAPS.heartbeat) !== 0 && this.#output.ready()) this.#output.send(heartbeat(seconds))
  }

  /** The transport is gone: keys are let go and the feed is left alone. */
  stop(): void {
    if (!this.#leave()) return
    this.#keyboard.release()
    this.#pointer.release()
  }

  /** Hears and says nothing more; false if that was so before. */
  #leave(): boolean {
    if (this.#ended) return false
    this.#ended = true
    this.#unread = Buffer.alloc(0)
    for (const cancel of this.#cancel) cancel()
    return true
  }

  /** Takes one message, or a step of the handshake; false when more bytes must come first. */
  #step(): boolean {
    if (this.#handshake !== undefined) return this.#shake(this.#handshake)
    const parsed = readClientMessage(this.#unread)
    if (parsed === undefined) return false
    if ('bad' in parsed) {
      this.#refuse(parsed.bad)
      return false
    }
    if ('skip' in parsed) {
      const here = Math.min(parsed.skip, this.#unread.length)
      this.#skip = parsed.skip - here
      this.#unread = this.#unread.subarray(here)
      return this.#unread.length > 0
    }
    this.#unread = this.#unread.subarray(parsed.length)
    this.#take(parsed.message)
    return true
  }

  #shake(handshake: Handshake): boolean {
    const step = handshake.take(this.#unread)
    if (step === undefined) return false
    this.#unread = this.#unread.subarray(step.used)
    if (step.answer.length > 0) this.#output.send(step.answer)
    if (step.refused !== undefined) {
      this.#refuse(step.refused)
      return false
    }
    if (step.done === true) {
      this.#handshake = undefined
      this.#init()
    }
    return true
  }

  /** ServerInit, and from now on updates. */
  #init(): void {
    const { width, height } = this.#feed.picture()
    this.#width = width
    this.#height = height
    const name = Buffer.from(this.#feed.name)
    const bytes = Buffer.alloc(8)
    bytes.writeUInt16BE(width, 0)
    bytes.writeUInt16BE(height, 2)
    bytes.writeUInt32BE(name.length, 4)
    this.#output.send(Buffer.concat([bytes.subarray(0, 4), writePixelFormat(HOST_FORMAT), bytes.subarray(4), name]))
    this.#cancel.push(this.#feed.onChange(() => this.#answer()))
    this.#output.opened?.()
  }

  #take(message: ClientMessage): void {
    switch (message.kind) {
      case 'pixelFormat':
        this.#format = message.format
        return
      case 'encodings':
        this.#abilities = abilities(message.numbers)
        this.#tellAbilities()
        return
      case 'request':
        this.#want(message)
        return
      case 'ack':
        this.#want({ incremental: true, area: EVERYTHING })
        return
      case 'keysym': return this.#keyboard.keysym(message.keysym, message.down)
      case 'scanCode': return this.#keyboard.scanCode(message.code, message.down)
      case 'unicode': return this.#keyboard.unicode(message.codePoint, message.down)
      case 'pointer': return this.#pointer.at(message.x, message.y, message.buttons)
      case 'wheel': return this.#pointer.wheel(message.x, message.y, message.dy)
      case 'motion': return this.#pointer.move(message.dx, message.dy, message.buttons)
      case 'wish':
        if (message.width > 0 && message.height > 0) this.#feed.wish(message.width, message.height)
        return
      case 'caps':
        this.#caps = message.bits
        return
      case 'bye': return this.#end({ kind: 'client' })
      case 'nothing':
    }
  }

  /** A message of type 127 is fatal to a client that did not list it (ecosystem.md section 2). */
  #tellAbilities(): void {
    if (this.#abilities.vmware && !this.#capsSent) {
      this.#capsSent = true
      this.#output.send(serverCaps())
    }
    if (this.#abilities.qemuKey && !this.#qemuSaid) {
      this.#qemuSaid = true
      this.#output.send(noticeMessage(ENCODING.qemuKey))
    }
  }

  /** Requests that came while one was open are one request for all that they name. */
  #want(wanted: Pending): void {
    const open = this.#pending
    this.#pending = open === undefined ? { incremental: wanted.incremental, area: wanted.area } : {
      incremental: open.incremental && wanted.incremental,
      area: union(open.area, wanted.area),
    }
  }

  /** Answers the open request if there is news and the client reads. */
  #answer(): void {
    const open = this.#pending
    if (this.#ended || open === undefined) return
    const { version } = this.#feed
    if (open.incremental && this.#has === version && this.#unseen.length === 0 || !this.#output.ready()) return
    const picture = this.#feed.picture()
    if (this.#abilities.desktopSize && (picture.width !== this.#width || picture.height !== this.#height)) {
      this.#resize(picture.width, picture.height)
      return
    }
    const update = this.#update(open, picture)
    this.#has = version
    // A change outside of what the client asked for: the request stays open.
    if (update.length === 0) return
    this.#pending = undefined
    this.#output.send(update)
  }

  /** What the client misses of an area, in the best form that it can read; empty when it misses nothing. */
  #update({ incremental, area }: Pending, picture: Picture): Buffer {
    const screen: Rectangle = { x: 0, y: 0, width: this.#width, height: this.#height }
    const wanted = clip(area, screen)
    const since = incremental ? this.#has : undefined
    const form = { encoding: bestEncoding(this.#abilities, isFullColour(this.#format)), format: this.#format }
    const same = picture.width === this.#width && picture.height === this.#height
    const whole = wanted.width === screen.width && wanted.height === screen.height
    if (same && whole && this.#unseen.length === 0) {
      const parts = () => since === undefined ? [screen] : this.#feed.changedSince(since)
      return updatesOf(this.#feed).update(since, parts, form)
    }
    const changed = this.#has === undefined ? [screen] : this.#feed.changedSince(this.#has)
    const missed = same ? [...this.#unseen, ...changed] : [screen]
    this.#unseen = outside(missed, wanted)
    const parts = incremental ? missed.map(part => clip(part, wanted)) : [wanted]
    return updateMessage(same ? picture : fitted(picture, this.#width, this.#height), parts, form)
  }

  /** The size comes alone; the client then asks again, and gets a whole picture, since its canvas is empty. */
  #resize(width: number, height: number): void {
    this.#width = width
    this.#height = height
    this.#has = undefined
    this.#unseen = []
    this.#pending = undefined
    this.#output.send(noticeMessage(ENCODING.desktopSize, width, height))
  }

  #feedEnded(why: FeedEnd): void {
    if ((this.#caps & CLIENT_CAPS.sessionClose) !== 0 && this.#output.ready()) this.#output.send(sessionClose(0))
    // There is no machine any more to let keys go on.
    if (this.#leave()) this.#output.end({ kind: 'feed', why })
  }

  #refuse(reason: string): void {
    this.#end({ kind: 'refused', reason })
  }

  #end(why: RfbEnd): void {
    if (this.#ended) return
    this.stop()
    this.#output.end(why)
  }
}
