import { describe, expect, it } from 'vitest'
import { defaultClusterConfig } from '../../../emulator/inventory/compute.js'
import { haSettings } from '../../../emulator/physics/ha/config.js'
import { dasOptionsOf } from '../../../emulator/physics/ha/das-options.js'
import {
  antiAffineVms, dependsOn, dependenciesOf, ruleAllows, rulesNaming, vmHostRulesOf,
} from '../../../emulator/physics/ha/rules.js'
import { withoutHost, withoutVm } from '../../../emulator/physics/ha/forget.js'
import type { ClusterConfigInfoEx, ClusterDasVmSettings } from '../../../emulator/schema/generated/types.js'

const vm = (n: number) => ({ type: 'VirtualMachine', value: `vm-${n}` })
const host = (n: number) => ({ type: 'HostSystem', value: `host-${n}` })

function config(change: Partial<ClusterConfigInfoEx> = {}): ClusterConfigInfoEx {
  return { ...defaultClusterConfig({ ha: true, drs: false }, 4, 21), ...change }
}

function withDefaults(defaults: ClusterDasVmSettings, more: Partial<ClusterConfigInfoEx> = {}): ClusterConfigInfoEx {
  const base = config(more)
  return { ...base, dasConfig: { ...base.dasConfig, defaultVmSettings: { ...base.dasConfig.defaultVmSettings, ...defaults } } }
}

describe('effective HA settings of a VM', () => {
  it('are the defaults of the API where nothing is said', () => {
    const empty = config()
    delete empty.dasConfig.defaultVmSettings
    delete empty.orchestration
    expect(haSettings(empty, vm(1))).toEqual({
      restartPriority: 'medium', restartPriorityTimeoutSec: 600, isolationResponse: 'none',
      monitoring: {
        mode: 'vmMonitoringDisabled', failureIntervalSec: 30, minUpTimeSec: 120, maxFailures: 3, maxFailureWindowSec: -1,
      },
      componentProtection: { apd: 'disabled', pdl: 'disabled', apdDelaySec: 180, onApdCleared: 'none' },
      readiness: { condition: 'none', delaySec: 0 },
    })
  })

  it('are the VM\'s own where it has some, else the cluster\'s', () => {
    const cluster = withDefaults({ restartPriority: 'low', restartPriorityTimeout: 60, isolationResponse: 'shutdown' }, {
      dasVmConfig: [
        { key: vm(1), dasSettings: { restartPriority: 'highest', restartPriorityTimeout: 0, isolationResponse: 'powerOff' } },
        { key: vm(2), dasSettings: {
          restartPriority: 'clusterRestartPriority', restartPriorityTimeout: -1, isolationResponse: 'clusterIsolationResponse',
        } },
        { key: vm(3), restartPriority: 'high', powerOffOnIsolation: true },
      ],
      orchestration: { defaultVmReadiness: { readyCondition: 'poweredOn', postReadyDelay: 30 } },
      vmOrchestration: [
        { vm: vm(1), vmReadiness: { readyCondition: 'guestHbStatusGreen', postReadyDelay: 5 } },
        { vm: vm(2), vmReadiness: { readyCondition: 'useClusterDefault', postReadyDelay: -1 } },
      ],
    })
    const common = { restartPriority: 'low', restartPriorityTimeoutSec: 60, isolationResponse: 'shutdown' }
    const ready = { condition: 'poweredOn', delaySec: 30 }
    expect(haSettings(cluster, vm(1))).toMatchObject({
      restartPriority: 'highest', restartPriorityTimeoutSec: 0, isolationResponse: 'powerOff',
      readiness: { condition: 'guestHbStatusGreen', delaySec: 5 },
    })
    expect(haSettings(cluster, vm(2))).toMatchObject({ ...common, readiness: ready })
    expect(haSettings(cluster, vm(3))).toMatchObject({ restartPriority: 'high', isolationResponse: 'powerOff' })
    expect(haSettings(cluster, vm(9))).toMatchObject({ ...common, readiness: ready })
  })

  it('cap VM monitoring at the level of the cluster', () => {
    const own = (clusterSettings: boolean) => ({ vmToolsMonitoringSettings: {
      vmMonitoring: 'vmAndAppMonitoring', clusterSettings, failureInterval: 60,
    } })
    const dasVmConfig = [{ key: vm(1), dasSettings: own(false) }, { key: vm(2), dasSettings: own(true) }]
    const at = (vmMonitoring: string): ClusterConfigInfoEx => {
      const base = config({ dasVmConfig })
      return { ...base, dasConfig: { ...base.dasConfig, vmMonitoring } }
    }
    expect(haSettings(at('vmMonitoringDisabled'), vm(1)).monitoring.mode).toBe('vmMonitoringDisabled')
    expect(haSettings(at('vmMonitoringOnly'), vm(1)).monitoring)
      .toMatchObject({ mode: 'vmMonitoringOnly', failureIntervalSec: 60 })
    expect(haSettings(at('vmMonitoringOnly'), vm(2)).monitoring)
      .toMatchObject({ mode: 'vmMonitoringOnly', failureIntervalSec: 30 })
  })

  it('protect no component while the cluster does not', () => {
    const settings = { vmComponentProtectionSettings: {
      vmStorageProtectionForAPD: 'restartAggressive', vmStorageProtectionForPDL: 'warning', vmReactionOnAPDCleared: 'reset',
    } }
    const off = withDefaults(settings, { dasVmConfig: [{ key: vm(1), dasSettings: { vmComponentProtectionSettings: {
      vmStorageProtectionForAPD: 'clusterDefault', vmStorageProtectionForPDL: 'restartAggressive',
      vmTerminateDelayForAPDSec: -1, vmReactionOnAPDCleared: 'useClusterDefault',
    } } }] })
    const on = { ...off, dasConfig: { ...off.dasConfig, vmComponentProtecting: 'enabled' } }
    expect(haSettings(off, vm(1)).componentProtection)
      .toEqual({ apd: 'disabled', pdl: 'disabled', apdDelaySec: 180, onApdCleared: 'none' })
    expect(haSettings(on, vm(1)).componentProtection)
      .toEqual({ apd: 'restartAggressive', pdl: 'restartAggressive', apdDelaySec: 180, onApdCleared: 'reset' })
  })
})

