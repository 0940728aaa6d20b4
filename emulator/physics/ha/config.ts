import type {
  ClusterConfigInfoEx, ClusterDasVmConfigInfo, ClusterDasVmSettings, ClusterVmComponentProtectionSettings,
  ClusterVmReadiness, ClusterVmToolsMonitoringSettings, HostSystemProps,
} from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { Reader, Slot } from '../../world/records.js'

/**
 * What a cluster's configuration means for one VM. Pure functions of a ClusterConfigInfoEx value and
 * references as that value holds them (vCenter's), because a host keeps a copy of the value and
 * judges with it when vCenter is gone (availability.md 1.1).
 */

/** Order of restarts; `disabled` VMs are registered elsewhere but not started (availability.md 1.5). */
export type RestartPriority = 'lowest' | 'low' | 'medium' | 'high' | 'highest' | 'disabled'

/** Restart priorities from the first to the last that is restarted. */
export const restartOrder = ['highest', 'high', 'medium', 'low', 'lowest'] as const satisfies
  readonly RestartPriority[]

export type IsolationResponse = 'none' | 'powerOff' | 'shutdown'

export type VmMonitoring = 'vmMonitoringDisabled' | 'vmMonitoringOnly' | 'vmAndAppMonitoring'

export type ReadyCondition = 'none' | 'poweredOn' | 'guestHbStatusGreen' | 'appHbStatusGreen'

/** What counts as failure of a guest, and how often it is reset. Times in seconds. */
export interface VmMonitoringSettings {
  readonly mode: VmMonitoring
  readonly failureIntervalSec: number
  readonly minUpTimeSec: number
  readonly maxFailures: number
  /** -1: no window, `maxFailures` is absolute. */
  readonly maxFailureWindowSec: number
}

export type ApdReaction = 'disabled' | 'warning' | 'restartConservative' | 'restartAggressive'
export type PdlReaction = 'disabled' | 'warning' | 'restartAggressive'

/** VM Component Protection; all `disabled` where the cluster's switch is off (availability.md 1.9). */
export interface VmComponentProtection {
  readonly apd: ApdReaction
  readonly pdl: PdlReaction
  readonly apdDelaySec: number
  readonly onApdCleared: 'none' | 'reset'
}

/** When a restarted VM lets the next ones begin. `delaySec` counts from the condition's being met. */
export interface VmReadiness {
  readonly condition: ReadyCondition
  readonly delaySec: number
}

/** Everything HA does with one VM: its overrides over the cluster's defaults over the API's. */
export interface HaVmSettings {
  readonly restartPriority: RestartPriority
  /** How long lower priorities wait for this one; without meaning when the condition is `none`. */
  readonly restartPriorityTimeoutSec: number
  readonly isolationResponse: IsolationResponse
  readonly monitoring: VmMonitoringSettings
  readonly componentProtection: VmComponentProtection
  readonly readiness: VmReadiness
}

/** Used where neither cluster nor VM give a timeout (availability.md 1.5: 600 s in the UI). */
const PRIORITY_TIMEOUT_SEC = 600

/** The effective HA settings of a VM. */
export function haSettings(config: ClusterConfigInfoEx, vm: MoRef): HaVmSettings {
  const override = config.dasVmConfig?.find(item => item.key.value === vm.value)
  const own = override?.dasSettings
  const common = config.dasConfig.defaultVmSettings
  return {
    restartPriority: restartPriority(override, common),
    restartPriorityTimeoutSec: given(own?.restartPriorityTimeout) ?? given(common?.restartPriorityTimeout)
      ?? PRIORITY_TIMEOUT_SEC,
    isolationResponse: isolationResponse(override, common),
    monitoring: monitoring(config, own?.vmToolsMonitoringSettings),
    componentProtection: protection(config, own?.vmComponentProtectionSettings),
    readiness: readiness(config, vm),
  }
}

/** Minus one, as an override, means the cluster's value. */
function given(seconds: number | undefined): number | undefined {
  return seconds === undefined || seconds < 0 ? undefined : seconds
}

function restartPriority(
  override: ClusterDasVmConfigInfo | undefined, common: ClusterDasVmSettings | undefined,
): RestartPriority {
  const own = override?.dasSettings?.restartPriority ?? override?.restartPriority
  const value = own === undefined || own === 'clusterRestartPriority' ? common?.restartPriority : own
  return (value ?? 'medium') as RestartPriority
}

/**
 * Unset at both levels is `none`: availability.md part 8, point 1. The field's text says `powerOff`,
 * the enum's text and what new clusters do says otherwise.
 */
