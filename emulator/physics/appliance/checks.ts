import type { Transaction } from '../../world/transaction.js'
import { isUp } from '../hardware/chassis.js'
import { logStop, logThresholds, logWarning } from './logs.js'
import { isWatched, percentAt, reachesAt, stateOf } from './partitions.js'
import { serviceKind } from './service-table.js'
import { killService, stopService } from './services.js'
import { applianceOf, updateAppliance, type ApplianceInner } from './state.js'
import { DISK_CHECK_MS, DISK_CRITICAL_PERCENT, DISK_WARNING_PERCENT } from './timing.js'

/**
 * Puts the next look at the partitions on the agenda: the first of the 60 s ticks at which one of
 * them will be in another state than the last look found. No look when nothing can change.
 */
export function planCheck(tx: Transaction, vcenter: string): void {
  const appliance = applianceOf(tx, vcenter)
  if (appliance === undefined) return
  if (appliance.checkJob !== undefined) tx.cancel(appliance.checkJob)
  const changes = Object.keys(appliance.partitions)
    .map(mount => changesAt(appliance, mount, tx.now()))
    .filter(at => at !== undefined)
  const due = isUp(tx, vcenter) && changes.length > 0 ? tick(appliance, Math.min(...changes), tx.now()) : undefined
  const job = due === undefined ? undefined : tx.after(due - tx.now(), 'appliance.check', { vcenter })
  if (job === appliance.checkJob) return
  updateAppliance(tx, vcenter, inner => {
    if (job === undefined) delete inner.checkJob
    else inner.checkJob = job
  })
}

/** When a partition is in another state than was found last; undefined: never by itself. */
function changesAt(appliance: ApplianceInner, mount: string, now: number): number | undefined {
  const partition = appliance.partitions[mount]!
  const known = appliance.judged[mount] ?? 'ok'
  const used = percentAt(partition, now)
  if (stateOf(used) !== known) return now
  const next = [DISK_WARNING_PERCENT, DISK_CRITICAL_PERCENT, 100]
    .filter(percent => percent > used)
    .map(percent => reachesAt(partition, percent))
    .filter(at => at !== undefined)
  return next.length === 0 ? undefined : Math.min(...next)
}

/** The first tick after now that is not before an instant; ticks count from vpxd's last start. */
function tick(appliance: ApplianceInner, at: number, now: number): number {
  const base = appliance.services['vpxd']?.since ?? 0
  const after = Math.max(at, now + 1) - base
  return base + Math.ceil(after / DISK_CHECK_MS) * DISK_CHECK_MS
}

/** Looks at all partitions, acts on what is found, and plans the next look. */
export function check(tx: Transaction, vcenter: string): void {
  updateAppliance(tx, vcenter, inner => { delete inner.checkJob })
  const { partitions, judged } = applianceOf(tx, vcenter)!
  for (const [mount, partition] of Object.entries(partitions)) {
    const from = judged[mount] ?? 'ok'
    const percent = percentAt(partition, tx.now())
    const to = stateOf(percent)
    if (percent >= 100) overflow(tx, vcenter, mount)
    if (from === to) continue
    updateAppliance(tx, vcenter, inner => {
      if (to === 'ok') delete inner.judged[mount]
      else inner.judged[mount] = to
    })
    tx.emit('appliance.partition', { vcenter, mount, from, to })
    if (isWatched(mount)) judge(tx, vcenter, mount, percent)
  }
  planCheck(tx, vcenter)
}

/** What vpxd does about a partition of its database (availability.md 3.3, the 95 % rule). */
export function judge(tx: Transaction, vcenter: string, mount: string, percent: number): void {
  const running = applianceOf(tx, vcenter)!.services['vpxd']?.state
  if (running !== 'STARTED' && running !== 'STARTING') return
  const state = stateOf(percent)
  if (state === 'ok') return
  logThresholds(tx, vcenter, mount)
  if (state === 'warning') {
    logWarning(tx, vcenter, mount, percent)
    return
  }
  logStop(tx, vcenter, mount, percent)
  stopService(tx, vcenter, serviceKind('vpxd')!)
}

/** A database that cannot write any more ends, and what needs it ends with it (3.3, /storage/dblog). */
function overflow(tx: Transaction, vcenter: string, mount: string): void {
  if (mount === '/storage/dblog' || mount === '/storage/db') {
    killService(tx, vcenter, serviceKind('vmware-vpostgres')!)
  }
}
