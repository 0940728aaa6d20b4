import { endEntering, enteringOf } from '../physics/compute/maintenance.js'
import { hostsOf } from '../physics/hardware/chassis.js'
import { mirrorOf } from '../physics/management/mirror.js'
import { hostNodeOf } from '../physics/management/truth.js'
import type { MoRef } from '../schema/model.js'
import type { Slot } from '../world/records.js'
import type { Transaction } from '../world/transaction.js'
import type { World } from '../world/world.js'
import { fault } from './method-fault.js'
import { completeTask, isFinal, resumeTask, type TaskProps } from './tasks.js'
import './tasks/jobs.js'

const ENTER = 'HostSystem.enterMaintenanceMode'
const POWER_UP = 'HostSystem.exitStandbyMode'

/**
 * Tasks that wait for a host: entering maintenance mode until it is empty, powering up until it is
 * heard. What else ends them (a cancel, a time-out, a host that dies) leaves no host entering.
 */
export function followHostTasks(world: World): void {
  world.on('host.evacuated', (tx, { entering }) => {
    const task = tx.find(entering.node, entering.task)
    if (task !== undefined) resumeTask(tx, task)
  })
  world.on('task.canceled', (tx, { node, task }) => giveUpEntering(tx, node, task, 'canceled'))
  world.on('task.failed', (tx, { node, task, reason }) => {
    const timedOut = (reason['fault'] as { _typeName?: string } | undefined)?._typeName === 'Timedout'
    giveUpEntering(tx, node, task, timedOut ? 'timedOut' : 'failed')
  })
  world.on('hardware.powerLost', (tx, { node }) => {
    loseEntering(tx, node)
    for (const host of hostsOf(tx, node)) if (enteringOf(tx, host)?.node === node) endEntering(tx, host)
  })
  world.on('management.hostBack', (tx, { vcenter, host }) => {
    const slot = mirrorOf(tx, vcenter, host, 'ha-host')
    const recent = slot === undefined ? [] : tx.read<{ recentTask?: MoRef[] }>(slot)!.props.recentTask ?? []
    for (const { value } of recent) {
      const task = tx.find(vcenter, value)
      if (task !== undefined && isWaiting(tx, task, POWER_UP)) resumeTask(tx, task)
    }
  })
}

function isWaiting(tx: Transaction, task: Slot, descriptionId: string): boolean {
  const { info } = tx.read<TaskProps>(task)!.props
  return info.descriptionId === descriptionId && !isFinal(info)
}

/** The host that a task about maintenance mode was for does not try any more. */
function giveUpEntering(
  tx: Transaction, node: string, task: string, phase: 'canceled' | 'timedOut' | 'failed',
): void {
  const info = tx.get<TaskProps>(node, task)?.props.info
  const entity = info?.descriptionId === ENTER && info.entity !== undefined
    ? tx.find(node, info.entity.value)
    : undefined
  if (entity === undefined) return
  const host = hostNodeOf(tx, entity)
  const entering = enteringOf(tx, host)
  if (entering?.node !== node || entering.task !== task) return
  endEntering(tx, host)
  const { userName = '' } = info!.reason as { userName?: string }
  tx.emit('host.maintenance', { host, phase, by: { node, userName, chainId: info!.eventChainId } })
}

/** A host that dies while it enters maintenance mode is not in it when it is back. */
function loseEntering(tx: Transaction, host: string): void {
  const entering = enteringOf(tx, host)
  if (entering === undefined) return
  endEntering(tx, host)
  const task = tx.find(entering.node, entering.task)
  if (task === undefined) return
  completeTask(tx, task, { error: fault('HostNotReachable') })
  tx.emit('host.maintenance', { host, phase: 'failed' })
}
