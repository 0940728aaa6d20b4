import { describe, expect, it } from 'vitest'
import type { MethodFault } from '../../../emulator/services/method-fault.js'
import type {
  ClusterComputeResourceProps, ClusterConfigInfoEx, ClusterReconfiguredEvent, ResourcePoolProps, TaskInfo,
} from '../../../emulator/schema/generated/types.js'
import type { MoRef } from '../../../emulator/schema/model.js'
import { GateLab } from '../../support/gate-lab.js'

const VC = 'vc-01'

class ClusterLab extends GateLab {
  readonly cluster: MoRef

  constructor() {
    super({ lab: 'cluster' })
    this.cluster = this.named(VC, 'ClusterComputeResource', 'Cluster-01')
  }

  get config(): ClusterConfigInfoEx {
    const { configuration, configurationEx } = this.props<ClusterComputeResourceProps>(VC, this.cluster)
    const ex = configurationEx as ClusterConfigInfoEx
    expect(configuration).toEqual({
      dasConfig: ex.dasConfig, dasVmConfig: ex.dasVmConfig, drsConfig: ex.drsConfig, drsVmConfig: ex.drsVmConfig,
      rule: ex.rule,
    })
    return ex
  }

  vm(name: string): MoRef {
    return this.named(VC, 'VirtualMachine', name)
  }

  host(name: string): MoRef {
    return this.named(VC, 'HostSystem', name)
  }

  reconfigure(spec: object, modify = true): TaskInfo {
    return this.task(VC, this.cluster, 'ReconfigureComputeResource_Task', {
      spec: { _typeName: 'ClusterConfigSpecEx', ...spec }, modify,
    })
  }

  change(spec: object, modify = true): ClusterConfigInfoEx {
    const { error } = this.reconfigure(spec, modify)
    if (error !== undefined) throw new Error(JSON.stringify(error))
    return this.config
  }

  /** Fault type and property of a reconfiguration that must fail and change nothing. */
  refused(spec: object): string {
    const before = this.config
    const { error } = this.reconfigure(spec)
    expect(this.config).toBe(before)
    const fault = error?.fault as { _typeName: string, invalidProperty?: string, name?: string } | undefined
    return [fault?._typeName, fault?.invalidProperty ?? fault?.name].filter(part => part !== undefined).join(' ')
  }
}

const vms = ['esx-01-vm-01', 'esx-01-vm-02', 'esx-02-vm-01', 'esx-02-vm-02']

