import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { LAB } from '../hardware/chassis.js'
import { reaches } from '../network/paths.js'
import { withoutPath } from './device-paths.js'
import { hostNodes, type Volume } from './files.js'

/** Why a host cannot use a volume: all paths down (they may return), or the device is gone for good. */
export type StorageLoss = 'apd' | 'pdl'

/** A volume that a host cannot use. */
export interface LostVolume {
  readonly loss: StorageLoss
  readonly since: number
  /** The host has given up waiting for a path: what is no VM's I/O fails at once. */
  readonly timedOut?: boolean
  /** The host has said that its heartbeat (VMFS) or its server (NFS) is missing. */
  readonly silent?: boolean
  /** Another host cleared this one's heartbeat slot there, when it broke a lock (VMFS). */
  readonly cleared?: boolean
}

/** Props of `{lab, HostStorage, storage/<host>}`: the volumes that a host cannot use at present. */
export interface HostStorage {
  readonly lost: Readonly<Record<string, LostVolume>>
  /** Objects of vSAN volumes that it cannot use, by `<volume>/<folder>`. */
  readonly objects?: Readonly<Record<string, LostVolume>>
}

/** Props of `{lab, StorageFault, <id>}`: a device or its paths are gone for some hosts. */
export interface StorageFault {
  readonly volume: string
  readonly hosts: readonly string[] | '*'
  readonly loss: StorageLoss
}

declare module '../../world/signals.js' {
  interface SignalMap {
    /** A storage fault came or went; who is affected is computed from all of them. */
    'storage.faultsChanged': { readonly volume: string }
    /** A host lost a volume, or can use it again (`loss` undefined). */
    'storage.accessChanged': {
      readonly host: string, readonly volume: string, readonly loss?: StorageLoss, readonly was?: StorageLoss
      /** The host had said that its heartbeat, or the server, was missing. */
      readonly wasSilent?: boolean
      /** Its heartbeat slot there was cleared in the meantime: the heartbeat cannot go on. */
      readonly wasCleared?: boolean
    }
    /** Objects of a vSAN volume that a host cannot use from now on, and that it can use again. */
    'storage.objectsChanged': {
      readonly host: string, readonly volume: string, readonly lost: readonly string[], readonly back: readonly string[]
    }
  }
}

/** The party of a volume's array in the storage network. */
function arrayOf(volume: string): string {
  return `storage/${volume}`
}

/** Since when a host cannot use a volume, and how; undefined: it can. */
export function lostVolume(reader: Reader, host: string, volume: string): LostVolume | undefined {
  return reader.get<HostStorage>(LAB, storageId(host))?.props.lost[volume]
}

/**
 * Since when a host cannot use the files of a folder of a volume: the volume is lost, or on vSAN the
 * folder's object.
 */
export function lostFiles(reader: Reader, host: string, object: string): LostVolume | undefined {
  const storage = reader.get<HostStorage>(LAB, storageId(host))?.props
  return storage === undefined ? undefined : storage.lost[object.slice(0, object.indexOf('/'))] ?? storage.objects?.[object]
}

/** Key of the object that a lock lies in: `<volume>/<folder>` of `lock/<volume>/<folder>/<file>`. */
export function objectOfLock(lock: string): string {
  return lock.slice('lock/'.length, lock.lastIndexOf('/'))
}

/** Sets which objects of a vSAN volume a host cannot use. */
export function keepLostObjects(tx: Transaction, host: string, volume: string, lost: ReadonlySet<string>): void {
  const slot = tx.find(LAB, storageId(host))
  const props: HostStorage = slot === undefined ? { lost: {} } : tx.read<HostStorage>(slot)!.props
  const { objects: before = {}, ...rest } = props
  const gone = [...lost].filter(key => !(key in before))
  const back = Object.keys(before).filter(key => key.startsWith(`${volume}/`) && !lost.has(key))
  if (gone.length === 0 && back.length === 0) return
  const kept = Object.entries(before).filter(([key]) => !back.includes(key))
  const objects = Object.fromEntries([...kept, ...gone.map(key => [key, { loss: 'apd', since: tx.now() }] as const)])
  const next = Object.keys(objects).length === 0 ? rest : { ...rest, objects }
  if (slot === undefined) tx.create({ node: LAB, type: 'HostStorage', id: storageId(host) }, { props: next, inner: {} })
  else tx.replace(slot, { props: next as never, inner: {} })
  tx.emit('storage.objectsChanged', { host, volume, lost: gone, back })
}

