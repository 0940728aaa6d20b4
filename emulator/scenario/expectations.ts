import { LAB } from '../physics/hardware/chassis.js'
import { fromDateTime } from '../world/clock.js'
import type { World } from '../world/world.js'
import type {
  ConnectExpectation, EventExpectation, Expectation, PropertyExpectation, TruthExpectation,
} from './format.js'
import { defaultNode, findObjects, hostNodeOf, readPath, shown } from './objects.js'

/** How an expectation stands at one instant. */
export interface Verdict {
  readonly holds: boolean
  /** The actual value, in words. */
  readonly actual: string
}

/** What a client sees of a node's port; given by whoever runs the scenario. */
export type Probe = (node: string, port: number) => 'open' | 'refused' | 'timeout' | 'reset'

/** What an expectation may look at beside the world. */
export interface Surroundings {
  readonly world: World
  readonly probe: Probe
  /** Lab time from which events count. */
  readonly since: number
  /** Events appended after this position count, by node. */
  readonly eventsAfter: ReadonlyMap<string, number>
}

/** Looks whether an expectation holds now. */
export function judge(expectation: Expectation, around: Surroundings): Verdict {
  if ('property' in expectation) return judgeProperty(expectation, around)
  if ('event' in expectation) return judgeEvent(expectation, around)
  if ('connect' in expectation) return judgeConnect(expectation, around)
  return judgeTruth(expectation, around)
}

function judgeProperty(expectation: PropertyExpectation, { world }: Surroundings): Verdict {
  const node = expectation.node ?? defaultNode(world)
  const pattern = expectation.object ?? expectation.each ?? ''
  const objects = findObjects(world, node, pattern)
  if (objects.length === 0) return { holds: false, actual: `no object ${pattern} on ${node}` }
  const verdicts = objects.map(slot => {
    const value = readPath(slot.record?.props, expectation.property)
    const placed = onHost(expectation.on, hostNodeOf(world, slot))
    const name = String((slot.record?.props as { name?: string })?.name ?? slot.address.id)
    return { holds: placed && compare(expectation, value), actual: `${name}: ${shown(value)}` }
  })
  return {
    holds: verdicts.every(verdict => verdict.holds),
    actual: verdicts.filter(verdict => !verdict.holds).concat(verdicts).slice(0, 3)
      .map(verdict => verdict.actual).join('; '),
  }
}

function onHost(on: PropertyExpectation['on'], host: string | undefined): boolean {
  if (on === undefined) return true
  return typeof on === 'string' ? host === on : host !== on.not
}

interface Comparison {
  readonly is?: unknown
  readonly not?: unknown
  readonly in?: unknown[] | undefined
  readonly matches?: string | undefined
  readonly less?: number | undefined
  readonly more?: number | undefined
  readonly unset?: boolean | undefined
}

function compare(expected: Comparison, value: unknown): boolean {
  const text = shown(value)
  if (expected.unset !== undefined && (value === undefined) !== expected.unset) return false
  if (expected.is !== undefined && text !== shown(expected.is)) return false
  if (expected.not !== undefined && text === shown(expected.not)) return false
  if (expected.in !== undefined && !expected.in.map(shown).includes(text)) return false
  if (expected.matches !== undefined && !new RegExp(expected.matches).test(text)) return false
  if (expected.less !== undefined && !(Number(value) < expected.less)) return false
  return expected.more === undefined || Number(value) > expected.more
}

interface StoredEvent {
  readonly _typeName?: string
  readonly createdTime?: string
  readonly eventTypeId?: string
  readonly userName?: string
  readonly fullFormattedMessage?: string
  readonly vm?: { name: string }
  readonly host?: { name: string }
}

function judgeEvent(expectation: EventExpectation, { world, eventsAfter, since }: Surroundings): Verdict {
  const node = expectation.node ?? defaultNode(world)
  let count = 0
  for (const { value } of world.log(`events/${node}`).since((eventsAfter.get(node) ?? 0) + 1)) {
    const event = value as StoredEvent
    if (fromDateTime(event.createdTime ?? '') >= since && eventFits(expectation, event)) count += 1
  }
  const holds = expectation.count === undefined ? count > 0 : count === expectation.count
  return { holds, actual: `${count} such event${count === 1 ? '' : 's'}` }
}

function eventFits(expectation: EventExpectation, event: StoredEvent): boolean {
  const { event: type, vm, host, user, text } = expectation
  return (event._typeName === type || event.eventTypeId === type)
    && (vm === undefined || event.vm?.name === vm)
    && (host === undefined || event.host?.name.split('.')[0] === host || event.host?.name === host)
    && (user === undefined || event.userName === user)
    && (text === undefined || new RegExp(text).test(event.fullFormattedMessage ?? ''))
}

function judgeConnect(expectation: ConnectExpectation, { probe }: Surroundings): Verdict {
  const colon = expectation.connect.lastIndexOf(':')
  const actual = probe(expectation.connect.slice(0, colon), Number(expectation.connect.slice(colon + 1)))
  return { holds: actual === expectation.is, actual }
}

function judgeTruth(expectation: TruthExpectation, { world }: Surroundings): Verdict {
  const name = expectation.object.replace(/^(vm|host|node)\//, '')
  if (expectation.truth === 'power') {
    const power = world.get<object, { power: string }>(LAB, name)?.inner.power
    return { holds: compare(expectation, power), actual: shown(power) }
  }
  const hosts = world.ofType(LAB, 'Node').map(slot => slot.address.id).filter(node =>
    world.ofType(node, 'VirtualMachine').some(slot => {
      const props = slot.record?.props as { name?: string, runtime?: { powerState?: string } }
      return props.name === name && props.runtime?.powerState === 'poweredOn' && slot.record?.inner !== undefined
        && (slot.record.inner as { hostNode?: string }).hostNode === undefined
    }))
  const actual = hosts.join(',')
  return { holds: compare(expectation, actual), actual: actual === '' ? 'nowhere' : actual }
}