describe('ReconfigureComputeResource_Task › dasConfig', () => {
  it('changes what the spec says and keeps the rest', () => {
    const lab = new ClusterLab()
    const before = lab.config
    const config = lab.change({
      dasConfig: {
        hostMonitoring: 'disabled', vmMonitoring: 'vmAndAppMonitoring', vmComponentProtecting: 'enabled',
        defaultVmSettings: {
          isolationResponse: 'powerOff', restartPriorityTimeout: 300,
          vmToolsMonitoringSettings: { failureInterval: 60 },
          vmComponentProtectionSettings: { vmStorageProtectionForAPD: 'restartAggressive' },
        },
        heartbeatDatastore: [lab.named(VC, 'Datastore', 'shared-01')], hBDatastoreCandidatePolicy: 'userSelectedDs',
      },
      vmSwapPlacement: 'hostLocal', spbmEnabled: false, defaultHardwareVersionKey: 'vmx-19',
    })
    expect(config.dasConfig).toMatchObject({
      enabled: true, hostMonitoring: 'disabled', vmMonitoring: 'vmAndAppMonitoring',
      admissionControlPolicy: before.dasConfig.admissionControlPolicy,
      defaultVmSettings: {
        restartPriority: 'medium', restartPriorityTimeout: 300, isolationResponse: 'powerOff',
        vmToolsMonitoringSettings: { failureInterval: 60, maxFailures: 3 },
        vmComponentProtectionSettings: {
          vmStorageProtectionForAPD: 'restartAggressive', vmTerminateDelayForAPDSec: 180,
        },
      },
    })
    expect(config).toMatchObject({
      vmSwapPlacement: 'hostLocal', spbmEnabled: false, defaultHardwareVersionKey: 'vmx-19', drsConfig: before.drsConfig,
    })
  })

  it('starts from the defaults › modify is false', () => {
    const lab = new ClusterLab()
    lab.change({ groupSpec: [{ operation: 'add', info: { _typeName: 'ClusterVmGroup', name: 'g', vm: [lab.vm(vms[0]!)] } }] })
    const config = lab.change({ dasConfig: { enabled: true, vmMonitoring: 'vmMonitoringOnly' } }, false)
    expect(config).toMatchObject({
      dasConfig: { enabled: true, vmMonitoring: 'vmMonitoringOnly', admissionControlEnabled: true },
      drsConfig: { enabled: false }, group: [],
    })
  })

  it('merges options by key; an empty value takes one away', () => {
    const lab = new ClusterLab()
    const option = (key: string, value: unknown) => ({ _typeName: 'OptionValue', key, value })
    lab.change({ dasConfig: { option: [option('das.a', 1), option('das.heartbeatDsPerHost', '5')] } })
    const config = lab.change({ dasConfig: { option: [option('das.a', ''), option('das.b', 'two')] } })
    expect(config.dasConfig.option?.map(({ key, value }) => [key, value]))
      .toEqual([['das.heartbeatDsPerHost', '5'], ['das.b', 'two']])
  })

  it('takes failoverLevel alone as the form of old clients', () => {
    const lab = new ClusterLab()
    const { dasConfig } = lab.change({ dasConfig: { failoverLevel: 2 } })
    expect(dasConfig.admissionControlPolicy).toMatchObject({
      _typeName: 'ClusterFailoverResourcesAdmissionControlPolicy', failoverLevel: 2, cpuFailoverResourcesPercent: 50,
    })
  })

  it.each([
    ['vmMonitoring', { vmMonitoring: 'sometimes' }],
    ['hostMonitoring', { hostMonitoring: 'on' }],
    ['vmComponentProtecting', { vmComponentProtecting: 'on' }],
    ['hBDatastoreCandidatePolicy', { hBDatastoreCandidatePolicy: 'any' }],
    ['failoverLevel', { failoverLevel: 0 }],
    ['failoverLevel', { failoverLevel: 32 }],
    ['heartbeatDatastore[0]', { heartbeatDatastore: [{ type: 'Datastore', value: 'datastore-9999' }] }],
    ['option[0].value', { option: [{ key: 'das.heartbeatDsPerHost', value: '6' }] }],
    ['option[0].value', { option: [{ key: 'das.heartbeatdsperhost', value: 1 }] }],
    ['defaultVmSettings.restartPriority', { defaultVmSettings: { restartPriority: 'urgent' } }],
    ['defaultVmSettings.restartPriority', { defaultVmSettings: { restartPriority: 'clusterRestartPriority' } }],
    ['defaultVmSettings.restartPriorityTimeout', { defaultVmSettings: { restartPriorityTimeout: -1 } }],
    ['defaultVmSettings.isolationResponse', { defaultVmSettings: { isolationResponse: 'clusterIsolationResponse' } }],
    ['defaultVmSettings.vmToolsMonitoringSettings.failureInterval',
      { defaultVmSettings: { vmToolsMonitoringSettings: { failureInterval: 0 } } }],
    ['defaultVmSettings.vmToolsMonitoringSettings.maxFailureWindow',
      { defaultVmSettings: { vmToolsMonitoringSettings: { maxFailureWindow: -2 } } }],
    ['defaultVmSettings.vmComponentProtectionSettings.vmStorageProtectionForPDL',
      { defaultVmSettings: { vmComponentProtectionSettings: { vmStorageProtectionForPDL: 'restartConservative' } } }],
    ['defaultVmSettings.vmComponentProtectionSettings.vmStorageProtectionForAPD',
      { defaultVmSettings: { vmComponentProtectionSettings: { vmStorageProtectionForAPD: 'clusterDefault' } } }],
    ['defaultVmSettings.vmComponentProtectionSettings.vmTerminateDelayForAPDSec',
      { defaultVmSettings: { vmComponentProtectionSettings: { vmTerminateDelayForAPDSec: -1 } } }],
  ])('refuses a wrong %s', (path, dasConfig) => {
    expect(new ClusterLab().refused({ dasConfig })).toBe(`InvalidArgument spec.dasConfig.${path}`)
  })

  const level = 'ClusterFailoverLevelAdmissionControlPolicy'
  const percent = 'ClusterFailoverResourcesAdmissionControlPolicy'
  const hosts = 'ClusterFailoverHostAdmissionControlPolicy'
  it.each([
    ['', { _typeName: 'ClusterDasAdmissionControlPolicy' }],
    ['.failoverLevel', { _typeName: level, failoverLevel: 0 }],
    ['.slotPolicy.cpu', {
      _typeName: level, failoverLevel: 1, slotPolicy: { _typeName: 'ClusterFixedSizeSlotPolicy', cpu: 0, memory: 1 },
    }],
    ['.cpuFailoverResourcesPercent',
      { _typeName: percent, cpuFailoverResourcesPercent: 101, memoryFailoverResourcesPercent: 0 }],
    ['.memoryFailoverResourcesPercent',
      { _typeName: percent, cpuFailoverResourcesPercent: 0, memoryFailoverResourcesPercent: -1 }],
    ['.resourceReductionToToleratePercent',
      { _typeName: level, failoverLevel: 1, resourceReductionToToleratePercent: 101 }],
    ['.failoverHosts[0]', { _typeName: hosts, failoverHosts: [{ type: 'HostSystem', value: 'host-9999' }] }],
  ])('refuses a wrong admissionControlPolicy%s', (path, admissionControlPolicy) => {
    expect(new ClusterLab().refused({ dasConfig: { admissionControlPolicy } }))
      .toBe(`InvalidArgument spec.dasConfig.admissionControlPolicy${path}`)
  })
})

