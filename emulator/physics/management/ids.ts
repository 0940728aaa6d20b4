import type { Transaction } from '../../world/transaction.js'

/** Prefixes of managed object ids on vCenter; one number runs through all of them (protocols.md 2.4). */
export type VcenterPrefix =
  | 'datacenter' | 'group-d' | 'group-v' | 'group-h' | 'group-s' | 'group-n' | 'group-p' | 'domain-c'
  | 'host' | 'vm' | 'datastore' | 'network' | 'dvs' | 'dvportgroup' | 'resgroup' | 'resgroup-v'

/**
 * The next id on a vCenter: `vm-34`, `group-v3`, `domain-c7`. The counter is `<node>/object`,
 * one for all types, so that no number is used twice.
 */
export function vcenterId(tx: Transaction, node: string, prefix: VcenterPrefix): string {
  const number = tx.count(`${node}/object`)
  return joined.has(prefix) ? [prefix, number].join('') : [prefix, number].join('-')
}

const joined: ReadonlySet<string> = new Set([
  'group-d', 'group-v', 'group-h', 'group-s', 'group-n', 'group-p', 'domain-c', 'resgroup-v',
])

/** The next id of a VM on a host: plain integers from 1; counter `<node>/vm`. */
export function hostVmId(tx: Transaction, node: string): string {
  return String(tx.count(`${node}/vm`))
}
