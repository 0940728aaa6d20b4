import { describe, expect, it } from 'vitest'
import { advance, place, usable, type Component, type Layout } from '../../emulator/physics/vsan/rules.js'
import type {
  ClusterComputeResourceProps, ClusterConfigInfoEx, DatastoreProps, HostSystemProps, VirtualMachineProps,
} from '../../emulator/schema/generated/types.js'
import { truthFacts } from '../../emulator/truth.js'
import { GateLab } from '../support/gate-lab.js'

const FOUR: Layout = { domains: ['a', 'b', 'c', 'd'].map(name => ({ name, hosts: [name] })) }
const SITES: Layout = {
  domains: [{ name: 'n', hosts: ['n1', 'n2'] }, { name: 's', hosts: ['s1', 's2'] }], witness: 'w',
}
const everybody = (): boolean => true
const only = (...hosts: string[]) => (_: string, other: string): boolean => hosts.includes(other)

describe('placement', () => {
  it('puts two replicas and a witness into three fault domains, and spreads the objects', () => {
    const used = new Set<string>()
    for (let i = 0; i < 60; i += 1) {
      const parts = place(FOUR, `vol/vm-${i}`)
      expect(parts.map(({ kind, votes }) => `${kind} ${votes}`)).toEqual(['replica 1', 'replica 1', 'witness 1'])
      expect(new Set(parts.map(part => part.host)).size).toBe(3)
      used.add(parts[0]!.host)
      expect(place(FOUR, `vol/vm-${i}`)).toEqual(parts)
    }
    expect(used.size).toBe(4)
  })

  it('of two sites puts a replica into each and the witness on its host', () => {
    const [one, other, witness] = place(SITES, 'vol/vm') as [Component, Component, Component]
    expect([one.host[0], other.host[0]].sort()).toEqual(['n', 's'])
    expect(witness).toMatchObject({ host: 'w', kind: 'witness' })
  })
})

describe('votes', () => {
  const parts: Component[] = [
    { host: 'a', kind: 'replica', votes: 1 }, { host: 'b', kind: 'replica', votes: 1 }, { host: 'c', kind: 'witness', votes: 1 },
  ]

  it('need more than half and a full replica', () => {
    expect(usable(parts, 'x', only('a', 'c'))).toBe(true)
    expect(usable(parts, 'x', only('a'))).toBe(false)
    expect(usable(parts, 'x', only('c'))).toBe(false)
    const stale = parts.map(part => part.host === 'a' ? { ...part, staleSince: 1 } : part)
    expect(usable(stale, 'x', only('a', 'c'))).toBe(false)
    expect(usable(stale, 'x', only('b', 'c'))).toBe(true)
  })

  it('are computed again 45 s after a loss, and are one each when all is up to date again', () => {
    const lost = advance(parts, 'a', only('a', 'c'), FOUR, 1000)
    expect(lost.map(part => part.staleSince)).toEqual([undefined, 1000, undefined])
    expect(advance(lost, 'a', only('a', 'c'), FOUR, 45_999)).toBe(lost)
    const voted = advance(lost, 'a', only('a', 'c'), FOUR, 46_000)
    expect(voted.map(part => part.votes)).toEqual([3, 1, 1])
    expect(usable(voted, 'a', only('a'))).toBe(true)
    const returned = advance(voted, 'a', everybody, FOUR, 50_000)
    expect(returned[1]).toMatchObject({ staleSince: 1000, syncedAt: 80_000 })
    expect(advance(returned, 'a', everybody, FOUR, 80_000)).toEqual(parts)
  })

  it('a component that is away for an hour is made anew in a free fault domain', () => {
    const lost = advance(parts, 'a', only('a', 'c', 'd'), FOUR, 0)
    const later = advance(lost, 'a', only('a', 'c', 'd'), FOUR, 3_600_000)
    expect(later[1]).toMatchObject({ host: 'd', kind: 'replica', staleSince: 3_600_000, syncedAt: 3_630_000 })
    const kept = advance(lost, 'a', only('a', 'c'), FOUR, 3_600_000)
    expect(kept[1]!.host).toBe('b')
  })

  it('nothing becomes stale while nobody can write', () => {
    expect(advance(parts, undefined, only('a'), FOUR, 1000)).toBe(parts)
  })
})

function lab(file: 'vsan' | 'vsan-stretched'): GateLab {
  const made = new GateLab({ lab: `scenarios/labs/${file}.yaml`, durations: 'realistic' })
  made.lab.world.advance(120_000)
  return made
}

const ask = (at: GateLab, fact: string, vm: string): unknown => truthFacts.ask(at.lab.world, fact, `vm/${vm}`)
const after = (at: GateLab, seconds: number): void => at.lab.world.advance(seconds * 1000)

