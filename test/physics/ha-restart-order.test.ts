import { describe, expect, it } from 'vitest'
import type { LabFileInput } from '../../emulator/inventory/lab-schema.js'
import { powerOff } from '../../emulator/physics/compute/power.js'
import { setVmProps } from '../../emulator/physics/compute/vm.js'
import { HaVmLab } from '../support/ha-vm-lab.js'

const [A, B, C] = ['vm-esx-02-1', 'vm-esx-02-2', 'vm-esx-02-3'] as const

const restarted = (lab: HaVmLab): (number | undefined)[] =>
  [A, B, C].map(vm => lab.timesOf('VmRestartedByHAEvent', vm)[0])

const priorities = (lab: HaVmLab): object[] => [
  { key: lab.ref(A), dasSettings: { restartPriority: 'low' } },
  { key: lab.ref(B), dasSettings: { restartPriority: 'high' } },
]

/** Reserves memory of VMs, by name. */
function reserve(lab: HaVmLab, megabytes: Readonly<Record<string, number>>): void {
  lab.change(tx => {
    for (const [name, reservation] of Object.entries(megabytes)) {
      const slot = lab.registered(name)[0]!
      const { config } = lab.vm(slot)
      setVmProps(tx, slot, { config: { ...config!, memoryAllocation: { ...config!.memoryAllocation!, reservation } } })
    }
  })
}

describe('order of restarts', () => {
  it('by priority: without a condition the next one begins when the one before has its place', () => {
    const lab = new HaVmLab()
    lab.configure({ dasVmConfig: priorities(lab) })
    lab.crash('esx-02')
    lab.to(120)
    expect(restarted(lab)).toEqual([35, 35, 35])
  })

  it('the next priority waits until the one before is powered on, and for its delay', () => {
    const lab = new HaVmLab()
    lab.configure({
      dasVmConfig: priorities(lab),
      orchestration: { defaultVmReadiness: { readyCondition: 'poweredOn', postReadyDelay: 60 } },
    })
    lab.crash('esx-02')
    lab.to(400)
    expect(restarted(lab)).toEqual([165, 35, 100])
  })

  it('or until its guest has a heartbeat', () => {
    const lab = new HaVmLab()
    lab.configure({
      dasVmConfig: priorities(lab),
      orchestration: { defaultVmReadiness: { readyCondition: 'guestHbStatusGreen' } },
    })
    lab.crash('esx-02')
    lab.to(400)
    expect(restarted(lab)).toEqual([95, 35, 65])
  })

  it('or as long as the time-out of its priority', () => {
    const lab = new HaVmLab()
    lab.configure({
      dasVmConfig: priorities(lab),
      dasConfig: {
        ...lab.lab.world.get<{ configurationEx: { dasConfig: object } }>('vc1', lab.cluster)!.props.configurationEx.dasConfig,
        defaultVmSettings: { restartPriorityTimeout: 100 },
      },
      orchestration: { defaultVmReadiness: { readyCondition: 'appHbStatusGreen' } },
    })
    lab.crash('esx-02')
    lab.to(600)
    expect(restarted(lab)).toEqual([235, 35, 135])
  })

  it('a VM group waits for the group that it depends on', () => {
    const lab = new HaVmLab()
    lab.configure({
      group: [
        { _typeName: 'ClusterVmGroup', name: 'web', vm: [lab.ref(A)] },
        { _typeName: 'ClusterVmGroup', name: 'db', vm: [lab.ref(B)] },
      ],
      rule: [{
        _typeName: 'ClusterDependencyRuleInfo', key: 1, name: 'first db', enabled: true, vmGroup: 'web', dependsOnVmGroup: 'db',
      }],
      vmOrchestration: [{ vm: lab.ref(B), vmReadiness: { readyCondition: 'poweredOn', postReadyDelay: 30 } }],
    })
    lab.crash('esx-02')
    lab.to(400)
    expect(restarted(lab)).toEqual([70, 35, 35])
  })

  it('without a condition a host finishes the higher priority before it begins with the next', () => {
    const lab = new HaVmLab({ moids: [21, 22] })
    lab.configure({ dasVmConfig: priorities(lab).map(item => item) })
    lab.crash('esx-02')
    lab.to(120)
    const [low, high, medium] = restarted(lab)
    expect([high, medium, low]).toEqual([high, high! + 5, high! + 10])
  })

  it('at most so many power-ons at once on a host', () => {
    const lab = new HaVmLab({ das: { option: [{ key: 'das.perHostConcurrentFailoversLimit', value: '1' }] } })
    for (const host of ['esx-01', 'esx-02']) lab.crash(host)
    lab.to(120)
    expect(lab.times('com.vmware.vc.ha.VmRestartedByHAEvent')).toEqual([35, 35, 40, 40, 45, 45])
  })
})