describe('ReconfigureComputeResource_Task › DRS, DPM, Proactive HA and the rest', () => {
  it.each([
    ['spec.drsConfig.vmotionRate', { drsConfig: { vmotionRate: 6 } }],
    ['spec.drsConfig.scaleDescendantsShares', { drsConfig: { scaleDescendantsShares: 'up' } }],
    ['spec.dpmConfig.hostPowerActionRate', { dpmConfig: { hostPowerActionRate: 0 } }],
    ['spec.dpmConfig.enabled', { drsConfig: { enabled: false }, dpmConfig: { enabled: true } }],
    ['spec.infraUpdateHaConfig.behavior', { infraUpdateHaConfig: { behavior: 'manual' } }],
    ['spec.infraUpdateHaConfig.moderateRemediation',
      { infraUpdateHaConfig: { moderateRemediation: 'MaintenanceMode', severeRemediation: 'QuarantineMode' } }],
    ['spec.vmSwapPlacement', { vmSwapPlacement: 'inherit' }],
    ['spec.defaultHardwareVersionKey', { defaultHardwareVersionKey: 'vmx-99' }],
    ['spec.cryptoConfig.cryptoMode', { cryptoConfig: { cryptoMode: 'never' } }],
    ['spec.orchestration.defaultVmReadiness.readyCondition',
      { orchestration: { defaultVmReadiness: { readyCondition: 'useClusterDefault' } } }],
    ['spec.orchestration.defaultVmReadiness.postReadyDelay',
      { orchestration: { defaultVmReadiness: { postReadyDelay: -1 } } }],
    ['spec.dpmHostConfigSpec[0].info.key',
      { dpmHostConfigSpec: [{ operation: 'add', info: { key: { type: 'HostSystem', value: 'host-1' } } }] }],
  ])('refuses a wrong %s', (path, spec) => {
    expect(new ClusterLab().refused(spec)).toBe(`InvalidArgument ${path}`)
  })

  it('keeps what it takes', () => {
    const lab = new ClusterLab()
    const key = lab.host('esx-02')
    const config = lab.change({
      drsConfig: { defaultVmBehavior: 'manual', vmotionRate: 4 },
      dpmConfig: { enabled: true, defaultDpmBehavior: 'manual' },
      dpmHostConfigSpec: [{ operation: 'add', info: { key, enabled: false } }],
      proactiveDrsConfig: { enabled: true },
      infraUpdateHaConfig: { enabled: true, behavior: 'Manual', moderateRemediation: 'QuarantineMode', providers: ['p'] },
      orchestration: { defaultVmReadiness: { readyCondition: 'poweredOn', postReadyDelay: 30 } },
    })
    expect(config).toMatchObject({
      drsConfig: { enabled: true, defaultVmBehavior: 'manual', vmotionRate: 4 },
      dpmConfigInfo: { enabled: true, defaultDpmBehavior: 'manual', hostPowerActionRate: 3 },
      dpmHostConfig: [{ key, enabled: false }], proactiveDrsConfig: { enabled: true },
      infraUpdateHaConfig: { providers: ['p'] },
      orchestration: { defaultVmReadiness: { readyCondition: 'poweredOn', postReadyDelay: 30 } },
    })
    expect(lab.change({ infraUpdateHaConfig: { providers: [''] } }).infraUpdateHaConfig?.providers).toEqual([])
  })

  it('takes pools and DPM away with DRS', () => {
    const lab = new ClusterLab()
    lab.change({ dpmConfig: { enabled: true } })
    const gold = lab.named(VC, 'ResourcePool', 'Gold')
    const { resourcePool } = lab.props<ClusterComputeResourceProps>(VC, lab.cluster)
    const config = lab.change({ drsConfig: { enabled: false } })
    expect(config.dpmConfigInfo).toMatchObject({ enabled: false })
    expect(lab.lives(VC, gold)).toBe(false)
    expect(lab.props<ResourcePoolProps>(VC, resourcePool!).resourcePool).toEqual([])
    expect(lab.props<ClusterComputeResourceProps>(VC, lab.cluster).summaryEx).toMatchObject({ currentBalance: -1000 })
    expect(lab.props<ClusterComputeResourceProps>(VC, lab.cluster).summaryEx.drsScore).toBeUndefined()
  })

  it('does not do what nothing stands behind', () => {
    const lab = new ClusterLab()
    expect(lab.refused({ vsanConfig: { enabled: true } })).toBe('NotImplemented')
    expect(lab.refused({ softwareSpecId: '1' })).toBe('NotImplemented')
  })
})

