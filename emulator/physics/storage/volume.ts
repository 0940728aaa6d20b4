import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { FREE_SPACE_REFRESH_MS, GROWING_REFRESH_MS } from '../compute/timing.js'
import { LAB } from '../hardware/chassis.js'

/** Props of `{lab, Volume, <uuid>}`. */
export interface Volume {
  name: string
  type: string
  capacityBytes: number
  url: string
  /** A disk inside one host, not reached over any network. */
  local?: boolean
  /** The disks of a vSAN cluster's hosts: each object has votes of its own (physics/vsan). */
  votes?: boolean
}

/**
 * What the files that grow on a volume take together since each was last written down: with r the
 * sum of their rates and p the sum of rate times instant, r x now - p. One file more or less costs
 * the same with any number of others.
 */
export interface VolumeGrowth {
  /** Lab time from which instants are counted, so that the products stay small. */
  readonly epoch: number
  /** Bytes in a second. */
  readonly rate: number
  /** Bytes per second times milliseconds since the epoch. */
  readonly product: number
  /** How many files grow. */
  readonly count: number
  /** Agenda job of the next instant at which something becomes visible. */
  readonly job?: number
}

export interface VolumeInner {
  /** What all files take as they are written down; what has grown since comes on top. */
  usedBytes: number
  growth?: VolumeGrowth
  /** Agenda job that tells the other hosts of a change of the free space. */
  refreshJob?: number
}

declare module '../../world/signals.js' {
  interface JobMap {
    /** A volume on which files grow is full, or a percent fuller than its hosts saw it last. */
    'storage.volumeDue': { readonly volume: string }
  }
}

/** Bytes free on a volume now; Infinity when the lab knows no volume of that id. */
export function freeBytes(reader: Reader, volume: string): number {
  const record = reader.get<Volume, VolumeInner>(LAB, volume)
  if (record === undefined) return Infinity
  const { usedBytes, growth } = record.inner
  return Math.max(0, record.props.capacityBytes - usedBytes - grownBytes(growth, reader.now()))
}

/** Takes bytes of a volume, or gives them back; the hosts see it a little later. */
export function use(tx: Transaction, volume: string, bytes: number): void {
  const slot = tx.find(LAB, volume)
  if (slot === undefined || bytes === 0) return
  const { props, inner } = tx.read<Volume, VolumeInner>(slot)!
  const refreshJob = inner.refreshJob ?? tx.after(FREE_SPACE_REFRESH_MS, 'storage.refresh', { volume })
  tx.replace(slot, {
    props: props as never,
    inner: { ...inner, usedBytes: inner.usedBytes + bytes, refreshJob },
  })
  plan(tx, volume)
}

/** A file begins to grow at a rate in bytes per second at the present instant. */
export function addRate(tx: Transaction, volume: string, rate: number): void {
  changeGrowth(tx, volume, growth => ({
    ...growth,
    rate: growth.rate + rate,
    product: growth.product + rate * (tx.now() - growth.epoch),
    count: growth.count + 1,
  }))
}

/** A file that grew at a rate since an instant does so no more; what it grew by is for the caller. */
export function dropRate(tx: Transaction, volume: string, rate: number, since: number): void {
  changeGrowth(tx, volume, growth => ({
    ...growth,
    rate: growth.rate - rate,
    product: growth.product - rate * (since - growth.epoch),
    count: growth.count - 1,
  }))
}

/** Works out when the volume is to be looked at next, and puts that on the agenda. */
export function plan(tx: Transaction, volume: string): void {
  const slot = tx.find(LAB, volume)
  if (slot === undefined) return
  const { props, inner } = tx.read<Volume, VolumeInner>(slot)!
  const { growth } = inner
  if (growth === undefined) return
  if (growth.job !== undefined) tx.cancel(growth.job)
  const job = tx.after(nextLookMs(props.capacityBytes, freeBytes(tx, volume), growth.rate),
    'storage.volumeDue', { volume })
  tx.replace(slot, { props: props as never, inner: { ...inner, growth: { ...growth, job } } })
}

/** Milliseconds to the next whole percent of use, to a full volume, and to a look at slow growth. */
function nextLookMs(capacity: number, free: number, rate: number): number {
  if (free <= 0 || rate <= 0) return 0
  const percent = capacity / 100
  const toPercent = free - (Math.ceil(free / percent) - 1) * percent
  return Math.min(Math.ceil(toPercent * 1000 / rate), GROWING_REFRESH_MS)
}

function grownBytes(growth: VolumeGrowth | undefined, now: number): number {
  if (growth === undefined) return 0
  return Math.max(0, Math.floor((growth.rate * (now - growth.epoch) - growth.product) / 1000))
}

function changeGrowth(tx: Transaction, volume: string, change: (growth: VolumeGrowth) => VolumeGrowth): void {
  const slot = tx.find(LAB, volume)
  if (slot === undefined) return
  const { props, inner } = tx.read<Volume, VolumeInner>(slot)!
  const { growth: before, ...rest } = inner
  const growth = change(before ?? { epoch: tx.now(), rate: 0, product: 0, count: 0 })
  if (growth.count <= 0) {
    if (growth.job !== undefined) tx.cancel(growth.job)
    tx.replace(slot, { props: props as never, inner: rest })
  } else {
    tx.replace(slot, { props: props as never, inner: { ...rest, growth } })
    plan(tx, volume)
  }
}
