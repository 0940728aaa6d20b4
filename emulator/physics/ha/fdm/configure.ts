import type {
  ClusterComputeResourceProps, ClusterConfigInfoEx, DasHeartbeatDatastoreInfo, DatastoreProps, HostSystemProps,
} from '../../../schema/generated/types.js'
import type { Slot } from '../../../world/records.js'
import type { Transaction } from '../../../world/transaction.js'
import type { World } from '../../../world/world.js'
import { LAB, chassis } from '../../hardware/chassis.js'
import { answers } from '../../management/connection.js'
import { callsPass } from '../../management/link.js'
import { mirrorOf } from '../../management/mirror.js'
import { hostNodeOf } from '../../management/truth.js'
import { addRuleset, dropRuleset } from '../../network/firewall.js'
import { volumeOf } from '../../storage/paths.js'
import { haEnabled } from '../config.js'
import { dasOptionsOf, type DasOptions } from '../das-options.js'
import type { ClusterInner } from '../follow.js'
import type { HaCluster } from '../signals.js'
import {
  agentId, agentInner, agentOf, configOfAgent, primaryOf, setAgent, type FdmAgent, type FdmAgentInner, type FdmConfig, type FdmMember,
} from './agent.js'
import { become, candidateOf } from './election.js'
import { describe, memberIds } from './describe.js'
import { ask } from './engine.js'
import { haFolder, releaseLists, removeMemberFiles, takeLists, writeMemberFiles } from './files.js'
import { agentNetwork, agentWorks, fdmLoss, vcenterWorks } from './links.js'
import { showState } from './publish.js'
import { electionOrder } from './rules.js'
import { tellShortcomings } from './shortcomings.js'
import { showVersions } from './versions.js'
import { fdmRuleset } from './ruleset.js'
import { AGENT_START_MS, RECHOOSE_MS } from './timing.js'
import { setWatch, watchId, watchInner, watchOf, watchedClusters, type HaWatch, type HaWatchInner } from './watch.js'

declare module '../../../world/signals.js' {
  interface SignalMap {
    /** vCenter configured HA on a host, or took it away. */
    'ha.hostConfigured': HaCluster & { readonly host: string, readonly enabled: boolean }
    /** vCenter chose other heartbeat datastores for a host; `wanted`: how many there should be. */
    'ha.heartbeatVolumes': HaCluster & {
      readonly host: string, readonly volumes: readonly string[], readonly was: readonly string[] | undefined
      readonly wanted: number, readonly quiet: boolean
    }
  }
  interface JobMap {
    /** vCenter looks whether heartbeat datastores that were lost have to be replaced. */
    'ha.rechoose': HaCluster
  }
}

/** vCenter's part: it configures the agents when a cluster's settings or members change. */
export function reactToHaConfig(world: World): void {
  world.on('cluster.reconfigured', (tx, at) => configure(tx, at))
  for (const kind of ['management.hostBack', 'management.hostDisconnected'] as const) {
    world.on(kind, (tx, { vcenter, host }) => reconfigureFor(tx, vcenter, host))
  }
  world.on('storage.accessChanged', (tx, { host }) => rechooseSoon(tx, host))
  world.onJob('ha.rechoose', (tx, at) => {
    setWatch(tx, at, {}, { rechoose: undefined })
    configure(tx, at)
  })
  world.follow((tx, written) => {
    for (const slot of written) if (slot.address.type === 'HostSystem') followHost(tx, slot)
  })
}

/** A host that goes into maintenance or out of it, into a cluster or out of it, changes its electorate. */
function followHost(tx: Transaction, slot: Slot): void {
  const { node } = slot.address
  const before = slot.record?.props as unknown as HostSystemProps | undefined
  const now = tx.read<HostSystemProps>(slot)?.props
  if (before?.parent?.value !== now?.parent?.value) {
    for (const parent of [before?.parent, now?.parent]) {
      if (parent?.type === 'ClusterComputeResource') configure(tx, { vcenter: node, cluster: parent.value })
    }
  }
  if (before === undefined || now === undefined) return
  if (before.datastore !== now.datastore) rechooseSoon(tx, hostNodeOf(tx, slot))
  const { runtime } = now
  if (before.runtime.inMaintenanceMode === runtime.inMaintenanceMode
    && (before.runtime.powerState === 'standBy') === (runtime.powerState === 'standBy')) return
  reconfigureFor(tx, node, hostNodeOf(tx, slot))
}

