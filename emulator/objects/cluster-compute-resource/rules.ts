import { haSettings, restartOrder, type RestartPriority } from '../../physics/ha/config.js'
import { dependenciesOf } from '../../physics/ha/rules.js'
import type {
  ClusterAffinityRuleSpec, ClusterConfigInfoEx, ClusterDependencyRuleInfo, ClusterGroupInfo, ClusterHostGroup,
  ClusterRuleInfo, ClusterVmGroup, ClusterVmHostRuleInfo,
} from '../../schema/generated/types.js'
import { fault, invalidArgument } from '../../services/method-fault.js'
import { checkMember, checkVm, over, type ListRules, type SpecContext } from './checks.js'

const ruleTypes: ReadonlySet<string> = new Set([
  'ClusterAffinityRuleSpec', 'ClusterAntiAffinityRuleSpec', 'ClusterVmHostRuleInfo', 'ClusterDependencyRuleInfo',
])

/** Groups of VMs and of hosts, by name. */
export function groupRules(context: SpecContext): ListRules<ClusterGroupInfo> {
  return {
    name: 'groupSpec',
    keyOf: group => group.name,
    removeKey: key => typeof key === 'string' ? key : '',
    taken: ({ name }) => fault('DuplicateName', { name, object: self(context) }),
    made: (info, before, path) => madeGroup(context, info, before, path),
  }
}

function madeGroup(
  context: SpecContext, info: ClusterGroupInfo, before: ClusterGroupInfo | undefined, path: string,
): ClusterGroupInfo {
  if (info.name === '') throw invalidArgument(`${path}.name`)
  if (before !== undefined && before._typeName !== info._typeName) throw invalidArgument(path)
  if (info._typeName === 'ClusterVmGroup') {
    (info as ClusterVmGroup).vm?.forEach((vm, index) => checkVm(context, vm, `${path}.vm[${index}]`))
  } else if (info._typeName === 'ClusterHostGroup') {
    const { host } = info as ClusterHostGroup
    host?.forEach((ref, index) => checkMember(ref, context.hosts, `${path}.host[${index}]`))
  } else throw invalidArgument(path)
  return { ...info, userCreated: info.userCreated ?? true, uniqueID: before?.uniqueID ?? String(context.nextKey()) }
}

/** Rules, by their keys; their names are unique, too. */
export function ruleRules(context: SpecContext, groups: readonly ClusterGroupInfo[]): ListRules<ClusterRuleInfo> {
  return {
    name: 'rulesSpec',
    keyOf: rule => rule.key === undefined || rule.key === 0 ? `name ${rule.name ?? ''}` : String(rule.key),
    removeKey: key => String(typeof key === 'number' ? key : ''),
    taken: ({ name }) => fault('DuplicateName', { name: name ?? '', object: self(context) }),
    made: (info, before, path, rest) => madeRule(context, groups, info, before, path, rest),
  }
}

/** Clients that edit may leave the key out; the name tells the rule then. */
export function withKeys(
  specs: ReadonlyArray<{ operation: string, info?: ClusterRuleInfo }>, rules: readonly ClusterRuleInfo[] | undefined,
): typeof specs {
  return specs.map(spec => {
    if (spec.operation !== 'edit' || spec.info === undefined || (spec.info.key ?? 0) !== 0) return spec
    const key = rules?.find(rule => rule.name === spec.info!.name)?.key
    return key === undefined ? spec : { ...spec, info: { ...spec.info, key } }
  })
}

function madeRule(
  context: SpecContext, groups: readonly ClusterGroupInfo[], info: ClusterRuleInfo,
  before: ClusterRuleInfo | undefined, path: string, rest: readonly ClusterRuleInfo[],
): ClusterRuleInfo {
  if (!ruleTypes.has(info._typeName ?? '')) throw invalidArgument(path)
  if (before !== undefined && before._typeName !== info._typeName) throw invalidArgument(path)
  const rule = over(before, info)
  if (rule.name === undefined || rule.name === '') throw invalidArgument(`${path}.name`)
  if (rest.some(other => other.name === rule.name)) {
    throw fault('DuplicateName', { name: rule.name, object: self(context) })
  }
  checkRule(context, groups, rule, path)
  return {
    ...rule,
    key: before?.key ?? context.nextKey(),
    status: 'green',
    // A rule that cannot be kept together with another is disabled (ClusterRuleInfo.enabled).
    enabled: rule.enabled === true && !conflicts(rule, rest),
    mandatory: rule.mandatory ?? false,
    userCreated: rule.userCreated ?? true,
    inCompliance: true,
    ruleUuid: before?.ruleUuid ?? context.newUuid(),
  }
}

