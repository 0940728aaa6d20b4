import type {
  ClusterConfigInfoEx, ClusterConfigSpecEx, ClusterDpmConfigInfo, ClusterDrsConfigInfo, ClusterInfraUpdateHaConfigInfo,
  ComputeResourceConfigInfo, ComputeResourceConfigSpec,
} from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import { invalidArgument, notEmulated } from '../../services/method-fault.js'
import {
  checkEnum, checkMember, checkRange, mergeOptions, over, refKey, updateList, type SpecContext,
} from './checks.js'
import { changeDas } from './das.js'
import { checkReadiness, dasVmRules, dpmHostRules, drsVmRules, orchestrationRules } from './overrides.js'
import { checkDependencies, groupRules, ruleRules, withKeys } from './rules.js'

/** ClusterConfigSpecEx, or an older form of it. */
export type ClusterSpec = Partial<ClusterConfigSpecEx>

/** Parts of a spec that nothing of the lab stands behind. */
const unknownParts = [
  'desiredSoftwareSpec', 'hostSeedSpec', 'softwareSpecId', 'networkBootMode', 'enableConfigManager',
  'vsanHostConfigSpec', 'vsanCoreConfigSpec',
] as const

/**
 * The configuration that a spec makes of another: of the cluster's own, or with `modify` false of
 * the defaults.
 * @throws InvalidArgument, DuplicateName
 */
export function changedConfig(
  context: SpecContext, before: ClusterConfigInfoEx, spec: ClusterSpec,
): ClusterConfigInfoEx {
  refuseUnknown(before, spec)
  const config: ClusterConfigInfoEx = { ...before, ...changedCompute(context, before, spec) }
  if (spec.dasConfig !== undefined) config.dasConfig = changeDas(context, before.dasConfig, spec.dasConfig)
  if (spec.drsConfig !== undefined) config.drsConfig = changeDrs(context, before.drsConfig, spec.drsConfig)
  if (spec.proactiveDrsConfig !== undefined) {
    config.proactiveDrsConfig = over(before.proactiveDrsConfig, spec.proactiveDrsConfig)
  }
  if (spec.infraUpdateHaConfig !== undefined) {
    config.infraUpdateHaConfig = changeInfra(context, before.infraUpdateHaConfig, spec.infraUpdateHaConfig)
  }
  if (spec.vsanConfig !== undefined) config.vsanConfigInfo = over(before.vsanConfigInfo, spec.vsanConfig)
  if (spec.cryptoConfig !== undefined) {
    checkEnum(context, 'ClusterCryptoConfigInfoCryptoMode', spec.cryptoConfig.cryptoMode,
      'spec.cryptoConfig.cryptoMode')
    config.cryptoConfig = over(before.cryptoConfig, spec.cryptoConfig)
  }
  changeLists(context, config, before, spec)
  changeOrchestration(context, config, spec)
  changeSystemVms(context, config, spec)
  config.dpmConfigInfo = changeDpm(context, config, spec.dpmConfig)
  checkDependencies(config)
  return config
}

/** vSAN comes with the lab: it cannot be switched on or off. */
function refuseUnknown(before: ClusterConfigInfoEx, spec: ClusterSpec): void {
  for (const part of unknownParts) {
    const value = spec[part]
    if (value === undefined || value === false || (Array.isArray(value) && value.length === 0)) continue
    throw notEmulated(`spec.${part}`)
  }
  const enabled = spec.vsanConfig?.enabled
  if (enabled !== undefined && enabled !== (before.vsanConfigInfo?.enabled ?? false)) throw notEmulated('spec.vsanConfig.enabled')
}

/** What clusters and stand-alone hosts have in common. @throws InvalidArgument */
export function changedCompute(
  context: SpecContext, before: ComputeResourceConfigInfo, spec: ComputeResourceConfigSpec,
): ComputeResourceConfigInfo {
  checkEnum(context, 'VirtualMachineConfigInfoSwapPlacementType', spec.vmSwapPlacement, 'spec.vmSwapPlacement',
    ['inherit'])
  checkHardware(context, spec.defaultHardwareVersionKey, 'spec.defaultHardwareVersionKey')
  checkHardware(context, spec.maximumHardwareVersionKey, 'spec.maximumHardwareVersionKey')
  const { vmSwapPlacement, spbmEnabled, defaultHardwareVersionKey, maximumHardwareVersionKey } = spec
  const given = { vmSwapPlacement, spbmEnabled, defaultHardwareVersionKey, maximumHardwareVersionKey }
  return over(before, given as Partial<ComputeResourceConfigInfo>)
}

/** Keys are `vmx-04` to the newest that the product knows. */
function checkHardware(context: SpecContext, key: string | undefined, path: string): void {
  if (key === undefined || key === '') return
  const match = /^vmx-(\d{2})$/.exec(key)
  if (match === null) throw invalidArgument(path)
  checkRange(Number(match[1]), 4, context.hardware, path)
}

function changeDrs(
  context: SpecContext, before: ClusterDrsConfigInfo, spec: ClusterDrsConfigInfo,
): ClusterDrsConfigInfo {
  const path = 'spec.drsConfig'
  checkEnum(context, 'DrsBehavior', spec.defaultVmBehavior, `${path}.defaultVmBehavior`)
  checkRange(spec.vmotionRate, 1, 5, `${path}.vmotionRate`)
  checkEnum(context, 'ResourceConfigSpecScaleSharesBehavior', spec.scaleDescendantsShares,
    `${path}.scaleDescendantsShares`)
  const { option, ...plain } = spec
  const drs = over(before, plain)
  if (option !== undefined) drs.option = mergeOptions(before.option, option)
  return drs
}