function reconfigureFor(tx: Transaction, vcenter: string, host: string): void {
  const agent = agentOf(tx, host)
  if (agent !== undefined) configure(tx, agent)
  for (const each of watchedClusters(tx)) {
    if (each.vcenter !== vcenter || each.config === undefined || agent?.cluster === each.cluster) continue
    if (memberIds(tx, each).some(([node]) => node === host)) configure(tx, each)
  }
}

function rechooseSoon(tx: Transaction, host: string): void {
  const agent = agentOf(tx, host)
  if (agent === undefined || watchInner(tx, agent).rechoose !== undefined) return
  const { vcenter, cluster } = agent
  setWatch(tx, agent, {}, { rechoose: tx.after(RECHOOSE_MS, 'ha.rechoose', { vcenter, cluster }) })
}

/** Makes the configuration that a cluster's agents should have and pushes it to those in reach. */
export function configure(tx: Transaction, at: HaCluster): void {
  if (!vcenterWorks(tx, at.vcenter)) return
  const config = tx.get<ClusterComputeResourceProps>(at.vcenter, at.cluster)?.props.configurationEx as
    ClusterConfigInfoEx | undefined
  const enabled = config !== undefined && haEnabled(config)
  if (watchOf(tx, at) === undefined && !enabled) return
  const wanted = enabled ? newConfig(tx, at, config) : undefined
  if (!enabled) showVersions(tx, at, undefined, undefined)
  const hosts = [...new Set([...wanted?.members.map(member => member.host) ?? [], ...watchOf(tx, at)?.hosts ?? []])]
  for (const host of hosts) push(tx, at, host, wanted)
  const kept = hosts.filter(host => belongsTo(tx, at, host))
  setWatch(tx, at, { hosts: kept, config: wanted?.id, ...(enabled ? {} : { primary: undefined }) })
  dropOldConfigs(tx, at)
  ask(tx, at)
}

function belongsTo(tx: Transaction, at: HaCluster, host: string): boolean {
  const agent = agentOf(tx, host)
  return agent?.cluster === at.cluster && agent.vcenter === at.vcenter
}

interface Wanted {
  readonly id: string
  readonly members: readonly FdmMember[]
}

/** The present configuration; a new version when something of it is another. */
function newConfig(tx: Transaction, at: HaCluster, config: ClusterConfigInfoEx, quiet = false): Wanted {
  const watch = watchOf(tx, at) ?? createWatch(tx, at)
  const before = watch.config === undefined ? undefined : tx.get<FdmConfig>(LAB, watch.config)?.props
  const next = describe(tx, at, config, watch, before)
  if (before !== undefined && same(before, next)) return { id: watch.config!, members: before.members }
  const version = watch.version + 1
  const id = `fdm-config/${at.vcenter}/${at.cluster}/${version}`
  tx.create({ node: LAB, type: 'FdmConfig', id }, { props: { ...next, version }, inner: {} })
  setWatch(tx, at, { version })
  showVersions(tx, at, before, next)
  showHeartbeats(tx, at, next.members)
  if (!quiet) tellShortcomings(tx, at, before, next)
  placeHeartbeats(tx, at, before, next, quiet ? undefined : dasOptionsOf(config))
  return { id, members: next.members }
}

