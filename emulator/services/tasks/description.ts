import type { ElementDescription, TaskDescription } from '../../schema/generated/types.js'
import type { Schema } from '../../schema/model.js'
import { taskLabel } from './labels.js'

const states: readonly ElementDescription[] = [
  { key: 'queued', label: 'Queued', summary: 'Task is queued' },
  { key: 'running', label: 'Running', summary: 'Task is in progress' },
  { key: 'success', label: 'Success', summary: 'Task completed successfully' },
  { key: 'error', label: 'Error', summary: 'Task completed with a failure' },
]

const reasons: readonly ElementDescription[] = [
  { key: 'TaskReasonAlarm', label: 'Alarm', summary: 'Task started by an alarm' },
  { key: 'TaskReasonSchedule', label: 'Scheduled task', summary: 'Task started by a schedule' },
  { key: 'TaskReasonSystem', label: 'System', summary: 'Task started by the server' },
  { key: 'TaskReasonUser', label: 'User', summary: 'Task started by a user' },
]

const made = new WeakMap<Schema, TaskDescription>()

/** TaskManager.description: every method by its descriptionId, made when first asked for. */
export function taskDescription(schema: Schema): TaskDescription {
  let description = made.get(schema)
  if (description === undefined) {
    description = Object.freeze({
      methodInfo: methodInfo(schema),
      state: states as ElementDescription[],
      reason: reasons as ElementDescription[],
    })
    made.set(schema, description)
  }
  return description
}

/** `VirtualMachine.powerOn`: VMODL type without its first part, and VMODL method name. */
export function descriptionIdOf(vmodlType: string, vmodlMethod: string): string {
  return `${vmodlType.replace(/^vim\./, '')}.${vmodlMethod}`
}

function methodInfo(schema: Schema): ElementDescription[] {
  const rows: ElementDescription[] = []
  for (const name of schema.names('managed', 'vim25')) {
    const type = schema.managed(name, 'vim25')!
    for (const method of type.ownMethods) {
      const key = descriptionIdOf(type.vmodlName, method.vmodlName)
      const label = taskLabel(key)
      rows.push({ key, label, summary: label })
    }
  }
  return rows
}