describe('a stretched cluster', () => {
  it('its witness joins the preferred site when the sites lose each other, and the other one if that is alone', () => {
    const at = lab('vsan-stretched')
    at.lab.faults.inject('network-partition', '', { groups: 'esx-n1,esx-n2|esx-s1,esx-s2', networks: 'vsan' })
    after(at, 1)
    expect(ask(at, 'usable-on', 'south-1')).toEqual(['esx-n1', 'esx-n2'])
    at.lab.faults.healAll()
    after(at, 60)
    at.lab.faults.inject('network-partition', '', { groups: 'esx-n1,esx-n2|esx-s1,esx-s2,witness-01', networks: 'vsan' })
    after(at, 1)
    expect(ask(at, 'usable-on', 'north-1')).toEqual(['esx-s1', 'esx-s2'])
    after(at, 60)
    expect(ask(at, 'runs-on', 'north-1')).toEqual([expect.stringMatching(/^esx-s/)])
  })

  it('a second loss costs availability at once, and none after votes were computed again', () => {
    for (const [wait, users] of [[10, []], [60, ['esx-n1', 'esx-n2']]] as const) {
      const at = lab('vsan-stretched')
      at.lab.faults.inject('power-loss', 'esx-s*', {})
      after(at, wait)
      at.lab.faults.inject('host-crash', 'witness-01', {})
      after(at, 1)
      expect(ask(at, 'usable-on', 'north-1')).toEqual(users)
    }
  })

  it('what missed writes is no full copy until it has been brought up to date', () => {
    const at = lab('vsan-stretched')
    at.lab.faults.inject('power-loss', 'esx-s*', {})
    after(at, 20)
    at.lab.faults.healAll()
    after(at, 400)
    expect(String(ask(at, 'votes', 'north-1'))).not.toContain('stale')
    const south = at.lab.faults.inject('power-loss', 'esx-s*', {})
    after(at, 20)
    at.lab.faults.inject('power-loss', 'esx-n*', {})
    at.lab.faults.heal(south.id)
    after(at, 600)
    expect(ask(at, 'usable-on', 'north-1')).toEqual([])
  })
})

describe('a host that loses its votes', () => {
  it('stops the I/O of its VMs at once, ends them after 30 s, and the writers are one at any time', () => {
    const at = lab('vsan')
    at.lab.world.transact({ kind: 'lab', what: 'test' }, tx => {
      const [vm] = tx.ofType('esx-02', 'VirtualMachine')
      tx.emit('workload.set', { node: 'esx-02', vm: vm!.address.id, writeBytesPerSecond: 1_000_000 })
    })
    expect(ask(at, 'writers', 'app-02-1')).toEqual(['esx-02'])
    at.lab.faults.inject('network-isolate', 'esx-02', { networks: 'vsan' })
    after(at, 0)
    expect(ask(at, 'writers', 'app-02-1')).toEqual([])
    after(at, 29)
    expect(ask(at, 'runs-on', 'app-02-1')).toEqual(['esx-02'])
    after(at, 60)
    const [host] = ask(at, 'runs-on', 'app-02-1') as string[]
    expect(host).not.toBe('esx-02')
    expect(ask(at, 'lock-holder', 'app-02-1')).toBe(host)
    after(at, 60)
    expect(ask(at, 'writers', 'app-02-1')).toEqual([host])
    at.lab.faults.healAll()
    after(at, 120)
    expect(ask(at, 'runs-on', 'app-02-1')).toEqual([host])
    const vm = at.props<VirtualMachineProps>('vc-01', at.named('vc-01', 'VirtualMachine', 'app-02-1'))
    expect(vm.runtime).toMatchObject({ powerState: 'poweredOn', connectionState: 'connected' })
  })

  it('without autoTerminateGhostVm it leaves them; HA asks the copy that lost its lock to stop', () => {
    const at = new GateLab({
      durations: 'realistic', lab: {
        lab: 't', hosts: [{ name: 'esx-#', count: 4 }], datastores: [],
        vcenters: [{
          name: 'vc-01', datacenters: [{
            name: 'DC', clusters: [{
              name: 'C1', hosts: ['esx-*'], ha: { admissionControl: false }, vsan: { autoTerminateGhostVm: false },
            }],
          }],
        }],
        vms: [{ name: 'vm', host: 'esx-1' }],
      },
    })
    after(at, 120)
    at.lab.faults.inject('network-isolate', 'esx-1', { networks: 'vsan' })
    after(at, 90)
    expect((ask(at, 'runs-on', 'vm') as string[]).length).toBe(2)
    expect(ask(at, 'lock-holder', 'vm')).not.toBe('esx-1')
    at.lab.faults.healAll()
    after(at, 60)
    expect(ask(at, 'runs-on', 'vm')).toEqual([ask(at, 'lock-holder', 'vm')])
  })
})

