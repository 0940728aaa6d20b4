import { bareName } from '../../physics/truth.js'
import { nameMatcher } from '../../world/glob.js'
import { fromDateTime } from '../../world/clock.js'
import { compare, same, type Comparison } from '../compare.js'
import type { EventExpectation, OrderExpectation } from '../format-expect.js'
import { comparison } from '../format-values.js'
import { readPath } from '../objects.js'
import { countVerdict, nodeOf, type Judge, type Sight } from './model.js'

interface Named { readonly name: string }

interface StoredEvent {
  readonly _typeName?: string
  readonly createdTime?: string
  readonly eventTypeId?: string
  readonly userName?: string
  readonly fullFormattedMessage?: string
  readonly vm?: Named
  readonly host?: Named
  readonly computeResource?: Named
  readonly ds?: Named
}

type EventFilter = Omit<EventExpectation, 'count'>

/** How often an event was posted. */
export function eventJudge(expectation: EventExpectation, sight: Sight): Judge {
  const fits = eventMatcher(expectation)
  let count = 0
  const { take, log } = newEvents(nodeOf(expectation, sight), sight)
  return {
    look: () => {
      for (const event of take()) if (fits(event)) count += 1
      return countVerdict(expectation.count, count, 'event')
    },
    concerns: entry => entry.appended.some(item => item.log === log),
  }
}

/** Whether events came in an order. */
export function orderJudge(expectation: OrderExpectation, sight: Sight): Judge {
  const wanted = expectation.order.map(item => typeof item === 'string' ? { event: item } : item)
  const matchers = wanted.map(eventMatcher)
  const { take, log } = newEvents(nodeOf(expectation, sight), sight)
  let met = 0
  return {
    look: () => {
      for (const event of take()) if (matchers[met]?.(event) === true) met += 1
      const holds = met === matchers.length
      return {
        holds,
        actual: holds ? 'all came in this order' : `${met} of ${matchers.length} in order; ${wanted[met]!.event} did not follow`,
      }
    },
    concerns: entry => entry.appended.some(item => item.log === log),
  }
}

/** Hands out each event of a node once, from the beginning of the span on. */
function newEvents(node: string, { lab, since, logsAt }: Sight): { take: () => StoredEvent[], log: string } {
  const log = `events/${node}`
  let position = logsAt.get(log) ?? 0
  return {
    log,
    take: () => {
      const events: StoredEvent[] = []
      const found = lab.world.logs().find(each => each.name === log)
      for (const item of found?.since(position + 1) ?? []) {
        position = item.position
        const event = item.value as StoredEvent
        if (fromDateTime(event.createdTime ?? '') >= since) events.push(event)
      }
      return events
    },
  }
}

/** Tests events; names are globs and may have their kind before a slash. */
function eventMatcher(expectation: EventFilter): (event: StoredEvent) => boolean {
  const { event: type, user, text, fields = {} } = expectation
  const [vm, host, cluster, datastore] = [expectation.vm, expectation.host, expectation.cluster, expectation.datastore]
    .map(name => name === undefined ? undefined : nameMatcher(bareName(name)))
  const pattern = text === undefined ? undefined : new RegExp(text)
  const wanted = Object.entries(fields)
  return event => (event._typeName === type || event.eventTypeId === type)
    && (vm === undefined || (event.vm !== undefined && vm(event.vm.name)))
    && (host === undefined || (event.host !== undefined
      && (host(event.host.name) || host(event.host.name.split('.')[0]!))))
    && (cluster === undefined || (event.computeResource !== undefined && cluster(event.computeResource.name)))
    && (datastore === undefined || (event.ds !== undefined && datastore(event.ds.name)))
    && (user === undefined || event.userName === user)
    && (pattern === undefined || pattern.test(event.fullFormattedMessage ?? ''))
    && wanted.every(([path, value]) => fieldFits(value, readPath(event, path)))
}

/** A field is given as its value, or as a comparison such as `{ more: 3 }`. */
export function fieldFits(expected: unknown, value: unknown): boolean {
  const isComparison = typeof expected === 'object' && expected !== null && !Array.isArray(expected)
    && Object.keys(expected).length > 0 && Object.keys(expected).every(key => key in comparison)
  return isComparison ? compare(expected as Comparison, value) : same(expected, value)
}
