import type { LabFileInput } from '../../emulator/inventory/lab-schema.js'
import { agentOf, stateSeenBy } from '../../emulator/physics/ha/fdm/agent.js'
import { addRule, dropRule, type NetRule } from '../../emulator/physics/network/rules.js'
import { addStorageFault } from '../../emulator/physics/storage/access.js'
import type { ClusterDasAdvancedRuntimeInfo, HostSystemProps } from '../../emulator/schema/generated/types.js'
import type { SignalMap } from '../../emulator/world/signals.js'
import type { Transaction } from '../../emulator/world/transaction.js'
import { GateLab } from './gate-lab.js'

type Datastores = NonNullable<LabFileInput['datastores']>

export interface HaLabOptions {
  /** Numbers of the hosts' ids in vCenter, in their order. */
  readonly moids?: readonly number[]
  readonly ha?: boolean
  readonly datastores?: Datastores
  /** `dasConfig` fields over the API's defaults. */
  readonly das?: object
  /** Another lab than F4; its vCenter must be called vc1. */
  readonly lab?: LabFileInput
}

/** Fixture F4 of the oracle: four hosts, two shared VMFS datastores, vCenter outside the cluster. */
export function f4({ ha = true, datastores, moids }: HaLabOptions = {}): LabFileInput {
  const ids = moids ?? [21, 22, 23, 24]
  const hosts = ids.map((id, index) => ({ name: `esx-0${index + 1}`, moid: `host-${id}` }))
  const home = datastores?.find(each => each.hosts === undefined && each.type !== 'vsan')?.name ?? 'ds1'
  return {
    lab: 'f4',
    vcenters: [{
      name: 'vc1', datacenters: [{ name: 'DC1', clusters: [{ name: 'C1', hosts: ['esx-*'], ha }] }],
    }],
    hosts,
    datastores: datastores ?? [{ name: 'ds1', capacity: '1TiB' }, { name: 'ds2', capacity: '1TiB' }],
    vms: hosts.map(({ name }) => ({ name: `vm-${name}-#`, count: 3, host: name, datastore: home })),
  }
}

export interface Said {
  readonly at: number
  readonly kind: string
  readonly payload: Readonly<Record<string, unknown>>
}

/** A cluster with HA on the manual clock; times are seconds since the fault. */
export class HaLab extends GateLab {
  readonly said: Said[] = []
  /** Lab time of the mark in milliseconds. */
  zero = 0
  #rules = 0

  constructor(options: HaLabOptions = {}) {
    super({ lab: options.lab ?? f4(options) })
    const { world } = this.lab
    world.subscribe(entry => {
      for (const signal of entry.signals) {
        if (!signal.kind.startsWith('ha.') || signal.kind === 'ha.settle') continue
        this.said.push({ at: entry.time, kind: signal.kind, payload: signal.payload as never })
      }
    })
    if (options.das !== undefined) this.das(options.das)
    world.advance(120_000)
    this.mark()
  }

  /** Id of the cluster's record. */
  get cluster(): string {
    return this.lab.world.ofType('vc1', 'ClusterComputeResource')[0]!.address.id
  }

  /** Changes the cluster's dasConfig as a reconfiguration through vCenter does. */
  das(fields: object): void {
    this.change(tx => {
      tx.update<{ configurationEx: { dasConfig: object } }>({ node: 'vc1', id: this.cluster }, draft => {
        Object.assign(draft.props.configurationEx.dasConfig, fields)
      })
      tx.emit('cluster.reconfigured', { vcenter: 'vc1', cluster: this.cluster })
    })
  }

  change(run: (tx: Transaction) => void): void {
    this.lab.world.transact({ kind: 'lab', what: 'test' }, run)
  }

  emit<K extends keyof SignalMap & string>(kind: K, payload: SignalMap[K]): void {
    this.change(tx => tx.emit(kind, payload))
  }

  /** Zero of the times from now on. */
  mark(): void {
    this.zero = this.lab.world.now()
    this.said.length = 0
  }

