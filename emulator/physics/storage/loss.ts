import type { VirtualMachineProps } from '../../schema/generated/types.js'
import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { LAB, isUp } from '../hardware/chassis.js'
import { setVmProps } from '../compute/vm.js'
import { hostOption } from '../options.js'
import { lostVolume, noteLost } from './access.js'
import { deadPaths, devicesOf, type Device } from './device-paths.js'
import { hostNodes, type Volume } from './files.js'
import { datastoreOf, showOnVcenter, showVolume } from './host-view.js'
import { lockOf } from './locks.js'
import { APD_TIMEOUT_S, NFS_SERVER_MS, VMFS_HEARTBEAT_MS } from './timing.js'

/** How many of a device's paths live, as the host reports each change (availability.md 3.4). */
export type Redundancy = 'full' | 'degraded' | 'lost' | 'disconnected'

/**
 * What a host says of its heartbeat on a volume: it is missing; it is there again; or the volume is
 * there again and the heartbeat is not, because another host has cleared its slot (availability.md 6.1).
 */
export type HeartbeatState = 'timedout' | 'recovered' | 'unrecoverable'

declare module '../../world/signals.js' {
  interface SignalMap {
    /** A host has waited for a path to a volume as long as it wanted (Misc.APDTimeout). */
    'storage.apdTimeout': { readonly host: string, readonly volume: string }
    /** A host's heartbeat on a VMFS volume, or an NFS server's answers, are missing or there again. */
    'storage.heartbeat': { readonly host: string, readonly volume: string, readonly state: HeartbeatState }
    /** More or fewer paths to a volume's device live on a host; `path` is one that changed. */
    'storage.redundancy': {
      readonly host: string, readonly volume: string, readonly device: string, readonly path: string
      readonly was: Redundancy, readonly is: Redundancy
    }
  }
  interface JobMap {
    'storage.apdTimeout': { readonly host: string, readonly volume: string, readonly since: number }
    'storage.heartbeatLost': { readonly host: string, readonly volume: string, readonly since: number }
  }
}

/** Props of `{lab, HostPaths, paths/<host>}`: the dead paths of a host's devices, by volume. */
interface HostPaths {
  readonly dead: Readonly<Record<string, readonly string[]>>
}

/** What hosts notice of lost volumes and paths, and when. */
export function reactToStorageLoss(world: World): void {
  world.on('storage.accessChanged', (tx, { host, volume, loss, was, wasSilent, wasCleared }) => {
    if (datastoreOf(tx, host, volume) === undefined) return
    if (loss !== undefined) beginLoss(tx, host, volume)
    else if (isUp(tx, host) && wasCleared === true) tx.emit('storage.heartbeat', { host, volume, state: 'unrecoverable' })
    else if (isUp(tx, host) && wasSilent === true) tx.emit('storage.heartbeat', { host, volume, state: 'recovered' })
    if (loss === 'pdl' || (loss === undefined && was !== undefined)) showVms(tx, host, volume)
    if (!settlePaths(tx, host).has(volume)) showVolume(tx, host, volume)
  })
  world.on('storage.pathsChanged', tx => {
    for (const host of hostNodes(tx)) settlePaths(tx, host)
  })
  world.on('management.hostBack', (tx, { vcenter, host }) => {
    for (const volume of shownVolumes(tx, host)) showOnVcenter(tx, vcenter, host, volume)
  })
  world.onJob('storage.apdTimeout', (tx, { host, volume, since }) => {
    const lost = lostVolume(tx, host, volume)
    if (lost?.since !== since || lost.loss !== 'apd') return
    noteLost(tx, host, volume, { timedOut: true })
    showVolume(tx, host, volume)
    showVms(tx, host, volume)
    if (isUp(tx, host)) tx.emit('storage.apdTimeout', { host, volume })
  })
  world.onJob('storage.heartbeatLost', (tx, { host, volume, since }) => {
    if (lostVolume(tx, host, volume)?.since !== since || !isUp(tx, host)) return
    noteLost(tx, host, volume, { silent: true })
    tx.emit('storage.heartbeat', { host, volume, state: 'timedout' })
  })
}

