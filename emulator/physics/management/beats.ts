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
  /** `drawn`: chance says of each whether it arrives (`management.beatDrawn`). */
  readonly way: 'passes' | 'drawn' | 'cut'
}

/** What a managed host sends its vCenter at present; undefined while it has nobody to send to. */
export function beatingOf(reader: Reader, host: string): Beating | undefined {
  const inner = chassis(reader, host)
  const vcenter = inner?.managedBy
  if (inner === undefined || vcenter === undefined || inner.management === 'disconnected') return undefined
  const { cut, loss } = heartbeatPath(reader, vcenter, host)
  const since = reader.now() - inner.bootTime
  const number = Math.floor(since / HEARTBEAT_MS)
  return {
    vcenter, number, nextMs: (number + 1) * HEARTBEAT_MS - since,
    way: cut !== undefined || loss >= 1 ? 'cut' : loss > 0 ? 'drawn' : 'passes',
  }
}
