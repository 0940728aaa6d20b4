import { describe, expect, it } from 'vitest'
import type { LabFileInput } from '../../../emulator/inventory/lab-schema.js'
import { powerOn } from '../../../emulator/physics/compute/power.js'
import { withDoors, type Door, type Doors, type Fields } from '../../front-door/door.js'
import type { Ref } from '../../../clients/sdk/soap-xml.js'
import { v16 } from './v16.js'

const slotsPolicy = { lab: v16 } as const

async function cluster(vc: Door): Promise<Ref> {
  return vc.named('ClusterComputeResource', 'C1')
}

async function runtimeInfo(vc: Door): Promise<Fields> {
  return await vc.call(await cluster(vc), 'RetrieveDasAdvancedRuntimeInfo') as Fields
}

async function reconfigure(vc: Door, spec: object): Promise<void> {
  await vc.done(await cluster(vc), 'ReconfigureComputeResource_Task', {
    spec: { _typeName: 'ClusterConfigSpecEx', ...spec }, modify: true,
  })
}

/** Starts the three VMs of H1 on H3 as HA does: on the host, without asking vCenter. */
function restartOnHost(doors: Doors, name: string): void {
  const { world } = doors.lab
  for (const node of ['H1', 'H2', 'H3']) {
    const slot = world.ofType(node, 'VirtualMachine').find(item => world.read(item)?.props['name'] === name)
    if (slot === undefined) continue
    world.transact({ kind: 'lab', what: 'restart' }, tx => {
      expect(powerOn(tx, slot, { instant: true })).toBeUndefined()
    })
  }
}

