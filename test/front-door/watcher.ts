import { listOf, propertiesOf } from '../../clients/sdk/soap-client.js'
import type { Ref, Value } from '../../clients/sdk/soap-xml.js'
import { CollectorService } from '../../emulator/services/property-collector/collector-service.js'
import type { TestLab } from '../support/test-lab.js'
import type { Door, Fields } from './door.js'

/** One ObjectUpdate as it came over the wire, the names of its changes with their values. */
export interface Update {
  readonly kind: string
  readonly obj: string
  readonly changes: Readonly<Record<string, Value | undefined>>
  readonly ops: Readonly<Record<string, string>>
}

/** One answer of WaitForUpdatesEx. */
export interface Answer {
  readonly version: string
  readonly truncated: boolean
  readonly updates: readonly Update[]
}

/** Objects of a type through a container view of the whole inventory. */
export async function viewSpec(door: Door, type: string, pathSet: readonly string[]): Promise<object> {
  const view = await door.call(await door.content('viewManager'), 'CreateContainerView', {
    container: await door.content('rootFolder'), type: [type], recursive: true,
  })
  return {
    propSet: { type, pathSet },
    objectSet: { obj: view, skip: true, selectSet: { _typeName: 'TraversalSpec', type: 'ContainerView', path: 'view', skip: false } },
  }
}

export function objectSpec(object: Ref, pathSet: readonly string[]): object {
  return { propSet: { type: object.type, pathSet }, objectSet: { obj: object } }
}

/** A collector of a client with one filter, and the version it has come to. */
export class Watcher {
  readonly door: Door
  readonly collector: Ref
  filter!: Ref
  version = ''

  constructor(door: Door, collector: Ref) {
    this.door = door
    this.collector = collector
  }

  /** A watcher on a collector of its own. */
  static async create(door: Door, spec: object, partialUpdates = false): Promise<Watcher> {
    const own = await door.call(await door.content('propertyCollector'), 'CreatePropertyCollector') as Ref
    const watcher = new Watcher(door, own)
    watcher.filter = await door.call(own, 'CreateFilter', { spec, partialUpdates }) as Ref
    return watcher
  }

  /** Asks once; undefined: nothing new. */
  ask(maxObjectUpdates?: number): Promise<Answer | undefined> {
    return this.#ask({ maxWaitSeconds: 0, maxObjectUpdates })
  }

  /** Waits until there is something new. */
  wait(): Promise<Answer | undefined> {
    return this.#ask({})
  }

  async #ask(options: object): Promise<Answer | undefined> {
    const set = await this.door.call(this.collector, 'WaitForUpdatesEx', { version: this.version, options })
    if (set === undefined) return undefined
    const answer = read(set as Fields)
    this.version = answer.version
    return answer
  }

  /** Everything that is new now, over all pages. */
  async all(): Promise<Update[]> {
    const updates: Update[] = []
    for (let answer = await this.ask(); answer !== undefined; answer = await this.ask()) {
      updates.push(...answer.updates)
      if (!answer.truncated) break
    }
    return updates
  }
}

function read(set: Fields): Answer {
  const filters = listOf<Fields>(set['filterSet'])
  return {
    version: set['version'] as string,
    truncated: set['truncated'] === 'true',
    updates: filters.flatMap(filter => listOf<Fields>(filter['objectSet'] as Value)).map(update => {
      const changes = listOf<Fields>(update['changeSet'] as Value)
      return {
        kind: update['kind'] as string,
        obj: (update['obj'] as Ref).value,
        changes: propertiesOf({ propSet: changes }),
        ops: Object.fromEntries(changes.map(change => [change['name'], change['op']])) as Record<string, string>,
      }
    }),
  }
}

/** Number of calls that wait in a lab. */
export function waiting({ lab }: TestLab): number {
  return (lab.services.collectors as CollectorService).sizes.waits
}

/** Resolves when so many calls wait. */
export async function parked(lab: TestLab, count = 1): Promise<void> {
  while (waiting(lab) < count) await new Promise(setImmediate)
}

/** Resolves when no call waits. */
export async function unparked(lab: TestLab): Promise<void> {
  while (waiting(lab) > 0) await new Promise(setImmediate)
}
