import type { VirtualMachineProps } from '../../schema/generated/types.js'
import type { JsonObject, Reader, Slot, StoredRecord } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { GuestSpec } from './guest-report.js'

/** Props of a VirtualMachine record: the managed properties of the API. */
export type VmProps = VirtualMachineProps

/** Where a new VM belongs in the vCenter that asked for it; read by the mirror. */
export interface Placement {
  readonly vcenter: string
  readonly folder: string
  /** Absent for a template. */
  readonly pool?: string
  /** Id that the vCenter record must get; absent: the next one. */
  readonly id?: string
}

/** A VM that stands still at a question. */
export interface FrozenVm {
  /** Id of the question's message. */
  readonly message: string
  /** Agenda job that makes the guest's heartbeat late. */
  readonly heartbeatJob?: number
  /** What the guest was at (boot, shutdown), and the milliseconds that it still needs. */
  readonly guestJob?: { readonly kind: string, readonly payload: unknown, readonly ms: number }
}

/** What no client is shown about a VM. All optional: a record without any of it is a bare VM. */
export interface VmInner {
  /** What VMware Tools report of the guest while it runs; kept while it does not. */
  guest?: GuestSpec
  placement?: Placement
  /** Number of the agenda job of a guest that boots or shuts down. */
  guestJob?: number
  /** Questions that it has asked so far: the number in the id of the latest. */
  questions?: number
  /** What its open question is about (`msg.hbacommon.outofspace`), and what waits meanwhile. */
  frozen?: FrozenVm
  /** Ids of the records of the disks that its guest writes to at present. */
  writers?: readonly string[]
  /** On vCenter: where the truth lives. */
  hostNode?: string
  hostMoid?: string
  mirrors?: readonly string[]
  /** On a host: id of the vCenter record, once there is one (the mirror keeps it). */
  vcenterId?: string
  /**
   * On a host: number of the registration that made the record, when the VM came from another host.
   * Of two records of one VM the one with the higher number is the VM, the other is a leftover.
   */
  registration?: number
}

export type VmRecord = StoredRecord<VmProps, VmInner>

/** The record of a VM slot; throws when it has none: callers looked it up. */
export function vmRecord(reader: Reader, slot: Slot): VmRecord {
  const record = reader.read<VmProps, VmInner>(slot)
  if (record === undefined) throw new Error(`no VM at ${slot.address.node}/${slot.address.id}`)
  return record
}

/** MiB of memory that a VM's configuration reserves. */
export function reservedMb(vm: VmProps): number {
  const config = vm.config
  if (config === undefined) return 0
  if (config.memoryReservationLockedToMax === true) return config.hardware.memoryMB
  return config.memoryAllocation?.reservation ?? 0
}

/** MHz that a VM's configuration reserves. */
export function reservedMhz(vm: VmProps): number {
  return vm.config?.cpuAllocation?.reservation ?? 0
}

/** Puts other inner facts in a VM's record, without a draft: all of them, in place of those before. */
export function setVmInner(tx: Transaction, slot: Slot, inner: VmInner): void {
  tx.replace(slot, { props: vmRecord(tx, slot).props, inner: inner as JsonObject })
}

/** Puts other props in a VM's record, without a draft: what is not given anew stays shared. */
export function setVmProps(tx: Transaction, slot: Slot, change: Partial<VmProps>): void {
  const record = vmRecord(tx, slot)
  tx.replace(slot, { props: { ...record.props, ...change }, inner: record.inner })
}
