import { connect, type Socket } from 'node:net'
import { answerChallenge } from '../../emulator/wire/rfb/vnc-auth.js'
import { RfbPicture } from './rfb-client.js'

/** A VNC viewer over TCP that knows Raw pixels alone. */
export class VncViewer extends RfbPicture {
  readonly socket: Socket
  #received: Buffer = Buffer.alloc(0)
  #closed = false
  #wake: (() => void) | undefined

  private constructor(socket: Socket) {
    super()
    this.socket = socket
    socket.on('data', (bytes: Buffer) => {
      this.#received = Buffer.concat([this.#received, bytes])
      this.#wake?.()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#closed = true
      this.#wake?.()
    })
  }

  /** Connects to `address:port`; undefined when it is refused. */
  static open(at: string): Promise<VncViewer | undefined> {
    const [host, port] = at.split(':')
    return new Promise(resolve => {
      const socket = connect(Number(port), host!)
      const viewer = new VncViewer(socket)
      socket.once('connect', () => resolve(viewer))
      socket.once('error', () => resolve(undefined))
    })
  }

  /** The next bytes; throws when the connection ends before. */
  async read(count: number): Promise<Buffer> {
    while (this.#received.length < count) {
      if (this.#closed) throw new Error(`closed after ${this.#received.toString('latin1')}`)
      await new Promise<void>(resolve => { this.#wake = resolve })
    }
    const bytes = this.#received.subarray(0, count)
    this.#received = this.#received.subarray(count)
    return bytes
  }

  /** Waits for the end of the connection. */
  async closed(): Promise<void> {
    while (!this.#closed) await new Promise<void>(resolve => { this.#wake = resolve })
  }

  /** The handshake; gives the name of the machine. */
  async greet(password?: string): Promise<string> {
    await this.read(12)
    this.socket.write('RFB 003.008\n')
    const [, type] = await this.read(2)
    this.socket.write(Buffer.from([type!]))
    if (type === 2) this.socket.write(answerChallenge(password ?? '', await this.read(16)))
    if ((await this.read(4)).readUInt32BE() !== 0) throw new Error((await this.read((await this.read(4)).readUInt32BE())).toString())
    this.socket.write(Buffer.from([1]))
    const head = await this.read(24)
    return this.begin(Buffer.concat([head, await this.read(head.readUInt32BE(20))]))
  }

  /** Asks for the whole screen and draws it. */
  async draw(): Promise<void> {
    this.socket.write(Buffer.from([3, 0, 0, 0, 0, 0, this.width >> 8, this.width & 255, this.height >> 8, this.height & 255]))
    const parts = [await this.read(4)]
    for (let left = parts[0]!.readUInt16BE(2); left > 0; left -= 1) {
      const head = await this.read(12)
      parts.push(head, await this.read(head.readUInt16BE(4) * head.readUInt16BE(6) * 4))
    }
    this.take(Buffer.concat(parts))
  }
}
