import type { Reader, Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { LAB } from '../hardware/chassis.js'
import { reaches, responds } from '../network/paths.js'
import { objectOfLock } from '../storage/access.js'
import { lockOf } from '../storage/locks.js'
import { place, type Component, type Layout, type Sees } from './rules.js'

/** Props of `{lab, VsanCluster, vsan/<volume>}`: the hosts whose disks are one volume together. */
export interface VsanCluster extends Layout {
  readonly volume: string
  /** UUIDs of the cluster and of its nodes, as the API shows them. */
  readonly uuid: string
  readonly nodes: Readonly<Record<string, string>>
  /** The site that the witness joins when the two lose each other. */
  readonly preferred?: string
  /** A host ends VMs whose objects it cannot use. */
  readonly endsGhosts: boolean
}

export interface VsanInner {
  /** Agenda job of the next look, and when it is due. */
  readonly job?: number
  readonly due?: number
}

/**
 * Props of `{lab, VsanObject, vsan-object/<volume>/<folder>}`: the components of a VM's object, when
 * they are not as they were placed. A VM's home and its disks there are one object here.
 */
export interface VsanObject {
  readonly components: readonly Component[]
}

/** Id of the record of a volume's vSAN. */
export function vsanId(volume: string): string {
  return `vsan/${volume}`
}

/** Id of a record that is there in a lab with vSAN; all others find nothing, and ask nothing more. */
export const VSAN = 'vsan'

/** True in a lab with vSAN. */
export function hasVsan(reader: Reader): boolean {
  return reader.find(LAB, VSAN) !== undefined
}

/** All vSAN clusters of the lab. */
export function vsanClusters(reader: Reader): VsanCluster[] {
  return reader.ofType(LAB, 'VsanCluster').map(slot => reader.read<VsanCluster>(slot)!.props)
}

/** The vSAN behind a volume; undefined: it is of another kind. */
export function vsanOf(reader: Reader, volume: string): VsanCluster | undefined {
  return hasVsan(reader) ? reader.get<VsanCluster>(LAB, vsanId(volume))?.props : undefined
}

/** The vSAN that a host gives its disks to, or witnesses for; undefined: none. */
export function vsanOfHost(reader: Reader, host: string): VsanCluster | undefined {
  return vsanClusters(reader).find(cluster => membersOf(cluster).includes(host))
}

/** The hosts with data. */
export function dataHosts({ domains }: Layout): string[] {
  return domains.flatMap(domain => domain.hosts)
}

/** All hosts of a vSAN, the witness last. */
export function membersOf(cluster: Layout): string[] {
  return [...dataHosts(cluster), ...cluster.witness === undefined ? [] : [cluster.witness]]
}

/** The components of an object, by its key `<volume>/<folder>`. */
export function componentsOf(reader: Reader, cluster: VsanCluster, key: string): readonly Component[] {
  return reader.get<VsanObject>(LAB, objectId(key))?.props.components ?? place(cluster, key)
}

/** Writes the components of an object down; those that are as they were placed need no record. */
export function keepComponents(tx: Transaction, cluster: VsanCluster, key: string, components: readonly Component[]): void {
  const slot = tx.find(LAB, objectId(key))
  if (slot !== undefined && tx.read<VsanObject>(slot)!.props.components === components) return
  const plain = JSON.stringify(components) === JSON.stringify(place(cluster, key))
  if (slot === undefined) {
    if (!plain) tx.create({ node: LAB, type: 'VsanObject', id: objectId(key) }, { props: { components }, inner: {} })
  } else if (plain) tx.remove(slot)
  else tx.replace(slot, { props: { components } as never, inner: {} })
}

/** Keys of the objects of a volume whose components are not as they were placed. */
export function changedObjects(reader: Reader, volume: string): string[] {
  return reader.ofType(LAB, 'VsanObject').map(slot => slot.address.id.slice(PREFIX.length))
    .filter(key => key.startsWith(`${volume}/`))
}

/** Forgets the components of an object that is not there any more. */
export function forgetComponents(tx: Transaction, key: string): void {
  tx.remove({ node: LAB, id: objectId(key) })
}

const PREFIX = 'vsan-object/'

function objectId(key: string): string {
  return `${PREFIX}${key}`
}

/** A VM's object on a vSAN volume: its key and the lock on it; undefined: its home is elsewhere. */
export function objectOf(reader: Reader, vm: Slot): { readonly key: string, readonly lock: string, readonly volume: string } | undefined {
  if (!hasVsan(reader)) return undefined
  const lock = lockOf(reader, vm)
  if (lock === undefined || vsanOf(reader, lock.volume) === undefined) return undefined
  return { key: objectOfLock(lock.id), lock: lock.id, volume: lock.volume }
}

/** Who reaches whom over the vSAN network at this instant, each pair asked once. */
export function sight(reader: Reader, cluster: VsanCluster): Sees {
  const known = new Map<string, boolean>()
  const linked = (one: string, other: string): boolean => {
    const key = one < other ? `${one} ${other}` : `${other} ${one}`
    let answer = known.get(key)
    if (answer === undefined) {
      answer = responds(reader, one) && responds(reader, other)
        && (one === other || reaches(reader, one, other, { network: 'vsan' }))
      known.set(key, answer)
    }
    return answer
  }
  const { witness, preferred, domains } = cluster
  if (witness === undefined) return linked
  const first = domains.find(domain => domain.name === preferred)?.hosts ?? []
  /** A host of the other site has the witness only where that has not joined the preferred one without it. */
  const joins = (host: string): boolean => {
    if (first.includes(host)) return true
    const bound = first.filter(each => linked(each, witness))
    return bound.length === 0 || bound.some(each => linked(host, each))
  }
  return (host, other) => linked(host, other) && (other !== witness || host === witness || joins(host))
}
