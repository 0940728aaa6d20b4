import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { LAB } from '../hardware/chassis.js'

/** The networks of a lab; a machine may be cut off from one and still reach the others. */
export type NetworkName = 'management' | 'storage' | 'vcha' | 'vmotion' | 'vsan'

/**
 * Who can be at an end of a path: a node by name, `gateway` (the management gateway, which is the
 * default isolation address), `vsan-gateway` (the router of the vSAN network), `storage/<volume uuid>`,
 * `client` (whoever connects from outside).
 */
export type Party = string

/** How traffic that does not arrive ends for its sender. */
export type CutHow = 'drop' | 'refuse' | 'reset'

/**
 * One disturbance of the network: props of `{lab, NetRule, <id>}`. It concerns traffic from one of
 * `from` to one of `to`, and the way back too when `both` is set.
 */
export interface NetRule {
  readonly networks: readonly NetworkName[] | '*'
  readonly from: readonly Party[] | '*'
  readonly to: readonly Party[] | '*'
  /** Parties that `*` does not mean. */
  readonly except?: readonly Party[]
  readonly both: boolean
  /** Only traffic to this port; undefined: all. */
  readonly port?: number
  readonly protocol?: 'tcp' | 'udp'
  /** Nothing passes. */
  readonly cut?: CutHow
  /** Share of packets that are lost, 0 to 1. */
  readonly loss?: number
  /** Milliseconds added to each packet's way, and the most that chance adds to that. */
  readonly latencyMs?: number
  readonly jitterMs?: number
}

/** What becomes of traffic on one way. */
export interface PathVerdict {
  /** Undefined: it passes (perhaps late, perhaps not always). */
  readonly cut: CutHow | undefined
  readonly loss: number
  readonly latencyMs: number
  readonly jitterMs: number
}

/** Which traffic is meant. */
export interface Traffic {
  readonly network: NetworkName
  readonly port?: number
  readonly protocol?: 'tcp' | 'udp'
}

declare module '../../world/signals.js' {
  interface SignalMap {
    /**
     * Who can reach whom may have changed: a rule came or went, a card or cable failed or came
     * back. Whoever depends on paths looks again.
     */
    'network.changed': { readonly why: string }
  }
}

/** Paths without any disturbance. */
const CLEAR: PathVerdict = Object.freeze({ cut: undefined, loss: 0, latencyMs: 0, jitterMs: 0 })

const severity: Record<CutHow, number> = { drop: 1, reset: 2, refuse: 3 }

/** What the rules of the lab say of one way; the machines at both ends are not looked at. */
export function ruleVerdict(reader: Reader, from: Party, to: Party, traffic: Traffic): PathVerdict {
  const slots = reader.ofType(LAB, 'NetRule')
  if (slots.length === 0) return CLEAR
  let verdict = CLEAR
  for (const slot of slots) {
    const rule = reader.read<NetRule>(slot)?.props
    if (rule !== undefined && concerns(rule, from, to, traffic)) verdict = add(verdict, rule)
  }
  return verdict
}

/** Puts a rule into force; `name` is the injected fault's id or any other that the lab uses once. */
export function addRule(tx: Transaction, name: string, rule: NetRule): void {
  tx.create({ node: LAB, type: 'NetRule', id: ruleId(name) }, { props: rule, inner: {} })
  tx.emit('network.changed', { why: name })
}

/** Takes a rule away; nothing happens when it is gone. */
export function dropRule(tx: Transaction, name: string): void {
  const id = ruleId(name)
  if (tx.find(LAB, id) === undefined) return
  tx.remove({ node: LAB, id })
  tx.emit('network.changed', { why: name })
}

function ruleId(name: string): string {
  return `net/${name}`
}

function concerns(rule: NetRule, from: Party, to: Party, traffic: Traffic): boolean {
  if (rule.networks !== '*' && !rule.networks.includes(traffic.network)) return false
  if (rule.port !== undefined && rule.port !== traffic.port) return false
  if (rule.protocol !== undefined && rule.protocol !== traffic.protocol) return false
  return matches(rule, from, to) || (rule.both && matches(rule, to, from))
}

function matches(rule: NetRule, from: Party, to: Party): boolean {
  const { except = [] } = rule
  const has = (side: NetRule['from'], party: Party): boolean =>
    side === '*' ? !except.includes(party) : side.includes(party)
  return has(rule.from, from) && has(rule.to, to)
}

/** Two disturbances of one way: losses are independent, delays add up, the loudest cut is heard. */
function add(verdict: PathVerdict, rule: NetRule): PathVerdict {
  const { cut = verdict.cut } = rule
  const louder = verdict.cut !== undefined && cut !== undefined && severity[verdict.cut] > severity[cut]
  return {
    cut: louder ? verdict.cut : cut,
    loss: 1 - (1 - verdict.loss) * (1 - (rule.loss ?? 0)),
    latencyMs: verdict.latencyMs + (rule.latencyMs ?? 0),
    jitterMs: verdict.jitterMs + (rule.jitterMs ?? 0),
  }
}
