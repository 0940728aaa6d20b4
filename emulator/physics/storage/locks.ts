import type { VirtualMachineProps } from '../../schema/generated/types.js'
import type { Reader, Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { LAB, chassis } from '../hardware/chassis.js'
import { lostFiles, noteLost, objectOfLock } from './access.js'
import { hostNodes, type Volume } from './files.js'
import { homeOf, volumeOf } from './paths.js'

/** A lock on a VM's files on a volume: props of `{lab, FileLock, lock/<volume>/<folder>/<file>}`. */
export interface FileLock {
  /** A host's node, or anybody else's name (somebody outside the lab holds it for ever). */
  readonly owner: string
  /** Lab time at which it was taken, in milliseconds. */
  readonly since: number
}

declare module '../../world/signals.js' {
  interface SignalMap {
    /** A host broke the lock of one whose heartbeat on the volume had ended long enough ago. */
    'storage.lockBroken': { readonly lock: string, readonly from: string, readonly to: string }
    /** Somebody outside the lab took a lock, although its owner's heartbeats went on. */
    'storage.lockStolen': { readonly lock: string, readonly from: string | undefined, readonly to: string }
  }
}

/**
 * Milliseconds without heartbeat after which a lock may be broken: VMFS 16 s (availability.md 6.1);
 * NFS 10 s x 3 + 5 s = 35 s (6.2).
 */
const LOCK_EXPIRY_MS: Readonly<Record<string, number>> = { VMFS: 16_000, NFS: 35_000, NFS41: 35_000 }
/** Of a vSAN object, whose owner has lost it, as of VMFS; a default. */
const OTHER_EXPIRY_MS = 16_000

/** Id of the lock on a VM's configuration; undefined: its datastore is not there. */
export function lockOf(reader: Reader, vm: Slot): { readonly id: string, readonly volume: string } | undefined {
  const home = homeOf(reader, vm.address.node, reader.read<VirtualMachineProps>(vm)!.props)
  if (home === undefined) return undefined
  const volume = volumeOf(reader.read<{ summary: { url: string } }>(home.datastore)!.props)
  return { volume, id: lockId(volume, home.path.folder, home.path.file) }
}

/** Id of the lock record of a file. */
export function lockId(volume: string, folder: string, file: string): string {
  return `lock/${volume}/${folder}/${file}`
}

/** Volume of a lock by its id. */
export function lockVolume(id: string): string {
  const from = id.indexOf('/') + 1
  return id.slice(from, id.indexOf('/', from))
}

/**
 * Who holds a lock: its owner while the owner's heartbeats on the volume go on, and until they have
 * been missing for the volume's expiry; undefined: nobody.
 */
export function lockHolder(reader: Reader, id: string): string | undefined {
  const lock = reader.get<FileLock>(LAB, id)?.props
  if (lock === undefined) return undefined
  const freeAt = lockFreeAt(reader, id)
  return freeAt !== undefined && reader.now() >= freeAt ? undefined : lock.owner
}

/** Lab time from which a lock may be broken; undefined: never, its owner heartbeats or it is none. */
export function lockFreeAt(reader: Reader, id: string): number | undefined {
  const lock = reader.get<FileLock>(LAB, id)?.props
  if (lock === undefined) return undefined
  const volume = lockVolume(id)
  const silent = silentSince(reader, lock.owner, id)
  return silent === undefined ? undefined : silent + lockExpiryMs(reader, volume)
}

/** Milliseconds after which a lock on a volume may be broken. */
function lockExpiryMs(reader: Reader, volume: string): number {
  return LOCK_EXPIRY_MS[reader.get<Volume>(LAB, volume)?.props.type ?? ''] ?? OTHER_EXPIRY_MS
}

/** Since when a host gives no sign of life on a lock's files; undefined: it does, or it is no host. */
function silentSince(reader: Reader, host: string, lock: string): number | undefined {
  const inner = chassis(reader, host)
  if (inner === undefined) return undefined
  const lost = lostFiles(reader, host, objectOfLock(lock))?.since
  if (inner.power === 'on') return lost
  return Math.min(inner.downAt ?? inner.bootTime, lost ?? Infinity)
}

/** Takes a lock for a host; gives the holder that refuses it, or undefined when it is taken. */
export function takeLock(tx: Transaction, id: string, host: string): string | undefined {
  const slot = tx.find(LAB, id)
  const record: FileLock = { owner: host, since: tx.now() }
  if (slot === undefined) {
    tx.create({ node: LAB, type: 'FileLock', id }, { props: record, inner: {} })
    return undefined
  }
  const { owner } = tx.read<FileLock>(slot)!.props
  if (owner === host) return undefined
  if (lockHolder(tx, id) !== undefined) return owner
  tx.replace(slot, { props: { ...record }, inner: {} })
  const volume = lockVolume(id)
  if (tx.get<Volume>(LAB, volume)?.props.type === 'VMFS') noteLost(tx, owner, volume, { cleared: true })
  tx.emit('storage.lockBroken', { lock: id, from: owner, to: host })
  return undefined
}

/**
 * Gives a lock to somebody outside the lab, against the rules: damaged metadata, a host with the
 * same identity, a recovery tool. Who held it loses it.
 */
export function stealLock(tx: Transaction, id: string, outsider: string): void {
  const slot = tx.find(LAB, id)
  const from = slot === undefined ? undefined : tx.read<FileLock>(slot)!.props.owner
  const props: FileLock = { owner: outsider, since: tx.now() }
  if (slot === undefined) tx.create({ node: LAB, type: 'FileLock', id }, { props, inner: {} })
  else tx.replace(slot, { props: { ...props }, inner: {} })
  tx.emit('storage.lockStolen', { lock: id, from, to: outsider })
}

/** True while the host is the owner of the lock on a VM's files and can use their volume. */
export function mayWrite(reader: Reader, vm: Slot): boolean {
  const lock = lockOf(reader, vm)
  if (lock === undefined) return false
  const { node } = vm.address
  return reader.get<FileLock>(LAB, lock.id)?.props.owner === node
    && lostFiles(reader, node, objectOfLock(lock.id)) === undefined
}

/** Gives a lock back; only its owner can. */
export function dropLock(tx: Transaction, id: string, host: string): void {
  if (tx.get<FileLock>(LAB, id)?.props.owner === host) tx.remove({ node: LAB, id })
}

/** A host that boots clears its own old heartbeat slot, and with it the locks of its last life. */
export function reactToLocks(world: World): void {
  world.on('hardware.booted', (tx, { node }) => {
    for (const slot of tx.ofType(LAB, 'FileLock')) {
      if (tx.read<FileLock>(slot)!.props.owner === node) tx.remove(slot)
    }
  })
}

/** Locks of the VMs that run when the lab begins. */
export function lockRunningVms(tx: Transaction): void {
  for (const host of hostNodes(tx)) {
    for (const slot of tx.ofType(host, 'VirtualMachine')) {
      if (tx.read<VirtualMachineProps>(slot)!.props.runtime.powerState !== 'poweredOn') continue
      const lock = lockOf(tx, slot)
      if (lock !== undefined) takeLock(tx, lock.id, host)
    }
  }
}
