import type { AlarmDescription, AlarmExpression } from '../../schema/generated/types.js'
import { deepFreeze } from '../../world/freeze.js'
import { element, wordsOf } from './manager-descriptions.js'

const list = (...keys: string[]) => keys.map(key => element(key, wordsOf(key)))

/** Words for the parts of alarms (operations.md 6.1). */
export const alarmDescription: AlarmDescription = deepFreeze({
  expr: list('AndAlarmExpression', 'OrAlarmExpression', 'StateAlarmExpression', 'MetricAlarmExpression', 'EventAlarmExpression'),
  stateOperator: [element('isEqual', 'Is equal to'), element('isUnequal', 'Is not equal to')],
  metricOperator: [element('isAbove', 'Is above'), element('isBelow', 'Is below')],
  hostSystemConnectionState: list('connected', 'notResponding', 'disconnected'),
  virtualMachinePowerState: list('poweredOff', 'poweredOn', 'suspended'),
  datastoreConnectionState: list('connected', 'disconnected'),
  hostSystemPowerState: list('poweredOn', 'poweredOff', 'standBy', 'unknown'),
  virtualMachineGuestHeartbeatStatus: list('gray', 'green', 'red', 'yellow'),
  entityStatus: list('gray', 'green', 'red', 'yellow'),
  action: list('SendEmailAction', 'SendSNMPAction', 'RunScriptAction', 'MethodAction', 'CreateTaskAction'),
})

const state = (type: string, statePath: string, red: string): AlarmExpression => {
  const expression: Record<string, unknown> = {
    _typeName: 'StateAlarmExpression', operator: 'isEqual', type, statePath, red,
  }
  return expression
}
const metric = (type: string, counterId: number): AlarmExpression => {
  const expression: Record<string, unknown> = {
    _typeName: 'MetricAlarmExpression', operator: 'isAbove', type, metric: { counterId, instance: '' },
    yellow: 7500, red: 9000,
  }
  return expression
}

/** Expressions that alarms of hosts and VMs begin with: connection, power, CPU and memory usage. */
export const defaultAlarmExpressions: AlarmExpression[] = deepFreeze([
  state('HostSystem', 'runtime.connectionState', 'notResponding'),
  metric('HostSystem', 2),
  metric('HostSystem', 24),
  state('VirtualMachine', 'runtime.powerState', 'poweredOff'),
  metric('VirtualMachine', 2),
  metric('VirtualMachine', 24),
])