/** Notes the heartbeat datastores of the cluster's hosts where RetrieveDasAdvancedRuntimeInfo finds them. */
function showHeartbeats(tx: Transaction, at: HaCluster, members: readonly FdmMember[]): void {
  const slot = tx.find(at.vcenter, at.cluster)
  if (slot === undefined) return
  const found = new Map<string, DasHeartbeatDatastoreInfo>()
  for (const { host, moid, heartbeatVolumes } of members) {
    for (const own of tx.ofType(host, 'Datastore')) {
      if (!heartbeatVolumes.includes(volumeOf(tx.read<DatastoreProps>(own)!.props))) continue
      const datastore = mirrorOf(tx, at.vcenter, host, own.address.id)
      if (datastore === undefined) continue
      const { id } = datastore.address
      const known = found.get(id)?.hosts ?? []
      found.set(id, {
        datastore: { type: 'Datastore', value: id }, hosts: [...known, { type: 'HostSystem', value: moid }],
      })
    }
  }
  const { props, inner } = tx.read<object, ClusterInner>(slot)!
  tx.replace(slot, { props: props as never, inner: { ...inner, heartbeatDatastores: [...found.values()] } as never })
}

function same(a: FdmConfig, b: FdmConfig): boolean {
  return a.config === b.config && JSON.stringify({ ...a, config: 0, version: 0 }) === JSON.stringify({ ...b, config: 0, version: 0 })
}

function createWatch(tx: Transaction, at: HaCluster): HaWatch {
  const { uuid, hostName } = tx.get<{ uuid: string, hostName: string }>(LAB, at.vcenter)!.props
  const random = Math.floor(tx.random('ha/folder') * 2 ** 32).toString(16).padStart(8, '0')
  const props: HaWatch = {
    vcenter: at.vcenter, cluster: at.cluster, version: 0, hosts: [],
    folder: haFolder({ uuid, hostName }, at.cluster, random),
  }
  tx.create<HaWatch, HaWatchInner>({ node: LAB, type: 'HaWatch', id: watchId(at) }, { props, inner: { ears: {} } })
  return props
}

/** Writes the files of the chosen heartbeat datastores; says what changed if options are given. */
function placeHeartbeats(
  tx: Transaction, at: HaCluster, before: FdmConfig | undefined, next: FdmConfig, options: DasOptions | undefined,
): void {
  const users = new Map<string, string[]>()
  for (const { host, moid, heartbeatVolumes } of next.members) {
    const was = before?.members.find(member => member.host === host)?.heartbeatVolumes
    if (was !== undefined && was.join() === heartbeatVolumes.join()) continue
    for (const volume of heartbeatVolumes) users.set(volume, [...users.get(volume) ?? [], moid])
    if (was !== undefined) removeMemberFiles(tx, next.folder, moid, was.filter(each => !heartbeatVolumes.includes(each)))
    if (options !== undefined) tx.emit('ha.heartbeatVolumes', {
      vcenter: at.vcenter, cluster: at.cluster, host, volumes: heartbeatVolumes, was,
      wanted: options.heartbeatDsPerHost, quiet: options.ignoreInsufficientHbDatastore,
    })
  }
  for (const [volume, moids] of users) writeMemberFiles(tx, next.folder, volume, moids)
}

/** Gives a host the configuration, or takes HA from it, if vCenter reaches it or its primary. */
function push(tx: Transaction, at: HaCluster, host: string, wanted: Wanted | undefined): void {
  const member = wanted?.members.find(each => each.host === host)
  const agent = agentOf(tx, host)
  if (!inReach(tx, at, host)) return
  if (agent !== undefined && (agent.cluster !== at.cluster || agent.vcenter !== at.vcenter)) {
    // It moved here: what it was configured for before ends.
    if (member === undefined) return
    unconfigure(tx, agent, host)
    createMember(tx, at, member, wanted!.id)
    return
  }
  if (wanted === undefined || member === undefined) {
    if (agent !== undefined) unconfigure(tx, at, host)
  } else if (agent === undefined) {
    createMember(tx, at, member, wanted.id)
  } else if (agent.config !== wanted.id) {
    setAgent(tx, host, { config: wanted.id })
  }
}

function createMember(tx: Transaction, at: HaCluster, member: FdmMember, config: string): void {
  createAgent(tx, at, member, config)
  tx.emit('ha.hostConfigured', { vcenter: at.vcenter, cluster: at.cluster, host: member.host, enabled: true })
}

