import type {
  ClusterConfigInfoEx, ClusterDasConfigInfo, ClusterDasVmSettings, ClusterGroupInfo, ClusterRuleInfo,
  ClusterVmComponentProtectionSettings, ClusterVmToolsMonitoringSettings,
} from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import { nameMatcher } from '../world/glob.js'
import { deepFreeze } from '../world/freeze.js'
import type { LabClusterGroup, LabClusterHa, LabClusterRule } from './lab-schema-cluster.js'

/** Names of a cluster's things, for the references in its configuration. */
export interface ClusterNames {
  readonly vms: ReadonlyArray<{ readonly name: string, readonly ref: MoRef }>
  readonly hosts: ReadonlyArray<{ readonly name: string, readonly ref: MoRef }>
  readonly datastores: ReadonlyArray<{ readonly name: string, readonly ref: MoRef }>
}

/** What a lab file says of a cluster beyond on and off. */
export interface ClusterWishes {
  readonly ha: boolean | LabClusterHa
  readonly groups: readonly LabClusterGroup[]
  readonly rules: readonly LabClusterRule[]
}

/**
 * The configuration of a cluster of a lab file, from the defaults. Names that match nothing go to
 * `unknown`, with what they should have named.
 */
export function clusterConfigOf(
  before: ClusterConfigInfoEx, wishes: ClusterWishes, names: ClusterNames, unknown: (text: string) => void,
): ClusterConfigInfoEx {
  const find = finder(names, unknown)
  checkGroups(wishes, unknown)
  const ha = typeof wishes.ha === 'boolean' ? undefined : wishes.ha
  const rule = wishes.rules.map((item, index) => ruleOf(item, index + 1, find))
  const group = wishes.groups.map((item, index) => groupOf(item, index, find))
  return deepFreeze({
    ...before,
    ...(rule.length === 0 ? {} : { rule }),
    ...(group.length === 0 ? {} : { group }),
    ...(ha === undefined ? {} : haOf(before, ha, find)),
  })
}

/** Rules name groups that are there, of the right kind. */
function checkGroups({ groups, rules }: ClusterWishes, unknown: (text: string) => void): void {
  const check = (kind: 'vms' | 'hosts', name: string | undefined): void => {
    if (name === undefined || groups.some(group => group.name === name && kind in group)) return
    unknown(`the cluster has no group of ${kind} ${name}`)
  }
  for (const rule of rules) {
    if (rule.type === 'dependency') for (const name of [rule.vmGroup, rule.dependsOn]) check('vms', name)
    if (rule.type !== 'vmHost') continue
    check('vms', rule.vmGroup)
    for (const name of [rule.hostGroup, rule.notHostGroup]) check('hosts', name)
  }
}

type Find = (kind: keyof ClusterNames, wanted: readonly string[]) => MoRef[]

function finder(names: ClusterNames, unknown: (text: string) => void): Find {
  return (kind, wanted) => {
    const found = new Map<string, MoRef>()
    for (const glob of wanted) {
      const fits = nameMatcher(glob)
      const matches = names[kind].filter(item => fits(item.name))
      if (matches.length === 0) unknown(`the cluster has no ${kind.slice(0, -1)} ${glob}`)
      for (const { ref } of matches) found.set(ref.value, ref)
    }
    return [...found.values()]
  }
}

function haOf(before: ClusterConfigInfoEx, ha: LabClusterHa, find: Find): Partial<ClusterConfigInfoEx> {
  const vms = (wanted: readonly string[]): MoRef[] => find('vms', wanted)
  return {
    dasConfig: dasOf(before.dasConfig, ha, find),
    orchestration: { defaultVmReadiness: { readyCondition: ha.readyCondition, postReadyDelay: ha.readyDelay } },
    dasVmConfig: ha.overrides.flatMap(item => vms(item.vms).map(key => ({ key, dasSettings: overrideOf(item) }))),
    vmOrchestration: ha.overrides
      .filter(item => item.readyCondition !== undefined || item.readyDelay !== undefined)
      .flatMap(item => vms(item.vms).map(vm => ({
        vm,
        vmReadiness: { readyCondition: item.readyCondition ?? 'useClusterDefault', postReadyDelay: item.readyDelay ?? -1 },
      }))),
  }
}

function dasOf(before: ClusterDasConfigInfo, ha: LabClusterHa, find: Find): ClusterDasConfigInfo {
  const common = before.defaultVmSettings!
  return {
    ...before,
    hostMonitoring: ha.hostMonitoring ? 'enabled' : 'disabled',
    vmMonitoring: ha.monitoring?.level ?? 'vmMonitoringDisabled',
    vmComponentProtecting: ha.componentProtection === undefined ? 'disabled' : 'enabled',
    ...admissionOf(before, ha.admissionControl, find),
    defaultVmSettings: {
      restartPriority: ha.restartPriority,
      restartPriorityTimeout: ha.restartPriorityTimeout,
      isolationResponse: ha.isolationResponse,
      vmToolsMonitoringSettings: ha.monitoring === undefined
        ? common.vmToolsMonitoringSettings! : monitoringOf(ha.monitoring, true),
      vmComponentProtectionSettings: ha.componentProtection === undefined
        ? common.vmComponentProtectionSettings! : protectionOf(ha.componentProtection),
    },
    option: Object.entries(ha.options)
      .map(([key, value]) => ({ _typeName: 'OptionValue', key, value: String(value) })),
    heartbeatDatastore: find('datastores', ha.heartbeatDatastores),
    hBDatastoreCandidatePolicy: ha.heartbeatPolicy,
  }
}