describe('ReconfigureComputeResource_Task › groups and rules', () => {
  const vmGroup = (lab: ClusterLab, name: string, ...names: string[]) =>
    ({ operation: 'add', info: { _typeName: 'ClusterVmGroup', name, vm: names.map(item => lab.vm(item)) } })
  const hostGroup = (lab: ClusterLab, name: string, ...names: string[]) =>
    ({ operation: 'add', info: { _typeName: 'ClusterHostGroup', name, host: names.map(item => lab.host(item)) } })

  it('adds, edits and removes; rules get a key and a UUID', () => {
    const lab = new ClusterLab()
    const [a, b, c] = vms.map(name => lab.vm(name))
    const rule = { _typeName: 'ClusterAffinityRuleSpec', name: 'together', enabled: true, vm: [a, b] }
    const [made] = lab.change({ rulesSpec: [{ operation: 'add', info: rule }] }).rule!
    expect(made).toMatchObject({ ...rule, key: 1, mandatory: false, userCreated: true, status: 'green' })
    expect(made!.ruleUuid).toMatch(/^[0-9a-f]{8}-/)
    const edited = lab.change({ rulesSpec: [{ operation: 'edit', info: { ...rule, enabled: undefined, vm: [b, c] } }] })
    expect(edited.rule).toMatchObject([{ key: 1, ruleUuid: made!.ruleUuid, enabled: true, vm: [b, c] }])
    expect(lab.call(VC, lab.cluster, 'FindRulesForVm', { vm: c })).toMatchObject([{ name: 'together' }])
    expect(lab.call(VC, lab.cluster, 'FindRulesForVm', { vm: a })).toEqual([])
    expect(lab.change({ rulesSpec: [{ operation: 'remove', removeKey: 1 }] }).rule).toEqual([])
    expect(lab.change({ rulesSpec: [{ operation: 'add', info: rule }] }).rule).toMatchObject([{ key: 2 }])
    lab.change({ groupSpec: [vmGroup(lab, 'g', vms[0]!)] })
    lab.change({ groupSpec: [{ operation: 'edit', info: { _typeName: 'ClusterVmGroup', name: 'g', vm: [a, c] } }] })
    expect(lab.config.group).toMatchObject([{ name: 'g', vm: [a, c], userCreated: true }])
    expect(lab.change({ groupSpec: [{ operation: 'remove', removeKey: 'g' }] }).group).toEqual([])
  })

  it('takes groups and the rules about them in one spec', () => {
    const lab = new ClusterLab()
    const config = lab.change({
      groupSpec: [vmGroup(lab, 'app', vms[0]!), vmGroup(lab, 'db', vms[1]!), hostGroup(lab, 'left', 'esx-01', 'esx-02')],
      rulesSpec: [
        { operation: 'add', info: {
          _typeName: 'ClusterVmHostRuleInfo', name: 'on the left', enabled: true, mandatory: true, vmGroupName: 'app',
          affineHostGroupName: 'left',
        } },
        { operation: 'add', info: {
          _typeName: 'ClusterDependencyRuleInfo', name: 'db first', enabled: true, vmGroup: 'app', dependsOnVmGroup: 'db',
        } },
      ],
    })
    expect(config.rule).toMatchObject([{ mandatory: true }, { name: 'db first' }])
    expect(config.rule!.map(rule => rule.key)).toEqual([...new Set(config.rule!.map(rule => rule.key))])
  })

  it('refuses what contradicts itself', () => {
    const lab = new ClusterLab()
    const [a, b] = vms.map(name => lab.vm(name))
    const add = (info: object) => ({ rulesSpec: [{ operation: 'add', info }] })
    const affinity = { _typeName: 'ClusterAffinityRuleSpec', enabled: true }
    lab.change({ ...add({ ...affinity, name: 'one', vm: [a, b] }), groupSpec: [vmGroup(lab, 'app', vms[0]!)] })
    expect(lab.refused(add({ ...affinity, name: 'one', vm: [a, b] }))).toBe('DuplicateName one')
    expect(lab.refused({ groupSpec: [vmGroup(lab, 'app', vms[1]!)] })).toBe('DuplicateName app')
    expect(lab.refused(add({ ...affinity, name: 'x', vm: [a] }))).toBe('InvalidArgument spec.rulesSpec[0].info.vm')
    expect(lab.refused(add({ ...affinity, name: 'x', vm: [a, a] }))).toBe('InvalidArgument spec.rulesSpec[0].info.vm')
    expect(lab.refused(add({ ...affinity, vm: [a, b] }))).toBe('InvalidArgument spec.rulesSpec[0].info.name')
    expect(lab.refused(add({ ...affinity, name: 'x', vm: [a, { type: 'VirtualMachine', value: 'vm-1' }] })))
      .toBe('InvalidArgument spec.rulesSpec[0].info.vm[1]')
    const vmHost = { _typeName: 'ClusterVmHostRuleInfo', name: 'x' }
    expect(lab.refused(add({ ...vmHost, vmGroupName: 'nobody' })))
      .toBe('InvalidArgument spec.rulesSpec[0].info.vmGroupName')
    expect(lab.refused(add({ ...vmHost, vmGroupName: 'app' })))
      .toBe('InvalidArgument spec.rulesSpec[0].info.affineHostGroupName')
    expect(lab.refused(add({ ...vmHost, vmGroupName: 'app', affineHostGroupName: 'app' })))
      .toBe('InvalidArgument spec.rulesSpec[0].info.affineHostGroupName')
    expect(lab.refused({ rulesSpec: [{ operation: 'edit', info: { ...affinity, name: 'other', vm: [a, b] } }] }))
      .toBe('InvalidArgument spec.rulesSpec[0].info')
    expect(lab.refused({ rulesSpec: [{ operation: 'remove', removeKey: 99 }] }))
      .toBe('InvalidArgument spec.rulesSpec[0].removeKey')
    expect(lab.refused({ groupSpec: [{ operation: 'remove', removeKey: 'nobody' }] }))
      .toBe('InvalidArgument spec.groupSpec[0].removeKey')
    expect(lab.refused({ groupSpec: [{ operation: 'add' }] })).toBe('InvalidArgument spec.groupSpec[0].info')
  })

  it('disables a rule that cannot be kept with another', () => {
    const lab = new ClusterLab()
    const vm = vms.slice(0, 2).map(name => lab.vm(name))
    const config = lab.change({
      rulesSpec: [
        { operation: 'add', info: { _typeName: 'ClusterAffinityRuleSpec', name: 'together', enabled: true, vm } },
        { operation: 'add', info: { _typeName: 'ClusterAntiAffinityRuleSpec', name: 'apart', enabled: true, vm } },
      ],
    })
    expect(config.rule).toMatchObject([{ name: 'together', enabled: true }, { name: 'apart', enabled: false }])
  })

  it('refuses circles and waiting for lower priorities', () => {
    const lab = new ClusterLab()
    const depends = (name: string, vmGroup_: string, dependsOnVmGroup: string, enabled = true) => ({
      operation: 'add',
      info: { _typeName: 'ClusterDependencyRuleInfo', name, enabled, vmGroup: vmGroup_, dependsOnVmGroup },
    })
    lab.change({
      groupSpec: ['a', 'b', 'c'].map((name, index) => vmGroup(lab, name, vms[index]!)),
      rulesSpec: [depends('ab', 'a', 'b'), depends('bc', 'b', 'c')],
    })
    expect(lab.refused({ rulesSpec: [depends('ca', 'c', 'a')] })).toBe('InvalidArgument spec.rulesSpec')
    expect(lab.refused({ rulesSpec: [depends('aa', 'a', 'a')] }))
      .toBe('InvalidArgument spec.rulesSpec[0].info.dependsOnVmGroup')
    lab.change({ rulesSpec: [depends('ca', 'c', 'a', false)] })
    expect(lab.refused({
      dasVmConfigSpec: [{ operation: 'add', info: { key: lab.vm(vms[0]!), dasSettings: { restartPriority: 'highest' } } }],
    })).toBe('InvalidArgument spec.rulesSpec')
  })
})

