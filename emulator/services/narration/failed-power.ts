import type { VmProps } from '../../physics/compute/vm.js'
import { findTruth } from '../../physics/management/truth.js'
import type { EventName, TaskInfo } from '../../schema/generated/types.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { VCENTER_USER } from '../accounts.js'
import { postEvent } from '../events.js'
import '../tasks/jobs.js'

/** What is posted when the work of a task about a VM fails, by descriptionId. */
const failures: Readonly<Record<string, EventName>> = {
  'VirtualMachine.powerOn': 'VmFailedToPowerOnEvent',
  'VirtualMachine.powerOff': 'VmFailedToPowerOffEvent',
  'VirtualMachine.reset': 'VmFailedToResetEvent',
  'VirtualMachine.suspend': 'VmFailedToSuspendEvent',
}

/**
 * A power operation that began and failed is an event on the node that was asked and on the host.
 * One that the VM's state refuses never begins: its task alone says so, as VmStartingEvent is not
 * posted either (that the product keeps the two together is general knowledge).
 */
export function narrateFailedPower(world: World): void {
  world.on('task.failed', (tx, { node, task, reason }) => {
    const info = tx.get<{ info: TaskInfo }>(node, task)?.props.info
    const type = failures[info?.descriptionId ?? '']
    const fault = (reason['fault'] as { _typeName?: string } | undefined)?._typeName
    if (info?.entity === undefined || type === undefined || fault === 'InvalidPowerState') return
    post(tx, node, type, info, reason)
  })
}

function post(
  tx: Transaction, node: string, type: EventName, info: TaskInfo, reason: Readonly<Record<string, unknown>>,
): void {
  const vm = tx.find(node, info.entity!.value)
  if (vm === undefined || tx.read<VmProps>(vm) === undefined) return
  const userName = (info.reason as { userName?: string }).userName ?? ''
  const fields = { reason }
  postEvent(tx, node, { type, vm, userName, chainId: info.eventChainId, fields })
  const truth = findTruth(tx, vm)
  if (truth === undefined || truth.address.node === node) return
  postEvent(tx, truth.address.node, { type, vm: truth, userName: VCENTER_USER, fields })
}
