import { WebSocket } from 'ws'
import { RfbPicture } from './rfb-client.js'

/** A viewer over a real WebSocket that reads one message after another. */
export class WsViewer extends RfbPicture {
  readonly socket: WebSocket
  readonly #messages: Buffer[] = []
  #closed: { readonly code: number, readonly reason: string } | undefined
  #wake: (() => void) | undefined

  private constructor(socket: WebSocket) {
    super()
    this.socket = socket
    socket.on('message', (data: Buffer) => {
      this.#messages.push(data)
      this.#wake?.()
    })
    socket.on('close', (code, reason) => {
      this.#closed = { code, reason: reason.toString() }
      this.#wake?.()
    })
    socket.on('error', () => {})
  }

  /** Opens a console; gives the HTTP status where it is refused. */
  static open(url: string, protocols: string[] = ['binary']): Promise<WsViewer | number> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, protocols, { rejectUnauthorized: false, perMessageDeflate: false })
      const viewer = new WsViewer(socket)
      socket.on('open', () => resolve(viewer))
      socket.on('unexpected-response', (request, response) => {
        request.destroy()
        resolve(response.statusCode ?? 0)
      })
      socket.once('error', reject)
    })
  }

  /** The next message; undefined when the connection is closed. */
  async next(): Promise<Buffer | undefined> {
    while (this.#messages.length === 0 && this.#closed === undefined) await new Promise<void>(resolve => { this.#wake = resolve })
    return this.#messages.shift()
  }

  /** Waits for the end. */
  async closed(): Promise<{ readonly code: number, readonly reason: string }> {
    while (this.#closed === undefined) await new Promise<void>(resolve => { this.#wake = resolve })
    return this.#closed
  }

  say(...bytes: number[]): void {
    this.socket.send(Uint8Array.from(bytes))
  }

  /** The handshake without security; gives the name of the machine. */
  async greet(): Promise<string> {
    if (String(await this.next()) !== 'RFB 003.008\n') throw new Error('no version alone')
    this.socket.send(Buffer.from('RFB 003.008\n'))
    if ((await this.next())?.toString('hex') !== '0101') throw new Error('no security types')
    this.say(1)
    if ((await this.next())?.toString('hex') !== '00000000') throw new Error('no result')
    this.say(1)
    return this.begin((await this.next())!)
  }

  /** Asks for what changed, or everything, and draws the answer. */
  async draw(incremental: boolean): Promise<void> {
    this.ask(incremental)
    await this.drawn()
  }

  ask(incremental: boolean): void {
    this.say(3, incremental ? 1 : 0, 0, 0, 0, 0, this.width >> 8, this.width & 255, this.height >> 8, this.height & 255)
  }

  async drawn(): Promise<void> {
    const message = await this.next()
    if (message === undefined) throw new Error('closed instead of an update')
    this.take(message)
  }

  /** Presses and lets go the key of a character. */
  type(text: string): void {
    for (const character of text) for (const down of [1, 0]) this.say(4, down, 0, 0, 0, 0, 0, character === '\n' ? 0x0d : character.charCodeAt(0))
  }
}
