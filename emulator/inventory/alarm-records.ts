import { emptyList } from '../physics/frozen.js'
import type { AlarmInfo, AlarmSpec } from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import { alarmInfo } from '../services/alarms/definitions.js'
import { deepFreeze } from '../world/freeze.js'
import { put, type Build } from './build-state.js'
import { defaultAlarms } from './data/alarm-definitions.js'
import { ref } from './host-spec.js'
import type { LabVcenter } from './lab-schema.js'

/** Ids of a lab file's own alarms begin here, above those of the default set. */
const FIRST_OWN = 384

/** Makes the default alarms of a vCenter, and those of the lab file, on its root folder. */
export function buildAlarms(build: Build, node: string, root: MoRef, own: LabVcenter['alarms']): void {
  for (const { number, spec } of defaultAlarms()) putAlarm(build, node, root, number, spec)
  own.forEach((alarm, index) => putAlarm(build, node, root, FIRST_OWN + index, specOf(alarm)))
}

function putAlarm(build: Build, node: string, entity: MoRef, number: number, spec: AlarmSpec): void {
  const alarm = ref('Alarm', `alarm-${number}`)
  const info: AlarmInfo = deepFreeze(alarmInfo(spec, {
    key: alarm.value, alarm, entity, lastModifiedTime: build.created, lastModifiedUser: '', creationEventId: 0,
  }))
  put(build, node, alarm, Object.freeze({ info, value: emptyList, availableField: emptyList }))
}

/** An alarm of the lab file: colours by the id of an event. */
function specOf({ name, description, type, events }: LabVcenter['alarms'][number]): AlarmSpec {
  const expression = Object.entries(events).map(([eventTypeId, status]) => ({
    _typeName: 'EventAlarmExpression', eventType: 'EventEx', eventTypeId, objectType: type, status,
  }))
  return {
    name, description, enabled: true,
    expression: { _typeName: 'OrAlarmExpression', expression } as AlarmSpec['expression'],
    setting: { toleranceRange: 0, reportingFrequency: 300 },
  }
}