/** DPM cannot be enabled without DRS, and ends with it (ClusterDpmConfigInfo.enabled). */
function changeDpm(
  context: SpecContext, config: ClusterConfigInfoEx, spec: ClusterDpmConfigInfo | undefined,
): ClusterDpmConfigInfo {
  const drs = config.drsConfig.enabled === true
  if (spec === undefined) {
    const before = config.dpmConfigInfo ?? {}
    return before.enabled === true && !drs ? { ...before, enabled: false } : before
  }
  checkEnum(context, 'DpmBehavior', spec.defaultDpmBehavior, 'spec.dpmConfig.defaultDpmBehavior')
  checkRange(spec.hostPowerActionRate, 1, 5, 'spec.dpmConfig.hostPowerActionRate')
  if (spec.enabled === true && !drs) throw invalidArgument('spec.dpmConfig.enabled')
  const { option, ...plain } = spec
  const dpm = over(config.dpmConfigInfo, plain)
  if (option !== undefined) dpm.option = mergeOptions(config.dpmConfigInfo?.option, option)
  return dpm
}

/** Maintenance for a moderate and quarantine for a severe state is refused (availability.md 1.12). */
function changeInfra(
  context: SpecContext, before: ClusterInfraUpdateHaConfigInfo | undefined, spec: ClusterInfraUpdateHaConfigInfo,
): ClusterInfraUpdateHaConfigInfo {
  const path = 'spec.infraUpdateHaConfig'
  checkEnum(context, 'ClusterInfraUpdateHaConfigInfoBehaviorType', spec.behavior, `${path}.behavior`)
  const remediation = 'ClusterInfraUpdateHaConfigInfoRemediationType'
  checkEnum(context, remediation, spec.moderateRemediation, `${path}.moderateRemediation`)
  checkEnum(context, remediation, spec.severeRemediation, `${path}.severeRemediation`)
  const infra = over(before, spec)
  if (infra.moderateRemediation === 'MaintenanceMode' && infra.severeRemediation === 'QuarantineMode') {
    throw invalidArgument(`${path}.moderateRemediation`)
  }
  // One empty id clears the list (ClusterInfraUpdateHaConfigInfo.providers).
  if (spec.providers?.length === 1 && spec.providers[0] === '') infra.providers = []
  return infra
}

function changeLists(
  context: SpecContext, config: ClusterConfigInfoEx, before: ClusterConfigInfoEx, spec: ClusterSpec,
): void {
  // Groups first: rules name them.
  if (spec.groupSpec !== undefined) config.group = updateList(before.group, spec.groupSpec, groupRules(context))
  if (spec.rulesSpec !== undefined) {
    config.rule = updateList(before.rule, withKeys(spec.rulesSpec, before.rule) as typeof spec.rulesSpec,
      ruleRules(context, config.group ?? []))
  }
  if (spec.dasVmConfigSpec !== undefined) {
    config.dasVmConfig = updateList(before.dasVmConfig, spec.dasVmConfigSpec, dasVmRules(context))
  }
  if (spec.drsVmConfigSpec !== undefined) {
    config.drsVmConfig = updateList(before.drsVmConfig, spec.drsVmConfigSpec, drsVmRules(context))
  }
  if (spec.dpmHostConfigSpec !== undefined) {
    config.dpmHostConfig = updateList(before.dpmHostConfig, spec.dpmHostConfigSpec, dpmHostRules(context))
  }
}

function changeOrchestration(context: SpecContext, config: ClusterConfigInfoEx, spec: ClusterSpec): void {
  const common = spec.orchestration?.defaultVmReadiness
  if (common !== undefined) {
    checkReadiness(context, common, 'spec.orchestration.defaultVmReadiness', 'cluster')
    config.orchestration = { defaultVmReadiness: over(config.orchestration?.defaultVmReadiness, common) }
  }
  if (spec.vmOrchestrationSpec === undefined) return
  config.vmOrchestration = updateList(config.vmOrchestration, spec.vmOrchestrationSpec, orchestrationRules(context))
}

function changeSystemVms(context: SpecContext, config: ClusterConfigInfoEx, spec: ClusterSpec): void {
  const given = spec.systemVMsConfig
  if (given === undefined) return
  const before = config.systemVMsConfig ?? {}
  const refs = (list: MoRef[] | undefined, name: 'allowedDatastores' | 'notAllowedDatastores'): MoRef[] =>
    updateList(list, given[name]?.map(({ datastore, ...update }) => ({ ...update, info: datastore! })), {
      name: `systemVMsConfig.${name}`,
      keyOf: item => item.value,
      removeKey: refKey,
      taken: (_item, path) => invalidArgument(path),
      made: (info, _before, path) => {
        checkMember(info, context.datastores, path)
        return info
      },
    })
  config.systemVMsConfig = {
    ...before,
    ...(given.allowedDatastores === undefined
      ? {} : { allowedDatastores: refs(before.allowedDatastores, 'allowedDatastores') }),
    ...(given.notAllowedDatastores === undefined
      ? {} : { notAllowedDatastores: refs(before.notAllowedDatastores, 'notAllowedDatastores') }),
    ...(given.dsTagCategoriesToExclude === undefined ? {} : {
      dsTagCategoriesToExclude: updateList(before.dsTagCategoriesToExclude,
        given.dsTagCategoriesToExclude.map(({ category, ...update }) => ({ ...update, info: category! })), {
          name: 'systemVMsConfig.dsTagCategoriesToExclude',
          keyOf: item => item,
          removeKey: key => typeof key === 'string' ? key : '',
          taken: (_item, path) => invalidArgument(path),
          made: info => info,
        }),
    }),
    ...(given.deploymentMode === undefined ? {} : { deploymentMode: given.deploymentMode }),
  }
}