describe('places of restarts', () => {
  it('what has no room waits, is said so once, and is started as soon as there is some', () => {
    const lab = new HaVmLab()
    const room = 34_000
    reserve(lab, { [A]: 1000, 'vm-esx-01-1': 0 })
    lab.change(tx => {
      for (const host of ['esx-01', 'esx-03', 'esx-04']) {
        tx.update<{ config: { memoryAllocation: { reservation: number } } }>({ node: host, id: 'ha-root-pool' }, ({ props }) => {
          props.config.memoryAllocation.reservation = 500
        })
      }
    })
    lab.crash('esx-02')
    lab.to(300)
    expect(lab.timesOf('NotEnoughResourcesToStartVmEvent', A)).toEqual([30])
    expect(lab.real(A)).toEqual([])
    expect(restarted(lab).slice(1)).toEqual([35, 35])
    lab.change(tx => {
      tx.update<{ config: { memoryAllocation: { reservation: number } } }>({ node: 'esx-03', id: 'ha-root-pool' }, ({ props }) => {
        props.config.memoryAllocation.reservation = room
      })
      powerOff(tx, lab.hostVm('vm-esx-03-1', 'esx-03'), { instant: true })
    })
    lab.to(310)
    expect(lab.real(A)).toEqual(['esx-03'])
    expect(lab.timesOf('NotEnoughResourcesToStartVmEvent', A)).toEqual([30])
  })

  it('must rules are kept, should rules not', () => {
    for (const mandatory of [true, false]) {
      const lab = new HaVmLab()
      lab.configure({
        group: [
          { _typeName: 'ClusterVmGroup', name: 'ours', vm: [lab.ref(A), lab.ref(B), lab.ref(C)] },
          { _typeName: 'ClusterHostGroup', name: 'there', host: [lab.hostRef('esx-03')] },
        ],
        rule: [{
          _typeName: 'ClusterVmHostRuleInfo', key: 1, name: 'there', enabled: true, mandatory,
          vmGroupName: 'ours', affineHostGroupName: 'there',
        }],
      })
      lab.crash('esx-02')
      lab.to(60)
      const hosts = [A, B, C].map(vm => lab.on(vm)).sort()
      expect(hosts).toEqual(mandatory ? ['esx-03', 'esx-03', 'esx-03'] : ['esx-01', 'esx-03', 'esx-04'])
    }
  })

  it('anti-affinity is kept where das.respectVmVmAntiAffinityRules says so', () => {
    const lab = new HaVmLab({ das: { option: [{ key: 'das.respectVmVmAntiAffinityRules', value: 'true' }] } })
    lab.configure({ rule: [{
      _typeName: 'ClusterAntiAffinityRuleSpec', key: 1, name: 'apart', enabled: true,
      vm: [lab.ref(A), lab.ref('vm-esx-01-1'), lab.ref('vm-esx-03-1')],
    }] })
    lab.crash('esx-02')
    lab.to(60)
    expect(lab.on(A)).toBe('esx-04')
  })

  it('failover hosts come first, then any', () => {
    const lab = new HaVmLab()
    lab.das({ admissionControlEnabled: true, admissionControlPolicy: {
      _typeName: 'ClusterFailoverHostAdmissionControlPolicy', failoverHosts: [lab.hostRef('esx-03')],
    } })
    lab.crash('esx-02')
    lab.to(60)
    expect([A, B, C].map(vm => lab.on(vm))).toEqual(['esx-03', 'esx-03', 'esx-03'])
    lab.crash('esx-03')
    lab.to(160)
    expect([A, B, C].flatMap(vm => lab.real(vm))).toHaveLength(3)
  })

  it('a host in maintenance mode gets none', () => {
    const lab = new HaVmLab()
    lab.change(tx => tx.update<{ runtime: { inMaintenanceMode: boolean } }>({ node: 'esx-01', id: 'ha-host' }, ({ props }) => {
      props.runtime.inMaintenanceMode = true
    }))
    lab.to(5)
    lab.crash('esx-02')
    lab.to(65)
    expect([A, B, C].filter(vm => lab.on(vm) === 'esx-01')).toEqual([])
    expect([A, B, C].flatMap(vm => lab.real(vm))).toHaveLength(3)
  })
})

