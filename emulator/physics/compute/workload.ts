import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { LAB, chassis } from '../hardware/chassis.js'
import { lostFiles, lostVolume } from '../storage/access.js'
import { folderId, hostNodes } from '../storage/files.js'
import '../storage/growth.js'
import { lockVolume, mayWrite } from '../storage/locks.js'
import { resizeListed } from '../storage/vm-files.js'
import {
  disksOf, startWriting, stopWriting, type DiskWriter, type WritableDisk,
} from './disk-writers.js'
import { hasTools, toolsRunning } from './guest.js'
import { isStuck, troubleOf } from './guest-trouble.js'
import { powerOff } from './power.js'
import { OUT_OF_SPACE, ask } from './questions.js'
import type { VmFact } from './signals.js'
import { vmRecord, type VmInner, type VmProps } from './vm.js'

/**
 * What the software in a VM's guest does: props of `{lab, Workload, workload/<instanceUuid>}`. It
 * belongs to the VM, not to a host: wherever an instance of the VM runs, it does this.
 */
export interface Workload {
  /** Bytes in a second, in equal parts to each of its disks. */
  readonly writeBytesPerSecond: number
}

/** Signals about one VM after which its guest may begin or cease to write. */
const ofVm = [
  'vm.poweredOn', 'vm.guestRunning', 'vm.poweredOff', 'vm.suspended', 'vm.reset', 'vm.reconfigured',
  'vm.asked', 'vm.answered', 'vm.registered', 'guest.trouble', 'guest.well',
] as const

/** Guests that write, while their instance runs, holds its lock and can use the disks. */
export function reactToWorkload(world: World): void {
  // First: a VM that was cancelled is off before anybody looks whether it may write.
  reactToSpace(world)
  world.on('workload.set', (tx, { node, vm, writeBytesPerSecond }) => setWorkload(tx, node, vm, writeBytesPerSecond))
  for (const kind of ofVm) {
    world.on(kind, (tx, { node, vm }: VmFact) => {
      const slot = tx.find(node, vm)
      if (slot !== undefined) follow(tx, slot)
    })
  }
  world.on('vm.left', (tx, { node, vm, to }) => {
    for (const slot of tx.ofType(LAB, 'DiskWriter')) {
      const writer = tx.read<DiskWriter>(slot)!.props
      if (writer.host === node && writer.vm === vm) stopWriting(tx, slot.address.id)
    }
    followHost(tx, to)
  })
  world.on('hardware.powerLost', (tx, { node }) => followHost(tx, node))
  world.on('hardware.hung', (tx, { node }) => followHost(tx, node))
  world.on('storage.accessChanged', (tx, { host }) => followHost(tx, host))
  world.on('storage.objectsChanged', (tx, { host }) => followHost(tx, host))
  world.on('storage.lockBroken', (tx, { from }) => followHost(tx, from))
  world.on('storage.lockStolen', (tx, { lock }) => {
    for (const host of hostNodes(tx)) {
      if (lostVolume(tx, host, lockVolume(lock)) === undefined) followHost(tx, host)
    }
  })
}

function reactToSpace(world: World): void {
  world.on('storage.volumeFull', (tx, { owners }) => {
    for (const owner of owners) {
      const writer = tx.get<DiskWriter>(LAB, owner)?.props
      const vm = writer === undefined ? undefined : tx.find(writer.host, writer.vm)
      if (writer !== undefined && vm !== undefined) askForSpace(tx, vm, writer.file)
    }
  })
  world.on('storage.sizeSettled', (tx, { owner, size }) => {
    const writer = tx.get<DiskWriter>(LAB, owner)?.props
    const vm = writer === undefined ? undefined : tx.find(writer.host, writer.vm)
    const disk = vm === undefined ? undefined : disksOf(tx, vm).find(each => each.id === owner)
    if (vm !== undefined && disk !== undefined) resizeListed(tx, vm, disk.extentPath, size)
  })
  world.on('vm.answered', (tx, { node, vm, message, choice, by }) => {
    const slot = tx.find(node, vm)
    if (message !== OUT_OF_SPACE || choice !== '1' || slot === undefined) return
    powerOff(tx, slot, { instant: true, ...(by === undefined ? {} : { by }) })
  })
}

