import { beforeEach, describe, expect, it } from 'vitest'
import type {
  ClusterComputeResourceProps, ClusterInfraUpdateHaConfigInfo, EventEx, HealthUpdate, HostSystemProps, VirtualMachineProps,
} from '../../emulator/schema/generated/types.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { GateLab } from '../support/gate-lab.js'

const VC = 'vc-01'
const MANAGER: MoRef = { type: 'HealthUpdateManager', value: 'HealthUpdateManager' }
const INFOS = [
  { id: 'fan-1', componentType: 'Fan', description: 'Fan 1' },
  { id: 'power-1', componentType: 'Power', description: 'Power supply 1' },
]

class HealthLab extends GateLab {
  #updates = 0
  provider = ''

  constructor() {
    super({
      lab: {
        lab: 'health', hosts: [{ name: 'esx-0#', count: 3 }],
        vcenters: [{ name: VC, datacenters: [{ name: 'DC', clusters: [{ name: 'C1', hosts: ['esx-*'], drs: true }] }] }],
        datastores: [{ name: 'ds1' }], vms: [{ name: 'vm-#', count: 4, host: 'esx-01' }],
        users: ['other', 'reader'].map(name => ({ node: VC, name, password: 'VMware1!' })),
        permissions: [
          { node: VC, principal: 'VSPHERE.LOCAL\\other', role: 'Admin' }, { node: VC, principal: 'VSPHERE.LOCAL\\reader', role: 'ReadOnly' },
        ],
      },
    })
  }

  ask<T = unknown>(method: string, args: object = {}, user?: string): T {
    return this.call(VC, MANAGER, method, args, user) as T
  }

  refused(method: string, args: object = {}, user?: string): string {
    try {
      this.ask(method, args, user)
      return 'nothing'
    } catch (error) {
      const { type, fields = {} } = error as { type: string, fields?: { invalidProperty?: string } }
      return fields.invalidProperty === undefined ? type : `${type} ${fields.invalidProperty}`
    }
  }

  host(name: string): MoRef {
    return this.named(VC, 'HostSystem', name)
  }

  get cluster(): MoRef {
    return this.named(VC, 'ClusterComputeResource', 'C1')
  }

  runtime(name: string): HostSystemProps['runtime'] {
    const { runtime, summary } = this.props<HostSystemProps>(VC, this.host(name))
    expect(summary.runtime!.inQuarantineMode).toBe(runtime.inQuarantineMode)
    return runtime
  }

  /** Where the four VMs run. */
  places(): string[] {
    return [1, 2, 3, 4].map(n => this.props<VirtualMachineProps>(VC, this.named(VC, 'VirtualMachine', `vm-${n}`)).runtime.host!)
      .map(ref => this.props<HostSystemProps>(VC, ref).name)
  }

  update(name: string, status: string, more: object = {}): HealthUpdate {
    this.#updates += 1
    return {
      entity: this.host(name), healthUpdateInfoId: 'fan-1', id: `update-${this.#updates}`, status: status as never,
      remediation: status === 'green' ? '' : 'Replace the fan', ...more,
    }
  }

  post(...updates: HealthUpdate[]): void {
    this.ask('PostHealthUpdates', { providerId: this.provider, updates })
    this.lab.world.advance(120_000)
  }

  configure(infraUpdateHaConfig: ClusterInfraUpdateHaConfigInfo): void {
    this.done(VC, this.cluster, 'ReconfigureComputeResource_Task', {
      spec: { _typeName: 'ClusterConfigSpecEx', infraUpdateHaConfig }, modify: true,
    })
  }

  /** Names of the events of Proactive HA since the start. */
  said(): string[] {
    return [...this.lab.world.log(`events/${VC}`).since(1)].map(item => (item.value as EventEx).eventTypeId ?? '')
      .filter(id => id.startsWith('com.vmware.vc.infraUpdateHa.')).map(id => id.split('.').at(-1)!)
  }
}

let lab: HealthLab

beforeEach(() => {
  lab = new HealthLab()
  lab.provider = lab.ask('RegisterHealthUpdateProvider', { name: 'com.example.watch', healthUpdateInfo: INFOS })
})

