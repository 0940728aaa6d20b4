import type { HostSystemProps, VirtualMachineProps } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { JsonObject, Slot, StoredRecord } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import type { Placement } from '../compute/vm.js'
import { chassis } from '../hardware/chassis.js'
import { claimMirror, indexOrphans, recognised, standsFor } from './claim.js'
import { vcenterId } from './ids.js'
import { mirrored } from './link.js'
import { translate, type Resolve } from './translate.js'
import { attachVm, detachVm, relinkBack } from './tree.js'
import type { MirrorInner } from './truth.js'
import './connection.js'

declare module '../../world/signals.js' {
  interface SignalMap {
    /** vCenter found a VM on a host that it had not made itself. */
    'management.vmDiscovered': { vcenter: string, vm: string }
    /** A VM's connection state in vCenter's inventory changed. */
    'management.vmConnection': { vcenter: string, vm: string, state: 'connected' | 'disconnected' | 'orphaned' }
  }
}

/** What a host-side VM record says of its place in vCenter. */
export interface PlacedInner {
  /** Where vCenter, when it made the VM itself, wants the record. */
  readonly placement?: Placement
  /** Id of the vCenter record, once there is one. */
  readonly vcenterId?: string
}

type Vm = StoredRecord<VirtualMachineProps, PlacedInner>

/** Host-side properties that vCenter shows as they are, references exchanged. */
const vmProperties = [
  'capability', 'config', 'layout', 'layoutEx', 'storage', 'resourceConfig', 'guest', 'datastore',
  'network', 'snapshot', 'rootSnapshot', 'guestHeartbeatStatus',
] as const satisfies ReadonlyArray<keyof VirtualMachineProps>

/** Those that are looked at when a VM that vCenter has changes. */
const updatedProperties = [...vmProperties, 'runtime', 'name'] as const

const hostProperties = ['hardware', 'capability', 'config', 'systemResources'] as const satisfies
  ReadonlyArray<keyof HostSystemProps>

/** Facts of a host's runtime that vCenter takes over; the connection is its own judgement. */
const hostRuntime = ['inMaintenanceMode', 'bootTime', 'healthSystemRuntime', 'powerState', 'standbyMode'] as const

/** Types found by the index `mirror`; a host's VM knows its vCenter record itself (`vcenterId`). */
const mirroredTypes = [
  'HostSystem', 'ComputeResource', 'ResourcePool', 'Datastore', 'Network', 'OpaqueNetwork',
  'DistributedVirtualPortgroup', 'HostDatastoreBrowser',
]

/**
 * Keeps vCenter's inventory like that of its hosts, in the same commit, while the management link
 * is healthy; on return of a host takes over what happened meanwhile (design.md 4.4, 13 D).
 */
export function mirrorHosts(world: World): void {
  indexOrphans(world)
  world.store.defineIndex({
    name: 'mirror', types: mirroredTypes,
    keys: record => (record.inner as MirrorInner).mirrors ?? [],
    same: (a, b) => (a.inner as MirrorInner).mirrors === (b.inner as MirrorInner).mirrors,
  })
  world.follow((tx, written) => {
    for (const slot of written) followSlot(tx, slot)
  })
  world.on('management.hostBack', (tx, { vcenter, host }) => reconcile(tx, vcenter, host))
  world.on('management.hostLost', (tx, { vcenter, host }) => markLost(tx, vcenter, host, 'notResponding'))
  world.on('management.hostDisconnected', (tx, { vcenter, host }) => markLost(tx, vcenter, host, 'disconnected'))
}

/** Brings vCenter's record in line at once, for those who need it before the transaction ends. */
export function followSlot(tx: Transaction, slot: Slot): void {
  const { node, type } = slot.address
  if (type !== 'VirtualMachine' && type !== 'HostSystem') return
  const vcenter = chassis(tx, node)?.managedBy
  if (vcenter === undefined || !mirrored(tx, vcenter, node)) return
  const done = followedIn(tx)
  const before = done.has(slot) ? done.get(slot) : slot.record
  const now = tx.read(slot)
  if (now === before) return
  if (type === 'HostSystem') mirrorHost(tx, vcenter, node, slot, before)
  else mirrorVm(tx, vcenter, node, slot, before as Vm | undefined)
  done.set(slot, tx.read(slot))
}

