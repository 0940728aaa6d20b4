import type { Transaction } from '../../world/transaction.js'

/**
 * The next managed object id on a vCenter: `vm-34`, `group-v35`. One counter serves all types, so
 * that numbers are never used twice (protocols.md 2.4 shows the forms).
 */
export function nextObjectId(tx: Transaction, vcenter: string, prefix: string): string {
  for (;;) {
    const number = tx.count(`${vcenter}/object`)
    const id = /-[a-z]$/.test(prefix) ? `${prefix}${number}` : `${prefix}-${number}`
    if (tx.find(vcenter, id) === undefined) return id
  }
}

/** The next VM id on a host: a plain integer. */
export function nextHostVmId(tx: Transaction, host: string): string {
  for (;;) {
    const id = String(tx.count(`${host}/vm`))
    if (tx.find(host, id) === undefined) return id
  }
}
