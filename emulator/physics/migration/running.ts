import type { Reader, Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { LAB, chassis } from '../hardware/chassis.js'

/** A VM on its way: props of `{lab, Migration, migration/<vcenter>/<id of the VM there>}`. */
export interface Migration {
  readonly vcenter: string
  /** Id of the VM on vCenter. */
  readonly vm: string
  /** Id of the task on vCenter. */
  readonly task: string
  /** Host nodes. */
  readonly source: string
  readonly target: string
  /** Ids on vCenter of where it goes: host, and datastore of its home if that changes. */
  readonly host: string
  readonly datastore?: string
  /** Files are copied. */
  readonly relocates: boolean
  /** It began: events of its end follow. */
  readonly started: boolean
}

/** Notes that a VM is on its way; one that was noted for it before is over. */
export function noteMigration(tx: Transaction, migration: Migration): void {
  const id = migrationId(migration.vcenter, migration.vm)
  const slot = tx.find(LAB, id)
  if (slot === undefined) tx.create({ node: LAB, type: 'Migration', id }, { props: migration, inner: {} })
  else tx.replace(slot, { props: { ...migration }, inner: {} })
}

/** It is over. */
export function forgetMigration(tx: Transaction, { vcenter, vm }: Pick<Migration, 'vcenter' | 'vm'>): void {
  tx.remove({ node: LAB, id: migrationId(vcenter, vm) })
}

/** All VMs on their way. */
export function migrations(tx: Transaction): Migration[] {
  return tx.ofType(LAB, 'Migration').map(slot => tx.read<Migration>(slot)!.props)
}

/** What a VM of any node is on its way to; undefined: it is not. */
export function migrationOf(reader: Reader, vm: Slot): Migration | undefined {
  const { node, id } = vm.address
  const vcenter = chassis(reader, node)?.managedBy
  const there = vcenter === undefined
    ? id
    : reader.read<object, { vcenterId?: string }>(vm)?.inner.vcenterId
  return there === undefined ? undefined : reader.get<Migration>(LAB, migrationId(vcenter ?? node, there))?.props
}

function migrationId(vcenter: string, vm: string): string {
  return `migration/${vcenter}/${vm}`
}