const followed = new WeakMap<Transaction, Map<Slot, StoredRecord | undefined>>()

/** What of a transaction is in vCenter's inventory already, so that no round copies it again. */
function followedIn(tx: Transaction): Map<Slot, StoredRecord | undefined> {
  let map = followed.get(tx)
  if (map === undefined) followed.set(tx, map = new Map())
  return map
}

/** The vCenter record of a host object by its id on the host. */
export function mirrorOf(tx: Transaction, vcenter: string, host: string, id: string): Slot | undefined {
  const known = tx.get<object, PlacedInner>(host, id)?.inner.vcenterId
  const slot = known === undefined ? undefined : tx.find(vcenter, known)
  if (slot !== undefined) return slot
  return tx.world.store.lookup('mirror', vcenter, `${host}/${id}`).find(found => tx.read(found) !== undefined)
}

function resolver(tx: Transaction, vcenter: string, host: string): Resolve {
  return (ref: MoRef) => {
    const slot = mirrorOf(tx, vcenter, host, ref.value)
    return slot === undefined ? undefined : { type: slot.address.type, value: slot.address.id }
  }
}

/** Copies what changed since `before`; all of it when `before` is undefined. */
function mirrorVm(tx: Transaction, vcenter: string, host: string, slot: Slot, before: Vm | undefined): void {
  const vm = tx.read<VirtualMachineProps, PlacedInner>(slot)
  if (vm === undefined) {
    if (before !== undefined) orphan(tx, vcenter, host, slot)
    return
  }
  const target = mirrorOf(tx, vcenter, host, slot.address.id) ?? recognised(tx, vcenter, slot)
  if (target === undefined) {
    createMirror(tx, vcenter, host, slot, vm)
    return
  }
  const hostSlot = mirrorOf(tx, vcenter, host, 'ha-host')
  const claim = hostSlot === undefined ? 'leftover' : claimMirror(tx, slot, target, hostSlot)
  if (claim !== 'leftover') updateMirror(tx, vcenter, host, target, vm, claim === 'taken' ? undefined : before)
}

function updateMirror(
  tx: Transaction,
  vcenter: string,
  host: string,
  target: Slot,
  vm: Vm,
  before: Vm | undefined,
): void {
  const resolve = resolver(tx, vcenter, host)
  const record = tx.read(target)!
  const changed: Partial<JsonObject> = {}
  for (const key of updatedProperties) {
    if (before === undefined) changed[key] = translate(vm.props[key], resolve)
    else if (before.props[key] !== vm.props[key]) {
      const known = { host: before.props[key], vcenter: record.props[key] }
      changed[key] = translate(vm.props[key], resolve, known)
    }
  }
  const keys = Object.keys(changed)
  if (keys.length === 0) return
  if (changed['runtime'] !== undefined) changed['runtime'] = keepOwnRuntime(changed['runtime'], record.props['runtime'])
  const props = { ...record.props }
  for (const key of keys) {
    if (changed[key] === undefined) delete props[key]
    else props[key] = changed[key]
  }
  tx.replace(target, { props, inner: record.inner })
  for (const list of ['datastore', 'network'] as const) {
    if (!keys.includes(list)) continue
    relinkBack(tx, target, record.props[list] as MoRef[] ?? [], props[list] as MoRef[] ?? [])
  }
  const runtime = record.props['runtime'] as VirtualMachineProps['runtime']
  const back = runtime.connectionState !== 'connected' && vm.props.runtime.connectionState === 'connected'
  if (changed['runtime'] !== undefined && back) {
    tx.emit('management.vmConnection', { vcenter, vm: target.address.id, state: 'connected' })
  }
}

/** What of a VM's runtime only vCenter says: its own, and no host's, knowledge of HA. */
const ownRuntime = ['dasVmProtection', 'vmFailoverInProgress'] as const