describe('vSAN in the API', () => {
  it('is in the configuration of cluster and hosts, and its datastore is of type vsan', () => {
    const at = lab('vsan-stretched')
    const cluster = at.props<ClusterComputeResourceProps>('vc-01', at.named('vc-01', 'ClusterComputeResource', 'Cluster-01'))
    const config = cluster.configurationEx as ClusterConfigInfoEx
    const uuid = config.vsanConfigInfo?.defaultConfig?.uuid
    expect(config.vsanConfigInfo).toMatchObject({ enabled: true })
    expect(uuid).toMatch(/^52/)
    expect(config.vsanHostConfig).toHaveLength(4)
    const host = at.props<HostSystemProps>('vc-01', at.named('vc-01', 'HostSystem', 'esx-n1'))
    expect(host.config!.vsanHostConfig).toMatchObject({
      enabled: true, clusterInfo: { uuid }, faultDomainInfo: { name: 'north' }, networkInfo: { port: [{ device: 'vmk0' }] },
    })
    const vsan = host.config!.virtualNicManagerInfo!.netConfig!.find(item => item.nicType === 'vsan')!
    expect(vsan.selectedVnic).toEqual(['vsan.key-vim.host.VirtualNic-vmk0'])
    const store = at.props<DatastoreProps>('vc-01', at.named('vc-01', 'Datastore', 'vsanDatastore'))
    expect(store.summary).toMatchObject({ type: 'vsan', accessible: true, multipleHostAccess: true })
    expect(store.info).toMatchObject({ _typeName: 'VsanDatastoreInfo', membershipUuid: uuid })
  })

  it('has no heartbeat datastores, and QueryHostStatus says who is in a partition', () => {
    const at = lab('vsan')
    const cluster = at.named('vc-01', 'ClusterComputeResource', 'Cluster-01')
    const info = at.call('vc-01', cluster, 'RetrieveDasAdvancedRuntimeInfo') as { heartbeatDatastoreInfo?: unknown[] }
    expect(info.heartbeatDatastoreInfo ?? []).toEqual([])
    const status = (host: string): Record<string, unknown> => at.call('vc-01',
      at.props<HostSystemProps>('vc-01', at.named('vc-01', 'HostSystem', host)).configManager.vsanSystem!, 'QueryHostStatus') as never
    expect(status('esx-01')).toMatchObject({ health: 'healthy', nodeState: { state: 'master' } })
    expect(status('esx-02')).toMatchObject({ nodeState: { state: 'backup' } })
    expect(status('esx-03')).toMatchObject({ nodeState: { state: 'agent' } })
    at.lab.faults.inject('network-partition', '', { groups: 'esx-01,esx-02|esx-03,esx-04', networks: 'vsan' })
    expect(status('esx-03')['nodeState']).toEqual({ state: 'master' })
    expect(status('esx-03')['memberUuid']).toEqual([status('esx-03')['nodeUuid'], status('esx-04')['nodeUuid']])
    expect(at.call('esx-03', { type: 'HostVsanSystem', value: 'vsanSystem' }, 'QueryHostStatus')).toEqual(status('esx-03'))
  })

  it('cannot be switched off or on', () => {
    const at = lab('vsan')
    const cluster = at.named('vc-01', 'ClusterComputeResource', 'Cluster-01')
    const change = (enabled: boolean): unknown => {
      const ref = at.call('vc-01', cluster, 'ReconfigureComputeResource_Task', {
        spec: { _typeName: 'ClusterConfigSpecEx', vsanConfig: { enabled } }, modify: true,
      }) as never
      after(at, 10)
      return at.info('vc-01', ref).error?.fault['_typeName']
    }
    expect(change(true)).toBeUndefined()
    expect(change(false)).toBe('NotImplemented')
  })
})

describe('a lab file', () => {
  const problem = (vsan: object, hosts = 4): string => {
    try {
      new GateLab({
        lab: {
          lab: 't', hosts: [{ name: 'esx-#', count: hosts }],
          vcenters: [{ name: 'vc', datacenters: [{ name: 'DC', clusters: [{ name: 'C', hosts: ['esx-*'], vsan }] }] }],
        },
      })
      return ''
    } catch (error) {
      return String(error)
    }
  }

  it.each([
    [{}, 2, 'it needs three fault domains, or two and a witness'],
    [{ witness: 'esx-1' }, 2, 'esx-1 is a host of the cluster'],
    [{ faultDomains: [{ name: 'a', hosts: ['esx-1', 'esx-2'] }] }, 4, 'esx-3 is in none'],
    [{ preferred: 'x' }, 4, 'only where there is a witness'],
    [{ faultDomains: [{ name: 'a', hosts: ['esx-9'] }] }, 4, 'there is no host esx-9'],
  ] as const)('%o with %i hosts: %s', (vsan, hosts, text) => {
    expect(problem(vsan, hosts)).toContain(text)
  })
})
