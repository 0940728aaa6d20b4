import type { Transaction } from '../../world/transaction.js'
import { decide } from './decide.js'
import { physicalLinks } from './links.js'
import { followReplication } from './replication.js'
import { configuredVcha, linksOf, updateVcha, type Link, type Waiting } from './state.js'
import { NODE_JOIN_MS, NODE_LOST_MS } from './timing.js'

/**
 * Compares what the nodes take for true of each other with what physically is, and plans the next
 * instant at which they will see a difference. No heartbeat is simulated (design.md decision 16).
 */
export function look(tx: Transaction, vcenter: string): void {
  const vcha = configuredVcha(tx, vcenter)
  if (vcha === undefined) return
  followReplication(tx, vcenter)
  const now = physicalLinks(tx, vcenter, vcha)
  const waiting: Partial<Record<Link, Waiting>> = {}
  for (const link of linksOf(vcha)) {
    const up = now[link]!
    if (up === vcha.links[link]) continue
    const known = vcha.waiting[link]
    waiting[link] = known?.up === up ? known : { up, due: tx.now() + (up ? NODE_JOIN_MS : NODE_LOST_MS) }
  }
  plan(tx, vcenter, waiting)
}

function plan(tx: Transaction, vcenter: string, waiting: Partial<Record<Link, Waiting>>): void {
  const { judgeJob, waiting: before } = configuredVcha(tx, vcenter)!
  const due = Math.min(...Object.values(waiting).map(each => each.due))
  const dueBefore = Math.min(...Object.values(before).map(each => each.due))
  const keeps = judgeJob !== undefined && due === dueBefore
  if (!keeps && judgeJob !== undefined) tx.cancel(judgeJob)
  const job = keeps ? judgeJob : due === Infinity ? undefined : tx.after(due - tx.now(), 'vcha.judge', { vcenter })
  if (job === judgeJob && JSON.stringify(waiting) === JSON.stringify(before)) return
  updateVcha(tx, vcenter, inner => {
    inner.waiting = waiting
    if (job === undefined) delete inner.judgeJob
    else inner.judgeJob = job
  })
}

/** The ends of pairs whose time has come take the change for true, and the cluster acts on it. */
export function judge(tx: Transaction, vcenter: string): void {
  const vcha = configuredVcha(tx, vcenter)
  if (vcha === undefined) return
  const { waiting } = vcha
  updateVcha(tx, vcenter, inner => {
    delete inner.judgeJob
    for (const [link, { up, due }] of Object.entries(waiting) as [Link, Waiting][]) {
      if (due > tx.now()) continue
      inner.links[link] = up
      delete inner.waiting[link]
    }
  })
  decide(tx, vcenter)
  look(tx, vcenter)
}