describe('advanced options', () => {
  it('have their defaults, and are read whatever the case of their keys', () => {
    const options = (option: Record<string, string>) => {
      const base = config()
      const list = Object.entries(option).map(([key, value]) => ({ key, value }))
      return dasOptionsOf({ ...base, dasConfig: { ...base.dasConfig, option: list } })
    }
    expect(options({})).toMatchObject({
      isolationAddresses: [], useDefaultIsolationAddress: true, isolationPolicyDelaySec: 30, heartbeatDsPerHost: 2,
      maxVmRestartCount: 5, perHostConcurrentFailoversLimit: 32, vmCpuMinMhz: 32, hostTimeoutSec: 10,
    })
    expect(options({
      'das.isolationAddress1': '10.0.0.2', 'das.isolationaddress0': '10.0.0.1', 'das.UseDefaultIsolationAddress': 'false',
      'das.config.fdm.isolationPolicyDelaySec': '10', 'das.heartbeatDsPerHost': '9', 'das.maxvmrestartcount': 'many',
    })).toMatchObject({
      isolationAddresses: ['10.0.0.1', '10.0.0.2'], useDefaultIsolationAddress: false, isolationPolicyDelaySec: 30,
      heartbeatDsPerHost: 5, maxVmRestartCount: 5,
    })
  })
})

describe('rules of a cluster', () => {
  const ruled = config({
    group: [
      { _typeName: 'ClusterVmGroup', name: 'app', vm: [vm(1), vm(2)] } as never,
      { _typeName: 'ClusterVmGroup', name: 'db', vm: [vm(3)] } as never,
      { _typeName: 'ClusterHostGroup', name: 'left', host: [host(1), host(2)] } as never,
    ],
    rule: [
      { _typeName: 'ClusterAntiAffinityRuleSpec', name: 'apart', enabled: true, vm: [vm(1), vm(2)] } as never,
      { _typeName: 'ClusterAntiAffinityRuleSpec', name: 'off', enabled: false, vm: [vm(1), vm(3)] } as never,
      { _typeName: 'ClusterVmHostRuleInfo', name: 'left', enabled: true, mandatory: true, vmGroupName: 'app',
        affineHostGroupName: 'left' } as never,
      { _typeName: 'ClusterDependencyRuleInfo', name: 'order', enabled: true, vmGroup: 'app', dependsOnVmGroup: 'db' } as never,
    ],
  })

  it('are data for those who place and restart VMs', () => {
    expect(antiAffineVms(ruled, vm(1))).toEqual([[vm(2)]])
    expect(antiAffineVms(ruled, vm(3))).toEqual([])
    const [rule] = vmHostRulesOf(ruled, vm(2))
    expect(rule).toEqual({ name: 'left', mandatory: true, affine: [host(1), host(2)], antiAffine: undefined })
    expect([ruleAllows(rule!, host(1)), ruleAllows(rule!, host(3))]).toEqual([true, false])
    expect(dependenciesOf(ruled)).toEqual([{ name: 'order', vms: [vm(1), vm(2)], dependsOn: [vm(3)] }])
    expect(dependsOn(ruled, vm(2))).toEqual([vm(3)])
    expect(dependsOn(ruled, vm(3))).toEqual([])
    expect(rulesNaming(ruled, vm(3)).map(item => item.name)).toEqual(['off', 'order'])
  })

  it('forget what is gone, and stay the same value otherwise', () => {
    expect(withoutVm(ruled, 'vm-9')).toBe(ruled)
    expect(withoutHost(ruled, 'host-9')).toBe(ruled)
    expect(antiAffineVms(withoutVm(ruled, 'vm-2'), vm(1))).toEqual([[]])
    expect(vmHostRulesOf(withoutHost(ruled, 'host-1'), vm(1))[0]!.affine).toEqual([host(2)])
  })
})
