import type { AlarmMethods } from '../../schema/generated/types.js'
import { alarmIndex } from '../../services/alarms/alarm-index.js'
import { reconfigureAlarm, removeAlarm } from '../../services/alarms/definitions.js'
import type { Call } from '../../services/call.js'
import { defineManagedObject } from '../define.js'
import { userOf } from '../truth.js'
import { checkSpec } from './spec.js'

type Args<M extends keyof AlarmMethods> = AlarmMethods[M]['args']

function reconfigure(call: Call, { spec }: Args<'ReconfigureAlarm'>): void {
  const { schema, world } = call.services
  checkSpec(schema, spec)
  reconfigureAlarm(call.tx, alarmIndex(world, schema), call.self, spec, userOf(call))
}

/** A definition (operations.md 6.1); custom values are those of every extensible object. */
export const alarm = defineManagedObject('Alarm', {
  methods: {
    ReconfigureAlarm: reconfigure,
    RemoveAlarm: call => removeAlarm(call.tx, call.self, userOf(call)),
  },
})
