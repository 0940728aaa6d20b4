import { numberOptions, wholeNumber } from '../../physics/ha/das-options.js'
import type {
  ClusterDasAdmissionControlPolicy, ClusterDasConfigInfo, ClusterDasVmSettings,
  ClusterFailoverHostAdmissionControlPolicy, ClusterFailoverLevelAdmissionControlPolicy,
  ClusterFailoverResourcesAdmissionControlPolicy, ClusterFixedSizeSlotPolicy, ClusterVmComponentProtectionSettings,
  ClusterVmToolsMonitoringSettings,
} from '../../schema/generated/types.js'
import { invalidArgument } from '../../services/method-fault.js'
import { MAX_INT, checkEnum, checkMember, checkRange, mergeOptions, over, type SpecContext } from './checks.js'

/** Most host failures that a policy may ask for: one less than the hosts of the biggest cluster. */
const MAX_LEVEL = 31

type Policy = ClusterDasAdmissionControlPolicy & { readonly _typeName?: string }

/** `dasConfig` of a spec over a cluster's. @throws InvalidArgument */
export function changeDas(
  context: SpecContext, before: ClusterDasConfigInfo, spec: ClusterDasConfigInfo, path = 'spec.dasConfig',
): ClusterDasConfigInfo {
  checkEnum(context, 'ClusterDasConfigInfoVmMonitoringState', spec.vmMonitoring, `${path}.vmMonitoring`)
  checkEnum(context, 'ClusterDasConfigInfoServiceState', spec.hostMonitoring, `${path}.hostMonitoring`)
  checkEnum(context, 'ClusterDasConfigInfoServiceState', spec.vmComponentProtecting, `${path}.vmComponentProtecting`)
  checkEnum(context, 'ClusterDasConfigInfoHBDatastoreCandidate', spec.hBDatastoreCandidatePolicy,
    `${path}.hBDatastoreCandidatePolicy`)
  checkRange(spec.failoverLevel, 1, MAX_LEVEL, `${path}.failoverLevel`)
  checkOptions(spec, path)
  spec.heartbeatDatastore?.forEach((ref, index) =>
    checkMember(ref, context.datastores, `${path}.heartbeatDatastore[${index}]`))
  const { defaultVmSettings, option, admissionControlPolicy, ...plain } = spec
  const das = over(before, plain)
  if (defaultVmSettings !== undefined) {
    das.defaultVmSettings = changeVmSettings(context, before.defaultVmSettings, defaultVmSettings,
      `${path}.defaultVmSettings`, 'cluster')
  }
  if (option !== undefined) das.option = mergeOptions(before.option, option)
  return withPolicy(context, das, spec, admissionControlPolicy, path)
}

/** `failoverLevel` alone is the form from before there were policies: slots for so many hosts. */
function withPolicy(
  context: SpecContext, das: ClusterDasConfigInfo, spec: ClusterDasConfigInfo, given: Policy | undefined, path: string,
): ClusterDasConfigInfo {
  if (given !== undefined) {
    const policy = checkPolicy(context, given, `${path}.admissionControlPolicy`)
    return { ...das, admissionControlPolicy: policy, failoverLevel: policy.failoverLevel ?? das.failoverLevel ?? 1 }
  }
  if (spec.failoverLevel === undefined) return das
  const before = das.admissionControlPolicy as Policy & { failoverLevel?: number } | undefined
  const kept = before?._typeName === undefined
    ? { _typeName: 'ClusterFailoverLevelAdmissionControlPolicy' } : before
  return { ...das, admissionControlPolicy: { ...kept, failoverLevel: spec.failoverLevel } as Policy }
}

function checkPolicy(context: SpecContext, policy: Policy, path: string): Policy & { failoverLevel?: number } {
  checkRange(policy.resourceReductionToToleratePercent, 0, 100, `${path}.resourceReductionToToleratePercent`)
  switch (policy._typeName) {
    case 'ClusterFailoverLevelAdmissionControlPolicy':
      return checkSlots(policy as ClusterFailoverLevelAdmissionControlPolicy, path)
    case 'ClusterFailoverResourcesAdmissionControlPolicy':
      return checkPercentages(policy as ClusterFailoverResourcesAdmissionControlPolicy, path)
    case 'ClusterFailoverHostAdmissionControlPolicy': {
      const { failoverHosts = [], failoverLevel } = policy as ClusterFailoverHostAdmissionControlPolicy
      checkRange(failoverLevel, 1, MAX_LEVEL, `${path}.failoverLevel`)
      failoverHosts.forEach((host, index) => checkMember(host, context.hosts, `${path}.failoverHosts[${index}]`))
      return { ...policy, failoverHosts, failoverLevel: failoverLevel ?? 1 } as Policy
    }
    default: throw invalidArgument(path)
  }
}

