import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { LAB, isUp } from '../hardware/chassis.js'
import { hostNodes } from './files.js'
import { datastoreOf } from './host-view.js'
import { LATENCY_ALERT_FACTOR, USUAL_LATENCY_MS } from './timing.js'

/** Props of `{lab, LatencyFault, latency-fault/<name>}`: a volume answers late. */
export interface LatencyFault {
  readonly volume: string
  readonly hosts: readonly string[] | '*'
  /** Milliseconds added to each I/O. */
  readonly ms: number
}

declare module '../../world/signals.js' {
  interface SignalMap {
    /** A host finds a volume's I/O so much slower, or as quick again, that it says so. */
    'storage.latency': {
      readonly host: string, readonly volume: string, readonly high: boolean
      readonly wasMs: number, readonly ms: number
    }
  }
}

/** Mean latency in milliseconds of a host's I/O on a volume. */
export function storageLatencyMs(reader: Reader, host: string, volume: string): number {
  return reader.ofType(LAB, 'LatencyFault').map(slot => reader.read<LatencyFault>(slot)!.props)
    .filter(fault => fault.volume === volume && (fault.hosts === '*' || fault.hosts.includes(host)))
    .reduce((sum, fault) => sum + fault.ms, USUAL_LATENCY_MS)
}

/** Makes a volume slow; `name` is the injected fault's id. */
export function addLatencyFault(tx: Transaction, name: string, fault: LatencyFault): void {
  changing(tx, fault.volume, () => {
    tx.create({ node: LAB, type: 'LatencyFault', id: faultId(name) }, { props: fault, inner: {} })
  })
}

/** Takes a slowness away; nothing happens when it is gone. */
export function dropLatencyFault(tx: Transaction, name: string): void {
  const fault = tx.get<LatencyFault>(LAB, faultId(name))?.props
  if (fault !== undefined) changing(tx, fault.volume, () => tx.remove({ node: LAB, id: faultId(name) }))
}

function changing(tx: Transaction, volume: string, change: () => void): void {
  const hosts = hostNodes(tx).filter(host => isUp(tx, host) && datastoreOf(tx, host, volume) !== undefined)
  const before = new Map(hosts.map(host => [host, storageLatencyMs(tx, host, volume)]))
  change()
  for (const [host, wasMs] of before) {
    const ms = storageLatencyMs(tx, host, volume)
    const high = isHigh(ms)
    if (high !== isHigh(wasMs)) tx.emit('storage.latency', { host, volume, high, wasMs, ms })
  }
}

function isHigh(ms: number): boolean {
  return ms >= USUAL_LATENCY_MS * LATENCY_ALERT_FACTOR
}

function faultId(name: string): string {
  return `latency-fault/${name}`
}
