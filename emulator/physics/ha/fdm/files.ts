import type { Reader } from '../../../world/records.js'
import type { Transaction } from '../../../world/transaction.js'
import { LAB } from '../../hardware/chassis.js'
import { folderId, makeFolder, putFiles, removeFiles, type StoredFile, type VolumeFolder } from '../../storage/files.js'
import { dropLock, lockFreeAt, lockHolder, lockId, takeLock } from '../../storage/locks.js'
import type { HaCluster } from '../signals.js'
import { agentInner, agentOf, configOfAgent, setAgent, type Flag } from './agent.js'
import { usable } from './links.js'
import { watchOf } from './watch.js'

/** Name of HA's folder at the root of a datastore (availability.md 1.1). */
const ROOT = '.vSphere-HA'
const LIST = 'protectedlist'

/** Changes of the flag that are kept: more than a primary's reading cycle can miss. */
const KEPT_FLAGS = 16

/** The metadata of VMFS holds them: they take no space of their own that a user would see. */
const SMALL: StoredFile = { size: 0, type: 'other' }

/** What of HA's files has a content here, by file name: inner fact of their folder. */
interface HaFolderInner {
  readonly content?: Readonly<Record<string, unknown>>
}

/** Folder of a cluster's files: `<vCenter uuid>-<cluster number>-<8 characters>-<vCenter name>` below FDM. */
export function haFolder(vcenter: { uuid: string, hostName: string }, cluster: string, random: string): string {
  return `${ROOT}/FDM-${vcenter.uuid.toUpperCase()}-${cluster.replace(/\D/g, '')}-${random}-${vcenter.hostName}`
}

/** Puts members' heartbeat and poweron files on a heartbeat datastore of theirs. */
export function writeMemberFiles(tx: Transaction, folder: string, volume: string, moids: readonly string[]): void {
  makeFolder(tx, volume, ROOT)
  putFiles(tx, volume, folder, Object.fromEntries(moids.flatMap(moid =>
    [[`${moid}-hb`, SMALL], [`${moid}-poweron`, SMALL]])))
}

/** Takes a member's files from datastores that it does not use any more. */
export function removeMemberFiles(tx: Transaction, folder: string, moid: string, volumes: readonly string[]): void {
  for (const volume of volumes) removeFiles(tx, volume, folder, [`${moid}-hb`, `${moid}-poweron`])
}

/** Notes in a host's poweron files whether it is isolated, where it can write; true if it could. */
export function raiseFlag(tx: Transaction, host: string, isolated: boolean): boolean {
  const agent = agentOf(tx, host)!
  const { members, folder } = configOfAgent(tx, agent)
  const volumes = members.find(member => member.host === host)?.heartbeatVolumes ?? []
  const mine = volumes.filter(volume => usable(tx, host, volume))
  const { flags } = agentInner(tx, host)
  if (mine.length === 0 && isolated) return false
  if ((flags.at(-1)?.isolated ?? false) === isolated) return true
  const next: Flag = { at: tx.now(), isolated }
  setAgent(tx, host, {}, { flags: [...flags, next].slice(-KEPT_FLAGS) })
  for (const volume of mine) writeContent(tx, volume, folder, `${agent.moid}-poweron`, { isolated: isolated ? 1 : 0 })
  return true
}

function writeContent(tx: Transaction, volume: string, folder: string, file: string, content: unknown): void {
  const slot = tx.find(LAB, folderId(volume, folder))
  if (slot === undefined) return
  const { props, inner } = tx.read<VolumeFolder, HaFolderInner>(slot)!
  tx.replace(slot, {
    props: props as never, inner: { ...inner, content: { ...inner.content, [file]: content } },
  })
}

/** What a host's poweron files said at an instant. A change at that very instant is not seen yet. */
export function flagAt(reader: Reader, host: string, time: number): boolean {
  if (agentOf(reader, host) === undefined) return false
  return agentInner(reader, host).flags.filter(flag => flag.at < time).at(-1)?.isolated ?? false
}

/** Id of the lock on a cluster's list of protected VMs on a volume. */
export function listLock(folder: string, volume: string): string {
  return lockId(volume, folder, LIST)
}

/** The primary that owns a cluster's list of protected VMs on a volume; undefined: nobody does. */
export function listOwner(reader: Reader, cluster: HaCluster, volume: string): string | undefined {
  const folder = watchOf(reader, cluster)?.folder
  return folder === undefined ? undefined : lockHolder(reader, listLock(folder, volume))
}

/** A primary takes the lists of all datastores that it can reach and that nobody else holds. */
export function takeLists(tx: Transaction, host: string): void {
  const agent = agentOf(tx, host)!
  const { folder, volumes } = configOfAgent(tx, agent)
  const { locks } = agentInner(tx, host)
  const taken = new Set(locks)
  for (const volume of volumes) {
    const id = listLock(folder, volume)
    if (!usable(tx, host, volume) || lockHolder(tx, id) === host) continue
    if (takeLock(tx, id, host) !== undefined) continue
    taken.add(id)
    makeFolder(tx, volume, ROOT)
    putFiles(tx, volume, folder, { [LIST]: SMALL })
  }
  if (taken.size === locks.length) return
  setAgent(tx, host, {}, { locks: [...taken] })
  tx.emit('ha.listTaken', { vcenter: agent.vcenter, cluster: agent.cluster, host })
}

/** The next instant at which a list that somebody else holds becomes free; Infinity: not in sight. */
export function nextFreeList(reader: Reader, host: string): number {
  const { folder, volumes } = configOfAgent(reader, agentOf(reader, host)!)
  const times = volumes.filter(volume => usable(reader, host, volume))
    .map(volume => listLock(folder, volume))
    .filter(id => lockHolder(reader, id) !== host)
    .map(id => lockFreeAt(reader, id) ?? Infinity)
  return Math.min(Infinity, ...times.filter(time => time > reader.now()))
}

/** Gives back every list that a host holds. */
export function releaseLists(tx: Transaction, host: string): void {
  for (const id of agentInner(tx, host).locks) dropLock(tx, id, host)
  setAgent(tx, host, {}, { locks: [] })
}
