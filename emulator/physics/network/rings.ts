import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { chassis, updateChassis } from '../hardware/chassis.js'

/** How many packets the rings of a card hold on their way in and out. */
export interface Rings {
  readonly rx: number
  readonly tx: number
}

/** What a card of the lab's machines can have, and has until somebody changes it. */
export const RING_LIMITS: Rings & { readonly least: number } = { rx: 4096, tx: 4096, least: 64 }
const USUAL: Rings = { rx: 1024, tx: 1024 }

/** The rings of a card of a host. */
export function ringsOf(reader: Reader, host: string, nic: string): Rings {
  return chassis(reader, host)?.rings?.[nic] ?? USUAL
}

/** Changes the rings of a card; the caller looked at the limits. */
export function setRings(tx: Transaction, host: string, nic: string, rings: Rings): void {
  updateChassis(tx, host, inner => { inner.rings = { ...inner.rings, [nic]: rings } })
}
