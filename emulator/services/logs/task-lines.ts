import { operationOf } from '../../physics/logs/operation.js'
import { writeLog } from '../../physics/logs/write.js'
import type { TaskInfo } from '../../schema/generated/types.js'
import type { Transaction } from '../../world/transaction.js'
import type { NodeInfo } from '../nodes.js'

/** Who is behind a task, as its lines show it. */
export interface TaskLine {
  readonly node: NodeInfo
  readonly info: TaskInfo
  readonly userName: string
  readonly opId: string
}

/** A task was made: vpxd's LRO of it begins (operations.md 3.2), hostd says its name. */
export function logTaskCreated(tx: Transaction, { node, info, userName, opId }: TaskLine): void {
  if (node.kind === 'esxi') {
    writeLog(tx, node.name, 'hostd', {
      level: 'info', sub: 'Vimsvc.TaskManager', opId, user: userName, text: `Task Created : ${info.key}`,
    })
    return
  }
  const operation = operationOf(tx)
  const session = operation?.node === node.name ? operation.session : undefined
  writeLog(tx, node.name, 'vpxd', {
    level: 'info', sub: 'vpxLro', opId,
    text: () => `[VpxLRO] -- BEGIN ${info.key} -- ${subject(info)} -- `
      + (session === undefined ? '' : `${session}(${session})`),
  })
}

/** A task ended, well or not. */
export function logTaskEnded(tx: Transaction, { node, info, userName, opId }: TaskLine): void {
  const failed = info.state === 'error'
  if (node.kind === 'esxi') {
    writeLog(tx, node.name, 'hostd', {
      level: 'info', sub: 'Vimsvc.TaskManager', opId, user: userName,
      text: `Task Completed : ${info.key} Status ${info.state}`,
    })
    return
  }
  writeLog(tx, node.name, 'vpxd', {
    level: failed ? 'error' : 'info', sub: 'vpxLro', opId,
    text: () => failed ? `[VpxLRO] -- ERROR ${info.key} -- ${subject(info)}: ${errorText(info)}`
      : `[VpxLRO] -- FINISH ${info.key}`,
  })
}

/** `vm-42 -- vim.VirtualMachine.powerOn`. */
function subject({ entity, descriptionId }: TaskInfo): string {
  return `${entity?.value ?? ''} -- vim.${descriptionId}`
}

function errorText({ error }: TaskInfo): string {
  const type = (error?.fault as { _typeName?: string } | undefined)?._typeName ?? 'Fault'
  return `vim.fault.${type}: ${error?.localizedMessage ?? ''}`
}
