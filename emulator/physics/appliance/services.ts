import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { chassis, isUp } from '../hardware/chassis.js'
import { databaseDamaged } from '../vcha/disk-state.js'
import { percentAt, stateOf, WATCHED } from './partitions.js'
import { serviceKind, serviceKindsOf, type ServiceKind } from './service-table.js'
import type { StartRefusal } from './signals.js'
import {
  applianceOf, productVersion, updateAppliance, type Service, type ServiceState,
} from './state.js'
import { SERVICE_STOP_MS } from './timing.js'

/** State of a service; undefined: the node has none of that name. */
export function serviceState(reader: Reader, vcenter: string, name: string): ServiceState | undefined {
  const kind = serviceKind(name)
  return kind === undefined ? undefined : applianceOf(reader, vcenter)?.services[kind.id]?.state
}

/**
 * True while a service of a running appliance answers. A node without services has them all, and one
 * without a machine of its own is up.
 */
export function serviceUp(reader: Reader, vcenter: string, name: string): boolean {
  if (chassis(reader, vcenter)?.power === 'off') return false
  return (serviceState(reader, vcenter, name) ?? 'STARTED') === 'STARTED'
}

/** True while vpxd answers: without it a vCenter hears no host, and /sdk says 503. */
export function vpxdServing(reader: Reader, vcenter: string): boolean {
  return serviceUp(reader, vcenter, 'vpxd')
}

/** The proxy in front of 443: Envoy from 7.0 on, rhttpproxy before (availability.md 3.3). */
export function frontProxy(reader: Reader, vcenter: string): 'envoy' | 'rhttpproxy' {
  return Number(productVersion(reader, vcenter).split('.')[0]) >= 7 ? 'envoy' : 'rhttpproxy'
}

/** What a client of 443 meets: nothing without power, a refusal without the proxy. */
export function frontDoor(reader: Reader, node: string): 'open' | 'refused' | 'timeout' {
  if (!isUp(reader, node)) return 'timeout'
  const proxy = applianceOf(reader, node) === undefined ? undefined : frontProxy(reader, node)
  return proxy === undefined || serviceUp(reader, node, proxy) ? 'open' : 'refused'
}

/** What a client of 5480 meets: the web server of the appliance's management, whatever vpxd does. */
export function managementDoor(reader: Reader, node: string): 'open' | 'refused' | 'timeout' {
  if (!isUp(reader, node)) return 'timeout'
  return serviceUp(reader, node, 'vami-lighttp') ? 'open' : 'refused'
}

/** How well a running service does; DEGRADED while a back end of it is down. */
export function serviceHealth(
  reader: Reader, vcenter: string, id: string,
): 'HEALTHY' | 'DEGRADED' | undefined {
  const appliance = applianceOf(reader, vcenter)
  if (appliance?.services[id]?.state !== 'STARTED') return undefined
  const down = serviceKind(id)!.uses.some(used => appliance.services[used]?.state !== 'STARTED')
  return down ? 'DEGRADED' : 'HEALTHY'
}

/** Why a service would not start now; undefined: it would. */
export function startRefusal(reader: Reader, vcenter: string, kind: ServiceKind): StartRefusal | undefined {
  const appliance = applianceOf(reader, vcenter)
  if (appliance === undefined || !isUp(reader, vcenter)) return { why: 'power' }
  if (appliance.services[kind.id]!.startup === 'DISABLED') return { why: 'disabled' }
  if (kind.id === 'vmware-vpostgres' && databaseDamaged(reader, vcenter)) return { why: 'damaged' }
  for (const [mount, limit] of limitsOf(kind)) {
    const percent = percentAt(appliance.partitions[mount]!, reader.now())
    const full = limit === 'critical' ? stateOf(percent) === 'critical' : percent >= 100
    if (full) return { why: 'disk', mount, percent }
  }
  const missing = kind.requires.find(id => {
    const state = appliance.services[id]!.state
    return state !== 'STARTED' && state !== 'STARTING'
      && startRefusal(reader, vcenter, serviceKind(id)!) !== undefined
  })
  return missing === undefined ? undefined : { why: 'requires', service: missing }
}

/** Partitions that a service cannot start on when they are so full (availability.md 3.3). */
function limitsOf(kind: ServiceKind): ReadonlyArray<readonly [string, 'critical' | 'full']> {
  if (!kind.vmon) return []
  const log = ['/storage/log', 'full'] as const
  if (kind.id === 'vpxd') return [...WATCHED.map(mount => [mount, 'critical'] as const), log]
  if (kind.id === 'vmware-vpostgres') return [['/storage/db', 'full'], ['/storage/dblog', 'full'], log]
  return kind.id === 'applmgmt' ? [] : [log]
}

/**
 * Starts a service and what it requires, as vmon does. Undefined: it starts, or runs already.
 * Else why not; a signal says so too.
 */
export function startService(tx: Transaction, vcenter: string, kind: ServiceKind): StartRefusal | undefined {
  const refusal = startRefusal(tx, vcenter, kind)
  if (refusal !== undefined) {
    tx.emit('appliance.startRefused', { vcenter, service: kind.id, why: refusal })
    return refusal
  }
  begin(tx, vcenter, kind)
  return undefined
}