function keepOwnRuntime(next: unknown, before: unknown): unknown {
  const [now, old] = [next as JsonObject, before as JsonObject]
  const own = ownRuntime.filter(key => old[key] !== undefined && now[key] !== old[key])
  return own.length === 0 ? next : { ...now, ...Object.fromEntries(own.map(key => [key, old[key]])) }
}

function createMirror(tx: Transaction, vcenter: string, host: string, slot: Slot, vm: Vm): void {
  const resolve = resolver(tx, vcenter, host)
  const hostSlot = mirrorOf(tx, vcenter, host, 'ha-host')
  if (hostSlot === undefined) return
  const place = vm.inner.placement?.vcenter === vcenter
    ? vm.inner.placement
    : discoveredPlace(tx, hostSlot)
  const id = vm.inner.placement?.id ?? vcenterId(tx, vcenter, 'vm')
  const props: JsonObject = {}
  for (const key of vmProperties) {
    const value = translate(vm.props[key], resolve)
    if (value !== undefined) props[key] = value
  }
  const compute = parentCompute(tx, hostSlot)
  const { resourcePool: _pool, ...own } = vm.props
  const created = tx.create({ node: vcenter, type: 'VirtualMachine', id }, {
    props: {
      ...own,
      ...props,
      runtime: translate(vm.props.runtime, resolve),
      summary: { ...vm.props.summary, vm: { type: 'VirtualMachine', value: id } },
      parent: { type: 'Folder', value: place.folder },
      ...(place.pool === undefined ? {} : { resourcePool: poolRef(tx, vcenter, place.pool) }),
      environmentBrowser: compute?.props['environmentBrowser'],
      recentTask: [],
      permission: [],
      triggeredAlarmState: [],
      declaredAlarmState: [],
    },
    inner: { mirrors: [`${host}/${slot.address.id}`], hostNode: host, hostMoid: slot.address.id },
  })
  tx.update<object, { vcenterId?: string, placement?: unknown }>(slot, draft => {
    draft.inner.vcenterId = id
    delete draft.inner.placement
  })
  attachVm(tx, created)
  if (vm.inner.placement === undefined) tx.emit('management.vmDiscovered', { vcenter, vm: id })
}

function poolRef(tx: Transaction, vcenter: string, id: string): MoRef {
  return { type: tx.find(vcenter, id)?.address.type ?? 'ResourcePool', value: id }
}

function parentCompute(tx: Transaction, hostSlot: Slot): StoredRecord | undefined {
  const parent = tx.read<HostSystemProps>(hostSlot)!.props.parent
  return parent === undefined ? undefined : tx.get(hostSlot.address.node, parent.value)
}

/** Folder and pool for a VM that vCenter did not make: the datacenter's discovered-VM folder. */
function discoveredPlace(tx: Transaction, hostSlot: Slot): { folder: string, pool?: string } {
  const { node } = hostSlot.address
  const pool = (parentCompute(tx, hostSlot)?.props['resourcePool'] as MoRef | undefined)?.value ?? ''
  const vmFolder = datacenterVmFolder(tx, hostSlot)
  const folder = tx.get(node, vmFolder)
  for (const child of folder?.props['childEntity'] as MoRef[] | undefined ?? []) {
    const found = tx.get(node, child.value)
    if (child.type === 'Folder' && found?.props['name'] === 'Discovered virtual machine') {
      return { folder: child.value, pool }
    }
  }
  return { folder: vmFolder, pool }
}

function datacenterVmFolder(tx: Transaction, from: Slot): string {
  const { node } = from.address
  let at = tx.read(from)
  while (at !== undefined) {
    const vmFolder = at.props['vmFolder'] as MoRef | undefined
    if (vmFolder !== undefined) return vmFolder.value
    const parent = at.props['parent'] as MoRef | undefined
    at = parent === undefined ? undefined : tx.get(node, parent.value)
  }
  return ''
}

/**
 * A VM is gone from its host, and it was not vCenter that removed it (then its record would be
 * gone too): the API calls that orphaned (VirtualMachineConnectionState).
 */
function orphan(tx: Transaction, vcenter: string, host: string, slot: Slot): void {
  const id = (slot.record?.inner as PlacedInner | undefined)?.vcenterId
  const target = (id === undefined ? undefined : tx.find(vcenter, id))
    ?? mirrorOf(tx, vcenter, host, slot.address.id)
  if (target !== undefined && standsFor(tx, target, slot)) setConnection(tx, vcenter, target, 'orphaned')
}