describe('HA admission control › slot policy', () => {
  it('counts slots as the worked example does', withDoors(async doors => {
    const vc = await doors.open()
    const info = await runtimeInfo(vc)
    expect(info).toMatchObject({
      _typeName: 'ClusterDasFailoverLevelAdvancedRuntimeInfo',
      slotInfo: { cpuMHz: '2000', memoryMB: '2048', numVcpus: '1' },
      totalSlots: '10', usedSlots: '5', unreservedSlots: '1', totalVms: '5', totalHosts: '3', totalGoodHosts: '3',
      vmcpSupported: { storageAPDSupported: 'true', storagePDLSupported: 'true' },
    })
    expect((info['hostSlots'] as unknown as { slots: string }[]).map(item => item.slots)).toEqual(['4', '3', '3'])
    const summary = await vc.get<Fields>(await cluster(vc), 'summary')
    expect(summary).toMatchObject({
      currentFailoverLevel: '1',
      admissionControlInfo: { _typeName: 'ClusterFailoverLevelAdmissionControlInfo', currentFailoverLevel: '1' },
    })
  }, slotsPolicy))

  it('takes a sixth VM and refuses a seventh, which stays off', withDoors(async doors => {
    const vc = await doors.open()
    await vc.done(await vc.vm('vm6'), 'PowerOnVM_Task')
    expect(await runtimeInfo(vc)).toMatchObject({ usedSlots: '6', unreservedSlots: '0' })
    const seventh = await vc.vm('vm7')
    const info = await vc.task(seventh, 'PowerOnVM_Task')
    expect(info.error).toMatchObject({
      fault: { _typeName: 'InsufficientFailoverResourcesFault' },
      localizedMessage: 'Insufficient resources to satisfy configured failover level for vSphere HA.',
    })
    expect(await vc.get(seventh, 'runtime.powerState')).toBe('poweredOff')
    // Room again: one that goes off lets it in.
    await vc.done(await vc.vm('vm1'), 'PowerOffVM_Task')
    await vc.done(seventh, 'PowerOnVM_Task')
  }, slotsPolicy))

  it('refuses a VM that would make all slots bigger', withDoors(async doors => {
    const vc = await doors.open()
    expect(await vc.failed(await vc.vm('big'), 'PowerOnVM_Task'))
      .toMatchObject({ _typeName: 'InsufficientFailoverResourcesFault' })
  }, slotsPolicy))

  it('lets everything in while it is off, and says what is short when it is on again', withDoors(async doors => {
    const vc = await doors.open()
    await reconfigure(vc, { dasConfig: { admissionControlEnabled: false } })
    for (const name of ['vm6', 'vm7', 'big']) await vc.done(await vc.vm(name), 'PowerOnVM_Task')
    expect(await vc.get(await cluster(vc), 'summary.currentFailoverLevel')).toBe('0')
    const mark = await vc.mark()
    await reconfigure(vc, { dasConfig: { admissionControlEnabled: true } })
    expect(await vc.types(mark)).toContain('InsufficientFailoverResourcesEvent')
    const issues = await vc.get<Fields>(await cluster(vc), 'configIssue')
    expect(JSON.stringify(issues)).toContain('InsufficientFailoverResourcesEvent')
    for (const name of ['big', 'vm7']) await vc.done(await vc.vm(name), 'PowerOffVM_Task')
    expect(await vc.types(mark)).toContain('FailoverLevelRestored')
    expect(await vc.list(await cluster(vc), 'configIssue')).toEqual([])
  }, slotsPolicy))

  it('is not asked by the host itself, nor by HA', withDoors(async doors => {
    const vc = await doors.open()
    await vc.done(await vc.vm('vm6'), 'PowerOnVM_Task')
    const host = await doors.open('H3')
    await host.done(await host.vm('vm7'), 'PowerOnVM_Task')
    restartOnHost(doors, 'big')
    expect(await vc.get(await vc.vm('big'), 'runtime.powerState')).toBe('poweredOn')
  }, slotsPolicy))

  it('guards what running VMs reserve, and nothing else of them', withDoors(async doors => {
    const vc = await doors.open()
    const vm5 = await vc.vm('vm5')
    const raise = (reservation: number) => ({ spec: { cpuAllocation: { reservation } } })
    expect(await vc.failed(vm5, 'ReconfigVM_Task', raise(4500)))
      .toMatchObject({ _typeName: 'InsufficientFailoverResourcesFault' })
    expect(await vc.get(vm5, 'config.cpuAllocation.reservation')).toBe('1000')
    await vc.done(vm5, 'ReconfigVM_Task', raise(1500))
    await vc.done(await vc.vm('vm7'), 'ReconfigVM_Task', raise(4500))
    await vc.done(vm5, 'ReconfigVM_Task', { spec: { annotation: 'same demand' } })
    const pool = await vc.get<Ref>(vm5, 'resourcePool')
    const fault = await vc.fault(pool, 'UpdateChildResourceConfiguration', {
      spec: [{ entity: vm5, cpuAllocation: { reservation: 4500 }, memoryAllocation: {} }],
    })
    expect(fault?.type).toBe('InsufficientFailoverResourcesFault')
    await vc.done(await vc.vm('vm6'), 'PowerOnVM_Task')
  }, slotsPolicy))

  it('bounds slots, and names the VMs that need more than one', withDoors(async doors => {
    const vc = await doors.open()
    await reconfigure(vc, {
      dasConfig: { option: [{ key: 'das.slotCpuInMHz', value: { _typeName: 'xsd:string', _value: '1000' } }] },
    })
    const info = await runtimeInfo(vc)
    expect(info).toMatchObject({ slotInfo: { cpuMHz: '1000', memoryMB: '2048' }, usedSlots: '7', totalSlots: '10' })
    expect(info['vmsRequiringMultipleSlots']).toMatchObject([{ slots: '2' }, { slots: '2' }])
    await reconfigure(vc, {
      dasConfig: {
        option: [{ key: 'das.slotCpuInMHz', value: { _typeName: 'xsd:string', _value: '' } }],
        admissionControlPolicy: {
          _typeName: 'ClusterFailoverLevelAdmissionControlPolicy', failoverLevel: 1,
          slotPolicy: { _typeName: 'ClusterFixedSizeSlotPolicy', cpu: 500, memory: 512 },
        },
      },
    })
    expect(await runtimeInfo(vc)).toMatchObject({
      slotInfo: { cpuMHz: '500', memoryMB: '512' }, totalSlots: String(18 + 12 + 12), usedSlots: '16',
    })
  }, slotsPolicy))

  it('counts only hosts that vCenter hears', withDoors(async doors => {
    const vc = await doors.open()
    const mark = await vc.mark()
    doors.inject('host-crash', 'H1')
    doors.advance(80)
    expect(await runtimeInfo(vc)).toMatchObject({ totalGoodHosts: '2', totalHosts: '3', totalSlots: '6', usedSlots: '5' })
    expect(await vc.types(mark)).toContain('InsufficientFailoverResourcesEvent')
    expect(await vc.failed(await vc.vm('vm6'), 'PowerOnVM_Task'))
      .toMatchObject({ _typeName: 'InsufficientFailoverResourcesFault' })
  }, slotsPolicy))
})

const percentage: LabFileInput = {
  ...v16, lab: 'percent',
  vcenters: [{
    name: 'vc-01',
    datacenters: [{
      name: 'DC',
      clusters: [{ name: 'C1', hosts: ['*'], ha: { admissionControl: { policy: 'percentage', cpu: 60, memory: 50 } } }],
    }],
  }],
}

