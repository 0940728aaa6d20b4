import { perfCounters } from '../../inventory/data/perf-counters.js'
import type {
  AlarmExpression, AlarmSpec, AndAlarmExpression, EventAlarmExpression, MetricAlarmExpression,
  StateAlarmExpression,
} from '../../schema/generated/types.js'
import type { Schema } from '../../schema/model.js'
import { plainType } from '../../services/alarms/compiled.js'
import { comparisonOperators } from '../../services/alarms/matching.js'
import { invalidArgument } from '../../services/method-fault.js'
import { compilePath } from '../../services/property-collector/paths.js'

/**
 * Checks what an alarm waits for, and its numbers.
 * @throws InvalidArgument naming the place: an expression of no kind, an empty list, a type that is no
 * entity, a path that the type has not, an unknown counter or event, no status at all
 */
export function checkSpec(schema: Schema, spec: AlarmSpec): void {
  checkExpression(schema, spec.expression, 'spec.expression')
  if ((spec.actionFrequency ?? 0) < 0) throw invalidArgument('spec.actionFrequency')
  if ((spec.setting?.toleranceRange ?? 0) < 0) throw invalidArgument('spec.setting.toleranceRange')
  if ((spec.setting?.reportingFrequency ?? 0) < 0) throw invalidArgument('spec.setting.reportingFrequency')
}

function checkExpression(schema: Schema, expression: AlarmExpression, at: string): void {
  switch ((expression as { _typeName?: string })._typeName) {
    case 'AndAlarmExpression':
    case 'OrAlarmExpression': {
      const { expression: parts } = expression as AndAlarmExpression
      parts?.forEach(part => checkExpression(schema, part, `${at}.expression`))
      return
    }
    case 'EventAlarmExpression': return checkEvent(schema, expression as EventAlarmExpression, at)
    case 'StateAlarmExpression': return checkState(schema, expression as StateAlarmExpression, at)
    case 'MetricAlarmExpression': return checkMetric(schema, expression as MetricAlarmExpression, at)
    default: throw invalidArgument(at)
  }
}

function checkEvent(schema: Schema, expression: EventAlarmExpression, at: string): void {
  const { eventType, eventTypeId, objectType, comparisons = [] } = expression
  const isKnown = schema.isA(plainType(eventType), 'Event')
  if (!isKnown && (eventType !== '' || (eventTypeId ?? '') === '')) throw invalidArgument(`${at}.eventType`)
  if (objectType !== undefined && schema.managed(plainType(objectType)) === undefined) {
    throw invalidArgument(`${at}.objectType`)
  }
  for (const { operator } of comparisons) {
    if (!comparisonOperators.has(operator)) throw invalidArgument(`${at}.comparisons.operator`)
  }
}

function checkState(schema: Schema, expression: StateAlarmExpression, at: string): void {
  const type = entityType(schema, expression.type, at)
  const path = compilePath(schema, type, expression.statePath, Infinity)
  const isState = path?.type !== undefined && !path.type.array && ['enum', 'boolean', 'string'].includes(path.type.kind)
  if (!isState) throw invalidArgument(`${at}.statePath`)
  if (expression.yellow === undefined && expression.red === undefined) throw invalidArgument(`${at}.red`)
}

function checkMetric(schema: Schema, expression: MetricAlarmExpression, at: string): void {
  entityType(schema, expression.type, at)
  const { metric: { counterId }, yellow, yellowInterval = 0, red, redInterval = 0 } = expression
  if (!perfCounters('vcenter').some(counter => counter.key === counterId)) throw invalidArgument(`${at}.metric.counterId`)
  if (yellow === undefined && red === undefined) throw invalidArgument(`${at}.red`)
  if (yellowInterval < 0) throw invalidArgument(`${at}.yellowInterval`)
  if (redInterval < 0) throw invalidArgument(`${at}.redInterval`)
}

function entityType(schema: Schema, name: string, at: string): string {
  const type = plainType(name)
  if (schema.managed(type) === undefined || !schema.isA(type, 'ManagedEntity')) throw invalidArgument(`${at}.type`)
  return type
}
