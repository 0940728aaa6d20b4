/** Real receivers of syslog messages for tests: what came, and a promise for what is still to come. */
import { createSocket, type Socket as DatagramSocket } from 'node:dgram'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

export type Transport = 'udp' | 'tcp' | 'tls'

export interface Identity { readonly key: string, readonly cert: string }

export class LogReceiver {
  /** All that came, one text for each datagram; streams as they come. */
  readonly got: string[] = []
  connections = 0
  #port = 0
  #server: Server | undefined
  #socket: DatagramSocket | undefined
  readonly #open = new Set<Socket>()
  #waiters: Array<() => void> = []
  readonly #transport: Transport
  readonly #identity: Identity | undefined

  constructor(transport: Transport, identity?: Identity) {
    this.#transport = transport
    this.#identity = identity
  }

  get port(): number {
    return this.#port
  }

  get text(): string {
    return this.got.join(this.#transport === 'udp' ? '\n' : '')
  }

  /** Begins to listen; a second time on the same port. */
  async listen(): Promise<this> {
    if (this.#transport === 'udp') {
      const socket = this.#socket = createSocket('udp4')
      socket.on('message', part => this.#take(part))
      await new Promise<void>(resolve => { socket.bind(this.#port, '127.0.0.1', resolve) })
      this.#port = socket.address().port
      return this
    }
    const take = (socket: Socket): void => {
      this.connections += 1
      this.#open.add(socket)
      socket.on('data', part => this.#take(part))
      socket.on('error', () => {})
      socket.on('close', () => {
        this.#open.delete(socket)
        this.#wake()
      })
      this.#wake()
    }
    const server = this.#server = this.#identity === undefined ? createServer(take) : createTlsServer(this.#identity, take)
    server.on('tlsClientError', () => this.#wake())
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(this.#port, '127.0.0.1', resolve)
    })
    this.#port = (server.address() as { port: number }).port
    return this
  }

  /** Stops to listen and breaks what is open. */
  async close(): Promise<void> {
    this.#socket?.close()
    for (const socket of this.#open) socket.destroy()
    const server = this.#server
    if (server !== undefined) await new Promise(resolve => server.close(resolve))
    this.#socket = this.#server = undefined
  }

  /** Reads nothing more, so that senders have to wait. */
  stall(): void {
    for (const socket of this.#open) socket.pause()
  }

  /** Waits for something that only a socket's event can bring about. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>(resolve => this.#waiters.push(resolve))
  }

  /** Waits until what came matches. */
  async matches(pattern: RegExp): Promise<string> {
    await this.until(() => pattern.test(this.text))
    return this.text
  }

  #take(part: Buffer): void {
    this.got.push(part.toString())
    this.#wake()
  }

  #wake(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const waiter of waiters) waiter()
  }
}
