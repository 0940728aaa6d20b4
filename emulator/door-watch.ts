import { applianceId } from './physics/appliance/state.js'
import { chassis, LAB } from './physics/hardware/chassis.js'
import { doorState, type DoorAnswer } from './physics/network/doors.js'
import type { Change, JournalEntry } from './world/journal.js'
import type { StoredRecord } from './world/records.js'
import type { World } from './world/world.js'

/** A real port that behaves as the lab says. */
export interface WatchedDoor {
  /**
   * Behaves like that from now on. `forgets`: the machine behind was without power meanwhile, so that
   * old connections are unknown to it when it answers again. `agentOnly`: only the agent behind does not
   * answer, so that what others serve on the port goes on (physics/network/doors.ts).
   */
  answer(how: DoorAnswer, forgets: boolean, agentOnly: boolean): Promise<void>
}

interface Watched {
  readonly node: string
  /** The product's port, whatever the real one is. */
  readonly port: number
  readonly door: WatchedDoor
  is: DoorAnswer
  agentOnly: boolean
  forgets: boolean
  /** The last change under way: a port must not be opened while it is still closing. */
  done: Promise<void>
}

/** Keeps the real ports of all nodes as the physics says that they answer (physics/network/doors.ts). */
export class DoorWatch {
  readonly #world: World
  /** By id of each record of the pseudo node `lab` that the answers of a node's ports depend on. */
  readonly #watched = new Map<string, Set<Watched>>()
  readonly #onDefect: (error: unknown) => void
  readonly #unsubscribe: () => void

  constructor(world: World, onDefect: (error: unknown) => void) {
    this.#world = world
    this.#onDefect = onDefect
    this.#unsubscribe = world.subscribe(entry => this.#hear(entry))
  }

  /** Watches a port that is open now; gives what ends that. */
  add(node: string, port: number, door: WatchedDoor): () => void {
    const watched: Watched = { node, port, door, is: 'open', agentOnly: false, forgets: false, done: Promise.resolve() }
    const ids = [node, applianceId(node)]
    for (const id of ids) {
      const set = this.#watched.get(id)
      if (set === undefined) this.#watched.set(id, new Set([watched]))
      else set.add(watched)
    }
    this.#settle(watched)
    return () => { for (const id of ids) this.#watched.get(id)?.delete(watched) }
  }

  /** Resolves when every change that is under way is done. */
  async settled(): Promise<void> {
    await Promise.all(this.#all().map(each => each.done))
  }

  stop(): void {
    this.#unsubscribe()
  }

  #hear(entry: JournalEntry): void {
    const concerned = new Set<Watched>()
    for (const change of entry.changes) {
      const { slot: { address } } = change
      if (address.node !== LAB) {
        if (servicesChanged(change)) for (const watched of this.#watched.get(address.node) ?? []) concerned.add(watched)
        continue
      }
      // A rule of the network may be about anybody; a machine and its services are about its ports.
      const found = address.type === 'NetRule' ? this.#all() : this.#watched.get(address.id) ?? []
      for (const watched of found) concerned.add(watched)
    }
    for (const watched of concerned) this.#settle(watched)
  }

  #all(): Watched[] {
    return [...new Set([...this.#watched.values()].flatMap(set => [...set]))]
  }

  #settle(watched: Watched): void {
    const { node, port, door } = watched
    if (chassis(this.#world, node)?.power !== 'on') watched.forgets = true
    const { answer, agentOnly } = doorState(this.#world, node, port)
    if (answer === watched.is && agentOnly === watched.agentOnly) return
    const { forgets } = watched
    watched.is = answer
    watched.agentOnly = agentOnly
    // Whoever answers again, in whichever way, has told the old connections so.
    if (answer !== 'timeout') watched.forgets = false
    watched.done = watched.done.then(() => door.answer(answer, forgets, agentOnly)).catch(this.#onDefect)
  }
}

/** True for a host whose list of services is another: some of them are behind ports. */
function servicesChanged({ slot: { address }, before, after }: Change): boolean {
  return address.id === 'ha-host' && servicesIn(before) !== servicesIn(after)
}

function servicesIn(record: StoredRecord | undefined): unknown {
  return (record?.props as { config?: { service?: unknown } } | undefined)?.config?.service
}

/**
 * Real milliseconds by which the network delays one request to a port and its answer. A lost packet
 * costs its sender a retransmission: 200 ms, doubled each time, as TCP does.
 */
export function networkDelayMs(world: World, node: string, port: number): number {
  const { latencyMs, jitterMs, loss } = doorState(world, node, port)
  let delay = latencyMs
  if (jitterMs > 0) delay += jitterMs * world.random.next('door')
  if (loss <= 0) return delay
  for (let wait = RETRANSMIT_MS; wait <= LONGEST_RETRANSMIT_MS && world.random.next('door') < loss; wait *= 2) delay += wait
  return delay
}

const RETRANSMIT_MS = 200
const LONGEST_RETRANSMIT_MS = 25_600
