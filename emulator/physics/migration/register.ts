import type { HostSystemProps } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { addLoad } from '../compute/admission.js'
import { takeOverGuestJob } from '../compute/guest.js'
import { loseProcess } from '../compute/power.js'
import { vmRecord, type VmInner, type VmProps, type VmRecord } from '../compute/vm.js'
import { moveTerminal } from '../guest-os/terminal.js'
import { hostVmId } from '../management/ids.js'
import { followSlot } from '../management/mirror.js'
import { attachVm, detachVm } from '../management/tree.js'
import { dropLock, lockOf, takeLock } from '../storage/locks.js'
import { volumeOf } from '../storage/paths.js'
import { removeRunFiles } from '../storage/vm-files.js'

/** Inner fact of a VM that is the appliance of a vCenter node (physics/hardware/appliance.ts). */
type HostVmInner = VmInner & { appliance?: string }

/** Ids that every host has (protocols.md 2.4). */
const ROOT_POOL = 'ha-root-pool'

/**
 * Registers a VM that another host has, or had, on a host of the lab: what is in its .vmx file,
 * powered off (suspended stays suspended). Nothing happens to the record on the other host, which
 * may be out of reach: it is a leftover from now on, and vCenter unregisters it when it next hears
 * that host while the copy there does not run (availability.md 5). vCenter recognises the VM: its
 * record keeps id, folder, pool and history, at once or when it is back.
 *
 * `vm` is the slot on the other host; `registrationOf` finds it for a vCenter record. The files
 * stay where they are. Callers look before whether the host sees them (`missingVolumes`), and end with
 * `settleRegistration`: after the start of a VM that is to run, so that its files and vCenter are
 * brought in line once.
 */
export function registerOn(tx: Transaction, host: string, vm: Slot): Slot {
  const before = vmRecord(tx, vm) as VmRecord & { inner: HostVmInner }
  const running = before.props.runtime.powerState === 'poweredOn'
  const slot = createCopy(tx, host, before)
  attachVm(tx, slot)
  const { appliance } = before.inner
  forgetAppliance(tx, vm)
  if (running) {
    // What runs elsewhere, or ran there until its host died, does not run here.
    loseProcess(tx, slot)
    // A vCenter whose disks another copy has taken serves nobody; the new copy boots.
    if (appliance !== undefined) tx.emit('hardware.powerLost', { node: appliance, cause: 'guest' })
  }
  return slot
}

/**
 * The end of `registerOn`, whether or not the VM runs now: its files are in order and its vCenter
 * follows. `from` is the record on the other host; nothing happens when that is gone, or is the same.
 */
export function settleRegistration(tx: Transaction, vm: Slot, from: Slot): void {
  const left = from === vm ? undefined : tx.read<VmProps>(from)?.props
  if (left === undefined) return
  const { powerState } = vmRecord(tx, vm).props.runtime
  // What the dead process left behind; a living one holds its files.
  if (powerState !== 'poweredOn' && left.runtime.powerState !== 'poweredOn') removeRunFiles(tx, vm, powerState)
  followSlot(tx, vm)
}

/**
 * Moves a VM with its process, running or not, to another host (vMotion, cold migration): guest,
 * promised resources and what is pending in the guest go along. Gone from the host it was on. The
 * id of the VM on the host changes, the one on vCenter stays. Returns its new slot.
 */
export function moveRegistration(tx: Transaction, vm: Slot, host: string): Slot {
  const before = vmRecord(tx, vm)
  const running = before.props.runtime.powerState === 'poweredOn'
  const slot = createCopy(tx, host, before)
  takeOverGuestJob(tx, vm, slot)
  moveTerminal(tx, vm, slot)
  if (running) {
    addLoad(tx, vm.address.node, before.props, -1)
    addLoad(tx, host, before.props, 1)
    handOverLock(tx, vm, host)
  }
  detachVm(tx, vm)
  tx.remove(vm)
  attachVm(tx, slot)
  // Before vCenter looks at the place that is empty now: it follows, nothing is orphaned.
  followSlot(tx, slot)
  tx.emit('vm.left', { node: vm.address.node, vm: vm.address.id, to: host, as: slot.address.id })
  return slot
}

