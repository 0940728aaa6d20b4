import type { Reader, Slot, StoredRecord } from '../../../world/records.js'
import type { Transaction } from '../../../world/transaction.js'
import type { World } from '../../../world/world.js'
import { LAB } from '../../hardware/chassis.js'
import { agentOf } from '../fdm/agent.js'
import type { HaCluster } from '../signals.js'
import { vmKey } from './line.js'
import { showFailover } from './protection.js'

/** Props of `{lab, HaPlan, ha-plan/<primary>}`: a primary has VMs to start. */
export interface HaPlan extends HaCluster {
  readonly primary: string
}

export interface HaPlanInner {
  /** Agenda job of the next look at the plan, and when. */
  readonly job?: number
  readonly due?: number
  /** vCenter was told that a failover began. */
  readonly active?: boolean
}

export type RestartState =
  /** To be placed when its turn has come, not before `from`. */
  | { readonly kind: 'waiting', readonly from: number }
  /** No host can run it now; tried again when that could have changed. */
  | { readonly kind: 'pending' }
  /** A host was asked to start it. `holder`: its files were somebody else's at that moment. */
  | {
    readonly kind: 'starting', readonly host: string, readonly mb: number, readonly mhz: number
    /** Lab time at which the power-on has come to its end. */
    readonly endsAt: number
    readonly holder?: string
  }
  /** An attempt failed; the next one has its time. */
  | { readonly kind: 'backoff' }
  /** It runs; others wait until it is ready. */
  | { readonly kind: 'running' }
  /** The attempts are used up. */
  | { readonly kind: 'failed' }

/** Props of `{lab, HaRestart, ha-restart/<primary>/<key>}`: a VM that a primary wants to run. */
export interface Restart {
  readonly primary: string
  readonly key: string
  /** The VM's record as it was registered last. */
  readonly node: string
  readonly vm: string
  readonly state: RestartState
  /** Attempts that failed. */
  readonly attempts: number
  /** Lower priorities and dependents do not wait for it any more. */
  readonly settled: boolean
  /** vCenter was told that there is no room for it. */
  readonly told?: boolean
  /** Agenda job after which the others wait no longer. */
  readonly timeout?: number
}

declare module '../../../world/signals.js' {
  interface JobMap {
    /** A primary looks at the VMs that it has to start. */
    'ha.plan': { readonly primary: string }
  }
}

function planId(primary: string): string {
  return `ha-plan/${primary}`
}

function restartId(primary: string, key: string): string {
  return `ha-restart/${primary}/${key}`
}

/** Defines the index by which the restarts of one primary are found. */
export function indexRestarts(world: World): void {
  const primaryIn = (record: StoredRecord): string => (record.props as unknown as Restart).primary
  world.store.defineIndex({
    name: 'ha-restarts', types: ['HaRestart'], keys: record => [primaryIn(record)],
    same: (a, b) => primaryIn(a) === primaryIn(b),
  })
}

/** Restarts of a primary, in the order in which they were found. */
export function restartsOf(tx: Transaction, primary: string): Restart[] {
  return tx.withKey('ha-restarts', LAB, 'HaRestart', primary).map(slot => tx.read<Restart>(slot)!.props)
}

/** Names of the primaries that have a plan. */
export function planners(reader: Reader): string[] {
  return reader.ofType(LAB, 'HaPlan').map(slot => reader.read<HaPlan>(slot)!.props.primary)
}

export function hasPlan(reader: Reader, primary: string | undefined): primary is string {
  return primary !== undefined && reader.find(LAB, planId(primary)) !== undefined
}

export function restartOf(reader: Reader, primary: string, key: string): Restart | undefined {
  return reader.get<Restart>(LAB, restartId(primary, key))?.props
}

/** A primary will start a VM, not before `ms` from now; one that it knows of already stays as it is. */
export function addRestart(tx: Transaction, primary: string, vm: Slot, ms: number): void {
  const key = vmKey(tx, vm)
  const id = restartId(primary, key)
  const known = tx.find(LAB, id)
  const props: Restart = {
    primary, key, node: vm.address.node, vm: vm.address.id, attempts: 0, settled: false,
    state: { kind: 'waiting', from: tx.now() + ms },
  }
  if (known === undefined) tx.create({ node: LAB, type: 'HaRestart', id }, { props, inner: {} })
  else if (tx.read<Restart>(known)!.props.state.kind !== 'running') return
  else tx.replace(known, { props: props as never, inner: {} })
  lookAt(tx, primary, ms)
}

export function setRestart(tx: Transaction, restart: Restart, change: Partial<Restart>): void {
  const slot = tx.find(LAB, restartId(restart.primary, restart.key))
  if (slot !== undefined) tx.replace(slot, { props: { ...tx.read<Restart>(slot)!.props, ...change } as never, inner: {} })
}

/** Takes a VM off a primary's plan. */
export function dropRestart(tx: Transaction, restart: Restart): void {
  if (restart.timeout !== undefined) tx.cancel(restart.timeout)
  tx.remove({ node: LAB, id: restartId(restart.primary, restart.key) })
  const vm = tx.find(restart.node, restart.vm)
  if (vm !== undefined) showFailover(tx, restart.primary, vm, false)
}

/** A primary looks at its plan in so many milliseconds, or before. */
export function lookAt(tx: Transaction, primary: string, ms = 0): void {
  const { inner } = planOf(tx, primary)
  const due = tx.now() + ms
  if (inner.due !== undefined && inner.due <= due) return
  if (inner.job !== undefined) tx.cancel(inner.job)
  setPlan(tx, primary, { job: tx.after(ms, 'ha.plan', { primary }), due })
}

function planOf(tx: Transaction, primary: string): { props: HaPlan, inner: HaPlanInner } {
  const known = tx.get<HaPlan, HaPlanInner>(LAB, planId(primary))
  if (known !== undefined) return known
  const { vcenter, cluster } = agentOf(tx, primary)!
  const record = { props: { vcenter, cluster, primary }, inner: {} }
  tx.create({ node: LAB, type: 'HaPlan', id: planId(primary) }, record)
  return record
}

export function planInner(reader: Reader, primary: string): HaPlanInner {
  return reader.get<HaPlan, HaPlanInner>(LAB, planId(primary))?.inner ?? {}
}

/** Changes a plan's inner facts; keys given as undefined are taken out. */
export function setPlan(
  tx: Transaction, primary: string, change: { [K in keyof HaPlanInner]: HaPlanInner[K] | undefined },
): void {
  const slot = tx.find(LAB, planId(primary))!
  const { props, inner } = tx.read<HaPlan, HaPlanInner>(slot)!
  const next = Object.entries({ ...inner, ...change }).filter(([, value]) => value !== undefined)
  tx.replace(slot, { props: props as never, inner: Object.fromEntries(next) })
}

/** A primary leads no more: what it wanted to start is for its successor to find. */
export function dropPlan(tx: Transaction, primary: string): void {
  if (!hasPlan(tx, primary)) return
  const { job } = planInner(tx, primary)
  if (job !== undefined) tx.cancel(job)
  for (const restart of restartsOf(tx, primary)) dropRestart(tx, restart)
  tx.remove({ node: LAB, id: planId(primary) })
}
