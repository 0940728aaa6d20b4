import type { Reader } from '../../world/records.js'
import { chassis } from '../hardware/chassis.js'
import { heartbeatPath } from './link.js'
import { HEARTBEAT_MS } from './timing.js'

/** The heartbeat of a host as it would be seen on the wire; the model itself simulates no single one. */
export interface Beating {
  readonly vcenter: string
  /** Heartbeats since the host booted. */
  readonly number: number
  /** Lab milliseconds until the next one. */
  readonly nextMs: number
}

/** What becomes of a heartbeat; `drawn`: chance says of each whether it arrives (`management.beatDrawn`). */
export type BeatWay = 'passes' | 'drawn' | 'cut'

/** Which heartbeat a managed host is at; undefined while it has nobody to send to. */
export function beatingOf(reader: Reader, host: string): Beating | undefined {
  const inner = chassis(reader, host)
  const vcenter = inner?.managedBy
  if (inner === undefined || vcenter === undefined || inner.management === 'disconnected') return undefined
  const since = reader.now() - inner.bootTime
  const number = Math.floor(since / HEARTBEAT_MS)
  return { vcenter, number, nextMs: (number + 1) * HEARTBEAT_MS - since }
}

/** What would become of a heartbeat that a host sends its vCenter now. */
export function beatWay(reader: Reader, vcenter: string, host: string): BeatWay {
  const { cut, loss } = heartbeatPath(reader, vcenter, host)
  return cut !== undefined || loss >= 1 ? 'cut' : loss > 0 ? 'drawn' : 'passes'
}