function checkRule(
  context: SpecContext, groups: readonly ClusterGroupInfo[], rule: ClusterRuleInfo, path: string,
): void {
  const need = (name: string | undefined, type: string, at: string): void => {
    if (groups.some(group => group.name === name && group._typeName === type)) return
    throw invalidArgument(`${path}.${at}`)
  }
  if (rule._typeName === 'ClusterVmHostRuleInfo') {
    const { vmGroupName, affineHostGroupName: affine, antiAffineHostGroupName: anti } = rule as ClusterVmHostRuleInfo
    need(vmGroupName, 'ClusterVmGroup', 'vmGroupName')
    if (affine === undefined && anti === undefined) throw invalidArgument(`${path}.affineHostGroupName`)
    if (affine !== undefined) need(affine, 'ClusterHostGroup', 'affineHostGroupName')
    if (anti !== undefined) need(anti, 'ClusterHostGroup', 'antiAffineHostGroupName')
  } else if (rule._typeName === 'ClusterDependencyRuleInfo') {
    const { vmGroup, dependsOnVmGroup } = rule as ClusterDependencyRuleInfo
    need(vmGroup, 'ClusterVmGroup', 'vmGroup')
    need(dependsOnVmGroup, 'ClusterVmGroup', 'dependsOnVmGroup')
    if (vmGroup === dependsOnVmGroup) throw invalidArgument(`${path}.dependsOnVmGroup`)
  } else {
    const { vm } = rule as ClusterAffinityRuleSpec
    if (new Set(vm.map(ref => ref.value)).size < 2) throw invalidArgument(`${path}.vm`)
    vm.forEach((ref, index) => checkVm(context, ref, `${path}.vm[${index}]`))
  }
}

const opposite: Readonly<Record<string, string>> = {
  ClusterAffinityRuleSpec: 'ClusterAntiAffinityRuleSpec', ClusterAntiAffinityRuleSpec: 'ClusterAffinityRuleSpec',
}

/** Two VMs cannot be kept together and apart. */
function conflicts(rule: ClusterRuleInfo, rest: readonly ClusterRuleInfo[]): boolean {
  const other = opposite[rule._typeName ?? '']
  if (other === undefined) return false
  const vms = new Set((rule as ClusterAffinityRuleSpec).vm.map(ref => ref.value))
  return rest.some(item => item._typeName === other && item.enabled === true
    && (item as ClusterAffinityRuleSpec).vm.filter(ref => vms.has(ref.value)).length >= 2)
}

/**
 * Dependencies of restarts have no circle, and nothing waits for a lower priority (availability.md
 * 1.5, ClusterOrchestrationInfo).
 * @throws InvalidArgument `spec.rulesSpec`
 */
export function checkDependencies(config: ClusterConfigInfoEx): void {
  const edges = new Map<string, Set<string>>()
  for (const { vms, dependsOn } of dependenciesOf(config)) {
    for (const vm of vms) {
      const set = edges.get(vm.value) ?? new Set<string>()
      edges.set(vm.value, set)
      for (const needed of dependsOn) {
        if (rank(config, vm) < rank(config, needed)) throw invalidArgument('spec.rulesSpec')
        set.add(needed.value)
      }
    }
  }
  const done = new Set<string>()
  const visit = (vm: string, path: ReadonlySet<string>): void => {
    if (path.has(vm)) throw invalidArgument('spec.rulesSpec')
    if (done.has(vm)) return
    for (const next of edges.get(vm) ?? []) visit(next, new Set([...path, vm]))
    done.add(vm)
  }
  for (const vm of edges.keys()) visit(vm, new Set())
}

/** Place in the order of restarts, from 0; VMs that are not restarted come last. */
function rank(config: ClusterConfigInfoEx, vm: { type: string, value: string }): number {
  const order: readonly RestartPriority[] = restartOrder
  const at = order.indexOf(haSettings(config, vm).restartPriority)
  return at < 0 ? order.length : at
}

function self(context: SpecContext): { type: string, value: string } {
  return { type: 'ClusterComputeResource', value: context.cluster }
}