describe('ReconfigureComputeResource_Task › settings of single VMs', () => {
  it('adds, edits and removes them, and forgets a VM that goes', () => {
    const lab = new ClusterLab()
    const [key, other] = vms.map(name => lab.vm(name))
    lab.change({
      dasVmConfigSpec: [{ operation: 'add', info: { key, dasSettings: { restartPriority: 'high', restartPriorityTimeout: -1 } } }],
      drsVmConfigSpec: [{ operation: 'add', info: { key, behavior: 'manual' } }],
      vmOrchestrationSpec: [{ operation: 'add', info: { vm: key, vmReadiness: { readyCondition: 'poweredOn', postReadyDelay: -1 } } }],
      rulesSpec: [{ operation: 'add', info: { _typeName: 'ClusterAffinityRuleSpec', name: 'r', vm: [key, other] } }],
    })
    const config = lab.change({
      dasVmConfigSpec: [{ operation: 'edit', info: { key, dasSettings: { isolationResponse: 'shutdown' } } }],
      drsVmConfigSpec: [{ operation: 'edit', info: { key, enabled: false } }],
    })
    expect(config).toMatchObject({
      dasVmConfig: [{ key, dasSettings: { restartPriority: 'high', isolationResponse: 'shutdown' } }],
      drsVmConfig: [{ key, enabled: false, behavior: 'manual' }],
      vmOrchestration: [{ vm: key, vmReadiness: { readyCondition: 'poweredOn', postReadyDelay: -1 } }],
    })
    lab.done(VC, key!, 'PowerOffVM_Task')
    lab.done(VC, key!, 'Destroy_Task')
    expect(lab.config).toMatchObject({ dasVmConfig: [], drsVmConfig: [], vmOrchestration: [], rule: [{ vm: [other] }] })
  })

  it('refuses what is no VM of the cluster, what is there, and what is not', () => {
    const lab = new ClusterLab()
    const key = lab.vm(vms[0]!)
    const stranger = { type: 'VirtualMachine', value: 'vm-9999' }
    lab.change({ dasVmConfigSpec: [{ operation: 'add', info: { key } }] })
    for (const [spec, path] of [
      [{ dasVmConfigSpec: [{ operation: 'add', info: { key } }] }, 'dasVmConfigSpec[0].info.key'],
      [{ dasVmConfigSpec: [{ operation: 'add', info: { key: stranger } }] }, 'dasVmConfigSpec[0].info.key'],
      [{ dasVmConfigSpec: [{ operation: 'edit', info: { key, dasSettings: { restartPriorityTimeout: -2 } } }] },
        'dasVmConfigSpec[0].info.dasSettings.restartPriorityTimeout'],
      [{ drsVmConfigSpec: [{ operation: 'edit', info: { key } }] }, 'drsVmConfigSpec[0].info'],
      [{ drsVmConfigSpec: [{ operation: 'remove', removeKey: key }] }, 'drsVmConfigSpec[0].removeKey'],
      [{ vmOrchestrationSpec: [{ operation: 'add', info: { vm: key, vmReadiness: { readyCondition: 'soon' } } }] },
        'vmOrchestrationSpec[0].info.vmReadiness.readyCondition'],
    ] as const) expect(lab.refused(spec)).toBe(`InvalidArgument spec.${path}`)
  })
})

