import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { LabFileError } from '../../emulator/inventory/lab-error.js'
import { loadLab, parseLab } from '../../emulator/inventory/lab-file.js'
import type { LabFileInput } from '../../emulator/inventory/lab-schema.js'
import { Lab } from '../../emulator/lab.js'
import type {
  ClusterComputeResourceProps, ClusterConfigInfoEx, HostSystemProps, ResourcePoolProps, VirtualMachineProps,
} from '../../emulator/schema/generated/types.js'
import { GateLab } from '../support/gate-lab.js'

type ClusterInput = NonNullable<NonNullable<NonNullable<LabFileInput['vcenters']>[number]['datacenters']>[number]['clusters']>[number]

function labWith(cluster: Partial<ClusterInput>, more: Partial<LabFileInput> = {}): LabFileInput {
  return {
    lab: 'test',
    vcenters: [{ name: 'vc-01', datacenters: [{ name: 'DC', clusters: [{ name: 'C', hosts: ['*'], ...cluster }] }] }],
    hosts: [{ name: 'h#', count: 2 }], datastores: [{ name: 'ds1' }, { name: 'ds2' }],
    vms: [{ name: 'vm#', count: 3, cluster: 'C' }],
    ...more,
  }
}

function configOf(lab: GateLab): ClusterConfigInfoEx {
  const props = lab.props<ClusterComputeResourceProps>('vc-01', lab.named('vc-01', 'ClusterComputeResource', 'C'))
  return props.configurationEx as ClusterConfigInfoEx
}

function problems(lab: LabFileInput): readonly string[] {
  try {
    new GateLab({ lab }).lab.stop()
  } catch (error) {
    if (error instanceof LabFileError) return error.problems
    throw error
  }
  return []
}

describe('lab file › clusters', () => {
  it('may say everything about HA', () => {
    const lab = new GateLab({ lab: labWith({
      ha: {
        hostMonitoring: false, isolationResponse: 'powerOff', restartPriority: 'high', restartPriorityTimeout: 100,
        readyCondition: 'poweredOn', readyDelay: 5, monitoring: { failureInterval: 60 },
        componentProtection: { apd: 'restartAggressive', apdDelay: 60 }, admissionControl: false,
        heartbeatDatastores: ['ds2'], heartbeatPolicy: 'userSelectedDs', options: { 'das.heartbeatDsPerHost': 3 },
        overrides: [{ vms: ['vm1', 'vm2'], restartPriority: 'disabled', readyDelay: 9 }],
      },
      groups: [{ name: 'app', vms: ['vm*'] }, { name: 'db', vms: ['vm3'] }, { name: 'left', hosts: ['h1'] }],
      rules: [
        { name: 'apart', type: 'antiAffinity', vms: ['vm1', 'vm2'] },
        { name: 'left', type: 'vmHost', mandatory: true, vmGroup: 'app', hostGroup: 'left' },
        { name: 'order', type: 'dependency', vmGroup: 'app', dependsOn: 'db', enabled: false },
      ],
    }) })
    const vm = (name: string) => lab.named('vc-01', 'VirtualMachine', name)
    expect(configOf(lab)).toMatchObject({
      dasConfig: {
        enabled: true, hostMonitoring: 'disabled', vmMonitoring: 'vmMonitoringOnly', vmComponentProtecting: 'enabled',
        admissionControlEnabled: false, hBDatastoreCandidatePolicy: 'userSelectedDs',
        heartbeatDatastore: [lab.named('vc-01', 'Datastore', 'ds2')],
        option: [{ key: 'das.heartbeatDsPerHost', value: '3' }],
        defaultVmSettings: {
          restartPriority: 'high', restartPriorityTimeout: 100, isolationResponse: 'powerOff',
          vmToolsMonitoringSettings: { failureInterval: 60, vmMonitoring: 'vmMonitoringOnly' },
          vmComponentProtectionSettings: { vmStorageProtectionForAPD: 'restartAggressive', vmTerminateDelayForAPDSec: 60 },
        },
      },
      orchestration: { defaultVmReadiness: { readyCondition: 'poweredOn', postReadyDelay: 5 } },
      dasVmConfig: [
        { key: vm('vm1'), dasSettings: { restartPriority: 'disabled', restartPriorityTimeout: -1 } },
        { key: vm('vm2') },
      ],
      vmOrchestration: [{ vm: vm('vm1'), vmReadiness: { readyCondition: 'useClusterDefault', postReadyDelay: 9 } }, {}],
      group: [
        { _typeName: 'ClusterVmGroup', vm: [vm('vm1'), vm('vm3'), vm('vm2')] }, { vm: [vm('vm3')] },
        { _typeName: 'ClusterHostGroup', host: [lab.named('vc-01', 'HostSystem', 'h1')] },
      ],
      rule: [
        { _typeName: 'ClusterAntiAffinityRuleSpec', key: 1, enabled: true, vm: [vm('vm1'), vm('vm2')] },
        { _typeName: 'ClusterVmHostRuleInfo', mandatory: true, vmGroupName: 'app', affineHostGroupName: 'left' },
        { _typeName: 'ClusterDependencyRuleInfo', enabled: false, vmGroup: 'app', dependsOnVmGroup: 'db' },
      ],
    })
  })

  it('gives keys to later rules that none of the file\'s has', () => {
    const lab = new GateLab({ lab: labWith({ rules: [{ name: 'a', type: 'affinity', vms: ['vm*'] }] }) })
    const vm = ['vm1', 'vm2'].map(name => lab.named('vc-01', 'VirtualMachine', name))
    lab.done('vc-01', lab.named('vc-01', 'ClusterComputeResource', 'C'), 'ReconfigureComputeResource_Task', {
      spec: { _typeName: 'ClusterConfigSpecEx', rulesSpec: [{ operation: 'add', info: {
        _typeName: 'ClusterAffinityRuleSpec', name: 'b', vm,
      } }] }, modify: true,
    })
    expect(configOf(lab).rule!.map(rule => rule.key)).toEqual([1, 2])
  })

  it('names what its clusters do not have', () => {
    expect(problems(labWith({
      ha: { heartbeatDatastores: ['nowhere'], overrides: [{ vms: ['nobody'] }] },
      rules: [{ name: 'r', type: 'dependency', vmGroup: 'x', dependsOn: 'y' }],
    }))).toEqual([
      'clusters.C: the cluster has no group of vms x', 'clusters.C: the cluster has no group of vms y',
      'clusters.C: the cluster has no datastore nowhere', 'clusters.C: the cluster has no vm nobody',
    ])
  })
})