  /** Runs the lab to a time. */
  to(seconds: number): void {
    this.lab.world.advance(this.zero + seconds * 1000 - this.lab.world.now())
  }

  crash(host: string): void {
    this.emit('hardware.powerLost', { node: host, cause: 'power' })
  }

  /** Cuts hosts off from all that is not in `with`; gives what heals it. */
  isolate(hosts: readonly string[], rule: Partial<NetRule> = {}): () => void {
    this.#rules += 1
    const id = `rule-${this.#rules}`
    this.change(tx => addRule(tx, id, {
      networks: ['management'], from: hosts, to: '*', except: hosts, both: true,
      ...(rule.loss === undefined ? { cut: 'drop' } : {}), ...rule,
    }))
    return () => this.change(tx => dropRule(tx, id))
  }

  loseStorage(hosts: readonly string[], volume: string): void {
    this.#rules += 1
    this.change(tx => addStorageFault(tx, `storage-${this.#rules}`, { volume, hosts, loss: 'apd' }))
  }

  volume(name: string): string {
    return this.lab.world.ofType('lab', 'Volume')
      .find(slot => this.lab.world.read<{ name: string }>(slot)!.props.name === name)!.address.id
  }

  /** What vCenter shows: state and name of the reporting host. */
  shown(host: string): string {
    const { runtime } = this.hostProps(host)
    if (runtime.dasHostState === undefined) return 'unset'
    const { state, stateReporter } = runtime.dasHostState
    const reporter = stateReporter === undefined ? '' : this.nameOf(stateReporter.value)
    return `${state} by ${reporter}`
  }

  state(host: string): string {
    return this.shown(host).split(' ')[0]!
  }

  hostProps(host: string): HostSystemProps {
    const { world } = this.lab
    return this.lab.world.ofType('vc1', 'HostSystem').map(slot => world.read<HostSystemProps>(slot)!.props)
      .find(props => props.name.split('.')[0] === host)!
  }

  nameOf(moid: string): string {
    return this.lab.world.get<HostSystemProps>('vc1', moid)!.props.name.split('.')[0]!
  }

  /** What an agent itself is doing. */
  own(host: string): string | undefined {
    return agentOf(this.lab.world, host)?.state.kind
  }

  primaries(): string[] {
    return this.lab.nodes.map(node => node.name).filter(name => this.own(name) === 'primary')
  }

  judged(primary: string, host: string): string | undefined {
    return stateSeenBy(this.lab.world, primary, host)
  }

  /** Seconds at which a signal was said, with its payload's host. */
  when(kind: string, host?: string): number[] {
    return this.said.filter(each => each.kind === kind && (host === undefined || each.payload['host'] === host))
      .map(each => (each.at - this.zero) / 1000)
  }

  /** Seconds and short names of the events of vCenter since the mark. */
  told(): Array<[seconds: number, name: string]> {
    return [...this.lab.world.log('events/vc1').since(1)].map(item => item.value as {
      _typeName: string, eventTypeId?: string, createdTime: string,
    }).map(event => [
      (Date.parse(event.createdTime) - this.zero) / 1000,
      event.eventTypeId?.replace('com.vmware.vc.HA.', '') ?? event._typeName,
    ] as [number, string]).filter(([at]) => at >= 0)
  }

  times(name: string): number[] {
    return this.told().filter(([, each]) => each === name).map(([at]) => at)
  }

  /** Heartbeat datastores with the hosts that use them, as RetrieveDasAdvancedRuntimeInfo says. */
  heartbeats(): Record<string, string[]> {
    const info = this.call('vc1', { type: 'ClusterComputeResource', value: this.cluster }, 'RetrieveDasAdvancedRuntimeInfo') as
      ClusterDasAdvancedRuntimeInfo
    return Object.fromEntries((info.heartbeatDatastoreInfo ?? []).map(({ datastore, hosts }) => [
      this.props<{ name: string }>('vc1', datastore).name, hosts.map(host => this.nameOf(host.value)),
    ]))
  }
}