describe('providers', () => {
  it('are registered, listed and gone again', () => {
    expect(lab.provider).toMatch(/^52( [0-9a-f]{2}){7}-([0-9a-f]{2} ){7}[0-9a-f]{2}$/)
    expect(lab.ask('QueryProviderList')).toEqual([lab.provider])
    expect(lab.ask('HasProvider', { id: lab.provider })).toBe(true)
    for (const id of ['x', 'toString', '__proto__']) {
      expect(lab.ask('HasProvider', { id })).toBe(false)
      expect(lab.refused('QueryProviderName', { id })).toBe('NotFound')
    }
    expect(lab.ask('QueryProviderName', { id: lab.provider })).toBe('com.example.watch')
    expect(lab.ask('QueryHealthUpdateInfos', { providerId: lab.provider })).toEqual(INFOS)
    lab.ask('UnregisterHealthUpdateProvider', { providerId: lab.provider })
    expect(lab.ask('QueryProviderList')).toEqual([])
    expect(lab.refused('QueryProviderName', { id: lab.provider })).toBe('NotFound')
    expect(lab.refused('UnregisterHealthUpdateProvider', { providerId: lab.provider })).toBe('NotFound')
  })

  it('monitor hosts, each once', () => {
    const [one, two] = [lab.host('esx-01'), lab.host('esx-02')]
    const { provider: providerId } = lab
    lab.ask('AddMonitoredEntities', { providerId, entities: [one, two] })
    expect(lab.ask('QueryMonitoredEntities', { providerId })).toEqual([one, two])
    expect(lab.ask('HasMonitoredEntity', { providerId, entity: two })).toBe(true)
    expect(lab.ask('QueryUnmonitoredHosts', { providerId, cluster: lab.cluster })).toEqual([lab.host('esx-03')])
    for (const method of ['AddMonitoredEntities', 'RemoveMonitoredEntities']) {
      expect(lab.refused(method, { providerId, entities: [lab.cluster] })).toBe('InvalidArgument entities')
      expect(lab.refused(method, { providerId, entities: [one, one] })).toBe('InvalidArgument entities')
      expect(lab.refused(method, { providerId: 'x', entities: [one] })).toBe('NotFound')
      expect(lab.refused(method, { providerId, entities: [one] }, 'other')).toBe('NotSupported')
    }
    expect(lab.refused('AddMonitoredEntities', { providerId, entities: [one] })).toBe('InvalidArgument entities')
    expect(lab.refused('HasMonitoredEntity', { providerId, entity: lab.cluster })).toBe('InvalidArgument entity')
    lab.ask('RemoveMonitoredEntities', { providerId, entities: [one] })
    expect(lab.ask('QueryMonitoredEntities', { providerId })).toEqual([two])
    expect(lab.refused('RemoveMonitoredEntities', { providerId, entities: [one] })).toBe('InvalidArgument entities')
  })

  it('in use by a cluster stay, and so do the hosts that they watch there', () => {
    const { provider: providerId } = lab
    lab.ask('AddMonitoredEntities', { providerId, entities: [lab.host('esx-01')] })
    lab.configure({ enabled: true, providers: [providerId] })
    expect(lab.refused('UnregisterHealthUpdateProvider', { providerId })).toBe('InvalidState')
    expect(lab.refused('RemoveMonitoredEntities', { providerId, entities: [lab.host('esx-01')] })).toBe('InvalidState')
    lab.configure({ enabled: false })
    lab.ask('UnregisterHealthUpdateProvider', { providerId })
  })

  it('are forgotten when vCenter restarts', () => {
    lab.lab.faults.inject('vcenter-crash', VC, {})
    lab.lab.faults.healAll()
    lab.lab.world.advance(30 * 60_000)
    expect(lab.ask('QueryProviderList')).toEqual([])
  })
})

describe('PostHealthUpdates', () => {
  it('takes all of a list or nothing of it', () => {
    const { provider: providerId } = lab
    lab.ask('AddMonitoredEntities', { providerId, entities: [lab.host('esx-01')] })
    const good = lab.update('esx-01', 'yellow')
    const bad = (update: HealthUpdate): string => lab.refused('PostHealthUpdates', { providerId, updates: [good, update] })
    expect(bad(lab.update('esx-01', 'red', { healthUpdateInfoId: 'x' }))).toBe('InvalidArgument updates.healthUpdateInfoId')
    expect(bad(lab.update('esx-02', 'red'))).toBe('InvalidArgument updates.entity')
    expect(bad(lab.update('esx-01', 'red', { id: good.id }))).toBe('InvalidArgument updates.id')
    expect(bad(lab.update('esx-01', 'gray'))).toBe('InvalidArgument updates.status')
    expect(bad(lab.update('esx-01', 'green', { remediation: 'none' }))).toBe('InvalidArgument updates.remediation')
    expect(lab.refused('PostHealthUpdates', { providerId, updates: [good] }, 'other')).toBe('NotSupported')
    expect(lab.ask('QueryHealthUpdates', { providerId })).toEqual([])
    lab.post(good)
    expect(lab.refused('PostHealthUpdates', { providerId, updates: [good] })).toBe('InvalidArgument updates.id')
    const later = lab.update('esx-01', 'green')
    lab.post(later, lab.update('esx-01', 'red', { healthUpdateInfoId: 'power-1' }))
    expect(lab.ask<HealthUpdate[]>('QueryHealthUpdates', { providerId }).map(({ healthUpdateInfoId, status }) =>
      `${healthUpdateInfoId} ${status}`)).toEqual(['fan-1 green', 'power-1 red'])
    expect(lab.said()).toEqual(['PostYellowHealthUpdateEvent', 'PostGreenHealthUpdateEvent', 'PostRedHealthUpdateEvent'])
  })
})

