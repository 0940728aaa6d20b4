import { answers, connectHost, disconnectHost } from '../../physics/management/connection.js'
import { hostNodeOf } from '../../physics/management/truth.js'
import type { HostConnectSpec, HostSystemMethods, HostSystemProps } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { Call } from '../../services/call.js'
import { checkConnection } from '../../services/host-connection.js'
import { requireLicences } from '../../services/licences.js'
import { fault, invalidArgument } from '../../services/method-fault.js'
import { nodeInfo } from '../../services/nodes.js'
import { startTask, type TaskRun } from '../../services/tasks.js'
import { taskDurationMs } from '../../services/timing.js'
import type { Slot } from '../../world/records.js'
import { taskEntity } from '../truth.js'

type ReconnectArgs = HostSystemMethods['ReconnectHost_Task']['args']

/** DisconnectHost_Task: vCenter's only; a host that does not respond can be disconnected, too. */
export function startDisconnect(call: Call): MoRef {
  if (call.node.kind !== 'vcenter') throw fault('NotSupported')
  return startTask(call, {
    descriptionId: 'HostSystem.disconnect', entity: call.self, job: 'host.disconnect', payload: {},
    durationMs: taskDurationMs.disconnectHost,
  })
}

/** ReconnectHost_Task: with another login or thumbprint, or as vCenter knows the host. */
export function startReconnect(call: Call, args: ReconnectArgs): MoRef {
  if (call.node.kind !== 'vcenter') throw fault('NotSupported')
  return startTask(call, {
    descriptionId: 'HostSystem.reconnect', entity: call.self, job: 'host.reconnect', payload: args,
    durationMs: taskDurationMs.reconnectHost,
  })
}

export const connectionJobs = { 'host.disconnect': disconnect, 'host.reconnect': reconnect }

function disconnect(run: TaskRun): void {
  const slot = taskEntity(run)
  if (stateOf(run, slot) === 'disconnected') throw fault('InvalidState')
  disconnectHost(run.tx, hostNodeOf(run.tx, slot), 'userRequest')
}

function reconnect(run: TaskRun, { cnxSpec }: ReconnectArgs): void {
  const { tx, node } = run
  const slot = taskEntity(run)
  if (stateOf(run, slot) === 'connected') throw fault('InvalidState')
  const host = hostNodeOf(tx, slot)
  if (cnxSpec?.userName !== undefined) checkAgain(run, host, cnxSpec)
  if (!answers(tx, node.name, host)) {
    const name = tx.read<HostSystemProps>(slot)!.props.name
    throw fault('NoHost', { name }, `Unable to communicate with the remote host '${name}'.`)
  }
  requireLicences(tx, [node.name, host])
  connectHost(tx, node.name, host)
}

/** A spec that names a host must name this one. */
function checkAgain(run: TaskRun, host: string, spec: HostConnectSpec): void {
  const { tx, node, services: { behaviour } } = run
  const found = checkConnection(tx, {
    vcenter: node, anyLogin: behaviour.anyLogin, known: true,
    spec: { ...spec, hostName: spec.hostName ?? nodeInfo(tx, host)!.hostName },
  })
  if (found.name !== host) throw invalidArgument('cnxSpec.hostName')
}

function stateOf(run: TaskRun, slot: Slot): string {
  return run.tx.read<HostSystemProps>(slot)!.props.runtime.connectionState
}
