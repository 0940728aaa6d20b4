import type { Transaction } from '../../world/transaction.js'
import { logHostLabel } from './log-hosts.js'
import { obstacle, syslogRuns } from './obstacle.js'
import { droppedOf, positions, queueRoom, waitingCount } from './queue.js'
import './signals.js'
import {
  forwardingOf, realReceivers, targetOf, updateTarget, type ForwardTarget, type TargetState,
} from './state.js'

/** Looks at all of a node's targets again: something changed on which their way may depend. */
export function lookAgain(tx: Transaction, node: string): void {
  const forwarding = forwardingOf(tx, node)
  if (forwarding === undefined) return
  const runs = syslogRuns(tx, node)
  for (const { url } of forwarding.targets) lookAtTarget(tx, node, url, runs)
}

/** The time until the next try is over. */
export function retry(tx: Transaction, node: string, url: string): void {
  const target = targetOf(tx, node, url)
  if (target?.state !== 'lost') return
  updateTarget(tx, node, url, draft => { delete draft.retryJob })
  countDropped(tx, node, url)
  connect(tx, node, url)
}

/** A real sender reports that its stream is open. */
export function connected(tx: Transaction, node: string, url: string): void {
  const target = targetOf(tx, node, url)
  if (target?.state !== 'connecting') return
  countDropped(tx, node, url)
  const waits = waitingCount(tx.world, tx, node, target) > 0
  const { waiting = {}, told, droppedOfWaiting } = targetOf(tx, node, url)!
  updateTarget(tx, node, url, draft => {
    move(draft, 'connected', tx.now())
    delete draft.waiting
    delete draft.told
    draft.droppedOfWaiting = 0
  })
  if (waits) tx.emit('syslog.flush', { node, url, after: waiting, keep: queueRoom(forwardingOf(tx, node)!.settings) })
  if (told === true) say(tx, node, target, 'restored', droppedOfWaiting)
}

/** A real sender reports that its stream broke or never came about. */
export function lost(tx: Transaction, node: string, url: string): void {
  const target = targetOf(tx, node, url)
  if (target?.state === 'connecting' || target?.state === 'connected') lose(tx, node, target)
}

/** Real senders could not write so many messages: the receiver takes them too slowly. */
export function overflowed(tx: Transaction, node: string, url: string, count: number): void {
  if (targetOf(tx, node, url) === undefined) return
  updateTarget(tx, node, url, draft => { draft.dropped += count })
  say(tx, node, targetOf(tx, node, url)!, 'overflowed', count)
}

function lookAtTarget(tx: Transaction, node: string, url: string, runs: boolean): void {
  const target = targetOf(tx, node, url)!
  if (!runs) {
    if (target.state !== 'silent') silence(tx, node, target)
  } else if (target.to.protocol === 'udp') {
    const state = obstacle(tx, node, target.to) === undefined ? 'open' : 'cut'
    if (state !== target.state) updateTarget(tx, node, url, draft => move(draft, state, tx.now()))
  } else if (target.state === 'silent') {
    connect(tx, node, url)
  } else if (target.state !== 'lost' && obstacle(tx, node, target.to) !== undefined) {
    // That a peer is gone is noticed at once: how long the product takes is not known.
    lose(tx, node, target)
  }
}

/** Without its daemon a node has no queue either. */
function silence(tx: Transaction, node: string, { url, retryJob }: ForwardTarget): void {
  if (retryJob !== undefined) tx.cancel(retryJob)
  updateTarget(tx, node, url, draft => {
    move(draft, 'silent', tx.now())
    delete draft.retryJob
    delete draft.waiting
    delete draft.told
    draft.droppedOfWaiting = 0
  })
}

function connect(tx: Transaction, node: string, url: string): void {
  const { to, waiting } = targetOf(tx, node, url)!
  const from = waiting ?? positions(tx, node)
  updateTarget(tx, node, url, draft => {
    move(draft, 'connecting', tx.now())
    draft.waiting = from
  })
  if (obstacle(tx, node, to) !== undefined) lose(tx, node, targetOf(tx, node, url)!)
  else if (!realReceivers(tx)) connected(tx, node, url)
}

function lose(tx: Transaction, node: string, target: ForwardTarget): void {
  const { url } = target
  const from = target.waiting ?? positions(tx, node)
  const retryJob = tx.after(forwardingOf(tx, node)!.settings.retryMs, 'syslog.retry', { node, url })
  updateTarget(tx, node, url, draft => {
    move(draft, 'lost', tx.now())
    draft.waiting = from
    draft.told = true
    draft.retryJob = retryJob
  })
  if (target.told !== true) say(tx, node, target, 'lost', 0)
}

/** Takes note of what has found no room in the queue since the last look. */
function countDropped(tx: Transaction, node: string, url: string): void {
  const target = targetOf(tx, node, url)!
  const more = droppedOf(tx.world, tx, node, target, forwardingOf(tx, node)!.settings) - target.droppedOfWaiting
  if (more <= 0) return
  updateTarget(tx, node, url, draft => {
    draft.droppedOfWaiting += more
    draft.dropped += more
  })
  say(tx, node, target, 'overflowed', more)
}

function say(
  tx: Transaction, node: string, { url, to }: ForwardTarget, state: 'lost' | 'restored' | 'overflowed', dropped: number,
): void {
  tx.emit('syslog.remote', { node, url, label: logHostLabel(to), state, dropped })
}

function move(draft: ForwardTarget, state: TargetState, now: number): void {
  draft.state = state
  draft.since = now
}
