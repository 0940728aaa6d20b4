import type { Reader } from '../../../world/records.js'
import type { Transaction } from '../../../world/transaction.js'
import { LAB } from '../../hardware/chassis.js'
import type { HaCluster } from '../signals.js'
import type { Ear } from './rules.js'

/** Props of `{lab, HaWatch, ha/<vcenter>/<cluster>}`: a cluster's HA as its vCenter handles it. */
export interface HaWatch extends HaCluster {
  /** Version of the last configuration that was made; 0: none yet. */
  readonly version: number
  /** Id of that configuration; undefined: HA is off. */
  readonly config?: string
  readonly folder: string
  /** Hosts that have an agent of this cluster, in the cluster's order. */
  readonly hosts: readonly string[]
  /** The primary that vCenter is connected to. */
  readonly primary?: string
}

export interface HaWatchInner {
  /** What vCenter hears: `beat/<host>` of its primary, `call/<host>` of those that it finds. */
  readonly ears: Readonly<Record<string, Ear>>
  readonly job?: number
  readonly due?: number
  /** When it will say that it finds no primary. */
  readonly missingAt?: number
  /** Agenda job of another choice of heartbeat datastores. */
  readonly rechoose?: number
}

/** Id of a cluster's record. */
export function watchId({ vcenter, cluster }: HaCluster): string {
  return `ha/${vcenter}/${cluster}`
}

/** A cluster's HA as vCenter handles it; undefined: it never was on. */
export function watchOf(reader: Reader, at: HaCluster): HaWatch | undefined {
  return reader.get<HaWatch>(LAB, watchId(at))?.props
}

export function watchInner(reader: Reader, at: HaCluster): HaWatchInner {
  return reader.get<HaWatch, HaWatchInner>(LAB, watchId(at))!.inner
}

/** Changes the record; keys given as undefined are taken out. */
export function setWatch(
  tx: Transaction, at: HaCluster, props: { [K in keyof HaWatch]?: HaWatch[K] | undefined },
  inner: { [K in keyof HaWatchInner]?: HaWatchInner[K] | undefined } = {},
): void {
  const slot = tx.find(LAB, watchId(at))!
  const record = tx.read<HaWatch, HaWatchInner>(slot)!
  tx.replace(slot, {
    props: defined({ ...record.props, ...props }), inner: defined({ ...record.inner, ...inner }),
  })
}

function defined(values: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

/** Clusters of the lab that have or had HA on. */
export function watchedClusters(reader: Reader): HaWatch[] {
  return reader.ofType(LAB, 'HaWatch').map(slot => reader.read<HaWatch>(slot)!.props)
}