describe('HA admission control › percentage policy', () => {
  it('compares what is not promised with what is to be kept', withDoors(async doors => {
    const vc = await doors.open()
    // 24,000 MHz less 7,000; 21,504 MB less 6,144.
    expect(await vc.get<Fields>(await cluster(vc), 'summary.admissionControlInfo')).toEqual({
      _typeName: 'ClusterFailoverResourcesAdmissionControlInfo',
      currentCpuFailoverResourcesPercent: '70', currentMemoryFailoverResourcesPercent: '71',
    })
    const info = await runtimeInfo(vc)
    expect(info).toMatchObject({ vmcpSupported: { storageAPDSupported: 'true', storagePDLSupported: 'true' } })
    expect(info['slotInfo']).toBeUndefined()
    await vc.done(await vc.vm('vm6'), 'PowerOnVM_Task')
    await vc.done(await vc.vm('vm7'), 'PowerOnVM_Task')
    // 3,000 more would leave 50 %.
    expect(await vc.failed(await vc.vm('big'), 'PowerOnVM_Task'))
      .toMatchObject({ _typeName: 'InsufficientFailoverResourcesFault' })
  }, { lab: percentage }))

  it('computes its percentages from the largest hosts', withDoors(async doors => {
    const vc = await doors.open()
    await reconfigure(vc, {
      dasConfig: {
        admissionControlPolicy: {
          _typeName: 'ClusterFailoverResourcesAdmissionControlPolicy', cpuFailoverResourcesPercent: 1,
          memoryFailoverResourcesPercent: 1,
        },
      },
    })
    const policy = await vc.get<Fields>(await cluster(vc), 'configurationEx.dasConfig.admissionControlPolicy')
    expect(policy).toMatchObject({
      autoComputePercentages: 'true', failoverLevel: '1',
      cpuFailoverResourcesPercent: '38', memoryFailoverResourcesPercent: '43',
    })
  }, { lab: percentage }))

  it('refuses with fewer than two hosts that HA could use', withDoors(async doors => {
    const vc = await doors.open()
    await reconfigure(vc, {
      dasConfig: {
        admissionControlPolicy: {
          _typeName: 'ClusterFailoverResourcesAdmissionControlPolicy', cpuFailoverResourcesPercent: 0,
          memoryFailoverResourcesPercent: 0, autoComputePercentages: false,
        },
      },
    })
    await vc.done(await vc.vm('vm6'), 'PowerOnVM_Task')
    doors.inject('host-crash', 'H1')
    doors.inject('host-crash', 'H2')
    doors.advance(80)
    expect(await vc.failed(await vc.vm('vm7'), 'PowerOnVM_Task'))
      .toMatchObject({ _typeName: 'InsufficientFailoverResourcesFault' })
  }, { lab: percentage }))
})

describe('HA admission control › dedicated failover hosts', () => {
  it('shows their state and starts nothing on them', withDoors(async doors => {
    const vc = await doors.open()
    const hosts = await vc.names('HostSystem')
    const [h2, h3] = [hosts.get('H2')!, hosts.get('H3')!]
    await reconfigure(vc, {
      dasConfig: {
        admissionControlPolicy: { _typeName: 'ClusterFailoverHostAdmissionControlPolicy', failoverHosts: [h3, h2] },
      },
    })
    await vc.done(await vc.vm('vm5'), 'PowerOffVM_Task')
    const info = await vc.get<Fields>(await cluster(vc), 'summary.admissionControlInfo')
    expect(info).toMatchObject({
      _typeName: 'ClusterFailoverHostAdmissionControlInfo',
      hostStatus: [{ host: h3, status: 'green' }, { host: h2, status: 'yellow' }],
    })
    expect(await vc.failed(await vc.vm('vm6'), 'PowerOnVM_Task'))
      .toEqual({ _typeName: 'DisallowedOperationOnFailoverHost', host: h3, hostname: 'H3' })
  }, slotsPolicy))
})

describe('HA admission control › named labs', () => {
  it('lets VMs be powered on in the labs that ship', withDoors(async doors => {
    const vc = await doors.open()
    const vm = await vc.vm('esx-02-vm-01')
    await vc.done(vm, 'PowerOffVM_Task')
    await vc.done(vm, 'PowerOnVM_Task')
    const info = await vc.get<Fields>(await vc.named('ClusterComputeResource', 'Cluster-01'), 'summary.admissionControlInfo')
    expect(info['_typeName']).toBe('ClusterFailoverResourcesAdmissionControlInfo')
  }, { lab: 'cluster' }))
})

