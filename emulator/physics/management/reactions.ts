import type { World } from '../../world/world.js'
import type { Transaction } from '../../world/transaction.js'
import { vpxdServing } from '../appliance/services.js'
import { LAB, chassis, hostsOf, updateChassis, type NodeInner } from '../hardware/chassis.js'
import { callsPass, heartbeatPath } from './link.js'
import { HEARTBEAT_MS, RECONNECT_MS, notRespondingMs } from './timing.js'

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
    /** Chance has drawn one heartbeat of a host whose way loses packets. */
    'management.beatDrawn': { vcenter: string, host: string, arrived: boolean }
  }
  interface JobMap {
    'management.window': { vcenter: string, host: string }
    'management.heard': { vcenter: string, host: string, missed: boolean }
    /** A heartbeat of a host whose way loses packets: chance says whether it arrives. */
    'management.beat': { vcenter: string, host: string }
    /** vCenter calls a host that it gave up and whose heartbeats it cannot hear. */
    'management.reconnect': { vcenter: string, host: string }
  }
}

/**
 * The heartbeat between hosts and their vCenter, without simulating single beats: when a link goes
 * down, the instant at which the window ends is computed from the beat that was the last
 * (design.md decision 16).
 */
export function reactToManagement(world: World): void {
  world.on('management.cable', (tx, { host, state }) => {
    updateChassis(tx, host, inner => { inner.cable = state })
    tx.emit('network.changed', { why: 'cable' })
  })
  world.on('network.changed', tx => {
    for (const slot of tx.ofType(LAB, 'Node')) settle(tx, slot.address.id)
  })
  world.on('agent.changed', (tx, { host }) => settle(tx, host))
  world.on('firewall.changed', (tx, { host }) => settle(tx, host))
  world.on('hardware.powerLost', (tx, { node }) => settleNode(tx, node))
  world.on('hardware.booted', (tx, { node }) => settleNode(tx, node))
  world.on('hardware.paused', (tx, { node }) => settleNode(tx, node))
  world.on('hardware.resumed', (tx, { node }) => settleNode(tx, node))
  world.on('hardware.hung', (tx, { node }) => settleNode(tx, node))
  world.on('appliance.vpxd', (tx, { vcenter }) => settleNode(tx, vcenter))
  world.onJob('management.window', (tx, { vcenter, host }) => {
    updateChassis(tx, host, inner => {
      inner.management = 'notResponding'
      inner.givenUp = true
      delete inner.managementJob
    })
    tx.emit('management.hostLost', { vcenter, host })
    settle(tx, host)
  })
  world.onJob('management.heard', (tx, { vcenter, host, missed }) => {
    updateChassis(tx, host, inner => {
      inner.management = 'connected'
      delete inner.givenUp
      delete inner.managementJob
    })
    tx.emit('management.hostBack', { vcenter, host, missed })
  })
  world.onJob('management.beat', (tx, { vcenter, host }) => beat(tx, vcenter, host))
  world.onJob('management.reconnect', (tx, { vcenter, host }) => reconnect(tx, vcenter, host))
}

function settleNode(tx: Transaction, node: string): void {
  for (const host of hostsOf(tx, node)) settle(tx, host)
  settle(tx, node)
}

/** Brings a host's management state in line with whether heartbeats and calls can pass. */
function settle(tx: Transaction, host: string): void {
  const inner = chassis(tx, host)
  const vcenter = inner?.managedBy
  if (inner === undefined || vcenter === undefined || inner.management === 'disconnected') return
  const calls = callsPass(tx, vcenter, host)
  const { cut, loss } = heartbeatPath(tx, vcenter, host)
  const beats = cut === undefined && loss < 1
  const lossy = beats && loss > 0
  if (lossy !== (inner.beatJob !== undefined)) drawBeats(tx, host, vcenter, lossy)
  if (lossy) return
  if (calls && beats) hear(tx, host, vcenter, untilNextBeat(tx, host))
  else if (beats) hearOnly(tx, host)
  else miss(tx, host, vcenter, { calls, firstMissing: tx.now() + untilNextBeat(tx, host) })
}

/** Begins or ends drawing each heartbeat of a host by chance. */
function drawBeats(tx: Transaction, host: string, vcenter: string, draw: boolean): void {
  const known = chassis(tx, host)!.beatJob
  if (known !== undefined) tx.cancel(known)
  const job = draw ? tx.after(untilNextBeat(tx, host), 'management.beat', { vcenter, host }) : undefined
  updateChassis(tx, host, inner => {
    if (job === undefined) delete inner.beatJob
    else inner.beatJob = job
  })
}