/** Puts a service into STARTING, those that it needs before it; returns when it will answer. */
function begin(tx: Transaction, vcenter: string, kind: ServiceKind): number {
  const { services } = applianceOf(tx, vcenter)!
  const own = services[kind.id]!
  if (own.state === 'STARTED') return tx.now()
  if (own.state === 'STARTING') return own.due ?? tx.now()
  const required = kind.requires.map(id => begin(tx, vcenter, serviceKind(id)!))
  // What it only uses is waited for when it is on its way, and not when it is not.
  const used = [...kind.uses, ...kind.after].map(id => services[id]?.state === 'STARTING' ? services[id].due! : 0)
  const due = Math.max(tx.now(), ...required, ...used) + kind.startMs
  change(tx, vcenter, kind.id, 'STARTING', due)
  return due
}

/** Starts everything that starts by itself: at boot, or `service-control --start --all`. */
export function startAll(tx: Transaction, vcenter: string): void {
  for (const kind of serviceKindsOf(productVersion(tx, vcenter))) {
    if (applianceOf(tx, vcenter)!.services[kind.id]!.startup === 'AUTOMATIC') startService(tx, vcenter, kind)
  }
}

/** Stops a service in good order, after those that require it. */
export function stopService(tx: Transaction, vcenter: string, kind: ServiceKind): void {
  for (const dependent of dependentsOf(tx, vcenter, kind)) stopService(tx, vcenter, dependent)
  const state = applianceOf(tx, vcenter)!.services[kind.id]!.state
  if (state === 'STARTED' || state === 'STARTING') {
    change(tx, vcenter, kind.id, 'STOPPING', tx.now() + SERVICE_STOP_MS)
  }
}

/**
 * Stops a service and what requires it, and starts again what ran of them. One that is stopped is
 * started. Undefined: it is on its way, else why not.
 */
export function restartService(tx: Transaction, vcenter: string, kind: ServiceKind): StartRefusal | undefined {
  const { services } = applianceOf(tx, vcenter)!
  const { state } = services[kind.id]!
  if (state === 'STOPPED') return startService(tx, vcenter, kind)
  const before = Object.keys(services).filter(id => services[id]!.state !== 'STOPPING')
  stopService(tx, vcenter, kind)
  updateAppliance(tx, vcenter, inner => {
    for (const id of before) if (inner.services[id]!.state === 'STOPPING') inner.services[id]!.again = true
  })
  return undefined
}

/** A service comes to the end of STARTING or STOPPING. */
export function finish(tx: Transaction, vcenter: string, id: string, state: 'STARTED' | 'STOPPED'): void {
  const { again } = applianceOf(tx, vcenter)!.services[id]!
  change(tx, vcenter, id, state)
  if (state === 'STOPPED' && again === true) startService(tx, vcenter, serviceKind(id)!)
}

/** A service's process dies at once; those that require it are stopped. */
export function killService(tx: Transaction, vcenter: string, kind: ServiceKind): void {
  for (const dependent of dependentsOf(tx, vcenter, kind)) stopService(tx, vcenter, dependent)
  if (applianceOf(tx, vcenter)!.services[kind.id]!.state === 'STOPPED') return
  change(tx, vcenter, kind.id, 'STOPPED')
  tx.emit('appliance.serviceDied', { vcenter, service: kind.id })
}

/** All services are gone with the appliance's power; nobody says so. */
export function loseServices(tx: Transaction, vcenter: string): void {
  updateAppliance(tx, vcenter, inner => {
    for (const service of Object.values(inner.services)) {
      if (service.job !== undefined) tx.cancel(service.job)
      if (service.state === 'STOPPED') continue
      Object.assign(service, { state: 'STOPPED', since: tx.now() })
      forget(service)
    }
  })
}

/** Services of this appliance that cannot run without one; vmon runs all of its own. */
function dependentsOf(tx: Transaction, vcenter: string, kind: ServiceKind): ServiceKind[] {
  const { services } = applianceOf(tx, vcenter)!
  return Object.keys(services).map(id => serviceKind(id)!).filter(other =>
    other.requires.includes(kind.id) || (kind.id === 'vmware-vmon' && other.vmon))
}

/** Changes a service's state, with the job that ends a passing one. */
function change(
  tx: Transaction, vcenter: string, id: string, state: ServiceState, due?: number,
): void {
  const before = applianceOf(tx, vcenter)!.services[id]!
  if (before.job !== undefined) tx.cancel(before.job)
  const to = state === 'STARTING' ? 'STARTED' : 'STOPPED'
  const job = due === undefined ? undefined
    : tx.after(due - tx.now(), 'appliance.service', { vcenter, service: id, to })
  updateAppliance(tx, vcenter, inner => {
    const service = inner.services[id]!
    Object.assign(service, { state, since: tx.now() })
    forget(service)
    if (job !== undefined) Object.assign(service, { job, due })
  })
  if (before.state === 'STARTED' && state !== 'STARTED') tx.emit('appliance.serviceEnded', { vcenter, service: id })
  if (id !== 'vpxd' || (before.state === 'STARTED') === (state === 'STARTED')) return
  tx.emit('appliance.vpxd', { vcenter, serving: state === 'STARTED' })
}

function forget(service: Service): void {
  delete service.job
  delete service.due
  delete service.again
}
