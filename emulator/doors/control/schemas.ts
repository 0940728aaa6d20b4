/** Shapes of the control API's bodies and answers: they check input and make the OpenAPI document. */
import { z } from 'zod'

const dateTime = z.string().meta({ description: 'Lab time, ISO 8601 in UTC' })

export const text = z.string().meta({ description: 'Text' })
export const png = z.string().meta({ description: 'A PNG file', contentEncoding: 'binary', contentMediaType: 'image/png' })
export const anything = z.looseObject({})

export const health = z.strictObject({ status: z.literal('ok') })
export const ready = z.strictObject({ ready: z.boolean(), revision: z.int() })
export const version = z.strictObject({ name: z.literal('fauxsphere'), version: z.string(), node: z.string() })

export const lab = z.strictObject({
  name: z.string(),
  seed: z.string(),
  revision: z.int(),
  time: dateTime,
  nodes: z.int(),
  objects: z.record(z.string(), z.int()).meta({ description: 'Live records by managed type' }),
})

export const node = z.strictObject({
  name: z.string(),
  kind: z.enum(['vcenter', 'esxi']),
  address: z.string(),
  hostName: z.string(),
  sdk: z.string(),
  vami: z.string().optional(),
  authd: z.string().optional(),
  heartbeats: z.string().optional(),
  ssh: z.string().optional(),
  username: z.string(),
  password: z.string(),
  thumbprint: z.string(),
})
export const nodes = z.array(node)

export const hostKeys = z.strictObject({
  keys: z.array(z.string().min(1).max(1000)).min(1).max(1000)
    .meta({ description: 'F2, Enter, Escape, Tab, Up, Down, PageUp, PageDown, Alt+F12; what names no key is typed' }),
})
export const done = z.strictObject({})

export const consoles = z.strictObject({
  open: z.array(z.strictObject({
    host: z.string(), vm: z.string(), kind: z.string(), client: z.string(), userName: z.string(),
  })),
  vnc: z.array(z.strictObject({
    host: z.string(), vm: z.string(), name: z.string(), wanted: z.int(),
    address: z.string().optional(), trouble: z.string().optional(),
  })),
})

export const clock = z.strictObject({
  mode: z.enum(['real', 'scaled', 'manual']),
  factor: z.number(),
  time: dateTime,
  revision: z.int(),
  pending: z.int().meta({ description: 'Jobs on the agenda' }),
  next: dateTime.optional(),
})
export const clockWish = z.strictObject({
  clock: z.string().meta({ description: 'real, scaled:N, manual or pause' }),
})
export const advance = z.strictObject({
  duration: z.string().meta({ description: '90s, 5m, 1h30m, 250ms' }),
})

export const faultKind = z.strictObject({
  name: z.string(),
  target: z.string(),
  help: z.string(),
  example: z.string(),
  heals: z.boolean(),
  options: z.unknown().meta({ description: 'JSON Schema of the options' }),
})
export const activeFault = z.strictObject({
  id: z.string(),
  fault: z.string(),
  target: z.string(),
  options: z.record(z.string(), z.unknown()),
  since: dateTime,
  until: dateTime.optional().meta({ description: 'When it ends by itself' }),
  as: z.string().optional(),
})
export const faultList = z.strictObject({ kinds: z.array(faultKind), active: z.array(activeFault) })
const names = z.union([z.string(), z.array(z.string())])
export const injection = z.strictObject({
  fault: z.string(),
  target: z.union([
    z.string(), z.array(z.string()), z.strictObject({ 'one-of': names }),
    z.strictObject({ from: names, to: names, 'one-way': z.boolean().optional() }),
  ]).default(''),
  for: z.string().optional().meta({ description: 'It heals by itself after this lab time: 10m' }),
  as: z.string().optional().meta({ description: 'Another name to heal it by' }),
  options: z.record(z.string(), z.unknown()).default({}),
})
export const healed = z.strictObject({ healed: z.array(activeFault) })

export const scenarios = z.array(z.strictObject({ name: z.string(), file: z.string() }))
export const scenarioWish = z.strictObject({
  text: z.string().meta({ description: 'The scenario file: YAML or JSON' }),
  name: z.string().default('scenario.yaml').meta({ description: 'Its name, for messages' }),
})
export const scenarioRun = z.strictObject({
  id: z.string(),
  scenario: z.string(),
  file: z.string(),
  state: z.enum(['waiting', 'running', 'passed', 'failed', 'aborted']),
  error: z.string().optional(),
  result: anything.optional(),
})
export const scenarioRuns = z.array(scenarioRun)

export const page = z.strictObject({
  since: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(10000).default(1000),
})
export const journal = z.strictObject({
  revision: z.int(),
  forgottenUpTo: z.int(),
  entries: z.array(anything),
})

export const requests = z.strictObject({
  calls: z.array(anything),
  misses: z.array(anything).meta({ description: 'What was asked for and is not emulated' }),
})

export const checkpoint = z.strictObject({ name: z.string(), revision: z.int(), time: dateTime })
export const checkpoints = z.array(checkpoint)
export const checkpointName = z.strictObject({ name: z.string().min(1).max(100) })
export const rewind = z.strictObject({
  to: z.string().meta({ description: 'A revision, or a lab time such as 2026-01-05T08:10:00Z' }),
})

export const problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
})
