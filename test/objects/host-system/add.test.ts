import { describe, expect, it } from 'vitest'
import type { LabFileInput } from '../../../emulator/inventory/lab-schema.js'
import type {
  ClusterComputeResourceProps, ComputeResourceProps, DatastoreProps, EnvironmentBrowserProps, HostConnectInfo,
  HostDatastoreBrowserProps, HostSystemProps, ManagedEntityProps, VirtualMachineProps,
} from '../../../emulator/schema/generated/types.js'
import type { MoRef } from '../../../emulator/schema/model.js'
import { faultOf } from '../../support/gate-lab.js'
import { HostLab, VC } from './host-lab.js'

/** A vCenter with two hosts in a cluster, another vCenter with one, and two that nobody manages. */
const lab: LabFileInput = {
  lab: 'add',
  vcenters: [
    { name: 'vc-01', datacenters: [{ name: 'DC-01', clusters: [{ name: 'C-01', hosts: ['esx-01', 'esx-02'] }] }] },
    { name: 'vc-02', datacenters: [{ name: 'DC-02', standaloneHosts: ['esx-03'] }] },
  ],
  hosts: [{ name: 'esx-##', count: 5 }],
  datastores: [{ name: 'local-##', each: true }, { name: 'shared-01', capacity: '1TiB' }],
  vms: [
    { name: 'web-01', host: 'esx-01', datastore: 'shared-01' },
    { name: 'old-01', host: 'esx-04', datastore: 'local-04' },
    { name: 'old-02', host: 'esx-04', datastore: 'shared-01', power: 'off' },
    { name: 'far-01', host: 'esx-03', datastore: 'local-03' },
  ],
}

const login = { userName: 'root', password: 'VMware1!', force: false }

class AddLab extends HostLab {
  readonly cluster = this.named(VC, 'ClusterComputeResource', 'C-01')
  readonly folder = this.props<{ hostFolder: MoRef }>(VC, this.named(VC, 'Datacenter', 'DC-01')).hostFolder

  constructor() {
    super(lab)
  }

  add(spec: object): ReturnType<HostLab['task']> {
    return this.task(VC, this.cluster, 'AddHost_Task', { spec: { ...login, ...spec }, asConnected: true })
  }

  /** Adds as clients do: once to learn the thumbprint, once with it. */
  addTrusted(hostName: string, more: object = {}): ReturnType<HostLab['task']> {
    const first = this.add({ hostName }).error?.fault as { thumbprint?: string }
    const done = this.add({ hostName, sslThumbprint: first.thumbprint, ...more })
    this.lab.world.runDue()
    return done
  }

  name(info: ReturnType<HostLab['task']>): string | undefined {
    return (info.error?.fault as { _typeName?: string } | undefined)?._typeName
  }
}

