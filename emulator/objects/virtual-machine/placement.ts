import { hostLoad } from '../../physics/compute/admission.js'
import { inQuarantine, QUARANTINE_LOAD } from '../../physics/ha/health.js'
import { mirrored } from '../../physics/management/link.js'
import { hostNodeOf } from '../../physics/management/truth.js'
import type {
  ClusterConfigInfoEx, ComputeResourceProps, HostSystemProps, ResourcePoolProps,
} from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import { fault, invalidArgument } from '../../services/method-fault.js'
import type { TaskRun } from '../../services/tasks.js'
import type { Reader, Slot } from '../../world/records.js'
import { slotOf, unreachable } from '../truth.js'

/** Where a new VM goes: host and pool on the node that was asked, and the host's own node. */
export interface Target {
  readonly host: Slot
  readonly hostNode: string
  readonly pool: Slot | undefined
}

/**
 * The host for a new VM: the one asked for, the only one of the compute resource, or the one with
 * the fewest running VMs in a DRS cluster.
 * @throws InvalidArgument `host` in a cluster without DRS, or for a host of another one.
 */
export function chooseHost(
  run: TaskRun, pool: MoRef | undefined, host: MoRef | undefined, suits: (host: Slot) => boolean,
): Target {
  const poolSlot = pool === undefined ? undefined : slotOf(run, pool)
  if (host !== undefined && poolSlot === undefined) return target(run.tx, slotOf(run, host), undefined)
  if (poolSlot === undefined) throw invalidArgument('pool')
  const owner = run.tx.read<ResourcePoolProps>(poolSlot)!.props.owner
  const compute = run.tx.get<ComputeResourceProps>(run.node.name, owner.value)?.props
  const hosts = compute?.host ?? []
  if (host !== undefined) {
    if (!hosts.some(ref => ref.value === host.value)) throw invalidArgument('host')
    return target(run.tx, slotOf(run, host), poolSlot)
  }
  if (hosts.length === 1) return target(run.tx, slotOf(run, hosts[0]!), poolSlot)
  if (!drsEnabled(compute)) throw invalidArgument('host')
  const usable = hosts.map(ref => slotOf(run, ref)).filter(slot => usableHost(run, slot))
  const best = leastLoaded(run.tx, usable.filter(suits)) ?? leastLoaded(run.tx, usable)
  if (best === undefined) throw fault('NoCompatibleHost', {}, 'No host is compatible with the virtual machine.')
  return target(run.tx, best, poolSlot)
}

/** @throws HostNotConnected or HostNotReachable, or InvalidState for a host in maintenance mode. */
export function requireUsable(run: TaskRun, at: Target): void {
  if (!reachable(run, at.host)) throw unreachable(run.tx, at.host)
  const { runtime } = run.tx.read<HostSystemProps>(at.host)!.props
  if (runtime.inMaintenanceMode) throw fault('InvalidState')
}

function target(reader: Reader, host: Slot, pool: Slot | undefined): Target {
  return { host, hostNode: hostNodeOf(reader, host), pool }
}

function usableHost(run: TaskRun, host: Slot): boolean {
  return reachable(run, host) && !run.tx.read<HostSystemProps>(host)!.props.runtime.inMaintenanceMode
}

function reachable(run: TaskRun, host: Slot): boolean {
  const node = hostNodeOf(run.tx, host)
  return node === run.node.name || mirrored(run.tx, run.node.name, node)
}

function leastLoaded(reader: Reader, hosts: readonly Slot[]): Slot | undefined {
  let best: { slot: Slot, load: number } | undefined
  for (const slot of hosts) {
    const count = reader.read<HostSystemProps>(slot)!.props.vm?.length ?? 0
    const { node, id } = slot.address
    const running = hostLoad(reader, hostNodeOf(reader, slot)).running + (inQuarantine(reader, node, id) ? QUARANTINE_LOAD : 0)
    const load = running * 1000 + count
    if (best === undefined || load < best.load) best = { slot, load }
  }
  return best?.slot
}

function drsEnabled(compute: ComputeResourceProps | undefined): boolean {
  const config = compute?.configurationEx as Partial<ClusterConfigInfoEx> | undefined
  return config?.drsConfig?.enabled === true
}