describe('ReconfigureComputeResource_Task › events and signal', () => {
  it('posts what changed, and what was switched', () => {
    const lab = new ClusterLab()
    const since = lab.eventCount(VC)
    lab.change({
      dasConfig: {
        enabled: false, admissionControlEnabled: false, hostMonitoring: 'disabled', vmMonitoring: 'vmMonitoringOnly',
      },
      drsConfig: { enabled: false },
    })
    // What HA's agents and the alarms say of it has tests of its own.
    const others = /^(TaskEvent|ResourcePool|Alarm|HostDas|EventEx|ExtendedEvent)/
    expect(lab.events(VC, since).filter(type => !others.test(type))).toEqual([
      'ClusterReconfiguredEvent', 'DasDisabledEvent', 'DasAdmissionControlDisabledEvent',
      'HostMonitoringStateChangedEvent', 'VmHealthMonitoringStateChangedEvent', 'DrsDisabledEvent',
    ])
    const event = [...lab.lab.world.log(`events/${VC}`).since(since + 1)].map(item => item.value as ClusterReconfiguredEvent)
      .find(item => item._typeName === 'ClusterReconfiguredEvent')!
    expect(event.configChanges?.modified).toContain('configurationEx.dasConfig.enabled: true -> false; \n')
    expect(event).toMatchObject({ userName: 'VSPHERE.LOCAL\\Administrator', computeResource: { name: 'Cluster-01' } })
    const again = lab.eventCount(VC)
    lab.change({ dasConfig: { enabled: true }, drsConfig: { enabled: true, defaultVmBehavior: 'manual' } })
    expect(lab.events(VC, again)).toEqual(expect.arrayContaining(['DasEnabledEvent', 'DrsEnabledEvent']))
  })

  it('says the signal after any change', () => {
    const lab = new ClusterLab()
    const heard: unknown[] = []
    lab.lab.world.on('cluster.reconfigured', (_tx, payload) => heard.push(payload))
    lab.change({ dasConfig: { vmMonitoring: 'vmMonitoringOnly' } })
    expect(heard).toEqual([{ vcenter: VC, cluster: lab.cluster.value }])
  })

  it('needs Host.Inventory.EditCluster', () => {
    const lab = new ClusterLab()
    lab.call(VC, { type: 'AuthorizationManager', value: 'AuthorizationManager' }, 'SetEntityPermissions', {
      entity: lab.cluster, permission: [{ principal: 'VSPHERE.LOCAL\\Administrator', group: false, roleId: -2, propagate: true }],
    })
    try {
      lab.reconfigure({ dasConfig: { enabled: false } })
      expect.unreachable()
    } catch (error) {
      expect((error as MethodFault).fields).toMatchObject({ privilegeId: 'Host.Inventory.EditCluster' })
    }
  })
})