function admissionOf(
  before: ClusterDasConfigInfo, wish: LabClusterHa['admissionControl'], find: Find,
): Partial<ClusterDasConfigInfo> {
  if (wish === undefined) return {}
  if (wish === false) return { admissionControlEnabled: false }
  const { failoverLevel } = wish
  const policy: Record<string, unknown> = wish.policy === 'slots'
    ? {
        _typeName: 'ClusterFailoverLevelAdmissionControlPolicy', failoverLevel,
        ...(wish.slot === undefined ? {} : { slotPolicy: { _typeName: 'ClusterFixedSizeSlotPolicy', ...wish.slot } }),
      }
    : wish.policy === 'hosts'
      ? {
          _typeName: 'ClusterFailoverHostAdmissionControlPolicy', failoverHosts: find('hosts', wish.hosts), failoverLevel,
        }
      : {
          ...before.admissionControlPolicy, failoverLevel,
          autoComputePercentages: wish.cpu === undefined && wish.memory === undefined,
          cpuFailoverResourcesPercent: wish.cpu ?? 0, memoryFailoverResourcesPercent: wish.memory ?? 0,
        }
  return { admissionControlEnabled: true, failoverLevel, admissionControlPolicy: policy }
}

type Monitoring = NonNullable<LabClusterHa['monitoring']>

function monitoringOf(wish: Monitoring, clusterSettings: boolean): ClusterVmToolsMonitoringSettings {
  const { level, failureInterval, minUpTime, maxFailures, maxFailureWindow } = wish
  return {
    enabled: level !== 'vmMonitoringDisabled', vmMonitoring: level, clusterSettings,
    failureInterval, minUpTime, maxFailures, maxFailureWindow,
  }
}

function protectionOf(
  wish: NonNullable<LabClusterHa['componentProtection']>,
): ClusterVmComponentProtectionSettings {
  return {
    vmStorageProtectionForAPD: wish.apd, enableAPDTimeoutForHosts: true, vmTerminateDelayForAPDSec: wish.apdDelay,
    vmReactionOnAPDCleared: wish.onApdCleared, vmStorageProtectionForPDL: wish.pdl,
  }
}

function overrideOf(item: LabClusterHa['overrides'][number]): ClusterDasVmSettings {
  return {
    restartPriority: item.restartPriority ?? 'clusterRestartPriority',
    restartPriorityTimeout: item.restartPriorityTimeout ?? -1,
    isolationResponse: item.isolationResponse ?? 'clusterIsolationResponse',
    ...(item.monitoring === undefined ? {} : { vmToolsMonitoringSettings: monitoringOf(item.monitoring, false) }),
    ...(item.componentProtection === undefined
      ? {} : { vmComponentProtectionSettings: protectionOf(item.componentProtection) }),
  }
}

function groupOf(item: LabClusterGroup, index: number, find: Find): ClusterGroupInfo {
  const common = { name: item.name, userCreated: true, uniqueID: String(index + 1) }
  const group: Record<string, unknown> = 'vms' in item
    ? { _typeName: 'ClusterVmGroup', ...common, vm: find('vms', item.vms) }
    : { _typeName: 'ClusterHostGroup', ...common, host: find('hosts', item.hosts) }
  return group as unknown as ClusterGroupInfo
}

function ruleOf(item: LabClusterRule, key: number, find: Find): ClusterRuleInfo {
  const { name, enabled } = item
  const common = { key, status: 'green', enabled, name, userCreated: true, inCompliance: true }
  return ruleFields(item, { ...common, mandatory: item.type === 'vmHost' && item.mandatory }, find) as ClusterRuleInfo
}

function ruleFields(item: LabClusterRule, common: Record<string, unknown>, find: Find): unknown {
  switch (item.type) {
    case 'affinity': return { _typeName: 'ClusterAffinityRuleSpec', ...common, vm: find('vms', item.vms) }
    case 'antiAffinity': return { _typeName: 'ClusterAntiAffinityRuleSpec', ...common, vm: find('vms', item.vms) }
    case 'vmHost': return {
      _typeName: 'ClusterVmHostRuleInfo', ...common, vmGroupName: item.vmGroup,
      ...(item.hostGroup === undefined ? {} : { affineHostGroupName: item.hostGroup }),
      ...(item.notHostGroup === undefined ? {} : { antiAffineHostGroupName: item.notHostGroup }),
    }
    case 'dependency': return {
      _typeName: 'ClusterDependencyRuleInfo', ...common, vmGroup: item.vmGroup, dependsOnVmGroup: item.dependsOn,
    }
  }
}
