import { addChild } from '../physics/management/tree.js'
import { mirrorOf } from '../physics/management/mirror.js'
import type {
  ComputeResourceProps, ComputeResourceSummary, EnvironmentBrowserProps, HostDatastoreBrowserProps, HostSystemProps,
  ResourcePoolProps,
} from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import type { Slot } from '../world/records.js'
import type { Transaction } from '../world/transaction.js'
import type { World } from '../world/world.js'
import { toDateTime } from '../world/clock.js'
import { rootPoolOf } from '../physics/ha/capacity.js'
import { vcenterId } from '../physics/management/ids.js'
import { hostNodeOf } from '../physics/management/truth.js'
import {
  computeResourceProps, environmentBrowserProps, resourcePoolProps, rootPoolChoice, type Capacity,
  type ComputeRefs,
} from './compute.js'
import { datastoreBrowserProps } from './datastore.js'

export const noCapacity: Capacity = { mhz: 0, cores: 0, threads: 0, memoryBytes: 0, hosts: 0 }

/** What tells a stand-alone host's compute resource from a cluster. */
export interface NewCompute {
  readonly type: 'ComputeResource' | 'ClusterComputeResource'
  readonly props: (refs: ComputeRefs) => ComputeResourceProps
  /** Node of the stand-alone host, whose own compute resource and root pool these mirror. */
  readonly host?: string
}

/** Makes a compute resource without hosts below a folder, with its root pool and its browsers. */
export function newCompute(tx: Transaction, folder: Slot, what: NewCompute): Slot {
  const { node } = folder.address
  const ref = (type: string, value: string): MoRef => ({ type, value })
  const compute = ref(what.type, vcenterId(tx, node, 'domain-c'))
  const pool = ref('ResourcePool', vcenterId(tx, node, 'resgroup'))
  const environment = ref('EnvironmentBrowser', compute.value.replace('domain-c', 'envbrowser-'))
  const browser = ref('HostDatastoreBrowser', `datastoreBrowser-${compute.value}`)
  const at = (of: MoRef) => ({ node, type: of.type, id: of.value })
  const mirrors = (id: string): object => what.host === undefined ? {} : { mirrors: [`${what.host}/${id}`] }
  const parent = { type: folder.address.type, value: folder.address.id }
  const slot = tx.create(at(compute), {
    props: what.props({ parent, pool, hosts: [], datastores: [], networks: [], environment }),
    inner: mirrors('ha-compute-res'),
  })
  tx.create(at(environment), { props: environmentBrowserProps(browser), inner: {} })
  tx.create(at(browser), { props: datastoreBrowserProps([]), inner: {} })
  tx.create(at(pool), {
    props: resourcePoolProps('Resources', { self: pool, parent: compute, owner: compute, pools: [], vm: [] },
      rootPoolChoice(noCapacity), noCapacity, toDateTime(tx.now())),
    inner: mirrors('ha-root-pool'),
  })
  addChild(tx, folder, slot)
  return slot
}

/** Makes the compute resource of a stand-alone host's node, still without it, below a folder of hosts. */
export function createCompute(tx: Transaction, folder: Slot, name: string, hardware: number, host: string): Slot {
  return newCompute(tx, folder, {
    type: 'ComputeResource', host, props: refs => computeResourceProps(name, refs, noCapacity, hardware),
  })
}

/** The browser of all datastores of a compute resource, by way of its environment browser. */
export function datastoreBrowserOf(tx: Transaction, compute: Slot): Slot | undefined {
  const { node } = compute.address
  const environment = tx.read<ComputeResourceProps>(compute)!.props.environmentBrowser
  const browser = environment === undefined
    ? undefined
    : tx.get<EnvironmentBrowserProps>(node, environment.value)?.props.datastoreBrowser
  return browser === undefined ? undefined : tx.find(node, browser.value)
}

/** Puts a host into a compute resource, or takes it out; everything that is counted follows. */
export function setComputeHosts(tx: Transaction, compute: Slot, hosts: readonly MoRef[]): void {
  const { node } = compute.address
  const props = hosts.map(ref => tx.get<HostSystemProps>(node, ref.value)!.props)
  const union = (list: 'datastore' | 'network'): MoRef[] => {
    const found = new Map<string, MoRef>()
    for (const host of props) for (const ref of host[list] ?? []) found.set(ref.value, ref)
    return [...found.values()].map(({ type, value }) => ({ type, value }))
  }
  tx.update<ComputeResourceProps>(compute, draft => {
    draft.props.host = hosts.map(({ type, value }) => ({ type, value }))
    draft.props.datastore = union('datastore')
    draft.props.network = union('network')
  })
  const browser = datastoreBrowserOf(tx, compute)
  if (browser !== undefined) {
    tx.update<HostDatastoreBrowserProps>(browser, ({ props: shown }) => { shown.datastore = union('datastore') })
  }
  recount(tx, compute)
}

