import { forgetMigration, migrations, type Migration } from '../physics/migration/running.js'
import type { Transaction } from '../world/transaction.js'
import type { World } from '../world/world.js'
import { fault } from './method-fault.js'
import { tellMoveFailed } from './narration/migration.js'
import { completeTask, isFinal, type TaskProps } from './tasks.js'
import './tasks/jobs.js'

/**
 * Moves of VMs that do not come to their end: a host dies on the way, the task is canceled or its
 * work fails, vCenter is lost. The VM stays where it was (availability.md 4.3).
 */
export function followMigrations(world: World): void {
  world.on('hardware.powerLost', (tx, { node }) => {
    for (const migration of migrations(tx)) {
      if (migration.vcenter === node) forgetMigration(tx, migration)
      else if (migration.source === node || migration.target === node) die(tx, migration)
    }
  })
  world.on('task.failed', (tx, { node, task, reason }) => end(tx, node, task, reason))
  world.on('task.canceled', (tx, { node, task }) =>
    end(tx, node, task, fault('RequestCanceled').localized as unknown as Record<string, unknown>))
}

/** One of the two hosts is gone: the task ends now, it does not wait for its time. */
function die(tx: Transaction, migration: Migration): void {
  const task = tx.find(migration.vcenter, migration.task)
  if (task === undefined || isFinal(tx.read<TaskProps>(task)!.props.info)) {
    forgetMigration(tx, migration)
    return
  }
  const error = fault('HostNotReachable')
  completeTask(tx, task, { error })
  const reason = error.localized as unknown as Record<string, unknown>
  tx.emit('task.failed', { node: migration.vcenter, task: migration.task, reason })
}

function end(tx: Transaction, node: string, task: string, reason: Readonly<Record<string, unknown>>): void {
  const migration = migrations(tx).find(item => item.vcenter === node && item.task === task)
  if (migration === undefined) return
  forgetMigration(tx, migration)
  tellMoveFailed(tx, migration, task, reason)
}
