import type { Reader } from '../../world/records.js'
import { chassis } from '../hardware/chassis.js'
import { ruleVerdict, type NetworkName, type Party, type PathVerdict, type Traffic } from './rules.js'

/** Nothing comes through, and nobody says so. */
const DROPPED: PathVerdict = Object.freeze({ cut: 'drop', loss: 0, latencyMs: 0, jitterMs: 0 })

/**
 * What becomes of traffic from one party to another: the ends' own connection to the network, then
 * the rules in force. That the machines at the ends live is for the caller to ask (`responds`).
 */
export function path(reader: Reader, from: Party, to: Party, traffic: Traffic): PathVerdict {
  return wired(reader, from, to, traffic.network) ? ruleVerdict(reader, from, to, traffic) : DROPPED
}

/** True while cards and cables connect two parties; either way, whatever the traffic is. */
export function wired(reader: Reader, from: Party, to: Party, network: NetworkName): boolean {
  const [one, other] = [chassis(reader, from), chassis(reader, to)]
  if (one?.detached?.includes(network) === true || other?.detached?.includes(network) === true) return false
  // The cable of `cable-cut` lies between the host and the lab: clients outside reach its doors.
  return network !== 'management' || from === 'client' || to === 'client'
    || (one?.cable !== 'cut' && other?.cable !== 'cut')
}

/** True if traffic passes on that way, perhaps with losses. */
export function passes(reader: Reader, from: Party, to: Party, traffic: Traffic): boolean {
  const { cut, loss } = path(reader, from, to, traffic)
  return cut === undefined && loss < 1
}

/** True if a request and its answer pass. */
export function reaches(reader: Reader, from: Party, to: Party, traffic: Traffic): boolean {
  return passes(reader, from, to, traffic) && passes(reader, to, from, { network: traffic.network })
}

/** True while a machine has power, has booted and is not hung: it takes part in traffic. */
export function responds(reader: Reader, name: Party): boolean {
  const inner = chassis(reader, name)
  return inner === undefined || (inner.power === 'on' && inner.hung !== true)
}

/**
 * True if an ICMP echo from one party is answered by another (the isolation addresses, and how a
 * primary asks for a host whose heartbeat it misses).
 */
export function pings(reader: Reader, from: Party, to: Party, network: NetworkName = 'management'): boolean {
  return responds(reader, to) && reaches(reader, from, to, { network })
}

/** True while the party's own cards and cables connect it to the network. */
export function attached(reader: Reader, party: Party, network: NetworkName): boolean {
  const inner = chassis(reader, party)
  if (inner === undefined) return true
  return inner.detached?.includes(network) !== true
}