describe('admission control', () => {
  it('never denies a restart by HA (V16)', () => {
    const lab = new HaVmLab()
    lab.das({ admissionControlEnabled: true, admissionControlPolicy: {
      _typeName: 'ClusterFailoverLevelAdmissionControlPolicy', failoverLevel: 3,
    } })
    lab.crash('esx-02')
    lab.to(60)
    expect([A, B, C].flatMap(vm => lab.real(vm))).toHaveLength(3)
  })
})

describe('partitions (V11)', () => {
  it('leave every VM running, and one that loses its host there is started once', () => {
    const lab = new HaVmLab()
    const heal = lab.isolate(['esx-01', 'esx-02'])
    lab.to(150)
    expect(lab.primaries()).toHaveLength(2)
    expect(lab.times('com.vmware.vc.ha.VmRestartedByHAEvent')).toEqual([])
    lab.crash('esx-01')
    lab.to(300)
    for (const n of [1, 2, 3]) expect(lab.real(`vm-esx-01-${n}`)).toHaveLength(1)
    heal()
    lab.to(400)
    for (const vm of lab.vms()) {
      expect(lab.real(vm)).toEqual([lab.on(vm)])
      if (!vm.startsWith('vm-esx-01')) expect(lab.registered(vm)).toHaveLength(1)
    }
  })
})

describe('vCenter itself is a victim', () => {
  const lab: LabFileInput = {
    lab: 'inside',
    vcenters: [{
      name: 'vc1', appliance: { host: 'esx-02', datastore: 'ds1' },
      datacenters: [{ name: 'DC', clusters: [{ name: 'C1', hosts: ['esx-*'], ha: true }] }],
    }],
    hosts: [{ name: 'esx-##', count: 3 }],
    datastores: [{ name: 'ds1', capacity: '1TiB' }, { name: 'ds2', capacity: '1TiB' }],
    vms: [{ name: 'vm-#', count: 2, host: 'esx-02', datastore: 'ds1' }],
  }

  it('its VM is restarted like others, and it is back after its boot', () => {
    const inside = new HaVmLab({ lab })
    inside.crash('esx-02')
    inside.to(60)
    const vc = inside.vms().find(name => /vc/.test(name))!
    expect(inside.real(vc)).toHaveLength(1)
    expect(inside.real(vc)).not.toContain('esx-02')
    expect(inside.real('vm-1')).toHaveLength(1)
    inside.to(400)
    expect(inside.on('vm-1')).toBe(inside.real('vm-1')[0])
    expect(inside.timesOf('VmRestartedByHAEvent', 'vm-1')[0]).toBeLessThan(60)
  })
})
