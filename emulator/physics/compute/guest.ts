import type { GuestNicInfo } from '../../schema/generated/types.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import './signals.js'
import { GUEST_BOOT_MS } from './timing.js'
import { vmRecord, type GuestFacts, type VmInner, type VmProps } from './vm.js'

/** A VM has started: its guest boots, at once or in the usual time. */
export function bootGuest(tx: Transaction, slot: Slot, options: { readonly instant: boolean }): void {
  const { inner } = vmRecord(tx, slot)
  if (inner.guest === undefined) return
  if (options.instant) {
    guestUp(tx, slot)
    return
  }
  const job = tx.after(GUEST_BOOT_MS, 'vm.guestUp', { node: slot.address.node, vm: slot.address.id })
  setGuestJob(tx, slot, job)
}

/** True while VMware Tools answer in the guest. */
export function toolsRunning(vm: VmProps): boolean {
  return vm.guest?.toolsRunningStatus === 'guestToolsRunning'
}

/** The guest has no more power: nothing of it answers. */
export function stopGuest(tx: Transaction, slot: Slot): void {
  const { inner } = vmRecord(tx, slot)
  if (inner.guestJob !== undefined) tx.cancel(inner.guestJob)
  tx.update<VmProps, VmInner>(slot, ({ props, inner: draft }) => {
    delete draft.guestJob
    props.guestHeartbeatStatus = 'gray'
    const { guest } = props
    if (guest === undefined) return
    guest.guestState = 'notRunning'
    guest.toolsRunningStatus = 'guestToolsNotRunning'
    if (inner.guest?.toolsVersion !== undefined) guest.toolsStatus = 'toolsNotRunning'
    guest.guestOperationsReady = false
    guest.interactiveGuestOperationsReady = false
    guest.guestStateChangeSupported = false
    delete guest.ipAddress
    delete guest.net
    delete guest.ipStack
    delete guest.disk
  })
}

/** The guest has booted. */
export function guestUp(tx: Transaction, slot: Slot): void {
  const { inner } = vmRecord(tx, slot)
  const facts = inner.guest
  if (facts === undefined) return
  tx.update<VmProps, VmInner>(slot, ({ props, inner: draft }) => {
    delete draft.guestJob
    if (facts.toolsVersion === undefined) return
    props.guestHeartbeatStatus = 'green'
    props.guest = { ...props.guest, ...reported(props as VmProps, facts) }
  })
  if (facts.toolsVersion === undefined) return
  tx.emit('vm.guestRunning', { node: slot.address.node, vm: slot.address.id })
}

/** What VMware Tools report of a running guest. */
function reported(props: VmProps, facts: GuestFacts): NonNullable<VmProps['guest']> {
  const net = nics(props, facts)
  const first = net.flatMap(nic => nic.ipAddress ?? [])[0]
  return {
    guestState: 'running',
    toolsStatus: 'toolsOk',
    toolsRunningStatus: 'guestToolsRunning',
    toolsVersionStatus: 'guestToolsCurrent',
    toolsVersionStatus2: 'guestToolsCurrent',
    toolsVersion: String(facts.toolsVersion),
    guestOperationsReady: true,
    interactiveGuestOperationsReady: false,
    guestStateChangeSupported: true,
    ...(props.config === undefined
      ? {}
      : { guestId: props.config.guestId, guestFullName: props.config.guestFullName }),
    ...(facts.family === undefined ? {} : { guestFamily: facts.family }),
    ...(facts.hostName === undefined ? {} : { hostName: facts.hostName }),
    ...(first === undefined ? {} : { ipAddress: first }),
    ...(net.length === 0 ? {} : { net }),
  }
}

function nics(props: VmProps, facts: GuestFacts): GuestNicInfo[] {
  const cards = (props.config?.hardware.device ?? []).filter(device => 'macAddress' in device)
  return cards.map((device, i) => {
    const card = device as { key: number, macAddress?: string, connectable?: { connected: boolean }, backing?: object }
    const backing = card.backing as { deviceName?: string } | undefined
    return {
      ...(backing?.deviceName === undefined ? {} : { network: backing.deviceName }),
      ipAddress: [...facts.addresses?.[i] ?? []],
      ...(card.macAddress === undefined ? {} : { macAddress: card.macAddress }),
      connected: card.connectable?.connected ?? true,
      deviceConfigId: card.key,
    }
  })
}

/** Notes the agenda job of what the guest is at, in place of the one before. */
export function setGuestJob(tx: Transaction, slot: Slot, job: number): void {
  const before = vmRecord(tx, slot).inner.guestJob
  if (before !== undefined) tx.cancel(before)
  tx.update<VmProps, VmInner>(slot, ({ inner }) => { inner.guestJob = job })
}
