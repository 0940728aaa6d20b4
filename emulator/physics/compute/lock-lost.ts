import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { LAB, isUp } from '../hardware/chassis.js'
import { responds } from '../network/paths.js'
import { lostFiles, objectOfLock } from '../storage/access.js'
import { lockOf, type FileLock } from '../storage/locks.js'
import { terminate } from './power.js'
import { LOCK_LOST, ask } from './questions.js'
import { vmRecord } from './vm.js'

/**
 * A VM that runs on while the lock on its files belongs to somebody else must stop: as soon as its
 * host sees the volume again, it asks the question that has one answer (availability.md 1.7, 6.1).
 */
export function reactToLostLocks(world: World): void {
  world.on('storage.accessChanged', (tx, { host, volume, loss }) => {
    if (loss === undefined) askAll(tx, host, lock => lock.volume === volume)
  })
  world.on('storage.objectsChanged', (tx, { host, back }) => {
    if (back.length > 0) askAll(tx, host, lock => back.includes(objectOfLock(lock.id)))
  })
  world.on('hardware.hung', (tx, { node, hung }) => {
    if (!hung) askAll(tx, node, () => true)
  })
  world.on('storage.lockStolen', (tx, { lock: id, from }) => {
    if (from !== undefined) askAll(tx, from, lock => lock.id === id)
  })
  world.on('vm.answered', (tx, { node, vm, message, by }) => {
    const slot = tx.find(node, vm)
    if (message !== LOCK_LOST || slot === undefined) return
    terminate(tx, slot, { instant: true, ...(by === undefined ? {} : { by }) })
  })
}

function askAll(tx: Transaction, host: string, concerned: (lock: { id: string, volume: string }) => boolean): void {
  if (!isUp(tx, host) || !responds(tx, host)) return
  for (const vm of tx.ofType(host, 'VirtualMachine')) {
    if (vmRecord(tx, vm).props.runtime.powerState !== 'poweredOn') continue
    const lock = lockOf(tx, vm)
    if (lock !== undefined && concerned(lock)) askIfLost(tx, vm, lock)
  }
}

function askIfLost(tx: Transaction, vm: Slot, lock: { id: string, volume: string }): void {
  const { node } = vm.address
  if (lostFiles(tx, node, objectOfLock(lock.id)) !== undefined) return
  if (tx.get<FileLock>(LAB, lock.id)?.props.owner === node) return
  const file = vmRecord(tx, vm).props.config?.files.vmPathName ?? ''
  ask(tx, vm, {
    message: LOCK_LOST,
    text: `The lock that protects ${file} belongs to another host or was lost. `
      + 'This virtual machine cannot go on and will be powered off.',
    arguments: [file],
    choices: ['OK'],
    defaultIndex: 0,
  })
}
