import { z } from 'zod'
import { labSchema } from '../inventory/lab-schema.js'
import { parseBytes } from '../inventory/units.js'
import { answers, expectationSchema } from './format-expect.js'
import { NO_COMPARISON, compares, comparison, duration, moment, outputComparison } from './format-values.js'

const when = {
  at: moment.optional().meta({ description: 'When it acts, or must be true; default: with the acting step before' }),
  as: z.string().regex(/^[a-zA-Z][\w-]*$/, 'a name: a letter, then letters, digits, - and _').optional()
    .meta({ description: 'Name of the step, for times and heal' }),
  from: moment.optional().meta({ description: 'Not true before' }),
  by: moment.optional().meta({ description: 'True at the latest' }),
  during: z.tuple([moment, moment]).optional().meta({ description: 'True all the time between' }),
}

/** Steps that act have no span. */
const actsAt = { at: when.at, as: when.as }
const noSpan = (value: object): boolean => !['from', 'by', 'during'].some(key => key in value)

const names = z.union([z.string(), z.array(z.string()).min(1)])

const target = z.union([
  z.string(),
  z.array(z.string()).min(1),
  z.strictObject({ 'one-of': names }),
  z.strictObject({ from: names, to: names, 'one-way': z.boolean().optional() }),
], { error: 'a name or glob, a list of them, { one-of: … } or { from: …, to: … }' })
  .meta({ description: 'What is hit: a name, inventory path, glob or list; a link: esx-01 <-> esx-02' })

const rate = z.union([z.literal(0), z.string()])
  .refine(value => rateOf(value) !== undefined, 'bytes a second such as 10MiB/s, or 0')

/** Bytes a second of `10MiB/s`; undefined when it is no rate. */
export function rateOf(value: string | number): number | undefined {
  if (value === 0) return 0
  const text = String(value)
  return text.endsWith('/s') ? parseBytes(text.slice(0, -2)) : undefined
}

/** The key by which a kind of step is known, in the order of the union. */
export const stepKinds = [
  'inject', 'heal', 'note', 'expect', 'never', 'call', 'rest', 'workload', 'shell', 'advance',
] as const

const resultComparison = z.strictObject({
  property: z.string().optional().meta({ description: 'Path in the result; default: all of it' }),
  ...comparison,
}).refine(compares, NO_COMPARISON)

const step = z.union([
  z.looseObject({
    inject: z.string().meta({ description: 'Name of the fault: fauxsphere faults' }),
    target: target.optional(),
    for: duration.optional().meta({ description: 'Heals by itself after this time' }),
    ...actsAt,
  }).refine(noSpan, 'an injection acts at one time: it has at, not from, by or during'),
  z.strictObject({ heal: z.string().meta({ description: 'A step, a fault, or all' }), ...actsAt }),
  z.strictObject({ note: z.string(), ...actsAt }),
  z.strictObject({ expect: expectationSchema, ...when }),
  z.strictObject({ never: expectationSchema, ...when }),
  z.strictObject({
    call: z.string().meta({ description: 'Method: PowerOffVM_Task' }),
    object: z.string(),
    node: z.string().optional(),
    user: z.string().optional().meta({ description: 'Who calls; default: the administrator' }),
    args: z.record(z.string(), z.unknown()).optional()
      .meta({ description: 'By name of the parameter; { ref: vm/db-01 } stands for a reference' }),
    fault: z.string().optional().meta({ description: 'The MethodFault that is expected; timeout: no answer' }),
    fields: z.record(z.string(), z.unknown()).optional().meta({ description: 'Properties of that fault' }),
    result: resultComparison.optional(),
    ...actsAt,
  }).refine(value => value.fields === undefined || value.fault !== undefined, 'fields are those of a fault: name it with fault'),
  z.strictObject({
    rest: z.string().regex(/^(GET|PUT|POST|PATCH|DELETE) \/(api|rest)\/\S+$/, 'a method and a path below /api or /rest')
      .meta({ description: 'A REST operation: POST /api/appliance/services/vpxd?action=start' }),
    node: z.string().optional(),
    user: z.string().optional().meta({ description: 'Who asks; default: the administrator' }),
    port: z.literal([443, 5480]).optional().meta({ description: 'Default: 443; 5480 is the appliance\'s management' }),
    body: z.unknown().optional().meta({ description: 'The JSON body' }),
    status: z.number().int().min(100).max(599).optional().meta({ description: 'HTTP status that is expected; default: a success' }),
    is: z.enum(answers).exclude(['open']).optional().meta({ description: 'For a door that gives no answer' }),
    result: resultComparison.optional(),
    ...actsAt,
  }).refine(value => value.is === undefined || (value.status === undefined && value.result === undefined),
    'a door that gives no answer has no status and no result'),
  z.strictObject({
    workload: z.string().meta({ description: 'VMs by glob: vm/db-*' }),
    writes: rate.meta({ description: 'What their guests write: 10MiB/s; 0 stops it' }),
    ...actsAt,
  }),
  z.strictObject({
    shell: z.string().meta({ description: 'A line for the shell of a node: /etc/init.d/hostd restart' }),
    node: z.string().optional(),
    user: z.string().optional().meta({ description: 'Whose shell; default: root' }),
    exit: z.number().int().min(0).max(255).optional().meta({ description: 'Exit status that is expected; default: 0' }),
    output: outputComparison.optional().meta({ description: 'What it prints, errors included' }),
    ...actsAt,
  }),
  z.strictObject({ advance: duration.meta({ description: 'Time until the next step without at' }), ...actsAt }),
])

/** The shape of a scenario file; it also yields the published JSON Schema. */
export const scenarioSchema = z.strictObject({
  scenario: z.string(),
  lab: z.union([z.string(), labSchema]).default('small')
    .meta({ description: 'Name, file (relative to this one), or the lab itself' }),
  seed: z.union([z.number(), z.string()]).default(1),
  settle: duration.default('0s').meta({ description: 'Lab time before the first step' }),
  jitter: z.boolean().default(false).meta({ description: 'Timers of the product vary by chance, from the seed' }),
  steps: z.array(step).min(1),
}).meta({ title: 'fauxsphere scenario', description: 'Steps that act on a lab, and what is expected of it' })

export type Scenario = z.output<typeof scenarioSchema>
export type Step = Scenario['steps'][number]
export type InjectStep = Extract<Step, { inject: string }>
export type CallStep = Extract<Step, { call: string }>
export type RestStep = Extract<Step, { rest: string }>
export type ShellStep = Extract<Step, { shell: string }>
export type WorkloadStep = Extract<Step, { workload: string }>

/** True for a step that expects and does not act. */
export function expects(step: Step): step is Extract<Step, { expect: unknown } | { never: unknown }> {
  return 'expect' in step || 'never' in step
}

/** The options of an `inject` step: all keys that are not the step's own. */
export function optionsOf(step: InjectStep): Record<string, unknown> {
  const { inject: _inject, target: _target, for: _for, at: _at, as: _as, ...options } = step
  return options
}
