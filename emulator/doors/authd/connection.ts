/** One client of the daemon, from the greeting to its console or its end (protocols.md 7.3). */
import type { Duplex } from 'node:stream'
import type { Socket } from 'node:net'
import type { SecureContext, TLSSocket } from 'node:tls'
import { afterRealMsUnref, soonUnref } from '../../world/clock.js'
import { BANNER, Dialogue, NONCE_CHARACTERS, type Answer, type DaemonBack } from './dialogue.js'
import { LineReader } from './lines.js'
import { serveTls } from './tls-layer.js'
import { Wire } from './wire.js'

/** Bounds against slow clients, in real milliseconds; our own defaults. */
export interface AuthdLimits {
  /** For each of the two handshakes, and for the nonce after the second. */
  readonly handshakeMs: number
  /** For a whole command line, and for the client to take the answer. */
  readonly commandMs: number
}

export const authdLimits: AuthdLimits = { handshakeMs: 20_000, commandMs: 60_000 }

/** Certificate of both TLS layers. */
export interface DaemonIdentity {
  readonly context: SecureContext
  readonly sha1: string
}

/** A console on the second layer. */
export interface ShownConsole {
  /** The machine answers again after a silence. */
  thaw(): void
  /** The connection is over. */
  stop(): void
}

export interface ConnectionOptions<Console> {
  readonly socket: Socket
  /** Made when the first client comes. */
  readonly identity: Promise<DaemonIdentity>
  readonly back: Omit<DaemonBack<Console>, 'thumbprint'>
  /** Shows a console on a stream that begins with ServerInit. */
  serve(console: Console, stream: Duplex): ShownConsole
  /** True while the machine says nothing. */
  frozen(): boolean
  /** Real milliseconds by which the network delays a command and its answer. */
  slow(): number
  readonly limits: AuthdLimits
  /** The socket is closed; a frozen one stays until it is thawed. */
  onEnd(): void
  onDefect(error: unknown): void
}

export class Connection<Console> {
  readonly #options: ConnectionOptions<Console>
  readonly #wire: Wire
  readonly #lines = new LineReader()
  #dialogue: Dialogue<Console> | undefined
  #identity: DaemonIdentity | undefined
  /** The TLS layer in use. */
  #layer: TLSSocket | undefined
  /** A line is being answered. */
  #busy = false
  #patience: (() => void) | undefined
  #console: ShownConsole | undefined
  #over = false

  constructor(options: ConnectionOptions<Console>) {
    this.#options = options
    const { socket, frozen, identity } = options
    this.#wire = new Wire(socket, frozen)
    socket.once('close', () => {
      this.#finish()
      options.onEnd()
    })
    socket.write(BANNER)
    this.#wait(options.limits.handshakeMs)
    identity.then(known => this.#begin(known)).catch((error: unknown) => {
      options.onDefect(error)
      this.close()
    })
  }

  /** Ends the connection, its console too. */
  close(): void {
    this.#wire.close()
    this.#finish()
  }

  /** The machine answers again after a silence. */
  thaw(): void {
    this.#wire.thaw()
    this.#console?.thaw()
  }

  #begin(identity: DaemonIdentity): void {
    if (this.#over) return
    this.#identity = identity
    this.#dialogue = new Dialogue({ ...this.#options.back, thumbprint: () => identity.sha1 })
    const layer = this.#secure(() => {
      this.#wait(this.#options.limits.commandMs)
      layer.on('data', (bytes: Buffer) => {
        this.#lines.push(bytes)
        this.#next()
      })
    })
  }

  /** A TLS layer on the bare connection. Layers that are replaced may say what they like. */
  #secure(secured: () => void): TLSSocket {
    const before = this.#layer
    const stream = this.#wire.attach()
    const layer = serveTls(stream, this.#identity!.context, {
      secured: () => { if (this.#layer === layer) this.#guarded(secured) },
      failed: () => { if (this.#layer === layer) this.close() },
    })
    this.#layer = layer
    layer.once('close', () => { if (this.#layer === layer) this.close() })
    before?.destroy()
    return layer
  }

  #next(): void {
    if (this.#busy || this.#over) return
    this.#guarded(() => {
      let line: string | undefined
      try {
        line = this.#lines.next()
      } catch {
        this.#say({ reply: '500 Command line too long.', then: 'close' })
        return
      }
      if (line === undefined) return
      this.#busy = true
      this.#layer!.pause()
      const delay = this.#options.slow()
      const text = line
      if (delay <= 0) this.#answer(text)
      else afterRealMsUnref(delay, () => { if (!this.#over) this.#guarded(() => this.#answer(text)) })
    })
  }

  #answer(text: string): void {
    this.#wait(this.#options.limits.commandMs)
    this.#say(this.#dialogue!.line(text))
  }

  /** Every answer is one line in one TLS record (client-quirks.md). */
  #say({ reply, then }: Answer<Console>): void {
    const layer = this.#layer!
    const bytes = `${reply}\r\n`
    if (then === 'close') {
      layer.end(bytes, () => this.#wire.close())
    } else if (then === undefined) {
      layer.write(bytes, () => {
        this.#busy = false
        layer.resume()
        this.#next()
      })
    } else {
      // The client's second handshake may come before we hear that the line is written.
      this.#wire.hold()
      layer.write(bytes, () => this.#secondLayer(then))
    }
  }

  /** The first layer is dropped without a word, the second begins on the bare connection. */
  #secondLayer({ console, nonce }: { readonly console: Console, readonly nonce: string }): void {
    if (this.#over) return
    this.#wait(this.#options.limits.handshakeMs)
    const layer = this.#secure(() => {
      const read = (): void => {
        const bytes = layer.read(NONCE_CHARACTERS) as Buffer | null
        if (bytes === null) return
        layer.off('readable', read)
        if (bytes.toString('latin1') !== nonce) this.close()
        else this.#guarded(() => this.#show(console, layer))
      }
      layer.on('readable', read)
      read()
    })
  }

  #show(console: Console, stream: Duplex): void {
    this.#patience?.()
    this.#patience = undefined
    this.#console = this.#options.serve(console, stream)
  }

  /** The client has so long for what comes next. */
  #wait(ms: number): void {
    this.#patience?.()
    this.#patience = afterRealMsUnref(ms, () => this.close())
  }

  #finish(): void {
    if (this.#over) return
    this.#over = true
    this.#patience?.()
    this.#layer?.destroy()
    // Ends often come while others are being told of a change of the world.
    soonUnref(() => this.#guarded(() => this.#console?.stop()))
  }

  #guarded(run: () => void): void {
    try {
      run()
    } catch (error) {
      this.#options.onDefect(error)
      this.close()
    }
  }
}