describe('HA admission control › moves', () => {
  const two: LabFileInput = {
    ...v16, lab: 'two',
    vcenters: [{
      name: 'vc-01',
      datacenters: [{
        name: 'DC',
        clusters: [
          { name: 'C1', hosts: ['H1', 'H2'], ha: { admissionControl: { policy: 'slots', failoverLevel: 1 } } },
          { name: 'C2', hosts: ['H3'] },
        ],
      }],
    }],
    vms: [
      ...v16.vms!.filter(vm => vm.host !== 'H3'),
      { ...v16.vms![7]!, name: 'big', host: 'H3', power: 'on' },
    ],
  }
  const move = (host: Ref): object => ({ host, priority: 'defaultPriority' })

  it('refuses a running VM from outside, not one of the cluster, not one that is off', withDoors(async doors => {
    const vc = await doors.open()
    const hosts = await vc.names('HostSystem')
    const [h1, h2] = [hosts.get('H1')!, hosts.get('H2')!]
    const pool = await vc.get<Ref>(await cluster(vc), 'resourcePool')
    const big = await vc.vm('big')
    const relocate = { spec: { host: h2, pool }, priority: 'defaultPriority' }
    expect(await vc.failed(big, 'RelocateVM_Task', relocate))
      .toEqual({ _typeName: 'InsufficientFailoverResourcesFault' })
    await vc.done(await vc.vm('vm1'), 'MigrateVM_Task', move(h2))
    await vc.done(big, 'PowerOffVM_Task')
    await vc.done(big, 'RelocateVM_Task', relocate)
    expect(await vc.failed(big, 'PowerOnVM_Task')).toEqual({ _typeName: 'InsufficientFailoverResourcesFault' })
    await vc.done(await vc.vm('vm1'), 'MigrateVM_Task', move(h1))
  }, { lab: two }))

  it('moves nothing that runs to a failover host', withDoors(async doors => {
    const vc = await doors.open()
    const hosts = await vc.names('HostSystem')
    const h3 = hosts.get('H3')!
    await vc.done(await vc.vm('vm5'), 'PowerOffVM_Task')
    await reconfigure(vc, {
      dasConfig: { admissionControlPolicy: { _typeName: 'ClusterFailoverHostAdmissionControlPolicy', failoverHosts: [h3] } },
    })
    expect(await vc.failed(await vc.vm('vm1'), 'MigrateVM_Task', move(h3)))
      .toMatchObject({ _typeName: 'DisallowedOperationOnFailoverHost', hostname: 'H3' })
  }, slotsPolicy))

  it('forgets the rules about a VM in the cluster that it left', withDoors(async doors => {
    const vc = await doors.open()
    const key = await vc.vm('vm1')
    const [h3, c2] = [await vc.named('HostSystem', 'H3'), await vc.named('ClusterComputeResource', 'C2')]
    await reconfigure(vc, {
      dasVmConfigSpec: [{ operation: 'add', info: { key, dasSettings: { restartPriority: 'high' } } }],
    })
    expect(JSON.stringify(await vc.get(await cluster(vc), 'configurationEx.dasVmConfig'))).toContain('high')
    const pool = await vc.get<Ref>(c2, 'resourcePool')
    await vc.done(key, 'RelocateVM_Task', { spec: { host: h3, pool }, priority: 'defaultPriority' })
    expect(JSON.stringify(await vc.get(await cluster(vc), 'configurationEx.dasVmConfig'))).not.toContain('high')
  }, { lab: two }))
})

describe('a cluster\'s summary', () => {
  it('follows its hosts and VMs', withDoors(async doors => {
    const vc = await doors.open()
    const c1 = await cluster(vc)
    expect(await vc.get<Fields>(c1, 'summary')).toMatchObject({
      numHosts: '3', numEffectiveHosts: '3', effectiveCpu: '24000', effectiveMemory: '21504',
      usageSummary: {
        totalCpuCapacityMhz: '24000', cpuReservationMhz: '7000', memReservationMB: '6144', totalVmCount: '8',
        poweredOffVmCount: '3',
      },
    })
    await vc.done(await vc.vm('vm5'), 'PowerOffVM_Task')
    await vc.done(await vc.named('HostSystem', 'H3'), 'EnterMaintenanceMode_Task', { timeout: 0 })
    expect(await vc.get<Fields>(c1, 'summary')).toMatchObject({
      numHosts: '3', numEffectiveHosts: '2', totalCpu: String(3 * 4 * 2400), effectiveCpu: '18000',
      usageSummary: { cpuReservationMhz: '6000', poweredOffVmCount: '4' },
    })
  }, slotsPolicy))

  it('names the heartbeat datastores of its hosts in the runtime info', withDoors(async doors => {
    const vc = await doors.open()
    const hosts = [...(await vc.names('HostSystem')).values()]
    const ds1 = await vc.named('Datastore', 'ds1')
    doors.advance(60)
    const { heartbeatDatastoreInfo } = await runtimeInfo(vc) as unknown as { heartbeatDatastoreInfo: Fields }
    expect(heartbeatDatastoreInfo).toMatchObject({ datastore: ds1 })
    expect((heartbeatDatastoreInfo['hosts'] as unknown as Ref[]).map(ref => ref.value).sort())
      .toEqual(hosts.map(ref => ref.value).sort())
  }, slotsPolicy))
})
