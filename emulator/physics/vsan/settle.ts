import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { LAB, isUp } from '../hardware/chassis.js'
import '../hardware/reactions.js'
import { keepLostObjects } from '../storage/access.js'
import { lockHolder } from '../storage/locks.js'
import { advance, nextAdvance, usable, type Component, type Sees } from './rules.js'
import {
  changedObjects, componentsOf, dataHosts, forgetComponents, hasVsan, keepComponents, membersOf, objectOf, sight,
  vsanClusters, vsanId, vsanOf, type VsanCluster, type VsanInner,
} from './state.js'

declare module '../../world/signals.js' {
  interface JobMap {
    /** A volume's vSAN looks who can use which object. */
    'vsan.look': { readonly volume: string }
  }
}

/**
 * Keeps which host can use which VM's object in line with the facts. All that changes at an instant
 * is looked at together: a site that fails does so at once, not host by host.
 */
export function reactToVsan(world: World): void {
  const all = (tx: Transaction): void => {
    if (!hasVsan(tx)) return
    for (const { volume } of vsanClusters(tx)) lookAt(tx, volume, tx.now())
  }
  world.on('network.changed', all)
  for (const kind of ['hardware.powerLost', 'hardware.booted', 'hardware.hung'] as const) world.on(kind, all)
  world.onJob('vsan.look', (tx, { volume }) => {
    setJob(tx, volume, {})
    const cluster = vsanOf(tx, volume)
    if (cluster !== undefined) settle(tx, cluster)
  })
}

function setJob(tx: Transaction, volume: string, inner: VsanInner): void {
  const slot = tx.find(LAB, vsanId(volume))!
  tx.replace(slot, { props: tx.read<VsanCluster>(slot)!.props as never, inner: inner as never })
}

/** Looks at a volume at an instant, or before. */
function lookAt(tx: Transaction, volume: string, due: number): void {
  const { inner } = tx.get<VsanCluster, VsanInner>(LAB, vsanId(volume))!
  if (inner.due !== undefined && inner.due <= due) return
  if (inner.job !== undefined) tx.cancel(inner.job)
  setJob(tx, volume, { job: tx.after(due - tx.now(), 'vsan.look', { volume }), due })
}

function settle(tx: Transaction, cluster: VsanCluster): void {
  const sees = sight(tx, cluster)
  const hosts = dataHosts(cluster)
  const members = membersOf(cluster)
  const whole = members.every(one => members.every(other => sees(one, other)))
  const lost = new Map<string, Set<string>>(hosts.map(host => [host, new Set()]))
  const users = usersBySignature(hosts, sees)
  let due = Infinity
  if (!whole || tx.ofType(LAB, 'VsanObject').length > 0) {
    for (const [key, lock] of objectsOn(tx, cluster)) {
      const before = componentsOf(tx, cluster, key)
      const able = users(before)
      const holder = able.length === 0 ? undefined : lockHolder(tx, lock)
      const user = holder !== undefined && able.includes(holder) ? holder : able[0]
      const after = advance(before, user, sees, cluster, tx.now())
      keepComponents(tx, cluster, key, after)
      due = Math.min(due, nextAdvance(after, tx.now()))
      const now = new Set(users(after))
      for (const host of hosts) if (!now.has(host)) lost.get(host)!.add(key)
    }
  }
  // A host without power loses nothing: its locks end with it, and its VMs have.
  for (const host of hosts) keepLostObjects(tx, host, cluster.volume, isUp(tx, host) ? lost.get(host)! : new Set())
  if (due !== Infinity) lookAt(tx, cluster.volume, due)
}

/** The hosts that can use an object; objects whose components are alike are judged once. */
function usersBySignature(hosts: readonly string[], sees: Sees): (components: readonly Component[]) => readonly string[] {
  const known = new Map<string, readonly string[]>()
  return components => {
    const signature = components.map(({ host, kind, votes, staleSince }) =>
      `${host} ${kind} ${votes} ${staleSince === undefined ? '' : 'stale'}`).join()
    let users = known.get(signature)
    if (users === undefined) known.set(signature, users = hosts.filter(host => usable(components, host, sees)))
    return users
  }
}

/**
 * The objects of a volume, each with the lock on it: those of the VMs that are registered on its hosts,
 * and others whose components are not as they were placed, as long as their folder is there.
 */
function objectsOn(tx: Transaction, cluster: VsanCluster): Map<string, string> {
  const found = new Map<string, string>()
  for (const key of changedObjects(tx, cluster.volume)) {
    if (tx.find(LAB, key) === undefined) forgetComponents(tx, key)
    else found.set(key, '')
  }
  for (const host of dataHosts(cluster)) {
    for (const vm of tx.ofType(host, 'VirtualMachine')) add(tx, found, vm, cluster.volume)
  }
  return found
}

function add(tx: Transaction, found: Map<string, string>, vm: Slot, volume: string): void {
  const object = objectOf(tx, vm)
  if (object !== undefined && object.volume === volume) found.set(object.key, object.lock)
}