describe('AddHost_Task', () => {
  it('wants the thumbprint accepted first, then adds the host with its VMs, datastores and networks', () => {
    const lab = new AddLab()
    const since = lab.eventCount(VC)
    expect(lab.add({ hostName: 'esx-04' }).error?.fault).toMatchObject({
      _typeName: 'SSLVerifyFault', selfSigned: true, thumbprint: expect.stringMatching(/^([0-9A-F]{2}:){19}[0-9A-F]{2}$/) as string,
    })
    const info = lab.addTrusted('esx-04')
    expect(info.state).toBe('success')
    const host = lab.props<HostSystemProps>(VC, info.result as MoRef)
    expect(host).toMatchObject({ name: 'esx-04', parent: lab.cluster, runtime: { connectionState: 'connected' } })
    expect(lab.vmsOn('esx-04').sort()).toEqual(['old-01', 'old-02'])
    expect(lab.vm('old-01').runtime).toMatchObject({ powerState: 'poweredOn', host: info.result })
    const shared = lab.named(VC, 'Datastore', 'shared-01')
    expect(lab.props<DatastoreProps>(VC, shared).host).toHaveLength(3)
    expect(lab.vm('old-02').datastore).toEqual([shared])
    expect(lab.named(VC, 'Datastore', 'local-04').value).toMatch(/^datastore-/)
    const cluster = lab.props<ClusterComputeResourceProps>(VC, lab.cluster)
    expect(cluster.host).toContainEqual(info.result)
    expect(cluster.summary).toMatchObject({ numHosts: 3, numEffectiveHosts: 3 })
    const own = lab.props<HostSystemProps>('esx-04', { type: 'HostSystem', value: 'ha-host' })
    expect(own.summary.managementServerIp).toBe(lab.lab.nodes.find(node => node.name === VC)!.address)
    const told = lab.told(VC, since, /^(Host|VmDisc)/)
    expect(told).toEqual(['HostAddedEvent', 'HostConnectedEvent', 'VmDiscoveredEvent', 'VmDiscoveredEvent'].sort(
      (a, b) => told.indexOf(a) - told.indexOf(b)))
  })

  it('makes a host that works like any other: VMs start there, and it is lost when it dies', () => {
    const lab = new AddLab()
    lab.addTrusted('esx-04')
    lab.done(VC, lab.vmRef('old-02'), 'PowerOnVM_Task')
    expect(lab.vm('old-02').runtime.powerState).toBe('poweredOn')
    lab.done(VC, lab.vmRef('web-01'), 'MigrateVM_Task', { host: lab.host('esx-04'), priority: 'defaultPriority' })
    expect(lab.hostOf('web-01')).toBe('esx-04')
    lab.inject('host-crash', 'esx-04')
    lab.advance(75)
    expect(lab.hostProps('esx-04').runtime.connectionState).toBe('notResponding')
    expect(lab.props<ClusterComputeResourceProps>(VC, lab.cluster).summary).toMatchObject({ numHosts: 3, numEffectiveHosts: 2 })
  })

  it('leaves vpxuser on the host', () => {
    const lab = new AddLab()
    const account = (): unknown => lab.lab.world.get('lab', 'account/esx-04/user/vpxuser')?.inner
    expect((account() as { password?: unknown }).password).toBeUndefined()
    lab.addTrusted('esx-04')
    expect((account() as { password?: unknown }).password).toBeDefined()
  })

  it('fails for a wrong login, a host that nobody knows or that does not answer, and one that is there', () => {
    const lab = new AddLab()
    const since = lab.eventCount(VC)
    const { thumbprint } = lab.add({ hostName: 'esx-04' }).error!.fault as { thumbprint?: string }
    expect(lab.name(lab.add({ hostName: 'esx-04', sslThumbprint: thumbprint, password: 'no' }))).toBe('InvalidLogin')
    expect(lab.add({ hostName: 'esx-99' }).error?.fault).toMatchObject({ _typeName: 'NoHost', name: 'esx-99' })
    expect(lab.name(lab.add({}))).toBe('InvalidArgument')
    expect(lab.name(lab.add({ hostName: 'esx-01' }))).toBe('DuplicateName')
    const { address } = lab.lab.nodes.find(node => node.name === 'esx-01')!
    expect(lab.name(lab.addTrusted(address))).toBe('AlreadyConnected')
    lab.inject('host-crash', 'esx-05')
    expect(lab.name(lab.add({ hostName: 'esx-05' }))).toBe('NoHost')
    expect(lab.told(VC, since, /^Host/).every(type => type === 'HostAddFailedEvent')).toBe(true)
  })

  it('fails for the right password of a user who is locked or whose password has expired', () => {
    const lab = new AddLab()
    for (const [how, fault] of [['locked', 'InvalidLogin'], ['expired', 'PasswordExpired']] as const) {
      const id = lab.inject('password-expire', 'esx-04', { user: 'root', how })
      expect(lab.name(lab.addTrusted('esx-04'))).toBe(fault)
      lab.heal(id)
    }
    expect(lab.addTrusted('esx-04').state).toBe('success')
  })

  it('does not take a host from another vCenter, unless by force: there it is disconnected then', () => {
    const lab = new AddLab()
    const ipAddress = lab.lab.nodes.find(node => node.name === 'vc-02')!.address
    expect(lab.addTrusted('esx-03').error?.fault).toMatchObject({ _typeName: 'AlreadyBeingManaged', ipAddress })
    expect(lab.addTrusted('esx-03', { force: true }).state).toBe('success')
    expect(lab.vm('far-01').runtime.connectionState).toBe('connected')
    const there = lab.named('vc-02', 'HostSystem', 'esx-03')
    expect(lab.props<HostSystemProps>('vc-02', there).runtime.connectionState).toBe('disconnected')
    expect(lab.props<VirtualMachineProps>('vc-02', lab.named('vc-02', 'VirtualMachine', 'far-01')).runtime.connectionState)
      .toBe('disconnected')
  })

  it('without connecting › leaves the host disconnected and empty until it is reconnected', () => {
    const lab = new AddLab()
    const { thumbprint } = lab.add({ hostName: 'esx-04' }).error!.fault as { thumbprint?: string }
    lab.done(VC, lab.cluster, 'AddHost_Task', { spec: { ...login, hostName: 'esx-04', sslThumbprint: thumbprint }, asConnected: false })
    expect(lab.hostProps('esx-04').runtime.connectionState).toBe('disconnected')
    expect(lab.vmsOn('esx-04')).toEqual([])
    const counted = (): unknown => lab.props<ClusterComputeResourceProps>(VC, lab.cluster).summary
    expect(counted()).toMatchObject({ numHosts: 3, numEffectiveHosts: 2 })
    lab.done(VC, lab.host('esx-04'), 'ReconnectHost_Task')
    expect(lab.vmsOn('esx-04')).toHaveLength(2)
    expect(counted()).toMatchObject({ numHosts: 3, numEffectiveHosts: 3 })
  })

  it('puts the VMs where the client says', () => {
    const lab = new AddLab()
    const vmFolder = lab.props<{ vmFolder: MoRef }>(VC, lab.named(VC, 'Datacenter', 'DC-01')).vmFolder
    const folder = lab.call(VC, vmFolder, 'CreateFolder', { name: 'Found' }) as MoRef
    lab.addTrusted('esx-04', { vmFolder: folder })
    expect(lab.vm('old-01').parent).toEqual(folder)
  })
})

