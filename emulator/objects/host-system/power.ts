import { chassis } from '../../physics/hardware/chassis.js'
import type { PowerLossCause } from '../../physics/hardware/reactions.js'
import { remainingOn } from '../../physics/compute/maintenance.js'
import { standByHost } from '../../physics/management/standby.js'
import { hostNodeOf } from '../../physics/management/truth.js'
import type { HostSystemMethods, HostSystemProps } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { Call, Query } from '../../services/call.js'
import { fault } from '../../services/method-fault.js'
import { parkTask, startTask, type TaskRun } from '../../services/tasks.js'
import { taskDurationMs } from '../../services/timing.js'
import { actorOf, callerOf, taskEntity, truthOf } from '../truth.js'

interface Forced { readonly force: boolean }

/** ShutdownHost_Task: needs maintenance mode, or `force` (availability.md 5). */
export function startShutdown(call: Call, { force }: Forced): MoRef {
  return begin(call, 'shutdown', 'host.shutdown', { force }, taskDurationMs.shutdownHost)
}

/** RebootHost_Task: like a shutdown, after which the host boots. */
export function startReboot(call: Call, { force }: Forced): MoRef {
  return begin(call, 'reboot', 'host.reboot', { force }, taskDurationMs.rebootHost)
}

/** PowerDownHostToStandBy_Task. */
export function startStandby(
  call: Call, _args: HostSystemMethods['PowerDownHostToStandBy_Task']['args'],
): MoRef {
  return begin(call, 'enterStandbyMode', 'host.standby', {}, taskDurationMs.shutdownHost)
}

/**
 * PowerUpHostFromStandBy_Task: ends when vCenter hears the host again, or with Timedout.
 * services/host-tasks.ts resumes it.
 */
export function startPowerUp(
  call: Call, { timeoutSec }: HostSystemMethods['PowerUpHostFromStandBy_Task']['args'],
): MoRef {
  const { tx, self, node } = call
  const inStandby = tx.read<HostSystemProps>(self)!.props.runtime.standbyMode === 'in'
  const task = begin(call, 'exitStandbyMode', 'host.powerUp', { inStandby }, 0)
  if (!inStandby) return task
  const host = hostNodeOf(tx, self)
  tx.emit('host.standby', { host, phase: 'exiting', by: callerOf(call) })
  tx.emit('hardware.powerRestored', { node: host })
  parkTask(tx, tx.find(node.name, task.value)!, timeoutSec > 0 ? timeoutSec * 1000 : undefined)
  return task
}

export const hostPowerJobs = {
  'host.shutdown': (run: TaskRun, { force }: Forced) => stop(run, force, 'shutdown'),
  'host.reboot': (run: TaskRun, { force }: Forced) => stop(run, force, 'reboot'),
  'host.standby': standby,
  'host.powerUp': poweredUp,
}

/** RetrieveHardwareUptime: seconds since the host was switched on. */
export function retrieveUptime({ reader, self }: Query): number {
  const inner = chassis(reader, truthOf(reader, self).address.node)
  return inner === undefined ? 0 : Math.floor((reader.now() - inner.bootTime) / 1000)
}

function begin(call: Call, verb: string, job: string, payload: object, durationMs: number): MoRef {
  return startTask(call, { descriptionId: `HostSystem.${verb}`, entity: call.self, job, payload, durationMs })
}

function stop(run: TaskRun, force: boolean, cause: Extract<PowerLossCause, 'shutdown' | 'reboot'>): void {
  const { tx } = run
  const truth = truthOf(tx, taskEntity(run))
  const { runtime } = tx.read<HostSystemProps>(truth)!.props
  if (!runtime.inMaintenanceMode && !force) throw fault('InvalidState')
  const host = truth.address.node
  tx.emit('host.stopping', { host, cause, by: actorOf(run) })
  tx.emit('hardware.powerLost', { node: host, cause })
  if (cause === 'reboot') tx.emit('hardware.powerRestored', { node: host })
}

function standby(run: TaskRun): void {
  const { tx } = run
  const entity = taskEntity(run)
  const truth = truthOf(tx, entity)
  const host = truth.address.node
  const props = tx.read<HostSystemProps>(truth)!.props
  if (props.capability?.standbySupported === false) throw fault('NotSupported')
  if (remainingOn(tx, host, false).length > 0) throw fault('InvalidState')
  tx.emit('host.standby', { host, phase: 'entering', by: actorOf(run) })
  standByHost(tx, host)
  tx.emit('host.standby', { host, phase: 'entered', by: actorOf(run) })
}

function poweredUp(run: TaskRun, { inStandby }: { readonly inStandby: boolean }): void {
  const { tx } = run
  const host = taskEntity(run)
  if (!inStandby) throw fault('InvalidState')
  if (tx.read<HostSystemProps>(host)!.props.runtime.connectionState !== 'connected') {
    throw fault('Timedout', {}, 'Operation timed out.')
  }
  tx.emit('host.standby', { host: hostNodeOf(tx, host), phase: 'exited', by: actorOf(run) })
}