describe('an automated cluster', () => {
  beforeEach(() => {
    lab.ask('AddMonitoredEntities', { providerId: lab.provider, entities: ['esx-01', 'esx-02', 'esx-03'].map(name => lab.host(name)) })
    lab.configure({
      enabled: true, behavior: 'Automated', moderateRemediation: 'QuarantineMode', severeRemediation: 'MaintenanceMode',
      providers: [lab.provider],
    })
  })

  it('puts a moderately degraded host into quarantine, moves its VMs away, and lets it out when it is well', () => {
    lab.post(lab.update('esx-01', 'yellow'))
    expect(lab.runtime('esx-01')).toMatchObject({ inQuarantineMode: true, inMaintenanceMode: false })
    expect(lab.places()).not.toContain('esx-01')
    lab.post(lab.update('esx-01', 'green'))
    expect(lab.runtime('esx-01').inQuarantineMode).toBe(false)
    expect(lab.said()).toEqual([
      'PostYellowHealthUpdateEvent', 'YellowHealthEvent', 'QuarantineEvent',
      'PostGreenHealthUpdateEvent', 'GreenHealthEvent', 'QuarantineRemovedEvent',
    ])
  })

  it('puts a severely degraded host into maintenance mode, and leaves it there', () => {
    lab.post(lab.update('esx-01', 'yellow'))
    lab.post(lab.update('esx-01', 'red'))
    expect(lab.runtime('esx-01')).toMatchObject({ inQuarantineMode: false, inMaintenanceMode: true })
    expect(lab.places()).not.toContain('esx-01')
    lab.post(lab.update('esx-01', 'green'))
    expect(lab.runtime('esx-01').inMaintenanceMode).toBe(true)
  })

  it('new VMs keep away from a host in quarantine, unless there is no other', () => {
    lab.post(lab.update('esx-02', 'yellow'), lab.update('esx-03', 'yellow'))
    const pool = rootPool(lab)
    const made = lab.done(VC, vmFolder(lab), 'CreateVM_Task', {
      config: { name: 'new', files: { vmPathName: '[ds1]' }, numCPUs: 1, memoryMB: 64 }, pool,
    }) as MoRef
    const { runtime } = lab.props<VirtualMachineProps>(VC, made)
    expect(lab.props<HostSystemProps>(VC, runtime.host!).name).toBe('esx-01')
    const recommended = lab.call(VC, lab.cluster, 'RecommendHostsForVm', { vm: made }) as { host: MoRef }[]
    expect(recommended.map(({ host }) => lab.props<HostSystemProps>(VC, host).name)[0]).toBe('esx-01')
    lab.post(lab.update('esx-01', 'yellow'))
    expect(lab.done(VC, vmFolder(lab), 'CreateVM_Task', {
      config: { name: 'newer', files: { vmPathName: '[ds1]' }, numCPUs: 1, memoryMB: 64 }, pool,
    })).toBeDefined()
  })

  it('a filter takes an update away, for a host or for the whole cluster', () => {
    const { provider: providerId } = lab
    lab.post(lab.update('esx-01', 'yellow'))
    const filterId = lab.ask<string>('AddFilter', { providerId, filterName: 'no fans', infoIds: ['fan-1'] })
    expect(lab.runtime('esx-01').inQuarantineMode).toBe(true)
    lab.ask('AddFilterEntities', { filterId, entities: [lab.cluster] })
    expect(lab.runtime('esx-01').inQuarantineMode).toBe(false)
    expect(lab.ask('QueryFilterList', { providerId })).toEqual([filterId])
    expect(lab.ask('QueryFilterName', { filterId })).toBe('no fans')
    expect(lab.ask('QueryFilterInfoIds', { filterId })).toEqual(['fan-1'])
    expect(lab.ask('QueryFilterEntities', { filterId })).toEqual([lab.cluster])
    expect(lab.refused('AddFilterEntities', { filterId, entities: [lab.cluster] })).toBe('InvalidArgument entities')
    lab.ask('RemoveFilterEntities', { filterId, entities: [lab.cluster] })
    expect(lab.runtime('esx-01').inQuarantineMode).toBe(true)
    expect(lab.refused('RemoveFilterEntities', { filterId, entities: [lab.cluster] })).toBe('InvalidArgument entities')
    lab.ask('RemoveFilter', { filterId })
    expect(lab.refused('QueryFilterName', { filterId })).toBe('NotFound')
    expect(lab.refused('AddFilter', { providerId, filterName: 'x'.repeat(57) })).toBe('InvalidArgument filterName')
    expect(lab.refused('AddFilter', { providerId, filterName: 'x', infoIds: ['y'] })).toBe('InvalidArgument infoIds')
    expect(lab.refused('AddFilter', { providerId, filterName: 'x', infoIds: ['fan-1', 'fan-1'] })).toBe('InvalidArgument infoIds')
  })

  it('that is switched off lets its hosts out', () => {
    lab.post(lab.update('esx-01', 'yellow'))
    lab.configure({ enabled: false })
    expect(lab.runtime('esx-01').inQuarantineMode).toBe(false)
  })

  it('the worst of several words counts', () => {
    lab.post(lab.update('esx-01', 'yellow'), lab.update('esx-01', 'yellow', { healthUpdateInfoId: 'power-1' }))
    lab.post(lab.update('esx-01', 'green'))
    expect(lab.runtime('esx-01').inQuarantineMode).toBe(true)
    lab.post(lab.update('esx-01', 'green', { healthUpdateInfoId: 'power-1' }))
    expect(lab.runtime('esx-01').inQuarantineMode).toBe(false)
  })
})

