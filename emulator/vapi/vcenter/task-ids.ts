import { createHash } from 'node:crypto'
import type { MoRef } from '../../schema/model.js'
import type { NodeInfo } from '../../services/nodes.js'

/**
 * What a vCenter's Task is called by REST: a UUID and the service that gave it (availability.md 2.2,
 * protocols.md 5.4). It is made from the Task's own id, so that nothing has to be kept of it; the last
 * group is the Task's number.
 */
export function cisTaskId(node: NodeInfo, task: MoRef, service: string): string {
  return `${uuidOf(node, task.value)}:${service}`
}

/** The id of the Task that a REST id stands for; undefined: it is none of this vCenter. */
export function taskOfCisId(node: NodeInfo, id: string): string | undefined {
  const [uuid = '', service = ''] = id.split(':', 2)
  const number = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-([0-9a-f]{12})$/.exec(uuid)?.[1]
  if (number === undefined || service === '') return undefined
  const task = `task-${parseInt(number, 16)}`
  return uuidOf(node, task) === uuid ? task : undefined
}

function uuidOf(node: NodeInfo, task: string): string {
  const hex = createHash('sha1').update(`${node.uuid}/${task}`).digest('hex')
  const number = Number(task.slice('task-'.length)).toString(16).padStart(12, '0')
  return `52${hex.slice(0, 6)}-${hex.slice(6, 10)}-${hex.slice(10, 14)}-${hex.slice(14, 18)}-${number}`
}
