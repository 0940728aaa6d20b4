import type { World } from '../../world/world.js'
import type { Transaction } from '../../world/transaction.js'
import { LAB, chassis, hostsOf, type NodeInner } from '../hardware/chassis.js'
import { linkUp } from './link.js'
import { HEARTBEAT_MS, NOT_RESPONDING_MS } from './timing.js'

declare module '../../world/signals.js' {
  interface SignalMap {
    /** The cable of a host's management network was cut or mended. */
    'management.cable': { host: string, state: 'up' | 'cut' }
    /** vCenter's heartbeat window for a host ended without one. */
    'management.hostLost': { vcenter: string, host: string }
    /**
     * vCenter hears a host again and has taken over what it found there. `missed`: it had given the
     * host up, or was away itself; false: only some beats were lost.
     */
    'management.hostBack': { vcenter: string, host: string, missed: boolean }
  }
  interface JobMap {
    'management.window': { vcenter: string, host: string }
    'management.heard': { vcenter: string, host: string, missed: boolean }
  }
}

/**
 * The heartbeat between hosts and their vCenter, without simulating single beats: when a link goes
 * down, the instant at which the window ends is computed from the beat that was the last
 * (design.md decision 16).
 */
export function reactToManagement(world: World): void {
  world.on('management.cable', (tx, { host, state }) => {
    update(tx, host, inner => { inner.cable = state })
    settle(tx, host)
  })
  world.on('hardware.powerLost', (tx, { node }) => settleNode(tx, node))
  world.on('hardware.booted', (tx, { node }) => settleNode(tx, node))
  world.on('hardware.paused', (tx, { node }) => settleNode(tx, node))
  world.on('hardware.resumed', (tx, { node }) => settleNode(tx, node))
  world.onJob('management.window', (tx, { vcenter, host }) => {
    update(tx, host, inner => {
      inner.management = 'notResponding'
      inner.givenUp = true
    })
    forgetJob(tx, host)
    tx.emit('management.hostLost', { vcenter, host })
  })
  world.onJob('management.heard', (tx, { vcenter, host, missed }) => {
    update(tx, host, inner => {
      inner.management = 'connected'
      delete inner.givenUp
    })
    forgetJob(tx, host)
    tx.emit('management.hostBack', { vcenter, host, missed })
  })
}

function settleNode(tx: Transaction, node: string): void {
  for (const host of hostsOf(tx, node)) settle(tx, host)
  settle(tx, node)
}

/** Brings a host's management state in line with whether heartbeats can pass. */
function settle(tx: Transaction, host: string): void {
  const inner = chassis(tx, host)
  const vcenter = inner?.managedBy
  if (inner === undefined || vcenter === undefined) return
  const passes = linkUp(tx, vcenter, host)
  if (passes) hear(tx, host, vcenter, inner)
  else miss(tx, host, vcenter, inner)
}

/**
 * Heartbeats can pass. A host that was only silent for less than the window, and whose vCenter
 * stayed up, is connected again at its next beat; so is one that was given up.
 */
function hear(tx: Transaction, host: string, vcenter: string, inner: NodeInner): void {
  if (inner.management === 'connected' || inner.management === 'returning') return
  if (inner.managementJob !== undefined) tx.cancel(inner.managementJob)
  const missed = inner.givenUp === true || inner.managementJob === undefined
  const job = tx.after(untilNextBeat(tx, host), 'management.heard', { vcenter, host, missed })
  update(tx, host, draft => {
    draft.management = 'returning'
    draft.managementJob = job
  })
}

/**
 * No heartbeat can pass: vCenter, if it lives, gives the host up when its window has ended. The
 * window is counted from the first beat that is missing, so that a crash shows after 60 to 70 s
 * (ha-oracle.md V03: 60 to 75 s; vpxd logs near 72 s since the last beat, availability.md 4.2).
 */
function miss(tx: Transaction, host: string, vcenter: string, inner: NodeInner): void {
  if (inner.managementJob !== undefined && inner.management !== 'silent') tx.cancel(inner.managementJob)
  const vcenterLives = chassis(tx, vcenter)?.power === 'on'
  if (!vcenterLives || inner.givenUp === true) {
    if (inner.managementJob !== undefined) tx.cancel(inner.managementJob)
    update(tx, host, draft => {
      draft.management = vcenterLives ? 'notResponding' : 'silent'
      delete draft.managementJob
    })
    return
  }
  if (inner.management === 'silent' && inner.managementJob !== undefined) return
  const job = tx.after(untilNextBeat(tx, host) + NOT_RESPONDING_MS, 'management.window', { vcenter, host })
  update(tx, host, draft => {
    draft.management = 'silent'
    draft.managementJob = job
  })
}

/** Beats fall every 10 s counted from the host's boot; 1 to 10,000 ms. */
function untilNextBeat(tx: Transaction, host: string): number {
  const since = tx.now() - chassis(tx, host)!.bootTime
  return HEARTBEAT_MS - (((since % HEARTBEAT_MS) + HEARTBEAT_MS) % HEARTBEAT_MS)
}

function forgetJob(tx: Transaction, host: string): void {
  update(tx, host, inner => { delete inner.managementJob })
}

function update(tx: Transaction, host: string, recipe: (inner: NodeInner) => void): void {
  tx.update<object, NodeInner>({ node: LAB, id: host }, draft => recipe(draft.inner as NodeInner))
}
