import type {
  ClusterAffinityRuleSpec, ClusterConfigInfoEx, ClusterFailoverHostAdmissionControlPolicy, ClusterGroupInfo,
  ClusterHostGroup, ClusterRuleInfo, ClusterVmGroup,
} from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import { policyKind } from './admission.js'

/** A configuration that does not name a VM any more; the same one when it did not. */
export function withoutVm(config: ClusterConfigInfoEx, vm: string): ClusterConfigInfoEx {
  return changed(config, {
    dasVmConfig: dropped(config.dasVmConfig, item => item.key.value === vm),
    drsVmConfig: dropped(config.drsVmConfig, item => item.key.value === vm),
    vmOrchestration: dropped(config.vmOrchestration, item => item.vm.value === vm),
    rule: mapped(config.rule, rule => ruleWithout(rule, vm)),
    group: mapped(config.group, group => groupWithout(group, 'vm', vm)),
  })
}

/** A configuration that does not name a host any more; the same one when it did not. */
export function withoutHost(config: ClusterConfigInfoEx, host: string): ClusterConfigInfoEx {
  return changed(config, {
    dpmHostConfig: dropped(config.dpmHostConfig, item => item.key.value === host),
    group: mapped(config.group, group => groupWithout(group, 'host', host)),
    dasConfig: dasWithout(config.dasConfig, config, host),
  })
}

/** A configuration that does not prefer a datastore for heartbeats any more; the same one when it did not. */
export function withoutDatastore(config: ClusterConfigInfoEx, datastore: string): ClusterConfigInfoEx {
  const { dasConfig } = config
  const heartbeatDatastore = dropped(dasConfig.heartbeatDatastore, ref => ref.value === datastore)
  return heartbeatDatastore === dasConfig.heartbeatDatastore
    ? config : { ...config, dasConfig: { ...dasConfig, heartbeatDatastore: heartbeatDatastore! } }
}

function dasWithout(
  das: ClusterConfigInfoEx['dasConfig'], config: ClusterConfigInfoEx, host: string,
): ClusterConfigInfoEx['dasConfig'] {
  if (policyKind(config) !== 'hosts') return das
  const policy = das.admissionControlPolicy as ClusterFailoverHostAdmissionControlPolicy
  const failoverHosts = dropped(policy.failoverHosts, ref => ref.value === host)
  return failoverHosts === policy.failoverHosts
    ? das : { ...das, admissionControlPolicy: { ...policy, failoverHosts } as typeof policy }
}

function ruleWithout(rule: ClusterRuleInfo, vm: string): ClusterRuleInfo {
  const vms = (rule as Partial<ClusterAffinityRuleSpec>).vm
  const left = dropped(vms, ref => ref.value === vm)
  return left === vms ? rule : { ...rule, vm: left } as ClusterRuleInfo
}

function groupWithout(group: ClusterGroupInfo, list: 'vm' | 'host', id: string): ClusterGroupInfo {
  const refs = (group as Partial<Record<'vm' | 'host', MoRef[]>> & Partial<ClusterVmGroup & ClusterHostGroup>)[list]
  const left = dropped(refs, ref => ref.value === id)
  return left === refs ? group : { ...group, [list]: left } as ClusterGroupInfo
}

function dropped<T>(list: T[] | undefined, gone: (item: T) => boolean): T[] | undefined {
  return list?.some(gone) === true ? list.filter(item => !gone(item)) : list
}

function mapped<T>(list: T[] | undefined, change: (item: T) => T): T[] | undefined {
  const next = list?.map(change)
  return next?.some((item, i) => item !== list![i]) === true ? next : list
}

type Fields = { readonly [K in keyof ClusterConfigInfoEx]?: ClusterConfigInfoEx[K] | undefined }

function changed(config: ClusterConfigInfoEx, fields: Fields): ClusterConfigInfoEx {
  const own = Object.entries(fields).filter(([name, value]) => value !== config[name as keyof ClusterConfigInfoEx])
  return own.length === 0 ? config : { ...config, ...Object.fromEntries(own) } as ClusterConfigInfoEx
}