function isolationResponse(
  override: ClusterDasVmConfigInfo | undefined, common: ClusterDasVmSettings | undefined,
): IsolationResponse {
  const own = override?.dasSettings?.isolationResponse
  if (own !== undefined && own !== 'clusterIsolationResponse') return own as IsolationResponse
  if (own === undefined && override?.powerOffOnIsolation !== undefined) {
    return override.powerOffOnIsolation ? 'powerOff' : 'none'
  }
  return (common?.isolationResponse ?? 'none') as IsolationResponse
}

const levels: readonly VmMonitoring[] = ['vmMonitoringDisabled', 'vmMonitoringOnly', 'vmAndAppMonitoring']

/** The cluster's service level caps what a VM may have (ClusterVmToolsMonitoringSettings). */
function monitoring(
  config: ClusterConfigInfoEx, own: ClusterVmToolsMonitoringSettings | undefined,
): VmMonitoringSettings {
  const cap = (config.dasConfig.vmMonitoring ?? 'vmMonitoringDisabled') as VmMonitoring
  const common = config.dasConfig.defaultVmSettings?.vmToolsMonitoringSettings
  const custom = own !== undefined && own.clusterSettings === false ? own : undefined
  const used = custom ?? common
  const wanted = (custom === undefined ? cap : custom.vmMonitoring ?? 'vmMonitoringDisabled') as VmMonitoring
  return {
    mode: levels[Math.min(levels.indexOf(cap), levels.indexOf(wanted))] ?? 'vmMonitoringDisabled',
    failureIntervalSec: used?.failureInterval ?? 30,
    minUpTimeSec: used?.minUpTime ?? 120,
    maxFailures: used?.maxFailures ?? 3,
    maxFailureWindowSec: used?.maxFailureWindow ?? -1,
  }
}

function protection(
  config: ClusterConfigInfoEx, own: ClusterVmComponentProtectionSettings | undefined,
): VmComponentProtection {
  const common = config.dasConfig.defaultVmSettings?.vmComponentProtectionSettings
  const on = config.dasConfig.vmComponentProtecting === 'enabled'
  const apd = override(own?.vmStorageProtectionForAPD, 'clusterDefault') ?? common?.vmStorageProtectionForAPD
  const pdl = override(own?.vmStorageProtectionForPDL, 'clusterDefault') ?? common?.vmStorageProtectionForPDL
  const cleared = override(own?.vmReactionOnAPDCleared, 'useClusterDefault') ?? common?.vmReactionOnAPDCleared
  return {
    apd: (on ? apd ?? 'disabled' : 'disabled') as ApdReaction,
    pdl: (on ? pdl ?? 'disabled' : 'disabled') as PdlReaction,
    apdDelaySec: given(own?.vmTerminateDelayForAPDSec) ?? given(common?.vmTerminateDelayForAPDSec) ?? 180,
    onApdCleared: (on ? cleared ?? 'none' : 'none') as 'none' | 'reset',
  }
}

function override(value: string | undefined, clusterDefault: string): string | undefined {
  return value === clusterDefault ? undefined : value
}

function readiness(config: ClusterConfigInfoEx, vm: MoRef): VmReadiness {
  const own = config.vmOrchestration?.find(item => item.vm.value === vm.value)?.vmReadiness
  const common: ClusterVmReadiness | undefined = config.orchestration?.defaultVmReadiness
  const condition = override(own?.readyCondition, 'useClusterDefault') ?? common?.readyCondition ?? 'none'
  return {
    condition: condition as ReadyCondition,
    delaySec: given(own?.postReadyDelay) ?? given(common?.postReadyDelay) ?? 0,
  }
}

/** True while HA is on. */
export function haEnabled(config: ClusterConfigInfoEx): boolean {
  return config.dasConfig.enabled === true
}

/** True while HA restarts VMs after host failures and acts on isolation. */
export function hostMonitoring(config: ClusterConfigInfoEx): boolean {
  return config.dasConfig.hostMonitoring !== 'disabled'
}

/** The cluster that a host of a vCenter belongs to; undefined: it stands alone. */
export function clusterOfHost(reader: Reader, vcenter: string, host: string): Slot | undefined {
  const parent = reader.get<HostSystemProps>(vcenter, host)?.props.parent
  if (parent?.type !== 'ClusterComputeResource') return undefined
  return reader.find(vcenter, parent.value)
}

/** A cluster's configuration as vCenter holds it. */
export function clusterConfig(reader: Reader, cluster: Slot): ClusterConfigInfoEx {
  const record = reader.read<{ configurationEx: ClusterConfigInfoEx }>(cluster)
  if (record === undefined) throw new Error(`no cluster at ${cluster.address.node}/${cluster.address.id}`)
  return record.props.configurationEx
}
