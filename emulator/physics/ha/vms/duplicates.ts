import type { Reader, Slot } from '../../../world/records.js'
import type { Transaction } from '../../../world/transaction.js'
import type { World } from '../../../world/world.js'
import { LOCK_LOST, answer, openQuestion } from '../../compute/questions.js'
import { LAB, chassis } from '../../hardware/chassis.js'
import { mirrored } from '../../management/link.js'
import { detachVm } from '../../management/tree.js'
import { lockOf, type FileLock } from '../../storage/locks.js'
import { agentOf } from '../fdm/agent.js'
import { agentWorks } from '../fdm/links.js'
import { isRunning, vmKey } from './line.js'
import { reportVm } from './reports.js'
import { ANSWER_MS } from './timing.js'

declare module '../../../world/signals.js' {
  interface JobMap {
    /** A host's HA agent answers the question of a VM that lost the lock on its files. */
    'ha.answerLockLost': { readonly node: string, readonly vm: string }
  }
}

/**
 * Two copies of a VM run (availability.md 1.7): when the host of the old one has its storage back,
 * that copy asks; its host's agent answers, which ends it, and its registration is removed. The copy
 * that holds the lock is never touched.
 */
export function reactToDuplicates(world: World): void {
  world.on('vm.asked', (tx, { node, vm, message }) => {
    if (message === LOCK_LOST && agentOf(tx, node) !== undefined) tx.after(ANSWER_MS, 'ha.answerLockLost', { node, vm })
  })
  world.onJob('ha.answerLockLost', (tx, { node, vm }) => {
    const slot = tx.find(node, vm)
    if (slot === undefined || openQuestion(tx, slot)?.message !== LOCK_LOST) return
    // Without its agent nobody answers: the question waits for it, or for a user.
    if (agentOf(tx, node) === undefined || !agentWorks(tx, node)) return
    reportVm(tx, node, slot, { kind: 'lockLostAnswered', host: node })
    answer(tx, slot, '0')
  })
  world.on('agent.changed', (tx, { host, agent, state }) => {
    if (agent === 'vpxa' || state !== 'running' || agentOf(tx, host) === undefined) return
    for (const { address } of tx.ofType(host, 'VirtualMachine').filter(vm => openQuestion(tx, vm)?.message === LOCK_LOST)) {
      tx.after(ANSWER_MS, 'ha.answerLockLost', { node: host, vm: address.id })
    }
  })
  world.on('vm.answered', (tx, { node, vm, message }) => {
    const slot = tx.find(node, vm)
    if (message === LOCK_LOST && slot !== undefined) removeCopy(tx, slot)
  })
}

/** vCenter removes the rest where it hears the host (physics/management/claim.ts); else the agent does. */
function removeCopy(tx: Transaction, vm: Slot): void {
  const { node } = vm.address
  const vcenter = chassis(tx, node)?.managedBy
  if (isRunning(tx, vm) || !runsElsewhere(tx, vm)) return
  if (vcenter !== undefined && mirrored(tx, vcenter, node)) return
  detachVm(tx, vm)
  tx.remove(vm)
}

function runsElsewhere(reader: Reader, vm: Slot): boolean {
  const lock = lockOf(reader, vm)
  const owner = lock === undefined ? undefined : reader.get<FileLock>(LAB, lock.id)?.props.owner
  if (owner === undefined || owner === vm.address.node || chassis(reader, owner) === undefined) return false
  const key = vmKey(reader, vm)
  return reader.ofType(owner, 'VirtualMachine').some(other => vmKey(reader, other) === key)
}