/** The question of a thin disk that needs a block where none is left (availability.md 3.1). */
function askForSpace(tx: Transaction, vm: Slot, file: string): void {
  ask(tx, vm, {
    message: OUT_OF_SPACE,
    text: `There is no more space for virtual disk '${file}'. Free some on its datastore and choose Retry, `
      + 'or choose Cancel to end the session.',
    arguments: [file],
    choices: ['Retry', 'Cancel'],
    defaultIndex: 0,
  })
}

function setWorkload(tx: Transaction, node: string, vm: string, writeBytesPerSecond: number): void {
  const slot = tx.find(node, vm)
  const id = slot === undefined ? undefined : workloadId(tx, slot)
  if (slot === undefined || id === undefined) return
  const known = tx.find(LAB, id)
  const props: Workload = { writeBytesPerSecond: Math.floor(writeBytesPerSecond) }
  if (known === undefined) tx.create({ node: LAB, type: 'Workload', id }, { props, inner: {} })
  else tx.replace(known, { props: { ...props }, inner: {} })
  follow(tx, slot)
}

function followHost(tx: Transaction, host: string): void {
  if (tx.ofType(LAB, 'Workload').length === 0) return
  for (const slot of tx.ofType(host, 'VirtualMachine')) follow(tx, slot)
}

/** Lets a VM's guest write where it may, and nowhere else. */
function follow(tx: Transaction, vm: Slot): void {
  const id = workloadId(tx, vm)
  const workload = id === undefined ? undefined : tx.get<Workload>(LAB, id)?.props
  if (workload === undefined) return
  const disks = workload.writeBytesPerSecond > 0 && writes(tx, vm) ? disksOf(tx, vm) : []
  const rate = Math.floor(workload.writeBytesPerSecond / Math.max(1, disks.length))
  const usable = rate === 0 ? [] : disks.filter(disk => lostFiles(tx, vm.address.node, folderId(disk.volume, disk.folder)) === undefined)
  const before = vmRecord(tx, vm).inner.writers ?? []
  for (const writer of before) {
    if (!usable.some(disk => disk.id === writer)) stopWriting(tx, writer)
  }
  note(tx, vm, usable.map(disk => disk.id))
  const refused = usable.find(disk => !begin(tx, vm, disk, rate))
  if (refused !== undefined) askForSpace(tx, vm, refused.file)
}

function begin(tx: Transaction, vm: Slot, disk: WritableDisk, rate: number): boolean {
  const known = tx.get<DiskWriter>(LAB, disk.id)?.props
  if (known?.rate === rate && known.vm === vm.address.id) return true
  return startWriting(tx, vm, disk, rate)
}

function note(tx: Transaction, vm: Slot, writers: readonly string[]): void {
  const before = vmRecord(tx, vm).inner.writers ?? []
  if (before.length === writers.length && before.every((id, index) => id === writers[index])) return
  tx.update<VmProps, VmInner>(vm, ({ inner }) => {
    if (writers.length === 0) delete inner.writers
    else inner.writers = [...writers]
  })
}

/** True while the guest computes and the files are its own. */
function writes(tx: Transaction, vm: Slot): boolean {
  const { props } = vmRecord(tx, vm)
  const host = chassis(tx, vm.address.node)
  if (props.runtime.powerState !== 'poweredOn' || props.runtime.question !== undefined) return false
  if (host?.power !== 'on' || host.hung === true) return false
  // Without running tools a guest that has them boots, or they alone ended.
  const up = !hasTools(props) || toolsRunning(props) || troubleOf(tx, vm) !== undefined
  return up && !isStuck(tx, vm) && mayWrite(tx, vm)
}

function workloadId(tx: Transaction, vm: Slot): string | undefined {
  const uuid = vmRecord(tx, vm).props.config?.instanceUuid
  return uuid === undefined ? undefined : `workload/${uuid}`
}