function inReach(reader: Transaction, at: HaCluster, host: string): boolean {
  if (callsPass(reader, at.vcenter, host)) return true
  if (chassis(reader, host)?.managedBy !== at.vcenter && answers(reader, at.vcenter, host)) return true
  const primary = agentOf(reader, host) === undefined ? undefined : primaryOf(reader, host)
  return primary !== undefined && primary !== host && agentWorks(reader, host)
    && fdmLoss(reader, primary, host, agentNetwork(reader, primary)) < 1 && callsPass(reader, at.vcenter, primary)
}

/** Makes a host's agent; `state` is given where the lab begins with HA settled. */
function createAgent(
  tx: Transaction, at: HaCluster, { host, moid }: FdmMember, config: string, state?: FdmAgent['state'],
): void {
  const starting = agentWorks(tx, host)
    ? { kind: 'uninitialized', endsAt: tx.now() + AGENT_START_MS } as const : { kind: 'stopped' } as const
  tx.create<FdmAgent, FdmAgentInner>({ node: LAB, type: 'FdmAgent', id: agentId(host) }, {
    props: { vcenter: at.vcenter, cluster: at.cluster, host, moid, config, state: state ?? starting, views: {} },
    inner: { ears: {}, flags: [], reports: [], locks: [] },
  })
  addRuleset(tx, host, fdmRuleset)
}

function unconfigure(tx: Transaction, at: HaCluster, host: string): void {
  const agent = agentOf(tx, host)!
  const { folder, members } = configOfAgent(tx, agent)
  const volumes = members.find(member => member.host === host)?.heartbeatVolumes ?? []
  become(tx, host, { kind: 'stopped' })
  releaseLists(tx, host)
  removeMemberFiles(tx, folder, agent.moid, volumes)
  const { job } = agentInner(tx, host)
  if (job !== undefined) tx.cancel(job)
  tx.remove({ node: LAB, id: agentId(host) })
  dropRuleset(tx, host, fdmRuleset.key)
  setWatch(tx, at, { hosts: watchOf(tx, at)!.hosts.filter(each => each !== host) })
  showState(tx, at, host, agent.moid, undefined, undefined)
  tx.emit('ha.hostConfigured', { vcenter: at.vcenter, cluster: at.cluster, host, enabled: false })
}

function dropOldConfigs(tx: Transaction, at: HaCluster): void {
  const watch = watchOf(tx, at)!
  const used = new Set([watch.config, ...watch.hosts.map(host => agentOf(tx, host)?.config)])
  for (const slot of tx.ofType(LAB, 'FdmConfig')) {
    const { vcenter, cluster } = tx.read<FdmConfig>(slot)!.props
    if (vcenter === at.vcenter && cluster === at.cluster && !used.has(slot.address.id)) tx.remove(slot)
  }
}

/**
 * HA of the clusters that have it on when the lab begins, as if it had been so for long: the winner
 * of the order of elections leads, the others follow, no event tells of it.
 */
export function settleHa(tx: Transaction): void {
  for (const node of tx.ofType(LAB, 'Node')) {
    const vcenter = node.address.id
    for (const slot of tx.ofType(vcenter, 'ClusterComputeResource')) {
      const config = tx.read<ClusterComputeResourceProps>(slot)!.props.configurationEx as ClusterConfigInfoEx
      if (haEnabled(config)) settleCluster(tx, { vcenter, cluster: slot.address.id }, config)
    }
  }
}

function settleCluster(tx: Transaction, at: HaCluster, config: ClusterConfigInfoEx): void {
  const { id, members } = newConfig(tx, at, config, true)
  const since = tx.now()
  const primary = members.map(({ host, moid }) => candidateOf(tx, host, moid)).sort(electionOrder)[0]?.host
  for (const member of members) {
    const leads = member.host === primary
    createAgent(tx, at, member, id, leads ? { kind: 'primary', since } : { kind: 'secondary', primary: primary!, since })
  }
  for (const { host, moid } of members) {
    showState(tx, at, host, moid, host === primary ? 'master' : 'connectedToMaster', primary, true)
  }
  setWatch(tx, at, { hosts: members.map(({ host }) => host), config: id, ...(primary === undefined ? {} : { primary }) })
  if (primary !== undefined) takeLists(tx, primary)
  // Who is alone looks around; agents that hear each other have nothing to do.
  if (members.length === 1) ask(tx, at)
}
