import {
  guestDisks, idleGuest, runningGuest, type GuestSpec,
} from './guest-report.js'
import type { GuestInfo, VirtualDisk, VirtualEthernetCard } from '../../schema/generated/types.js'
import type { Slot } from '../../world/records.js'
import type { JobMap } from '../../world/signals.js'
import type { Transaction } from '../../world/transaction.js'
import './signals.js'
import { GUEST_BOOT_MS } from './timing.js'
import { setVmInner, setVmProps, vmRecord, type VmProps } from './vm.js'

/** True while VMware Tools answer in the guest. */
export function toolsRunning(vm: VmProps): boolean {
  return vm.guest?.toolsRunningStatus === 'guestToolsRunning'
}

/** True if VMware Tools are installed in the guest, whether or not it runs. */
export function hasTools(vm: VmProps): boolean {
  return (vm.config?.tools?.toolsVersion ?? 0) > 0
}

/** A VM has started: its guest boots, at once or in the usual time. */
export function bootGuest(tx: Transaction, slot: Slot, options: { readonly instant: boolean }): void {
  const { props } = vmRecord(tx, slot)
  if (!hasTools(props)) {
    setGuest(tx, slot, idleGuest(props.config?.guestId ?? '', false, props.config?.version ?? '', true), 'gray')
  } else if (options.instant) {
    guestUp(tx, slot)
  } else {
    const job = tx.after(GUEST_BOOT_MS, 'vm.guestUp', { node: slot.address.node, vm: slot.address.id })
    setGuestJob(tx, slot, job)
  }
}

/** The guest has no more power: nothing of it answers. */
export function stopGuest(tx: Transaction, slot: Slot): void {
  const { props, inner } = vmRecord(tx, slot)
  if (inner.guestJob !== undefined) tx.cancel(inner.guestJob)
  const spec = inner.guest ?? reportedSpec(props)
  if (inner.guestJob !== undefined || spec !== inner.guest) {
    const { guestJob: _job, ...rest } = inner
    setVmInner(tx, slot, spec === undefined ? rest : { ...rest, guest: spec })
  }
  const { config } = props
  setGuest(tx, slot, idleGuest(config?.guestId ?? '', hasTools(props), config?.version ?? '', false), 'gray')
}

/** The guest has booted, its tools report. */
export function guestUp(tx: Transaction, slot: Slot): void {
  const { props, inner } = vmRecord(tx, slot)
  if (inner.guestJob !== undefined) {
    const { guestJob: _job, ...rest } = inner
    setVmInner(tx, slot, rest)
  }
  const { config } = props
  if (config === undefined || !hasTools(props)) return
  const spec = presentSpec(props, inner.guest ?? { hostName: props.name, domain: '', adapters: [] })
  const disks = (config.hardware.device ?? [])
    .filter(device => device._typeName === 'VirtualDisk')
    .map(device => (device as VirtualDisk).capacityInBytes ?? 0)
  const guest = runningGuest(
    config.guestId, config.guestFullName, config.version, spec, guestDisks(config.guestId, disks))
  setGuest(tx, slot, guest, 'green')
  tx.emit('vm.guestRunning', { node: slot.address.node, vm: slot.address.id })
}

/** Notes the agenda job of what the guest is at, in place of the one before. */
export function setGuestJob(tx: Transaction, slot: Slot, job: number): void {
  const { inner } = vmRecord(tx, slot)
  if (inner.guestJob !== undefined) tx.cancel(inner.guestJob)
  setVmInner(tx, slot, { ...inner, guestJob: job })
}

/** A guest that moves with its process goes on with what it is at, for the rest of the time. */
export function takeOverGuestJob(tx: Transaction, from: Slot, to: Slot): void {
  const number = vmRecord(tx, from).inner.guestJob
  const job = number === undefined ? undefined : tx.world.agenda.get(number)
  if (job === undefined) return
  tx.cancel(job.sequence)
  const payload = { ...job.payload as JobMap['vm.guestDown'], node: to.address.node, vm: to.address.id }
  setGuestJob(tx, to, tx.after(job.due - tx.now(), job.kind as 'vm.guestDown', payload))
}

function setGuest(tx: Transaction, slot: Slot, guest: GuestInfo, heartbeat: 'green' | 'gray'): void {
  setVmProps(tx, slot, { guest, guestHeartbeatStatus: heartbeat })
}

/** The guest as it was reported last, for a VM whose record does not say more. */
function reportedSpec(vm: VmProps): GuestSpec | undefined {
  const { guest } = vm
  if (guest?.hostName === undefined) return undefined
  return {
    hostName: guest.hostName,
    domain: guest.ipStack?.[0]?.dnsConfig?.domainName ?? '',
    adapters: (guest.net ?? []).map(nic => ({
      key: nic.deviceConfigId,
      network: nic.network ?? '',
      mac: nic.macAddress ?? '',
      addresses: nic.ipAddress ?? [],
    })),
  }
}

/** The guest's adapters are the network cards that the VM has now; addresses stay with the key. */
function presentSpec(vm: VmProps, spec: GuestSpec): GuestSpec {
  const known = new Map(spec.adapters.map(adapter => [adapter.key, adapter]))
  const cards = (vm.config?.hardware.device ?? []).filter(device => 'macAddress' in device)
  return {
    ...spec,
    adapters: (cards as VirtualEthernetCard[]).map(card => {
      const backing = card.backing as { deviceName?: string } | undefined
      const before = known.get(card.key)
      return {
        key: card.key,
        network: backing?.deviceName ?? before?.network ?? '',
        mac: card.macAddress ?? '',
        addresses: before?.addresses ?? [],
      }
    }),
  }
}
