import { removeMirror, mirrorsOn } from '../physics/management/mirror.js'
import { removeChild } from '../physics/management/tree.js'
import type { MirrorInner } from '../physics/management/truth.js'
import type { VmInner, VmProps } from '../physics/compute/vm.js'
import type {
  DatacenterProps, DatastoreProps, HostSystemProps, NetworkProps,
} from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import { refOf } from '../services/refs.js'
import type { Slot } from '../world/records.js'
import type { Transaction } from '../world/transaction.js'
import { hostManagers, hostReflectors } from './host-managers.js'

/**
 * Takes a host out of a vCenter's inventory: with its VMs, which run on, and with the datastores
 * and networks that no other host has. Lists of the compute resource are for the caller.
 */
export function detachHost(tx: Transaction, slot: Slot, host: string, datacenter: Slot | undefined): void {
  const { node: vcenter, id } = slot.address
  for (const vm of mirrorsOn(tx, vcenter, host)) forgetVm(tx, host, vm)
  const { props } = tx.read<HostSystemProps>(slot)!
  for (const ref of props.datastore ?? []) leave(tx, ref, slot, host, datacenter, 'datastore')
  for (const ref of props.network ?? []) leave(tx, ref, slot, host, datacenter, 'network')
  const number = id.slice('host-'.length)
  for (const [, , , prefix] of hostManagers) if (prefix !== '') tx.remove({ node: vcenter, id: `${prefix}-${number}` })
  for (const [, , prefix] of hostReflectors) tx.remove({ node: vcenter, id: `${prefix}-${number}` })
  tx.remove({ node: vcenter, id: `datastoreBrowser-${id}` })
  tx.remove(slot)
}

function forgetVm(tx: Transaction, host: string, vm: Slot): void {
  const { hostMoid } = tx.read<VmProps, VmInner>(vm)!.inner
  const own = hostMoid === undefined ? undefined : tx.find(host, hostMoid)
  if (own !== undefined) tx.update<VmProps, VmInner>(own, ({ inner }) => { delete inner.vcenterId })
  removeMirror(tx, vm)
}

/** A datastore or network of the host: it is gone when no other host has it. */
function leave(
  tx: Transaction, ref: MoRef, host: Slot, node: string, datacenter: Slot | undefined, list: 'datastore' | 'network',
): void {
  const slot = tx.find(host.address.node, ref.value)
  if (slot === undefined) return
  const own = refOf(host).value
  tx.update<DatastoreProps & NetworkProps, MirrorInner>(slot, ({ props, inner }) => {
    const hosts = props.host as unknown as Array<MoRef & { key?: MoRef }>
    props.host = hosts.filter(item => (item.key ?? item).value !== own) as never
    inner.mirrors = (inner.mirrors ?? []).filter(item => !item.startsWith(`${node}/`))
  })
  const left = tx.read<{ host?: unknown[], parent?: MoRef }>(slot)!.props
  if ((left.host?.length ?? 0) > 0 || ref.type === 'DistributedVirtualPortgroup' || ref.type === 'OpaqueNetwork') return
  const parent = left.parent === undefined ? undefined : tx.find(host.address.node, left.parent.value)
  if (parent !== undefined) removeChild(tx, parent, slot)
  if (list === 'datastore') tx.remove({ node: host.address.node, id: `datastoreBrowser-${ref.value}` })
  if (datacenter !== undefined) {
    tx.update<DatacenterProps>(datacenter, draft => {
      draft.props[list] = (draft.props[list] ?? []).filter(item => item.value !== ref.value)
    })
  }
  tx.remove(slot)
}