/** Capacity of a compute resource and of its root pool, from the hosts that take part. */
function recount(tx: Transaction, compute: Slot): void {
  const { node } = compute.address
  const { props } = tx.read<ComputeResourceProps>(compute)!
  const hosts = (props.host ?? []).map(ref => tx.find(node, ref.value)!)
  const all = capacity(tx, hosts)
  const effective = capacity(tx, hosts.filter(host => {
    const { runtime } = tx.read<HostSystemProps>(host)!.props
    return runtime.connectionState === 'connected' && !runtime.inMaintenanceMode
  }))
  const choice = rootPoolChoice(effective)
  const counted: Partial<ComputeResourceSummary> = {
    totalCpu: all.mhz, totalMemory: all.memoryBytes, numCpuCores: all.cores, numCpuThreads: all.threads,
    numHosts: all.hosts, numEffectiveHosts: effective.hosts,
    effectiveCpu: choice.cpu.limit ?? 0, effectiveMemory: choice.memory.limit ?? 0,
  }
  if (Object.entries(counted).every(([key, value]) => props.summary[key as keyof ComputeResourceSummary] === value)) return
  tx.update<ComputeResourceProps & { summaryEx?: ComputeResourceSummary }>(compute, draft => {
    Object.assign(draft.props.summary, counted)
    if (draft.props.summaryEx !== undefined) Object.assign(draft.props.summaryEx, counted)
  })
  recountPool(tx, node, props.resourcePool, effective)
}

function recountPool(tx: Transaction, node: string, pool: MoRef | undefined, effective: Capacity): void {
  const slot = pool === undefined ? undefined : tx.find(node, pool.value)
  if (slot === undefined) return
  const { props } = tx.read<ResourcePoolProps>(slot)!
  const fresh = resourcePoolProps(props.name, {
    self: pool!, parent: props.parent!, owner: props.owner, pools: props.resourcePool ?? [], vm: props.vm ?? [],
  }, rootPoolChoice(effective), effective, toDateTime(tx.now()))
  tx.replace(slot, {
    props: { ...props, config: fresh.config, runtime: fresh.runtime, summary: fresh.summary } as never,
    inner: tx.read(slot)!.inner,
  })
}

/** What hosts have, and what their own root pools leave of it for VMs. */
function capacity(tx: Transaction, hosts: readonly Slot[]): Capacity {
  let [mhz, cores, threads, memoryBytes] = [0, 0, 0, 0]
  const pool = { mhz: 0, mb: 0 }
  for (const host of hosts) {
    const { hardware } = tx.read<HostSystemProps>(host)!.props.summary
    if (hardware === undefined) continue
    mhz += hardware.cpuMhz * hardware.numCpuCores
    cores += hardware.numCpuCores
    threads += hardware.numCpuThreads
    memoryBytes += hardware.memorySize
    const own = rootPoolOf(tx, hostNodeOf(tx, host))
    pool.mhz += own.mhz
    pool.mb += own.mb
  }
  return { mhz, cores, threads, memoryBytes, hosts: hosts.length, pool }
}

/** Hosts that are lost, disconnected or in maintenance mode do not count; vCenter notices. */
export function followComputes(world: World): void {
  const count = (tx: Transaction, vcenter: string, host: string): void => {
    const slot = mirrorOf(tx, vcenter, host, 'ha-host')
    const parent = slot === undefined ? undefined : tx.read<HostSystemProps>(slot)!.props.parent
    const compute = parent === undefined ? undefined : tx.find(vcenter, parent.value)
    if (compute !== undefined) recount(tx, compute)
  }
  world.on('management.hostLost', (tx, { vcenter, host }) => count(tx, vcenter, host))
  world.on('management.hostBack', (tx, { vcenter, host }) => count(tx, vcenter, host))
  world.on('management.hostDisconnected', (tx, { vcenter, host }) => count(tx, vcenter, host))
  world.follow((tx, written) => {
    for (const slot of written) {
      if (slot.address.type !== 'HostSystem') continue
      const now = tx.read<HostSystemProps>(slot)?.props
      const before = slot.record?.props as unknown as HostSystemProps | undefined
      if (now === undefined || before === undefined || now.parent?.type === undefined) continue
      if (now.runtime.inMaintenanceMode === before.runtime.inMaintenanceMode) continue
      const compute = tx.find(slot.address.node, now.parent.value)
      if (compute !== undefined) recount(tx, compute)
    }
  })
}