/** Says of a VM of vCenter whether its host is heard and has it. */
export function setConnection(
  tx: Transaction,
  vcenter: string,
  vm: Slot,
  state: 'connected' | 'disconnected' | 'orphaned',
): void {
  const record = tx.read<VirtualMachineProps>(vm)
  if (record === undefined || record.props.runtime.connectionState === state) return
  tx.update<VirtualMachineProps>(vm, draft => { draft.props.runtime.connectionState = state })
  tx.emit('management.vmConnection', { vcenter, vm: vm.address.id, state })
}

function mirrorHost(tx: Transaction, vcenter: string, host: string, slot: Slot, before: StoredRecord | undefined): void {
  const record = tx.read<HostSystemProps>(slot)
  const target = mirrorOf(tx, vcenter, host, 'ha-host')
  if (record === undefined || target === undefined) return
  const resolve = resolver(tx, vcenter, host)
  const old = before?.props as HostSystemProps | undefined
  tx.update<HostSystemProps>(target, draft => {
    const props = draft.props as JsonObject
    for (const key of hostProperties) {
      if (old?.[key] !== record.props[key]) props[key] = translate(record.props[key], resolve)
    }
    if (old?.runtime === record.props.runtime) return
    const runtime = draft.props.runtime as unknown as JsonObject
    for (const key of hostRuntime) {
      if (record.props.runtime[key] !== undefined) runtime[key] = record.props.runtime[key]
    }
  })
}

/** vCenter gave a host up, or a user did: its last picture stays, marked (availability.md 4.2). */
function markLost(
  tx: Transaction, vcenter: string, host: string, state: 'notResponding' | 'disconnected',
): void {
  const target = mirrorOf(tx, vcenter, host, 'ha-host')
  if (target === undefined) return
  tx.update<HostSystemProps>(target, draft => {
    draft.props.runtime.connectionState = state
    draft.props.runtime.powerState = 'unknown'
  })
  for (const vm of mirrorsOn(tx, vcenter, host)) setConnection(tx, vcenter, vm, 'disconnected')
}

/** vCenter hears a host again: it takes over everything that it finds there. */
function reconcile(tx: Transaction, vcenter: string, host: string): void {
  const target = mirrorOf(tx, vcenter, host, 'ha-host')
  const hostSlot = tx.find(host, 'ha-host')
  if (target === undefined || hostSlot === undefined) return
  mirrorHost(tx, vcenter, host, hostSlot, undefined)
  tx.update<HostSystemProps>(target, draft => {
    draft.props.runtime.connectionState = 'connected'
    draft.props.runtime.powerState = 'poweredOn'
  })
  const found = tx.ofType(host, 'VirtualMachine')
  for (const slot of found) mirrorVm(tx, vcenter, host, slot, undefined)
  const present = new Set(found.map(slot => slot.address.id))
  for (const vm of mirrorsOn(tx, vcenter, host)) {
    const { props, inner: { hostMoid: moid } } = tx.read<VirtualMachineProps, MirrorInner>(vm)!
    const here = moid !== undefined && present.has(moid)
    // The host itself cannot read its files: that is what it says of it.
    if (here && props.runtime.connectionState === 'inaccessible') continue
    setConnection(tx, vcenter, vm, here ? 'connected' : 'orphaned')
  }
}

/** vCenter's records of the VMs on a host. */
export function mirrorsOn(tx: Transaction, vcenter: string, host: string): Slot[] {
  const target = mirrorOf(tx, vcenter, host, 'ha-host')
  const vms = target === undefined ? [] : tx.read<HostSystemProps>(target)?.props.vm ?? []
  return vms.map(ref => tx.find(vcenter, ref.value)).filter(slot => slot !== undefined)
}

/** Removes a VM's record from vCenter's inventory, with all references to it. */
export function removeMirror(tx: Transaction, vm: Slot): void {
  detachVm(tx, vm)
  tx.remove(vm)
}