/** Notes more about a volume that a host cannot use; nothing happens when it can. */
export function noteLost(tx: Transaction, host: string, volume: string, more: Partial<LostVolume>): void {
  const slot = tx.find(LAB, storageId(host))
  const lost = slot === undefined ? undefined : tx.read<HostStorage>(slot)!.props.lost
  const known = lost?.[volume]
  if (slot === undefined || known === undefined) return
  const { props } = tx.read<HostStorage>(slot)!
  tx.replace(slot, { props: { ...props, lost: { ...lost, [volume]: { ...known, ...more } } } as never, inner: {} })
}

/** Puts a storage fault into force; `name` is the injected fault's id. */
export function addStorageFault(tx: Transaction, name: string, fault: StorageFault): void {
  tx.create({ node: LAB, type: 'StorageFault', id: faultId(name) }, { props: fault, inner: {} })
  tx.emit('storage.faultsChanged', { volume: fault.volume })
}

/** Takes a storage fault away; nothing happens when it is gone. */
export function dropStorageFault(tx: Transaction, name: string): void {
  const id = faultId(name)
  const volume = tx.get<StorageFault>(LAB, id)?.props.volume
  if (volume === undefined) return
  tx.remove({ node: LAB, id })
  tx.emit('storage.faultsChanged', { volume })
}

/** Keeps what each host has lost in line with the storage faults and the storage network. */
export function reactToStorageAccess(world: World): void {
  world.on('network.changed', tx => settle(tx))
  world.on('storage.faultsChanged', tx => settle(tx))
  world.on('storage.pathsChanged', tx => settle(tx))
}

function settle(tx: Transaction): void {
  const faults = tx.ofType(LAB, 'StorageFault').map(slot => tx.read<StorageFault>(slot)!.props)
  const shared = tx.ofType(LAB, 'Volume')
    .filter(slot => {
      // Who can use which object of a vSAN is for physics/vsan to say.
      const { local, votes } = tx.read<Volume>(slot)!.props
      return local !== true && votes !== true
    })
    .map(slot => slot.address.id)
  for (const host of hostNodes(tx)) {
    const now = new Map<string, StorageLoss>()
    for (const { volume, hosts, loss } of faults) {
      if (hosts !== '*' && !hosts.includes(host)) continue
      if (now.get(volume) !== 'pdl') now.set(volume, loss)
    }
    for (const volume of shared) {
      const network = { network: 'storage' } as const
      if (!now.has(volume) && !reaches(tx, host, arrayOf(volume), network)) now.set(volume, 'apd')
    }
    for (const volume of withoutPath(tx, host)) {
      if (!now.has(volume)) now.set(volume, 'apd')
    }
    keep(tx, host, now)
  }
}

function keep(tx: Transaction, host: string, now: ReadonlyMap<string, StorageLoss>): void {
  const id = storageId(host)
  const { lost: before, ...rest } = tx.get<HostStorage>(LAB, id)?.props ?? { lost: {} }
  const lost: Record<string, LostVolume> = {}
  for (const [volume, loss] of now) {
    const known = before[volume]
    lost[volume] = known?.loss === loss ? known : { loss, since: known?.since ?? tx.now() }
  }
  const changed = [...new Set([...Object.keys(before), ...now.keys()])]
    .filter(volume => before[volume]?.loss !== lost[volume]?.loss)
  if (changed.length === 0) return
  const slot = tx.find(LAB, id)
  if (slot === undefined) tx.create({ node: LAB, type: 'HostStorage', id }, { props: { lost }, inner: {} })
  else tx.replace(slot, { props: { ...rest, lost } as never, inner: {} })
  for (const volume of changed) {
    const loss = lost[volume]?.loss
    const was = before[volume]?.loss
    tx.emit('storage.accessChanged', {
      host, volume, ...(loss === undefined ? {} : { loss }), ...(was === undefined ? {} : { was }),
      ...(before[volume]?.silent === true ? { wasSilent: true } : {}),
      ...(before[volume]?.cleared === true ? { wasCleared: true } : {}),
    })
  }
}

function faultId(name: string): string {
  return `storage-fault/${name}`
}

function storageId(host: string): string {
  return `storage/${host}`
}