/** One heartbeat on a way that loses packets: each is drawn by itself (availability.md 4.2). */
function beat(tx: Transaction, vcenter: string, host: string): void {
  updateChassis(tx, host, inner => { delete inner.beatJob })
  const { loss } = heartbeatPath(tx, vcenter, host)
  const calls = callsPass(tx, vcenter, host)
  const arrived = tx.random('heartbeats') >= loss
  tx.emit('management.beatDrawn', { vcenter, host, arrived })
  if (!arrived) miss(tx, host, vcenter, { calls, firstMissing: tx.now() })
  else if (calls) hear(tx, host, vcenter, 0)
  else hearOnly(tx, host)
  settle(tx, host)
}

/**
 * A heartbeat will arrive in `inMs`. A host that was only silent for less than the window, and whose
 * vCenter stayed up, is connected again at that beat; so is one that was given up.
 */
function hear(tx: Transaction, host: string, vcenter: string, inMs: number): void {
  const inner = chassis(tx, host)!
  if (inner.management === 'connected' || inner.management === 'returning') return
  if (inner.managementJob !== undefined) tx.cancel(inner.managementJob)
  if (inner.management === 'deaf') {
    updateChassis(tx, host, draft => {
      draft.management = 'connected'
      delete draft.managementJob
    })
    return
  }
  const missed = inner.givenUp === true || (inner.managementJob === undefined && inner.management !== 'mute')
  const job = tx.after(inMs, 'management.heard', { vcenter, host, missed })
  updateChassis(tx, host, draft => {
    draft.management = 'returning'
    draft.managementJob = job
  })
}

/**
 * Heartbeats arrive and vCenter's calls do not: the host stays connected, vCenter's picture of it
 * stays as it was. One that was given up needs the calls to come back.
 */
function hearOnly(tx: Transaction, host: string): void {
  const { management, managementJob, givenUp } = chassis(tx, host)!
  if (management === 'mute' || (management === 'notResponding' && managementJob === undefined)) return
  if (managementJob !== undefined) tx.cancel(managementJob)
  updateChassis(tx, host, draft => {
    draft.management = givenUp === true ? 'notResponding' : 'mute'
    delete draft.managementJob
  })
}

/**
 * No heartbeat can pass: vCenter, if it lives, gives the host up when its window has ended. The
 * window is counted from the first beat that is missing, so that a crash shows after 60 to 70 s
 * (ha-oracle.md V03: 60 to 75 s; vpxd logs near 72 s since the last beat, availability.md 4.2).
 * While its calls still pass, vCenter only is deaf: it sees the host until the window ends.
 */
function miss(
  tx: Transaction, host: string, vcenter: string, { calls, firstMissing }: { calls: boolean, firstMissing: number },
): void {
  const inner = chassis(tx, host)!
  const running = inner.management === 'silent' || inner.management === 'deaf'
  if (!vpxdServing(tx, vcenter) || inner.givenUp === true) {
    giveUp(tx, host, vcenter, inner, calls)
    return
  }
  if (running && inner.managementJob !== undefined) {
    if (inner.management === 'deaf' && !calls) updateChassis(tx, host, draft => { draft.management = 'silent' })
    return
  }
  if (inner.managementJob !== undefined) tx.cancel(inner.managementJob)
  const delay = firstMissing - tx.now() + notRespondingMs(tx, vcenter)
  const job = tx.after(delay, 'management.window', { vcenter, host })
  updateChassis(tx, host, draft => {
    draft.management = calls && inner.management === 'connected' ? 'deaf' : 'silent'
    draft.managementJob = job
  })
}

/** vCenter is away, or has given the host up already; it goes on calling a host that it reaches. */
function giveUp(tx: Transaction, host: string, vcenter: string, inner: NodeInner, calls: boolean): void {
  const lives = vpxdServing(tx, vcenter)
  const calling = lives && calls
  if (calling && inner.management === 'notResponding' && inner.managementJob !== undefined) return
  if (inner.managementJob !== undefined) tx.cancel(inner.managementJob)
  const job = calling ? tx.after(RECONNECT_MS, 'management.reconnect', { vcenter, host }) : undefined
  updateChassis(tx, host, draft => {
    draft.management = lives ? 'notResponding' : 'silent'
    if (job === undefined) delete draft.managementJob
    else draft.managementJob = job
  })
}

/** Only heartbeats are lost: vCenter connects again, and drops the host after another window. */
function reconnect(tx: Transaction, vcenter: string, host: string): void {
  updateChassis(tx, host, inner => {
    inner.management = 'connected'
    delete inner.givenUp
    delete inner.managementJob
  })
  tx.emit('management.hostBack', { vcenter, host, missed: true })
  settle(tx, host)
}

/** Beats fall every 10 s counted from the host's boot; 1 to 10,000 ms. */
function untilNextBeat(tx: Transaction, host: string): number {
  const since = tx.now() - chassis(tx, host)!.bootTime
  return HEARTBEAT_MS - (((since % HEARTBEAT_MS) + HEARTBEAT_MS) % HEARTBEAT_MS)
}