describe('a manual cluster', () => {
  const recommendations = () => lab.props<ClusterComputeResourceProps>(VC, lab.cluster).recommendation ?? []

  beforeEach(() => {
    lab.ask('AddMonitoredEntities', { providerId: lab.provider, entities: ['esx-01', 'esx-02', 'esx-03'].map(name => lab.host(name)) })
    lab.configure({ enabled: true, behavior: 'Manual', providers: [lab.provider] })
  })

  it('recommends, and does it when that is applied', () => {
    lab.post(lab.update('esx-01', 'red'))
    expect(lab.runtime('esx-01').inQuarantineMode).toBe(false)
    expect(recommendations()).toMatchObject([{
      reason: 'hostInDegradation', target: lab.host('esx-01'),
      action: [{ _typeName: 'ClusterHostInfraUpdateHaModeAction', type: 'HostInfraUpdateHaV1', operationType: 'enterQuarantine' }],
    }])
    const { key } = recommendations()[0]!
    expect(() => lab.call(VC, lab.cluster, 'ApplyRecommendation', { key }, 'reader')).toThrow(/NoPermission|Permission/)
    lab.call(VC, lab.cluster, 'ApplyRecommendation', { key })
    expect(lab.runtime('esx-01').inQuarantineMode).toBe(true)
    expect(recommendations()).toEqual([])
    lab.post(lab.update('esx-01', 'green'))
    expect(lab.runtime('esx-01').inQuarantineMode).toBe(false)
  })

  it('takes a recommendation back when the host is well, or when it is cancelled', () => {
    lab.post(lab.update('esx-01', 'yellow'), lab.update('esx-02', 'yellow'))
    expect(recommendations()).toHaveLength(2)
    lab.post(lab.update('esx-01', 'green'))
    expect(recommendations()).toHaveLength(1)
    lab.call(VC, lab.cluster, 'CancelRecommendation', { key: recommendations()[0]!.key })
    expect(recommendations()).toEqual([])
    expect(() => lab.call(VC, lab.cluster, 'ApplyRecommendation', { key: '99' })).toThrow(/InvalidArgument|key/)
  })

  it('that becomes automated does what it recommended', () => {
    lab.post(lab.update('esx-01', 'red'))
    lab.configure({ behavior: 'Automated' })
    expect(lab.runtime('esx-01').inQuarantineMode).toBe(true)
    expect(recommendations()).toEqual([])
  })

  it('does nothing without DRS', () => {
    lab.done(VC, lab.cluster, 'ReconfigureComputeResource_Task', {
      spec: { _typeName: 'ClusterConfigSpecEx', drsConfig: { enabled: false } }, modify: true,
    })
    lab.post(lab.update('esx-01', 'red'))
    expect(recommendations()).toEqual([])
    expect(lab.said()).toEqual(['PostRedHealthUpdateEvent'])
  })
})

function rootPool(at: HealthLab): MoRef {
  return at.props<ClusterComputeResourceProps>(VC, at.cluster).resourcePool!
}

function vmFolder(at: HealthLab): MoRef {
  return at.named(VC, 'Folder', 'vm')
}
