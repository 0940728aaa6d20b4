import { HeartbeatSocket } from './doors/heartbeat/heartbeat-port.js'
import type { ListenAt } from './doors/https/listener.js'
import { beatWay, beatingOf, type Beating } from './physics/management/beats.js'
import './physics/management/reactions.js'
import { afterRealMsUnref, realMs } from './world/clock.js'
import type { JournalEntry } from './world/journal.js'
import type { World } from './world/world.js'

/** How often it is looked, in real milliseconds, whether heartbeats are due: at least and at most. */
const LOOK_MS = { least: 250, most: 1000 }

/** A host that has a vCenter to send to. */
export interface BeatingHost {
  readonly name: string
  readonly uuid: string
  /** The address that it sends from. */
  readonly address: string
}

interface Sender extends BeatingHost {
  readonly socket: HeartbeatSocket
  /** Number of the newest heartbeat that was due. */
  last: number | undefined
  /** Real milliseconds at which it last sent. */
  sentAt: number
}

/**
 * Really sends what the model says that hosts send: a datagram every 10 s of lab time to their
 * vCenter's 902/udp (protocols.md 7.7), while the way is open. The model computes with windows and
 * needs no datagram; these are for those who look at the wire. One timer serves all hosts, and a host
 * sends at most one datagram at each look, however fast the lab's clock runs.
 */
export class Heartbeats {
  readonly #world: World
  readonly #senders: readonly Sender[]
  readonly #byName: ReadonlyMap<string, Sender>
  readonly #portOf: (vcenter: string) => ListenAt | undefined
  readonly #unsubscribe: () => void
  #cancel: (() => void) | undefined

  constructor(world: World, hosts: readonly BeatingHost[], portOf: (vcenter: string) => ListenAt | undefined) {
    this.#world = world
    this.#portOf = portOf
    this.#senders = hosts.map(host => ({
      ...host, socket: new HeartbeatSocket(host.address), last: beatingOf(world, host.name)?.number, sentAt: -Infinity,
    }))
    this.#byName = new Map(this.#senders.map(sender => [sender.name, sender]))
    this.#unsubscribe = world.subscribe(entry => this.#hear(entry))
    this.#wait()
  }

  /** Sends what has become due since the last look. */
  look(): void {
    for (const sender of this.#senders) {
      const beating = beatingOf(this.#world, sender.name)
      if (beating === undefined || beating.number === sender.last) continue
      sender.last = beating.number
      if (beatWay(this.#world, beating.vcenter, sender.name) === 'passes') this.#send(sender, beating)
    }
  }

  stop(): void {
    this.#cancel?.()
    this.#unsubscribe()
    for (const { socket } of this.#senders) socket.close()
  }

  #wait(): void {
    this.#cancel = afterRealMsUnref(this.#nextLookMs(), () => {
      this.look()
      this.#wait()
    })
  }

  #nextLookMs(): number {
    const { clock } = this.#world
    const now = this.#world.now()
    let next = LOOK_MS.most
    if (clock.mode !== 'manual') {
      for (const { name } of this.#senders) {
        const nextMs = beatingOf(this.#world, name)?.nextMs
        if (nextMs !== undefined) next = Math.min(next, clock.realMsUntil(now + nextMs))
      }
    }
    return Math.max(LOOK_MS.least, next)
  }

  /** On a way that loses packets chance draws each heartbeat, and the model follows the draw. */
  #hear(entry: JournalEntry): void {
    for (const { kind, payload } of entry.signals) {
      if (kind !== 'management.beatDrawn') continue
      const { host, arrived } = payload as { host: string, arrived: boolean }
      const sender = this.#byName.get(host)
      const beating = beatingOf(this.#world, host)
      if (sender === undefined || beating === undefined) continue
      sender.last = beating.number
      if (arrived && realMs() - sender.sentAt >= LOOK_MS.least) this.#send(sender, beating)
    }
  }

  #send(sender: Sender, { vcenter, number }: Beating): void {
    const to = this.#portOf(vcenter)
    if (to === undefined) return
    sender.sentAt = realMs()
    sender.socket.send({ counter: number, uuid: sender.uuid, sentAt: this.#world.now() }, to)
  }
}
