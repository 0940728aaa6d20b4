import type {
  ClusterAffinityRuleSpec, ClusterConfigInfoEx, ClusterDependencyRuleInfo, ClusterHostGroup, ClusterRuleInfo,
  ClusterVmGroup, ClusterVmHostRuleInfo,
} from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'

/** The rules and groups of a cluster, as data for those who place VMs. Pure. */

/** A rule about which hosts a VM may run on; host references as the configuration holds them. */
export interface VmHostRule {
  readonly name: string
  /** Must (true) or should. */
  readonly mandatory: boolean
  /** Hosts the VM belongs on; undefined: the rule says nothing of them. */
  readonly affine: readonly MoRef[] | undefined
  readonly antiAffine: readonly MoRef[] | undefined
}

/** VMs that wait for others to be ready. */
export interface VmDependency {
  readonly name: string
  readonly vms: readonly MoRef[]
  readonly dependsOn: readonly MoRef[]
}

/** VMs of a group; none where there is no VM group of that name. */
export function vmsOfGroup(config: ClusterConfigInfoEx, name: string | undefined): readonly MoRef[] {
  return groupOf<ClusterVmGroup>(config, name, 'ClusterVmGroup')?.vm ?? []
}

/** Hosts of a group; none where there is no host group of that name. */
export function hostsOfGroup(config: ClusterConfigInfoEx, name: string | undefined): readonly MoRef[] {
  return groupOf<ClusterHostGroup>(config, name, 'ClusterHostGroup')?.host ?? []
}

function groupOf<G>(config: ClusterConfigInfoEx, name: string | undefined, type: string): G | undefined {
  return config.group?.find(group => group.name === name && group._typeName === type) as G | undefined
}

function enabled<R extends ClusterRuleInfo>(config: ClusterConfigInfoEx, type: string): R[] {
  return (config.rule ?? []).filter(rule => rule._typeName === type && rule.enabled === true) as R[]
}

/** For each enabled anti-affinity rule of a VM: the other VMs of the rule. */
export function antiAffineVms(config: ClusterConfigInfoEx, vm: MoRef): MoRef[][] {
  return enabled<ClusterAffinityRuleSpec>(config, 'ClusterAntiAffinityRuleSpec')
    .filter(rule => holds(rule.vm, vm)).map(rule => rule.vm.filter(ref => ref.value !== vm.value))
}

/** Enabled VM-host rules of a VM, must rules and should rules. */
export function vmHostRulesOf(config: ClusterConfigInfoEx, vm: MoRef): VmHostRule[] {
  return enabled<ClusterVmHostRuleInfo>(config, 'ClusterVmHostRuleInfo')
    .filter(rule => holds(vmsOfGroup(config, rule.vmGroupName), vm))
    .map(rule => ({
      name: rule.name ?? '',
      mandatory: rule.mandatory === true,
      affine: rule.affineHostGroupName === undefined
        ? undefined : hostsOfGroup(config, rule.affineHostGroupName),
      antiAffine: rule.antiAffineHostGroupName === undefined
        ? undefined : hostsOfGroup(config, rule.antiAffineHostGroupName),
    }))
}

/** True if a VM-host rule allows a host. */
export function ruleAllows(rule: VmHostRule, host: MoRef): boolean {
  if (rule.affine !== undefined && !holds(rule.affine, host)) return false
  return rule.antiAffine === undefined || !holds(rule.antiAffine, host)
}

/** Enabled dependencies between VM groups; they have no circle (availability.md 1.5). */
export function dependenciesOf(config: ClusterConfigInfoEx): VmDependency[] {
  return enabled<ClusterDependencyRuleInfo>(config, 'ClusterDependencyRuleInfo').map(rule => ({
    name: rule.name ?? '',
    vms: vmsOfGroup(config, rule.vmGroup),
    dependsOn: vmsOfGroup(config, rule.dependsOnVmGroup),
  }))
}

/** The VMs that must be ready before a VM is restarted, without repetition. */
export function dependsOn(config: ClusterConfigInfoEx, vm: MoRef): MoRef[] {
  const found = new Map<string, MoRef>()
  for (const rule of dependenciesOf(config)) {
    if (!holds(rule.vms, vm)) continue
    for (const ref of rule.dependsOn) {
      if (ref.value !== vm.value) found.set(ref.value, ref)
    }
  }
  return [...found.values()]
}

/** All rules, enabled or not, that name a VM itself or by its group (FindRulesForVm). */
export function rulesNaming(config: ClusterConfigInfoEx, vm: MoRef): ClusterRuleInfo[] {
  return (config.rule ?? []).filter(rule => {
    if ('vm' in rule) return holds(rule.vm as MoRef[], vm)
    const { vmGroupName, vmGroup, dependsOnVmGroup } = rule as Partial<ClusterVmHostRuleInfo & ClusterDependencyRuleInfo>
    return [vmGroupName, vmGroup, dependsOnVmGroup].some(name => holds(vmsOfGroup(config, name), vm))
  })
}

function holds(refs: readonly MoRef[], ref: MoRef): boolean {
  return refs.some(item => item.value === ref.value)
}