describe('AddStandaloneHost_Task', () => {
  it('makes a compute resource for the host', () => {
    const lab = new AddLab()
    const call = (spec: object): ReturnType<HostLab['task']> =>
      lab.task(VC, lab.folder, 'AddStandaloneHost_Task', { spec: { ...login, ...spec }, addConnected: true })
    const { thumbprint } = call({ hostName: 'esx-04' }).error!.fault as { thumbprint?: string }
    const info = call({ hostName: 'esx-04', sslThumbprint: thumbprint })
    expect(info.state).toBe('success')
    lab.lab.world.runDue()
    expect((info.result as MoRef).type).toBe('ComputeResource')
    expect(lab.props<ManagedEntityProps>(VC, info.result as MoRef)).toMatchObject({ name: 'esx-04', parent: lab.folder })
    expect(lab.hostProps('esx-04').parent).toEqual(info.result)
    expect(lab.vm('old-01').resourcePool).toEqual(lab.props<{ resourcePool: MoRef }>(VC, info.result as MoRef).resourcePool)
    const vmFolder = lab.props<{ vmFolder: MoRef }>(VC, lab.named(VC, 'Datacenter', 'DC-01')).vmFolder
    expect(faultOf(() => lab.call(VC, vmFolder, 'AddStandaloneHost_Task', { spec: login, addConnected: true }))).toBe('NotSupported')
  })
})

describe('QueryConnectionInfo', () => {
  it('faults as adding does, and tells what is on the host', () => {
    const lab = new AddLab()
    const datacenter = lab.named(VC, 'Datacenter', 'DC-01')
    const ask = (more: object): unknown => lab.call(VC, datacenter, 'QueryConnectionInfo',
      { hostname: 'esx-03', port: 443, username: 'root', password: 'VMware1!', ...more })
    let sslThumbprint: unknown
    try {
      ask({})
    } catch (error) {
      expect(error).toMatchObject({ type: 'SSLVerifyFault' })
      sslThumbprint = (error as { fields: { thumbprint: string } }).fields.thumbprint
    }
    expect(faultOf(() => ask({ sslThumbprint, password: 'x' }))).toBe('InvalidLogin')
    expect(faultOf(() => ask({ hostname: 'nobody', sslThumbprint }))).toBe('NoHost')
    const info = ask({ sslThumbprint }) as HostConnectInfo
    expect(info.vm?.map(vm => vm.config.name)).toEqual(['far-01'])
    expect(info.serverIp).toBe(lab.lab.nodes.find(node => node.name === 'vc-02')!.address)
  })
})

describe('Destroy_Task of a host', () => {
  it('needs maintenance mode or a host that is not connected; its VMs run on, and it can be added again', () => {
    const lab = new AddLab()
    lab.addTrusted('esx-04')
    const since = lab.eventCount(VC)
    expect(lab.failed(VC, lab.host('esx-04'), 'Destroy_Task')).toBe('InvalidState')
    lab.done(VC, lab.host('esx-04'), 'DisconnectHost_Task')
    const ref = lab.host('esx-04')
    lab.done(VC, ref, 'Destroy_Task')
    expect(lab.lives(VC, ref)).toBe(false)
    expect(lab.props<ClusterComputeResourceProps>(VC, lab.cluster).summary.numHosts).toBe(2)
    expect(lab.lab.world.ofType(VC, 'Datastore').map(slot => (slot.record!.props as { name?: string }).name)).not.toContain('local-04')
    expect(faultOf(() => lab.vmRef('old-01'))).toContain('no VirtualMachine')
    expect(lab.named('esx-04', 'VirtualMachine', 'old-01')).toBeDefined()
    expect(lab.props<VirtualMachineProps>('esx-04', lab.named('esx-04', 'VirtualMachine', 'old-01')).runtime.powerState).toBe('poweredOn')
    const own = lab.props<HostSystemProps>('esx-04', { type: 'HostSystem', value: 'ha-host' })
    expect(own.summary.managementServerIp).toBeUndefined()
    expect(lab.told(VC, since, /^(Host|VmRem)/)).toEqual(
      ['HostDisconnectedEvent', 'VmRemovedEvent', 'VmRemovedEvent', 'HostRemovedEvent'])
    expect(lab.addTrusted('esx-04').state).toBe('success')
    expect(lab.vmsOn('esx-04')).toHaveLength(2)
  })

  it('that stands alone › takes its compute resource along', () => {
    const lab = new HostLab('small')
    const compute = lab.hostProps('esx-02').parent!
    lab.done(VC, compute, 'Destroy_Task')
    expect(lab.lives(VC, compute)).toBe(false)
    expect(faultOf(() => lab.host('esx-02'))).toContain('no HostSystem')
    expect(lab.named(VC, 'Datastore', 'shared-01')).toBeDefined()
  })

  it('is NotSupported on the host itself', () => {
    const lab = new HostLab('small')
    expect(faultOf(() => lab.call('esx-02', { type: 'HostSystem', value: 'ha-host' }, 'Destroy_Task'))).toBe('NotSupported')
  })
})

