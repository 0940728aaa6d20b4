import type {
  ClusterDasVmConfigInfo, ClusterDpmHostConfigInfo, ClusterDrsVmConfigInfo, ClusterVmOrchestrationInfo,
  ClusterVmReadiness,
} from '../../schema/generated/types.js'
import { invalidArgument } from '../../services/method-fault.js'
import {
  MAX_INT, checkEnum, checkMember, checkRange, checkVm, over, refKey, type ListRules, type SpecContext,
} from './checks.js'
import { changeVmSettings } from './das.js'

/** HA settings of single VMs. */
export function dasVmRules(context: SpecContext): ListRules<ClusterDasVmConfigInfo> {
  return {
    name: 'dasVmConfigSpec',
    keyOf: item => item.key.value,
    removeKey: refKey,
    taken: (_item, path) => invalidArgument(`${path}.key`),
    made: (info, before, path) => {
      checkVm(context, info.key, `${path}.key`)
      checkEnum(context, 'DasVmPriority', info.restartPriority, `${path}.restartPriority`)
      const { dasSettings, ...plain } = info
      const made = over(before, plain)
      if (dasSettings !== undefined) {
        made.dasSettings = changeVmSettings(context, before?.dasSettings, dasSettings, `${path}.dasSettings`, 'vm')
      }
      return made
    },
  }
}

/** DRS settings of single VMs. */
export function drsVmRules(context: SpecContext): ListRules<ClusterDrsVmConfigInfo> {
  return {
    name: 'drsVmConfigSpec',
    keyOf: item => item.key.value,
    removeKey: refKey,
    taken: (_item, path) => invalidArgument(`${path}.key`),
    made: (info, before, path) => {
      checkVm(context, info.key, `${path}.key`)
      checkEnum(context, 'DrsBehavior', info.behavior, `${path}.behavior`)
      return over(before ?? { key: info.key, enabled: true }, info)
    },
  }
}

/** When single VMs count as restarted. */
export function orchestrationRules(context: SpecContext): ListRules<ClusterVmOrchestrationInfo> {
  return {
    name: 'vmOrchestrationSpec',
    keyOf: item => item.vm.value,
    removeKey: refKey,
    taken: (_item, path) => invalidArgument(`${path}.vm`),
    made: (info, before, path) => {
      checkVm(context, info.vm, `${path}.vm`)
      checkReadiness(context, info.vmReadiness, `${path}.vmReadiness`, 'vm')
      return { vm: info.vm, vmReadiness: over(before?.vmReadiness, info.vmReadiness) }
    },
  }
}

/** @throws InvalidArgument */
export function checkReadiness(
  context: SpecContext, spec: ClusterVmReadiness, path: string, level: 'cluster' | 'vm',
): void {
  checkEnum(context, 'ClusterVmReadinessReadyCondition', spec.readyCondition, `${path}.readyCondition`,
    level === 'cluster' ? ['useClusterDefault'] : [])
  checkRange(spec.postReadyDelay, level === 'cluster' ? 0 : -1, MAX_INT, `${path}.postReadyDelay`)
}

/** Power management of single hosts. */
export function dpmHostRules(context: SpecContext): ListRules<ClusterDpmHostConfigInfo> {
  return {
    name: 'dpmHostConfigSpec',
    keyOf: item => item.key.value,
    removeKey: refKey,
    taken: (_item, path) => invalidArgument(`${path}.key`),
    made: (info, before, path) => {
      checkMember(info.key, context.hosts, `${path}.key`)
      checkEnum(context, 'DpmBehavior', info.behavior, `${path}.behavior`)
      return over(before, info)
    },
  }
}