describe('lab file › hosts and VMs with given facts', () => {
  it('takes ids, root pools and reservations as they are', () => {
    const lab = new GateLab({ lab: labWith({ ha: true }, {
      hosts: [
        { name: 'a', moid: 'host-9', rootPool: { cpu: 5000, memory: '3GiB' } },
        { name: 'b', moid: 'host-100', rootPool: { cpu: 4000, memory: '2GiB' } }, { name: 'c' },
      ],
      vms: [{ name: 'vm', host: 'a', reservation: { cpu: 500, memory: '256MiB' } }],
    }) })
    expect(lab.named('vc-01', 'HostSystem', 'a').value).toBe('host-9')
    expect(lab.named('vc-01', 'HostSystem', 'b').value).toBe('host-100')
    // What the file does not name is numbered above.
    expect(Number(lab.named('vc-01', 'HostSystem', 'c').value.slice(5))).toBeGreaterThan(100)
    const pool = lab.props<ResourcePoolProps>('a', { type: 'ResourcePool', value: 'ha-root-pool' })
    expect(pool.config).toMatchObject({ cpuAllocation: { reservation: 5000 }, memoryAllocation: { reservation: 3072 } })
    const cluster = lab.props<ClusterComputeResourceProps>('vc-01', lab.named('vc-01', 'ClusterComputeResource', 'C'))
    expect(cluster.summary).toMatchObject({
      effectiveCpu: 9000 + Math.floor(76800 * 0.97), effectiveMemory: 5120 + 131072 - 4096,
      usageSummary: { cpuReservationMhz: 500, totalVmCount: 1, poweredOffVmCount: 0 },
    })
    expect(lab.props<VirtualMachineProps>('vc-01', lab.named('vc-01', 'VirtualMachine', 'vm')).config)
      .toMatchObject({ cpuAllocation: { reservation: 500 }, memoryAllocation: { reservation: 256 } })
  })

  it('refuses root pools that the machine does not have, and ids given twice', () => {
    expect(problems(labWith({}, { hosts: [
      { name: 'a', moid: 'host-9', rootPool: { cpu: 100000, memory: '1TiB' } }, { name: 'b', moid: 'host-9' },
      { name: 'c#', count: 2, moid: 'host-10' },
    ] }))).toEqual([
      'hosts[0].rootPool.cpu: the host has 76800 MHz', 'hosts[0].rootPool.memory: the host has less memory',
      'hosts[2].moid: it is the id of one host', 'moids of vc-01: the name host-9 is given twice',
      'moids of vc-01: the name host-10 is given twice',
    ])
  })
})

describe('scenarios/labs/f4.yaml', () => {
  it('is found by its bare name, and an unknown name is not', () => {
    expect(loadLab('f4')).toEqual(loadLab(fileURLToPath(new URL('../../scenarios/labs/f4.yaml', import.meta.url))))
    expect(() => loadLab('f5')).toThrow(LabFileError)
  })

  it('is the fixture of the test vectors', () => {
    const file = new URL('../../scenarios/labs/f4.yaml', import.meta.url)
    const lab = new Lab({
      lab: parseLab(readFileSync(file, 'utf8'), 'f4'), seed: '42', clock: { mode: 'manual' },
    })
    const { world } = lab
    const hosts = world.ofType('vc1', 'HostSystem').map(slot => ({
      id: slot.address.id, props: world.read<HostSystemProps>(slot)!.props,
    })).sort((a, b) => a.id.localeCompare(b.id))
    expect(hosts.map(item => [item.id, item.props.name, item.props.vm?.length])).toEqual([
      ['host-21', 'esx-01', 3], ['host-22', 'esx-02', 3], ['host-23', 'esx-03', 3], ['host-24', 'esx-04', 3],
    ])
    for (const { props } of hosts) {
      expect(world.get<ResourcePoolProps>(props.name, 'ha-root-pool')!.props.config).toMatchObject({
        cpuAllocation: { reservation: 10000 }, memoryAllocation: { reservation: 32768 },
      })
    }
    const [cluster] = world.ofType('vc1', 'ClusterComputeResource')
    expect(world.read<ClusterComputeResourceProps>(cluster!)!.props.configurationEx).toMatchObject({
      dasConfig: {
        enabled: true, hostMonitoring: 'enabled', admissionControlEnabled: false, vmComponentProtecting: 'disabled',
        defaultVmSettings: { restartPriority: 'medium', isolationResponse: 'none' },
      },
      drsConfig: { enabled: false },
    })
    lab.stop()
  })
})
