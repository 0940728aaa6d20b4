import { fromDateTime } from '../../world/clock.js'
import type { Reader, Slot } from '../../world/records.js'
import { disksOf } from '../compute/disk-writers.js'
import { hasTools } from '../compute/guest.js'
import { guestFamily } from '../compute/guest-report.js'
import { isStuck, troubleOf } from '../compute/guest-trouble.js'
import { GUEST_BOOT_MS, GUEST_SHUTDOWN_MS, GUEST_STANDBY_MS } from '../compute/timing.js'
import { vmRecord, type VmRecord } from '../compute/vm.js'
import { chassis } from '../hardware/chassis.js'
import { filesIn } from '../storage/files.js'
import { pendingJob } from '../pending-job.js'

/** How far a guest is. Ages are milliseconds of lab time since the phase began. */
export type Phase =
  | { readonly is: 'off' }
  | { readonly is: 'suspended' }
  /** Firmware, boot loader, kernel, services: up to GUEST_BOOT_MS. */
  | { readonly is: 'booting', readonly age: number }
  /** No disk, or none with a system on it. */
  | { readonly is: 'noSystem', readonly age: number }
  | { readonly is: 'up' }
  | { readonly is: 'goingDown', readonly age: number, readonly how: 'shutdown' | 'reboot' | 'standby' }
  | { readonly is: 'panic', readonly at: number, readonly uptime: number }

/** What a phase is, and whether time and keys do nothing to it: the guest or its host hangs, or waits at a question. */
export interface GuestPhase {
  readonly phase: Phase
  readonly still: boolean
}

/** How far the guest of a host's VM is. */
export function phaseOf(reader: Reader, vm: Slot): GuestPhase {
  const record = vmRecord(reader, vm)
  const { runtime } = record.props
  if (runtime.powerState !== 'poweredOn') {
    return { phase: { is: runtime.powerState === 'suspended' ? 'suspended' : 'off' }, still: true }
  }
  const trouble = troubleOf(reader, vm)
  if (trouble?.what === 'crash') {
    return { phase: { is: 'panic', at: trouble.since, uptime: trouble.since - bootTimeOf(record) }, still: true }
  }
  const hung = isStuck(reader, vm)
  const phase = running(reader, vm, record, hung ? trouble!.since : reader.now())
  // The CPUs of a hung host are those of its guests.
  const stuckHost = chassis(reader, vm.address.node)?.hung === true
  return { phase, still: hung || stuckHost || runtime.question !== undefined }
}

/** Lab time at which a running VM's guest began to boot, in milliseconds. */
export function bootTimeOf({ props }: VmRecord): number {
  return fromDateTime(props.runtime.bootTime ?? '')
}

/** True for a guest that has no text screen of its own to type into. */
export function isWindows({ props }: VmRecord): boolean {
  return guestFamily(props.config?.guestId ?? '') === 'windowsGuest'
}

function running(reader: Reader, vm: Slot, record: VmRecord, now: number): Phase {
  const { inner, props } = record
  const age = now - bootTimeOf(record)
  if (!hasSystem(reader, vm)) return { is: 'noSystem', age }
  const job = occupation(reader, record, now)
  if (job?.kind === 'vm.guestUp') return { is: 'booting', age: Math.max(0, GUEST_BOOT_MS - job.ms) }
  if (job?.kind === 'vm.guestDown') {
    const { how } = job.payload as { how: 'shutdown' | 'reboot' | 'standby' }
    return { is: 'goingDown', age: (how === 'standby' ? GUEST_STANDBY_MS : GUEST_SHUTDOWN_MS) - job.ms, how }
  }
  // A guest that has reported since it started is up, whatever became of its tools; so is one that had the time.
  const reported = props.guest?.hostName !== undefined
  if (reported || !(age < GUEST_BOOT_MS) || (inner.guestJob === undefined && hasTools(props))) return { is: 'up' }
  return { is: 'booting', age }
}

/** What the guest is at, and the milliseconds that it still needs; a question holds it up. */
function occupation(
  reader: Reader, { inner }: VmRecord, now: number,
): { kind: string, payload: unknown, ms: number } | undefined {
  if (inner.frozen?.guestJob !== undefined) return inner.frozen.guestJob
  const job = inner.guestJob === undefined ? undefined : pendingJob(reader, inner.guestJob)
  return job === undefined ? undefined : { kind: job.kind, payload: job.payload, ms: job.due - now }
}

/** True unless every disk is as blank as it was made; one whose files are nowhere to be seen may have a system. */
function hasSystem(reader: Reader, vm: Slot): boolean {
  const disks = (vmRecord(reader, vm).props.config?.hardware.device ?? []).filter(device => device._typeName === 'VirtualDisk')
  const blank = disksOf(reader, vm).filter(({ volume, folder, file }) => filesIn(reader, volume, folder)?.[file]?.blank === true)
  return disks.length > blank.length
}
