/** The kinds of expectations in scenario files. */
import { z } from 'zod'
import { NO_COMPARISON, compares, comparison, count, outputComparison, pattern } from './format-values.js'

const node = z.string().optional().meta({ description: 'Whose API is asked; default: the first vCenter' })

const propertyExpectation = z.strictObject({
  object: z.string().optional().meta({ description: 'vm/db-01, host/esx-02, /DC-01/vm/db-01, or an id' }),
  each: z.string().optional().meta({ description: 'All of a glob: vm/web-*' }),
  property: z.string().meta({ description: 'runtime.powerState; a path leads through references: runtime.host.name' }),
  node,
  on: z.union([z.string(), z.strictObject({ not: z.string() })]).optional()
    .meta({ description: 'The host that carries it, or { not: that host }' }),
  ...comparison,
})
  .refine(value => (value.object === undefined) !== (value.each === undefined), 'needs one of object, each')
  .refine(value => value.on !== undefined || compares(value), NO_COMPARISON)

const eventFilter = {
  node,
  vm: z.string().optional(),
  host: z.string().optional(),
  cluster: z.string().optional(),
  datastore: z.string().optional(),
  user: z.string().optional(),
  text: pattern.optional().meta({ description: 'A regular expression for fullFormattedMessage' }),
  fields: z.record(z.string(), z.unknown()).optional().meta({ description: 'Paths in the event and their values' }),
}

const eventName = z.string().meta({ description: 'Type of the event, or eventTypeId' })

const eventExpectation = z.strictObject({ event: eventName, ...eventFilter, count: count.optional() })

const orderExpectation = z.strictObject({
  order: z.array(z.union([eventName, z.strictObject({ event: eventName, ...eventFilter })])).min(2)
    .meta({ description: 'Events that come in this order, others may lie between' }),
  node,
})

const taskExpectation = z.strictObject({
  task: z.string().meta({ description: 'Method (PowerOnVM_Task) or descriptionId (VirtualMachine.powerOn)' }),
  node,
  entity: z.string().optional(),
  user: z.string().optional(),
  state: z.enum(['queued', 'running', 'success', 'error']).optional(),
  error: z.string().optional().meta({ description: 'Type of the MethodFault it ended with' }),
  count: count.optional(),
})

const alarmExpectation = z.strictObject({
  alarm: z.string().meta({ description: 'Name or systemName of the alarm' }),
  node,
  entity: z.string().optional(),
  status: z.enum(['green', 'yellow', 'red', 'gray']),
  acknowledged: z.boolean().optional(),
})

const logExpectation = z.strictObject({
  log: z.string().meta({ description: 'File: vpxd.log, fdm.log, …' }),
  node: z.string(),
  pattern: pattern.meta({ description: 'A regular expression for a line' }),
  count: count.optional(),
})

/** What a client sees of a port. */
export const answers = ['open', 'refused', 'timeout', 'reset', 'tls-error'] as const

const connectExpectation = z.strictObject({
  connect: z.string().regex(/^[\w.-]+:\d+$/, 'NODE:PORT').meta({ description: 'NODE:PORT' }),
  source: z.union([z.ipv4(), z.ipv6()]).optional()
    .meta({ description: 'Address of the client, which the firewall of a host may drop; default: 127.0.0.1' }),
  is: z.enum(answers),
})

const httpExpectation = z.strictObject({
  http: z.string().regex(/^https?:\/\/[\w.-]+(:\d+)?(\/\S*)?$/, 'https://NODE/path'),
  status: z.number().int().min(100).max(599).optional(),
  body: z.strictObject({ matches: pattern.optional(), contains: z.string().optional() }).optional(),
  is: z.enum(answers).optional().meta({ description: 'For an address that gives no answer: refused, timeout, …' }),
}).refine(value => value.status !== undefined || value.body !== undefined || value.is !== undefined,
  'needs status, body or is')

const shellExpectation = z.strictObject({
  shell: z.string().meta({ description: 'A line for the shell of a node: esxcli network nic list' }),
  node,
  user: z.string().optional().meta({ description: 'Whose shell; default: root' }),
  output: outputComparison.optional().meta({ description: 'What it prints, errors included' }),
  exit: z.number().int().min(0).max(255).optional().meta({ description: 'Its exit status' }),
}).refine(value => value.output !== undefined || value.exit !== undefined, 'needs output or exit')

const truthExpectation = z.strictObject({
  truth: z.string().meta({ description: 'runs-on, lock-holder, power, link, …: see /v1/truth' }),
  object: z.string(),
  ...comparison,
}).refine(compares, NO_COMPARISON)

/** The key by which a kind of expectation is known, in the order of the union. */
export const expectationKinds = [
  'property', 'event', 'order', 'task', 'alarm', 'log', 'connect', 'http', 'shell', 'truth',
] as const

/** One expectation; which kind is told by its keys. */
export const expectationSchema = z.union([
  propertyExpectation, eventExpectation, orderExpectation, taskExpectation, alarmExpectation,
  logExpectation, connectExpectation, httpExpectation, shellExpectation, truthExpectation,
])

export type Expectation = z.output<typeof expectationSchema>
export type PropertyExpectation = z.output<typeof propertyExpectation>
export type EventExpectation = z.output<typeof eventExpectation>
export type OrderExpectation = z.output<typeof orderExpectation>
export type TaskExpectation = z.output<typeof taskExpectation>
export type AlarmExpectation = z.output<typeof alarmExpectation>
export type LogExpectation = z.output<typeof logExpectation>
export type ConnectExpectation = z.output<typeof connectExpectation>
export type HttpExpectation = z.output<typeof httpExpectation>
export type ShellExpectation = z.output<typeof shellExpectation>
export type TruthExpectation = z.output<typeof truthExpectation>
export type Count = z.output<typeof count>
export type Answer = (typeof answers)[number]
