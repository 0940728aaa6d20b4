import { z } from 'zod'

/** The part of lab files about a cluster's HA, groups and rules; see lab-schema.ts. */

const seconds = z.int().min(0)
const percent = z.int().min(0).max(100)
const restartPriority = z.enum(['disabled', 'lowest', 'low', 'medium', 'high', 'highest'])
const isolationResponse = z.enum(['none', 'powerOff', 'shutdown'])
const readyCondition = z.enum(['none', 'poweredOn', 'guestHbStatusGreen', 'appHbStatusGreen'])
const monitoringLevel = z.enum(['vmMonitoringDisabled', 'vmMonitoringOnly', 'vmAndAppMonitoring'])

const monitoring = z.strictObject({
  level: monitoringLevel.default('vmMonitoringOnly'),
  failureInterval: z.int().min(1).default(30).meta({ description: 'Seconds without heartbeat' }),
  minUpTime: seconds.default(120),
  maxFailures: z.int().min(1).default(3),
  maxFailureWindow: z.int().min(-1).default(-1).meta({ description: 'Seconds; -1: no window' }),
})

const componentProtection = z.strictObject({
  apd: z.enum(['disabled', 'warning', 'restartConservative', 'restartAggressive']).default('disabled'),
  pdl: z.enum(['disabled', 'warning', 'restartAggressive']).default('disabled'),
  apdDelay: seconds.default(180).meta({ description: 'Seconds from the APD timeout to the termination' }),
  onApdCleared: z.enum(['none', 'reset']).default('none'),
})

const failoverLevel = z.int().min(1).max(31).default(1)

const admissionControl = z.union([
  z.literal(false),
  z.strictObject({
    policy: z.literal('slots'), failoverLevel,
    slot: z.strictObject({ cpu: z.int().min(1), memory: z.int().min(1) }).optional()
      .meta({ description: 'Fixed slot size in MHz and MB; default: the largest reservations' }),
  }),
  z.strictObject({
    policy: z.literal('percentage'), failoverLevel,
    cpu: percent.optional(), memory: percent.optional(),
  }).meta({ description: 'Without cpu and memory the percentages follow from the failover level' }),
  z.strictObject({ policy: z.literal('hosts'), hosts: z.array(z.string()).min(1), failoverLevel }),
])

const override = z.strictObject({
  vms: z.array(z.string()).min(1).meta({ description: 'Names or globs of VMs of the cluster' }),
  restartPriority: restartPriority.optional(),
  restartPriorityTimeout: seconds.optional(),
  isolationResponse: isolationResponse.optional(),
  monitoring: monitoring.optional(),
  componentProtection: componentProtection.optional(),
  readyCondition: readyCondition.optional(),
  readyDelay: seconds.optional(),
})

/** Settings of a cluster's HA. */
export const clusterHa = z.strictObject({
  hostMonitoring: z.boolean().default(true),
  restartPriority: restartPriority.default('medium'),
  restartPriorityTimeout: seconds.default(600).meta({ description: 'Seconds that lower priorities wait' }),
  isolationResponse: isolationResponse.default('none'),
  readyCondition: readyCondition.default('none'),
  readyDelay: seconds.default(0),
  monitoring: monitoring.optional(),
  componentProtection: componentProtection.optional(),
  admissionControl: admissionControl.optional()
    .meta({ description: 'Default: percentages for one host failure' }),
  heartbeatDatastores: z.array(z.string()).default([]),
  heartbeatPolicy: z.enum(['userSelectedDs', 'allFeasibleDs', 'allFeasibleDsWithUserPreference'])
    .default('allFeasibleDsWithUserPreference'),
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({})
    .meta({ description: 'Advanced options, das.*' }),
  overrides: z.array(override).default([]),
})

/** A group of VMs or of hosts. */
export const clusterGroup = z.union([
  z.strictObject({ name: z.string().min(1), vms: z.array(z.string()) }),
  z.strictObject({ name: z.string().min(1), hosts: z.array(z.string()) }),
])

const ruleBase = { name: z.string().min(1), enabled: z.boolean().default(true) }

/** A rule about VMs, VMs and hosts, or the order of restarts. */
export const clusterRule = z.union([
  z.strictObject({ ...ruleBase, type: z.enum(['affinity', 'antiAffinity']), vms: z.array(z.string()).min(1) }),
  z.strictObject({
    ...ruleBase, type: z.literal('vmHost'), mandatory: z.boolean().default(false), vmGroup: z.string(),
    hostGroup: z.string().optional(), notHostGroup: z.string().optional(),
  }),
  z.strictObject({ ...ruleBase, type: z.literal('dependency'), vmGroup: z.string(), dependsOn: z.string() }),
])

export type LabClusterHa = z.output<typeof clusterHa>
export type LabClusterGroup = z.output<typeof clusterGroup>
export type LabClusterRule = z.output<typeof clusterRule>