/**
 * The record that a VM of vCenter stands for, on the host that vCenter knows it on, whether or not
 * that host can be reached: what a .vmx file holds is what its host wrote last. Undefined when the
 * host has forgotten the VM.
 */
export function registrationOf(tx: Transaction, vm: Slot): Slot | undefined {
  const { hostNode, hostMoid } = vmRecord(tx, vm).inner
  if (hostNode === undefined || hostMoid === undefined) return vm
  return tx.find(hostNode, hostMoid)
}

/** Names of the datastores of a host's VM that another host does not have; empty: it sees all. */
export function missingVolumes(tx: Transaction, vm: Slot, host: string): string[] {
  const there = new Set(volumesOf(tx, host, hostProps(tx, host)?.datastore ?? []).map(item => item.volume))
  return volumesOf(tx, vm.address.node, vmRecord(tx, vm).props.datastore ?? [])
    .filter(item => !there.has(item.volume))
    .map(item => item.name)
}

/** Names of the networks of a host's VM that another host does not have. */
export function missingNetworks(tx: Transaction, vm: Slot, host: string): string[] {
  const there = new Set((hostProps(tx, host)?.network ?? []).map(ref => ref.value))
  return (vmRecord(tx, vm).props.network ?? [])
    .filter(ref => !there.has(ref.value))
    .map(ref => tx.get<{ name: string }>(vm.address.node, ref.value)?.props.name ?? ref.value)
}

function hostProps(tx: Transaction, host: string): HostSystemProps | undefined {
  return tx.get<HostSystemProps>(host, 'ha-host')?.props
}

function volumesOf(tx: Transaction, node: string, refs: readonly MoRef[]): { volume: string, name: string }[] {
  return refs.flatMap(ref => {
    const store = tx.get<{ name: string, summary: { url: string } }>(node, ref.value)
    return store === undefined ? [] : [{ volume: volumeOf(store.props), name: store.props.name }]
  })
}

/**
 * The same VM as a record of another host. Volumes and networks have the same ids on every host
 * that has them (protocols.md 2.4); what the host lacks is left out of the lists.
 */
function createCopy(tx: Transaction, host: string, before: VmRecord): Slot {
  const id = hostVmId(tx, host)
  const has = (ref: MoRef): boolean => tx.find(host, ref.value) !== undefined
  const { resourcePool } = before.props
  const props: VmProps = {
    ...before.props,
    // Whether its files can be read is for the new host to say.
    runtime: { ...before.props.runtime, connectionState: 'connected', host: { type: 'HostSystem', value: 'ha-host' } },
    ...(resourcePool === undefined ? {} : { resourcePool: { type: 'ResourcePool', value: ROOT_POOL } }),
    datastore: (before.props.datastore ?? []).filter(has),
    network: (before.props.network ?? []).filter(has),
    summary: { ...before.props.summary, vm: { type: 'VirtualMachine', value: id } },
    recentTask: [],
  }
  const {
    guestJob: _job, placement: _placement, writers: _writers, frozen: _frozen, ...kept
  } = before.inner
  const inner: VmInner = { ...kept, registration: tx.count('registration') }
  return tx.create<VmProps, VmInner>({ node: host, type: 'VirtualMachine', id }, { props, inner })
}

/** The lock on the files goes with the process. */
function handOverLock(tx: Transaction, vm: Slot, host: string): void {
  const lock = lockOf(tx, vm)
  if (lock === undefined) return
  dropLock(tx, lock.id, vm.address.node)
  takeLock(tx, lock.id, host)
}

/** The copy that was registered before is not the vCenter appliance any more. */
function forgetAppliance(tx: Transaction, vm: Slot): void {
  if (tx.read<VmProps, HostVmInner>(vm)!.inner.appliance === undefined) return
  tx.update<VmProps, HostVmInner>(vm, ({ inner }) => { delete inner.appliance })
}