/** The browser of all datastores of a compute resource. */
function browserOf(lab: HostLab, compute: MoRef): HostDatastoreBrowserProps {
  const { environmentBrowser } = lab.props<ComputeResourceProps>(VC, compute)
  const { datastoreBrowser } = lab.props<EnvironmentBrowserProps>(VC, environmentBrowser!)
  return lab.props(VC, datastoreBrowser!)
}

function browsed(lab: HostLab, compute: MoRef): MoRef[] | undefined {
  return browserOf(lab, compute).datastore
}

describe('hosts move', () => {
  it('into a cluster, with their VMs; a compute resource that is left empty goes', () => {
    const lab = new HostLab('small')
    const folder = lab.props<{ hostFolder: MoRef }>(VC, lab.named(VC, 'Datacenter', 'DC-01')).hostFolder
    const cluster = lab.call(VC, folder, 'CreateClusterEx', { name: 'New', spec: {} }) as MoRef
    const compute = lab.hostProps('esx-02').parent!
    const browser = browserOf(lab, cluster)
    expect(browsed(lab, cluster)).toEqual([])
    lab.done(VC, cluster, 'MoveInto_Task', { host: [lab.host('esx-02')] })
    expect(lab.hostProps('esx-02')).toMatchObject({ parent: cluster, runtime: { connectionState: 'connected' } })
    expect(lab.lives(VC, compute)).toBe(false)
    const { resourcePool, summary } = lab.props<ClusterComputeResourceProps>(VC, cluster)
    expect(summary.numHosts).toBe(1)
    expect(browsed(lab, cluster)).toEqual(lab.hostProps('esx-02').datastore)
    expect(browser.supportedType!.length).toBeGreaterThan(3)
    expect(lab.vm('db-01').resourcePool).toEqual(resourcePool)
    lab.done(VC, lab.vmRef('db-01'), 'PowerOffVM_Task')
    expect(lab.vm('db-01').runtime.powerState).toBe('poweredOff')
  })

  it('out of a cluster only in maintenance mode, into a folder or another cluster', () => {
    const lab = new HostLab('cluster')
    const folder = lab.props<{ hostFolder: MoRef }>(VC, lab.named(VC, 'Datacenter', 'DC-01')).hostFolder
    const other = lab.call(VC, folder, 'CreateClusterEx', { name: 'New', spec: {} }) as MoRef
    const list = [lab.host('esx-02')]
    expect(lab.failed(VC, folder, 'MoveIntoFolder_Task', { list })).toBe('InvalidState')
    expect(lab.failed(VC, other, 'MoveInto_Task', { host: list })).toBe('InvalidState')
    lab.done(VC, lab.host('esx-02'), 'EnterMaintenanceMode_Task', { timeout: 0 })
    lab.done(VC, folder, 'MoveIntoFolder_Task', { list })
    expect(lab.hostProps('esx-02').parent?.type).toBe('ComputeResource')
    expect(lab.failed(VC, folder, 'MoveIntoFolder_Task', { list })).toBe('NotSupported')
    lab.done(VC, other, 'MoveHostInto_Task', { host: lab.host('esx-02') })
    expect(lab.hostProps('esx-02').parent).toEqual(other)
    const pool = lab.named(VC, 'ResourcePool', 'Gold')
    expect(faultOf(() => lab.call(VC, other, 'MoveHostInto_Task', { host: lab.host('esx-02'), resourcePool: pool })))
      .toBe('InvalidArgument')
  })
})