describe('ReconfigureCluster_Task and clusters that are new', () => {
  it('takes the older spec', () => {
    const lab = new ClusterLab()
    lab.done(VC, lab.cluster, 'ReconfigureCluster_Task', {
      spec: { dasConfig: { enabled: false }, drsConfig: { vmotionRate: 1 } }, modify: true,
    })
    expect(lab.config).toMatchObject({ dasConfig: { enabled: false }, drsConfig: { vmotionRate: 1 } })
  })

  it('makes a cluster with all that a spec may say', () => {
    const lab = new ClusterLab()
    const { hostFolder } = lab.props<{ hostFolder: MoRef }>(VC, lab.named(VC, 'Datacenter', 'DC-01'))
    const since = lab.eventCount(VC)
    const made = lab.call(VC, hostFolder, 'CreateClusterEx', { name: 'New', spec: {
      dasConfig: { enabled: true, vmMonitoring: 'vmMonitoringOnly' }, drsConfig: { enabled: true, defaultVmBehavior: 'manual' },
      infraUpdateHaConfig: { enabled: true, behavior: 'Manual' },
      orchestration: { defaultVmReadiness: { readyCondition: 'poweredOn' } },
    } }) as MoRef
    const props = lab.props<ClusterComputeResourceProps>(VC, made)
    expect(props.configurationEx).toMatchObject({
      dasConfig: { enabled: true, vmMonitoring: 'vmMonitoringOnly' }, drsConfig: { defaultVmBehavior: 'manual' },
      infraUpdateHaConfig: { behavior: 'Manual' }, orchestration: { defaultVmReadiness: { readyCondition: 'poweredOn' } },
    })
    expect(lab.events(VC, since)).toEqual(expect.arrayContaining(['ClusterCreatedEvent', 'DasEnabledEvent', 'DrsEnabledEvent']))
    expect(() => lab.call(VC, hostFolder, 'CreateClusterEx', { name: 'Bad', spec: { drsConfig: { vmotionRate: 9 } } }))
      .toThrow('spec.drsConfig.vmotionRate')
    expect(() => lab.named(VC, 'ClusterComputeResource', 'Bad')).toThrow()
  })

  it('reconfigures a stand-alone host in what it has of it', () => {
    const lab = new GateLab()
    const compute = lab.props<{ parent: MoRef }>(VC, lab.named(VC, 'HostSystem', 'esx-01')).parent
    lab.done(VC, compute, 'ReconfigureComputeResource_Task', { spec: { vmSwapPlacement: 'hostLocal' }, modify: true })
    expect(lab.props<object>(VC, compute)).toMatchObject({ configurationEx: { vmSwapPlacement: 'hostLocal' } })
    expect(lab.failed(VC, compute, 'ReconfigureComputeResource_Task', { spec: { vmSwapPlacement: 'x' }, modify: true }))
      .toBe('InvalidArgument')
    expect(() => lab.call(VC, compute, 'ReconfigureComputeResource_Task', {
      spec: { _typeName: 'ClusterConfigSpecEx' }, modify: true,
    })).toThrow('spec')
  })
})

