/** A client of 902 for tests: greeting, both TLS layers, and commands one by one. */
import { connect as connectTcp, type Socket } from 'node:net'
import { once } from 'node:events'
import { connect as connectTls, type SecureVersion, type TLSSocket } from 'node:tls'
import { Wire } from '../../emulator/doors/authd/wire.js'

export const NONCE = 'AAECAwQFBgcICQoL'

export class AuthdClient {
  readonly socket: Socket
  /** The whole greeting, as it came. */
  banner = ''
  layer: TLSSocket | undefined
  #wire: Wire | undefined
  /** What came over the present layer and was not asked for yet, one item for each TLS record. */
  #records: Buffer[] = []
  #wake: (() => void) | undefined
  closed = false

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('error', () => {})
    socket.once('close', () => {
      this.closed = true
      this.#wake?.()
    })
  }

  /** Connects and reads the greeting; an empty one when the door hangs up. */
  static async connect(port: number): Promise<AuthdClient> {
    const client = new AuthdClient(connectTcp({ port, host: '127.0.0.1', allowHalfOpen: true }))
    const { socket } = client
    const greeting = new Promise<void>(resolve => {
      const read = (bytes: Buffer): void => {
        client.banner += bytes.toString('latin1')
        if (!client.banner.endsWith('\n')) return
        socket.off('data', read)
        socket.pause()
        resolve()
      }
      socket.on('data', read)
      socket.once('close', () => resolve())
    })
    await greeting
    return client
  }

  /** Connects and does the first handshake. */
  static async secure(port: number, version: SecureVersion = 'TLSv1.3'): Promise<AuthdClient> {
    const client = await AuthdClient.connect(port)
    await client.handshake(version)
    return client
  }

  /** A handshake on the bare connection: the first one, or the second in place of it. */
  async handshake(version: SecureVersion = 'TLSv1.3'): Promise<TLSSocket> {
    this.#wire ??= new Wire(this.socket, () => false)
    const before = this.layer
    const layer = connectTls({ socket: this.#wire.attach(), rejectUnauthorized: false, minVersion: version, maxVersion: version })
    this.layer = layer
    before?.destroy()
    layer.on('data', (bytes: Buffer) => {
      this.#records.push(bytes)
      this.#wake?.()
    })
    layer.on('error', () => { this.closed = true; this.#wake?.() })
    layer.on('close', () => { if (this.layer === layer) this.closed = true; this.#wake?.() })
    const gone = once(layer, 'close').then(() => { throw new Error('the door hung up') })
    gone.catch(() => {})
    await Promise.race([once(layer, 'secureConnect'), gone])
    return layer
  }

  /** Sends a command and gives the answer, with its end, which must come in one record. */
  async ask(line: string): Promise<string> {
    this.layer!.write(`${line}\r\n`)
    return this.record()
  }

  /** The next record; empty when the connection has ended. */
  async record(): Promise<string> {
    return (await this.bytes()).toString('utf8')
  }

  async bytes(): Promise<Buffer> {
    while (this.#records.length === 0 && !this.closed) {
      await new Promise<void>(resolve => { this.#wake = resolve })
    }
    return this.#records.shift() ?? Buffer.alloc(0)
  }

  /** Resolves when the door has ended the connection. */
  async ended(): Promise<void> {
    this.socket.on('end', () => this.socket.destroy())
    this.socket.resume()
    while (!this.closed) await new Promise<void>(resolve => { this.#wake = resolve })
  }

  /** The whole way to a console; gives the answer to CONNECT, or the first refusal. */
  async console(ticket: string, path: string, version: SecureVersion = 'TLSv1.3'): Promise<string> {
    let answer = ''
    for (const line of [`USER ${ticket}`, `PASS ${ticket}`, `THUMBPRINT ${NONCE}`, `CONNECT ${path} mks`]) {
      answer = await this.ask(line)
      if (!/^[23]/.test(answer)) return answer
    }
    await this.handshake(version)
    this.layer!.write(NONCE)
    return answer
  }

  close(): void {
    this.socket.destroy()
  }
}
