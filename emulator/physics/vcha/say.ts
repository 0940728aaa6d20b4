import type { Transaction } from '../../world/transaction.js'
import { vpxdServing } from '../appliance/services.js'
import { traps } from './signals.js'
import { servingNode, updateVcha, vchaOf, type NodeKey } from './state.js'

/**
 * Says something that vCenter has an event for: at once while vpxd answers, else when it does again
 * (availability.md 2.6: the ids are com.vmware.vcha.<id>).
 */
export function say(tx: Transaction, vcenter: string, id: string, words: Readonly<Record<string, string>> = {}): void {
  const vcha = vchaOf(tx, vcenter)
  if (vpxdServing(tx, vcenter) && (vcha === undefined || servingNode(vcha) !== undefined)) {
    tx.emit('vcha.event', { vcenter, id, words, at: tx.now() })
    return
  }
  updateVcha(tx, vcenter, inner => { inner.told.push({ at: tx.now(), id, words }) })
}

/** Says what had to wait. */
export function sayWaiting(tx: Transaction, vcenter: string): void {
  const told = vchaOf(tx, vcenter)?.told ?? []
  if (told.length === 0) return
  updateVcha(tx, vcenter, inner => { inner.told = [] })
  for (const { at, id, words } of told) tx.emit('vcha.event', { vcenter, id, words, at })
}

/** Sends a trap from a node. */
export function trap(
  tx: Transaction, vcenter: string, kind: keyof typeof traps, node: NodeKey,
  values: Readonly<Record<string, string>> = {},
): void {
  const name = vchaOf(tx, vcenter)?.nodes[node].name ?? vcenter
  tx.emit('vcha.trap', { vcenter, number: traps[kind], node: name, values })
}