describe('placement', () => {
  it('PlaceVm names the host with the most room and a datastore of it', () => {
    const lab = new ClusterLab()
    const result = lab.call(VC, lab.cluster, 'PlaceVm', {
      placementSpec: { placementType: 'create', configSpec: { numCPUs: 1, memoryMB: 1024 } },
    }) as { recommendations: { action: { targetHost: MoRef, relocateSpec: { datastore: MoRef, pool: MoRef } }[] }[] }
    const [action] = result.recommendations[0]!.action
    const { datastore = [] } = lab.props<{ datastore?: MoRef[] }>(VC, action!.targetHost)
    expect(datastore).toContainEqual(action!.relocateSpec.datastore)
    expect(() => lab.call(VC, lab.cluster, 'PlaceVm', { placementSpec: { placementType: 'create' } }))
      .toThrow('placementSpec.configSpec')
    expect(lab.call(VC, lab.cluster, 'PlaceVm', { placementSpec: { configSpec: { numCPUs: 600 } } })).toMatchObject({
      recommendations: [],
      drsFault: { faultsByVm: [{ fault: [{ fault: { _typeName: 'InsufficientResourcesFault' } }] }] },
    })
  })

  it('RecommendHostsForVm leaves out hosts that a must rule forbids', () => {
    const lab = new ClusterLab()
    const vm = lab.vm(vms[0]!)
    const all = lab.call(VC, lab.cluster, 'RecommendHostsForVm', { vm }) as { host: MoRef, rating: number }[]
    expect(all).toHaveLength(4)
    const [first] = all
    lab.change({
      groupSpec: [
        { operation: 'add', info: { _typeName: 'ClusterVmGroup', name: 'v', vm: [vm] } },
        { operation: 'add', info: { _typeName: 'ClusterHostGroup', name: 'h', host: [first!.host] } },
      ],
      rulesSpec: [{ operation: 'add', info: {
        _typeName: 'ClusterVmHostRuleInfo', name: 'not there', enabled: true, mandatory: true, vmGroupName: 'v',
        antiAffineHostGroupName: 'h',
      } }],
    })
    const rest = lab.call(VC, lab.cluster, 'RecommendHostsForVm', { vm }) as { host: MoRef }[]
    expect(rest.map(item => item.host.value)).not.toContain(first!.host.value)
    expect(rest).toHaveLength(3)
  })

  it('GetResourceUsage sums up hosts and datastores', () => {
    const lab = new ClusterLab()
    const usage = lab.call(VC, lab.cluster, 'GetResourceUsage') as { cpuCapacityMHz: number, memCapacityMB: number }
    expect(usage).toMatchObject({ cpuCapacityMHz: 4 * 76800, memCapacityMB: 4 * 131072 })
  })
})
