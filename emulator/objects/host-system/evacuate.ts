import { hostLoad } from '../../physics/compute/admission.js'
import { vmRecord } from '../../physics/compute/vm.js'
import { inQuarantine, QUARANTINE_LOAD } from '../../physics/ha/health.js'
import { hostNodeOf } from '../../physics/management/truth.js'
import type {
  ClusterConfigInfoEx, ComputeResourceProps, HostSystemProps,
} from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import { postEvent } from '../../services/events.js'
import { refOf } from '../../services/refs.js'
import type { Slot } from '../../world/records.js'
import { checkMove, firstError } from '../virtual-machine/move-checks.js'
import { beginMove } from '../virtual-machine/move.js'
import { computeOf, type MovePlan, type PlanContext } from '../virtual-machine/move-plan.js'

/** Which host is to be emptied, and for which task; without one VMs that nobody can take just stay. */
export interface Evacuation {
  readonly host: Slot
  /** VMs that are off leave, too. */
  readonly off: boolean
  readonly task?: string
}

/**
 * DRS empties a host: running VMs that it may move by itself are migrated, those that are off are
 * registered elsewhere if asked. A VM without a host that suits it stays, with an event. Without DRS
 * nothing happens; somebody else moves the VMs (availability.md 5).
 */
export function evacuateHost(at: PlanContext, { host, off, task }: Evacuation): void {
  if (at.node.kind !== 'vcenter') return
  const compute = computeOf(at.tx, host)
  const config = drsOf(at, compute)
  if (compute === undefined || config?.drsConfig.enabled !== true) return
  const planned = new Map<string, number>()
  for (const ref of at.tx.read<HostSystemProps>(host)!.props.vm ?? []) {
    const vm = at.tx.find(at.node.name, ref.value)
    if (vm === undefined) continue
    const on = vmRecord(at.tx, vm).props.runtime.powerState === 'poweredOn'
    if (on ? !automatic(config, ref) : !off) continue
    const plan = bestPlan(at, vm, compute, host, planned)
    if (plan === undefined) {
      if (task !== undefined) postEvent(at.tx, at.node, { type: 'NoMaintenanceModeDrsRecommendationForVM', vm })
      continue
    }
    planned.set(plan.host.value, (planned.get(plan.host.value) ?? 0) + 1)
    beginMove(at, vm, plan, {
      descriptionId: 'Drm.ExecuteVMotionLRO', relocate: false, drs: true,
      ...(task === undefined ? {} : { parentTaskKey: task, rootTaskKey: task }),
    })
  }
}

/**
 * Where DRS starts a VM that is off, instead of on a host in quarantine: undefined where that host is
 * not, where DRS asks first, and where no other host suits (HostRuntimeInfo.inQuarantineMode).
 */
export function startElsewhere(at: PlanContext, vm: Slot): Slot | undefined {
  const { host: ref } = vmRecord(at.tx, vm).props.runtime
  if (at.node.kind !== 'vcenter' || ref === undefined || !inQuarantine(at.tx, at.node.name, ref.value)) return undefined
  const host = at.tx.find(at.node.name, ref.value)!
  const compute = computeOf(at.tx, host)
  const config = drsOf(at, compute)
  if (compute === undefined || config?.drsConfig.enabled !== true || !automatic(config, refOf(vm))) return undefined
  const plan = bestPlan(at, vm, compute, host, new Map())
  if (plan === undefined || inQuarantine(at.tx, at.node.name, plan.host.value)) return undefined
  return at.tx.find(at.node.name, plan.host.value)
}

function drsOf(at: PlanContext, compute: Slot | undefined): ClusterConfigInfoEx | undefined {
  if (compute?.address.type !== 'ClusterComputeResource') return undefined
  return at.tx.read<ComputeResourceProps>(compute)!.props.configurationEx as ClusterConfigInfoEx
}

/** True if DRS moves a VM without asking: the cluster's level, or the VM's own. */
function automatic(config: ClusterConfigInfoEx, vm: MoRef): boolean {
  const own = config.drsConfig.enableVmBehaviorOverrides === false
    ? undefined
    : config.drsVmConfig?.find(item => item.key.value === vm.value)
  if (own?.enabled === false) return false
  return (own?.behavior ?? config.drsConfig.defaultVmBehavior ?? 'fullyAutomated') === 'fullyAutomated'
}

/** The host of the cluster that may take a VM and has the fewest; one in quarantine only if there is no other. */
function bestPlan(
  at: PlanContext, vm: Slot, compute: Slot, from: Slot, planned: ReadonlyMap<string, number>,
): MovePlan | undefined {
  let best: { plan: MovePlan, load: number } | undefined
  for (const ref of at.tx.read<ComputeResourceProps>(compute)!.props.host ?? []) {
    if (ref.value === from.address.id) continue
    const slot = at.tx.find(at.node.name, ref.value)
    if (slot === undefined) continue
    const load = hostLoad(at.tx, hostNodeOf(at.tx, slot)).running + (planned.get(ref.value) ?? 0)
      + (inQuarantine(at.tx, at.node.name, ref.value) ? QUARANTINE_LOAD : 0)
    if (best !== undefined && load >= best.load) continue
    const plan: MovePlan = { host: refOf(slot), disks: [] }
    if (firstError(checkMove(at, vm, plan)) === undefined) best = { plan, load }
  }
  return best?.plan
}
