import type { TaskInfo } from '../../schema/generated/types.js'
import { readableProperty } from '../../services/authorization/check.js'
import type { TaskProps } from '../../services/tasks.js'
import { taskLabel } from '../../services/tasks/labels.js'
import { vapiErrorOf } from '../fault-twins.js'
import { VapiFault, type Dialect } from '../vapi-error.js'
import type { VcenterCall, VcenterOperation } from './call.js'
import { taskOfCisId } from './task-ids.js'

/** The REST operations behind tasks, by the descriptionId of their Task. */
const operations: Readonly<Record<string, readonly [service: string, operation: string]>> = {
  'FailoverClusterManager.initiateFailover': ['com.vmware.vcenter.vcha.cluster', 'failover$task'],
  'FailoverClusterManager.setClusterMode': ['com.vmware.vcenter.vcha.cluster.mode', 'set$task'],
  'FailoverClusterConfigurator.deploy': ['com.vmware.vcenter.vcha.cluster', 'deploy$task'],
  'FailoverClusterConfigurator.prepare': ['com.vmware.vcenter.vcha.cluster', 'deploy$task'],
  'FailoverClusterConfigurator.destroy': ['com.vmware.vcenter.vcha.cluster', 'undeploy$task'],
  'FailoverClusterConfigurator.createPassiveNode': ['com.vmware.vcenter.vcha.cluster.passive', 'redeploy$task'],
  'FailoverClusterConfigurator.createWitnessNode': ['com.vmware.vcenter.vcha.cluster.witness', 'redeploy$task'],
}

/** The service and the operation of REST behind a Task; undefined: there is none. */
export function restOperation(descriptionId: string): readonly [service: string, operation: string] | undefined {
  return operations[descriptionId]
}

const states = { queued: 'PENDING', running: 'RUNNING', success: 'SUCCEEDED', error: 'FAILED' } as const

/**
 * `com.vmware.cis.tasks` `get`: a Task as its record has it, for who may read the Task's `info`.
 * @throws VapiFault not_found for another id, and for a task that this REST has no operation for
 */
function get(call: VcenterCall): unknown {
  const { world, node, services, session } = call
  const id = call.params['task']!
  const task = taskOfCisId(node, id)
  const slot = task === undefined ? undefined : world.find(node.name, task)
  const info = slot === undefined ? undefined : world.read<TaskProps>(slot)?.props.info
  const [service, operation] = operations[info?.descriptionId ?? ''] ?? []
  if (slot === undefined || info === undefined || service === undefined || operation === undefined || !id.endsWith(`:${service}`)) {
    throw new VapiFault('not_found', 'com.vmware.cis.tasks.not_found', `There is no task ${id}.`)
  }
  const property = services.schema.property('Task', 'info')!
  if (readableProperty(services.authorization, world, session.principal, slot, property) !== undefined) {
    throw new VapiFault('unauthorized', 'vapi.security.authorization.permission.denied',
      'Permission to perform this operation was denied.')
  }
  return shown(call.dialect, info, service, operation)
}

function shown(dialect: Dialect, info: TaskInfo, service: string, operation: string): unknown {
  const { queueTime, startTime, completeTime, state, entity } = info
  const done = state === 'success' ? 100 : info.progress ?? 0
  const description = message('com.vmware.cis.task.description', taskLabel(info.descriptionId))
  return {
    description, service, operation, status: states[state], cancelable: info.cancelable,
    progress: { total: 100, completed: done, message: description },
    ...entity === undefined ? {} : { target: { type: entity.type, id: entity.value } },
    ...'userName' in info.reason ? { user: String(info.reason.userName) } : {},
    ...state === 'queued' ? {} : { start_time: startTime ?? queueTime },
    ...completeTime === undefined ? {} : { end_time: completeTime },
    ...info.error === undefined ? {} : { error: errorOf(dialect, info.error) },
  }
}

function errorOf(dialect: Dialect, { fault, localizedMessage }: NonNullable<TaskInfo['error']>): unknown {
  const type = (fault as { _typeName?: string })._typeName ?? 'MethodFault'
  const name = vapiErrorOf(type)
  const messages = [message(`vapi.method-fault.${type}`, localizedMessage ?? `${type}.`)]
  return dialect === 'api'
    ? { error_type: name.toUpperCase(), messages }
    : { [`com.vmware.vapi.std.errors.${name}`]: { messages } }
}

function message(id: string, text: string): object {
  return { id, default_message: text, args: [] }
}

/** `com.vmware.cis.tasks`, as far as those who started a task need it; list and cancel are not emulated. */
export const taskOperations: readonly VcenterOperation[] = [
  { method: 'GET', path: '/cis/tasks/{task}', run: get },
]