function checkSlots(policy: ClusterFailoverLevelAdmissionControlPolicy, path: string): Policy & { failoverLevel: number } {
  checkRange(policy.failoverLevel, 1, MAX_LEVEL, `${path}.failoverLevel`)
  const slot = policy.slotPolicy as ClusterFixedSizeSlotPolicy | undefined
  if (slot !== undefined) {
    if (slot._typeName !== 'ClusterFixedSizeSlotPolicy') throw invalidArgument(`${path}.slotPolicy`)
    checkRange(slot.cpu, 1, MAX_INT, `${path}.slotPolicy.cpu`)
    checkRange(slot.memory, 1, MAX_INT, `${path}.slotPolicy.memory`)
  }
  return policy
}

function checkPercentages(
  policy: ClusterFailoverResourcesAdmissionControlPolicy, path: string,
): Policy & { failoverLevel: number } {
  checkRange(policy.cpuFailoverResourcesPercent, 0, 100, `${path}.cpuFailoverResourcesPercent`)
  checkRange(policy.memoryFailoverResourcesPercent, 0, 100, `${path}.memoryFailoverResourcesPercent`)
  checkRange(policy.pMemFailoverResourcesPercent, 0, 100, `${path}.pMemFailoverResourcesPercent`)
  checkRange(policy.failoverLevel, 1, MAX_LEVEL, `${path}.failoverLevel`)
  return {
    autoComputePercentages: true, pMemFailoverResourcesPercent: 0, autoComputePMemFailoverResourcesPercent: false,
    ...policy, failoverLevel: policy.failoverLevel ?? 1,
  }
}

function checkOptions(spec: ClusterDasConfigInfo, path: string): void {
  spec.option?.forEach(({ key, value }, index) => {
    const range = numberOptions.get(key.toLowerCase())
    if (range === undefined || value === undefined || value === '') return
    const number = wholeNumber(String(value).trim())
    if (number === undefined || number < range[0] || number > range[1]) {
      throw invalidArgument(`${path}.option[${index}].value`)
    }
  })
}

/**
 * HA settings of VMs: the cluster's defaults, or one VM's own, which may also point to the defaults.
 * @throws InvalidArgument
 */
export function changeVmSettings(
  context: SpecContext, before: ClusterDasVmSettings | undefined, spec: ClusterDasVmSettings, path: string,
  level: 'cluster' | 'vm',
): ClusterDasVmSettings {
  const least = level === 'cluster' ? 0 : -1
  const not = (literal: string): string[] => level === 'cluster' ? [literal] : []
  checkEnum(context, 'ClusterDasVmSettingsRestartPriority', spec.restartPriority, `${path}.restartPriority`,
    not('clusterRestartPriority'))
  checkEnum(context, 'ClusterDasVmSettingsIsolationResponse', spec.isolationResponse, `${path}.isolationResponse`,
    not('clusterIsolationResponse'))
  checkRange(spec.restartPriorityTimeout, least, MAX_INT, `${path}.restartPriorityTimeout`)
  const { vmToolsMonitoringSettings: tools, vmComponentProtectionSettings: vmcp, ...plain } = spec
  const settings = over(before, plain)
  if (tools !== undefined) {
    checkMonitoring(context, tools, `${path}.vmToolsMonitoringSettings`)
    settings.vmToolsMonitoringSettings = over(before?.vmToolsMonitoringSettings, tools)
  }
  if (vmcp !== undefined) {
    checkProtection(context, vmcp, `${path}.vmComponentProtectionSettings`, level)
    settings.vmComponentProtectionSettings = over(before?.vmComponentProtectionSettings, vmcp)
  }
  return settings
}

function checkMonitoring(context: SpecContext, tools: ClusterVmToolsMonitoringSettings, path: string): void {
  checkEnum(context, 'ClusterDasConfigInfoVmMonitoringState', tools.vmMonitoring, `${path}.vmMonitoring`)
  checkRange(tools.failureInterval, 1, MAX_INT, `${path}.failureInterval`)
  checkRange(tools.minUpTime, 0, MAX_INT, `${path}.minUpTime`)
  checkRange(tools.maxFailures, 1, MAX_INT, `${path}.maxFailures`)
  checkRange(tools.maxFailureWindow, -1, MAX_INT, `${path}.maxFailureWindow`)
}

function checkProtection(
  context: SpecContext, vmcp: ClusterVmComponentProtectionSettings, path: string, level: 'cluster' | 'vm',
): void {
  const not = level === 'cluster' ? ['clusterDefault', 'useClusterDefault'] : []
  const reactions = 'ClusterVmComponentProtectionSettingsStorageVmReaction'
  checkEnum(context, reactions, vmcp.vmStorageProtectionForAPD, `${path}.vmStorageProtectionForAPD`, not)
  // Only devices that may come back can be treated conservatively.
  checkEnum(context, reactions, vmcp.vmStorageProtectionForPDL, `${path}.vmStorageProtectionForPDL`,
    [...not, 'restartConservative'])
  checkEnum(context, 'ClusterVmComponentProtectionSettingsVmReactionOnAPDCleared', vmcp.vmReactionOnAPDCleared,
    `${path}.vmReactionOnAPDCleared`, not)
  checkRange(vmcp.vmTerminateDelayForAPDSec, level === 'cluster' ? 0 : -1, MAX_INT,
    `${path}.vmTerminateDelayForAPDSec`)
}

