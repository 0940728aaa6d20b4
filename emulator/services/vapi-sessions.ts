import type { Reader, Slot } from '../world/records.js'
import type { Transaction } from '../world/transaction.js'
import type { World } from '../world/world.js'
import { LAB, type NodeInfo } from './nodes.js'
import type { Principal } from './sessions.js'

declare module '../world/signals.js' {
  interface JobMap {
    /** Looks whether a session of the REST endpoint has been idle for too long. */
    'vapi.idle': { readonly id: string }
  }
}

/** Idle time after which a session ends; a default of the endpoint (general knowledge). */
const IDLE_MS = 1_800_000

/** The last use is written down so often at most, so that reading changes the world seldom. */
const NOTE_MS = 60_000

/** The services of an appliance that keep sessions of their own. */
export type SessionKeeper = 'vapi-endpoint' | 'applmgmt'

/** A session of a REST endpoint that is no session of vpxd. */
export interface VapiSession {
  readonly node: string
  /** In whose memory it is. */
  readonly keeper: SessionKeeper
  readonly userName: string
  readonly groups: readonly string[]
  /** Lab times in milliseconds. */
  readonly created: number
  readonly lastAccess: number
}

/**
 * Sessions of the appliance's own management and of the REST endpoint while vpxd is down. They are
 * records, and end with the service that keeps them and with the appliance's power.
 */
export function keepVapiSessions(world: World): void {
  world.onJob('vapi.idle', (tx, { id }) => {
    const session = tx.get<VapiSession>(LAB, id)?.props
    if (session === undefined) return
    const left = session.lastAccess + IDLE_MS - tx.now()
    if (left <= 0) tx.remove({ node: LAB, id })
    else tx.after(left, 'vapi.idle', { id })
  })
  world.on('hardware.powerLost', (tx, { node }) => drop(tx, session => session.node === node))
  world.on('appliance.serviceEnded', (tx, { vcenter, service }) =>
    drop(tx, ({ node, keeper }) => node === vcenter && keeper === service))
}

function drop(tx: Transaction, isGone: (session: VapiSession) => boolean): void {
  for (const slot of tx.ofType(LAB, 'VapiSession')) {
    if (isGone(tx.read<VapiSession>(slot)!.props)) tx.remove(slot)
  }
}

/** Opens a session; its id is 32 hexadecimal digits (protocols.md 5.2). */
export function openVapiSession(world: World, node: NodeInfo, principal: Principal, keeper: SessionKeeper): string {
  return world.transact(causeOf(node, principal.name), tx => {
    const key = tx.world.random.hex('sessions', 32)
    const id = idOf(node, key)
    const props: VapiSession = {
      node: node.name, keeper, userName: principal.name, groups: principal.groups,
      created: tx.now(), lastAccess: tx.now(),
    }
    tx.create({ node: LAB, type: 'VapiSession', id }, { props, inner: {} })
    tx.after(IDLE_MS, 'vapi.idle', { id })
    return key
  })
}

/** The live session of a key; its use is noted. */
export function findVapiSession(world: World, node: NodeInfo, key: string): VapiSession | undefined {
  const slot = slotOf(world, node, key)
  const session = slot === undefined ? undefined : world.read<VapiSession>(slot)?.props
  if (slot === undefined || session === undefined) return undefined
  const now = world.now()
  if (now - session.lastAccess < NOTE_MS) return session
  const used = { ...session, lastAccess: now }
  world.transact(causeOf(node, session.userName), (tx: Transaction) => {
    tx.replace(slot, { props: { ...used }, inner: {} })
  })
  return used
}

/** Ends a session; nothing happens when it is gone. */
export function endVapiSession(world: World, node: NodeInfo, key: string): void {
  const slot = slotOf(world, node, key)
  if (slot !== undefined) world.transact(causeOf(node, ''), tx => tx.remove(slot))
}

function slotOf(reader: Reader, node: NodeInfo, key: string): Slot | undefined {
  return reader.find(LAB, idOf(node, key))
}

function idOf(node: NodeInfo, key: string): string {
  return `vapi/${node.name}/${key}`
}

function causeOf(node: NodeInfo, user: string) {
  return { kind: 'call', node: node.name, method: 'com.vmware.cis.session', self: '', user, opId: '' } as const
}
