import { createSocket, type Socket } from 'node:dgram'
import { lookup } from 'node:dns'
import { isIP } from 'node:net'
import { realMs } from '../../world/clock.js'
import { datagram } from '../../wire/syslog/framing.js'
import type { MessageSender } from './message-sender.js'

/** Messages that wait for the name of the receiver to be looked up; more are lost, as datagrams are. */
const MOST_WAITING = 500
/** Real milliseconds after which a name that nobody knew is looked up again. */
const ASK_AGAIN_MS = 10_000

/** Sends each message as one datagram. Whether it arrives nobody says, so nothing is reported. */
export class DatagramSender implements MessageSender {
  readonly #host: string
  readonly #port: number
  #socket: Socket | undefined
  #address = ''
  #waiting: string[] = []
  #asking = false
  #askAt = 0
  #closed = false

  constructor(host: string, port: number) {
    this.#host = host
    this.#port = port
  }

  send(text: string): void {
    if (this.#socket !== undefined) {
      this.#write(text)
      return
    }
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push(text)
    this.#find()
  }

  close(): void {
    this.#closed = true
    this.#waiting = []
    this.#socket?.close()
    this.#socket = undefined
  }

  #find(): void {
    if (this.#asking || this.#askAt > realMs()) return
    const family = isIP(this.#host)
    if (family !== 0) {
      this.#open(this.#host, family)
      return
    }
    this.#asking = true
    lookup(this.#host, (error, address, kind) => {
      this.#asking = false
      if (this.#closed) return
      if (error === null) {
        this.#open(address, kind)
        return
      }
      this.#askAt = realMs() + ASK_AGAIN_MS
      this.#waiting = []
    })
  }

  #open(address: string, family: number): void {
    this.#address = address
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4')
    // What the network answers to a datagram, its sender does not hear.
    socket.on('error', () => {})
    socket.unref()
    this.#socket = socket
    const waiting = this.#waiting
    this.#waiting = []
    for (const text of waiting) this.#write(text)
  }

  #write(text: string): void {
    const family = isIP(this.#address) === 6 ? 6 : 4
    this.#socket?.send(datagram(text, family), this.#port, this.#address, () => {})
  }
}