/** How long a host waits for a path before it holds a volume for lost, in seconds (availability.md 1.9). */
export function apdTimeoutS(reader: Reader, host: string): number {
  return hostOption(reader, host, 'Misc.APDTimeout', APD_TIMEOUT_S)
}

function beginLoss(tx: Transaction, host: string, volume: string): void {
  const { since, loss } = lostVolume(tx, host, volume)!
  const nfs = (tx.get<Volume>(LAB, volume)?.props.type ?? '').startsWith('NFS')
  if (since === tx.now()) {
    tx.after(nfs ? NFS_SERVER_MS : VMFS_HEARTBEAT_MS, 'storage.heartbeatLost', { host, volume, since })
  }
  if (loss === 'apd' && hostOption(tx, host, 'Misc.APDHandlingEnable', 1) === 1) {
    tx.after(Math.max(0, since + apdTimeoutS(tx, host) * 1000 - tx.now()), 'storage.apdTimeout', { host, volume, since })
  }
}

/** VMs that do not run are shown inaccessible where their host cannot read their files. */
function showVms(tx: Transaction, host: string, volume: string): void {
  const lost = lostVolume(tx, host, volume)
  const state = lost !== undefined && (lost.loss === 'pdl' || lost.timedOut === true) ? 'inaccessible' : 'connected'
  for (const vm of tx.ofType(host, 'VirtualMachine')) {
    const { runtime } = tx.read<VirtualMachineProps>(vm)!.props
    if (lockOf(tx, vm)?.volume !== volume || runtime.connectionState === state) continue
    if (state === 'inaccessible' && runtime.powerState === 'poweredOn') continue
    setVmProps(tx, vm, { runtime: { ...runtime, connectionState: state } })
  }
}

/** Compares each device's dead paths with what the host knew; gives the volumes that it showed anew. */
function settlePaths(tx: Transaction, host: string): ReadonlySet<string> {
  const id = `paths/${host}`
  const before = tx.get<HostPaths>(LAB, id)?.props.dead ?? {}
  const now: Record<string, readonly string[]> = {}
  const changed: Device[] = []
  for (const device of devicesOf(tx, host)) {
    const all = device.unit.path.map(path => path.name)
    const dead = lostVolume(tx, host, device.volume)?.loss === 'apd' ? all : deadPaths(tx, host, device)
    if (dead.length > 0) now[device.volume] = dead
    if (dead.join() !== (before[device.volume] ?? []).join()) changed.push(device)
  }
  if (changed.length === 0) return new Set()
  const slot = tx.find(LAB, id)
  if (slot === undefined) tx.create({ node: LAB, type: 'HostPaths', id }, { props: { dead: now }, inner: {} })
  else tx.replace(slot, { props: { dead: now }, inner: {} })
  for (const device of changed) {
    showVolume(tx, host, device.volume)
    const [old, fresh] = [before[device.volume] ?? [], now[device.volume] ?? []]
    const path = [...fresh, ...old].find(name => fresh.includes(name) !== old.includes(name)) ?? ''
    const count = device.unit.path.length
    const states = { was: redundancy(count, old.length), is: redundancy(count, fresh.length) }
    if (isUp(tx, host)) tx.emit('storage.redundancy', { host, volume: device.volume, device: device.name, path, ...states })
  }
  return new Set(changed.map(device => device.volume))
}

function redundancy(paths: number, dead: number): Redundancy {
  if (dead === 0) return 'full'
  if (dead >= paths) return 'disconnected'
  return paths - dead === 1 ? 'lost' : 'degraded'
}

/** Volumes of a host that may be shown otherwise than whole. */
function shownVolumes(tx: Transaction, host: string): string[] {
  return tx.ofType(LAB, 'Volume').map(slot => slot.address.id)
    .filter(volume => datastoreOf(tx, host, volume) !== undefined)
}
