import { admit, hostLoad, shapeOf } from '../../physics/compute/admission.js'
import type { VmProps } from '../../physics/compute/vm.js'
import { failoverHosts, admissionControlled } from '../../physics/ha/admission.js'
import { demandOf, isGood } from '../../physics/ha/capacity.js'
import { clusterConfig } from '../../physics/ha/config.js'
import { antiAffineVms, ruleAllows, vmHostRulesOf } from '../../physics/ha/rules.js'
import { hostNodeOf } from '../../physics/management/truth.js'
import type {
  ClusterComputeResourceMethods, ClusterComputeResourceProps, ClusterConfigInfoEx, ClusterDrsFaults, ClusterHostRecommendation,
  ClusterRecommendation, DatastoreProps, HostSystemProps, LocalizedMethodFault, PlacementResult, PlacementSpec,
  VirtualMachineConfigSpec, VirtualMachineRelocateSpec,
} from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { Query } from '../../services/call.js'
import { fault, invalidArgument } from '../../services/method-fault.js'
import { toDateTime } from '../../world/clock.js'
import type { Reader } from '../../world/records.js'

/** A host with what placement looks at. */
interface Candidate {
  readonly ref: MoRef
  readonly props: HostSystemProps
  /** Memory in MiB that is not promised. */
  readonly free: number
}

/**
 * RecommendHostsForVm: hosts that can run the VM now, the emptiest first; ratings from 5 down.
 * @throws InvalidArgument for a VM of no host
 */
export function recommendHosts(
  { reader, self, node }: Query, { vm }: ClusterComputeResourceMethods['RecommendHostsForVm']['args'],
): ClusterHostRecommendation[] {
  const props = reader.get<VmProps>(node.name, vm.value)?.props
  if (props === undefined) throw invalidArgument('vm')
  const { host = [] } = reader.read<ClusterComputeResourceProps>(self)!.props
  return candidates(reader, node.name, host, clusterConfig(reader, self), props, vm)
    .map(({ ref }, index) => ({ host: ref, rating: Math.max(1, 5 - index) }))
}

/**
 * PlaceVm: the host with the most memory left of those that can run the VM and that the rules allow,
 * and the datastore of it with the most space; what the spec names is kept.
 * @throws InvalidArgument, InvalidState for a cluster without hosts
 */
export function placeVm(
  { reader, self, node }: Query, { placementSpec: spec }: { placementSpec: PlacementSpec },
): PlacementResult {
  const { props } = reader.read<ClusterComputeResourceProps>(self)!
  const vm = placedVm(reader, node.name, spec)
  if ((props.host ?? []).length === 0) throw fault('InvalidState')
  const wished: Partial<VirtualMachineRelocateSpec> = spec.relocateSpec ?? spec.cloneSpec?.location ?? {}
  if (wished.host !== undefined && !props.host!.some(ref => ref.value === wished.host!.value)) {
    throw invalidArgument('placementSpec.relocateSpec.host')
  }
  const hosts = wished.host !== undefined ? [wished.host] : (spec.hosts ?? []).length > 0 ? spec.hosts! : props.host!
  const found = candidates(reader, node.name, hosts, clusterConfig(reader, self), vm, spec.vm)
  const best = found[0]
  if (best === undefined) return { recommendations: [], drsFault: noPlace(spec.vm) }
  const datastore = wished.datastore ?? emptiest(reader, node.name, best, spec)
  const relocateSpec: VirtualMachineRelocateSpec & { _typeName: string } = {
    ...wished, _typeName: 'VirtualMachineRelocateSpec', host: best.ref,
    ...(datastore === undefined ? {} : { datastore }),
    ...(wished.pool === undefined && props.resourcePool !== undefined ? { pool: props.resourcePool } : {}),
  }
  const action = {
    _typeName: 'PlacementAction', type: 'PlacementV1', ...(spec.vm === undefined ? {} : { vm: spec.vm }),
    target: { type: self.address.type, value: self.address.id }, targetHost: best.ref, relocateSpec,
  }
  const recommendation: ClusterRecommendation = {
    key: '1', type: 'V1', time: toDateTime(reader.now()), rating: 1, reason: 'xvmotionPlacement',
    reasonText: 'Placement by free capacity', target: { type: self.address.type, value: self.address.id },
    action: [action],
  }
  return { recommendations: [recommendation] }
}

/** Why there is no recommendation: no host has the room. */
function noPlace(vm: MoRef | undefined): ClusterDrsFaults {
  const fault = { _typeName: 'InsufficientResourcesFault' } as LocalizedMethodFault['fault']
  return {
    reason: 'xvmotionPlacement',
    faultsByVm: [{
      ...(vm === undefined ? {} : { vm }),
      fault: [{ fault, localizedMessage: 'No host of the cluster can run the virtual machine.' }],
    }],
  }
}

/** The VM that is placed: one that is there, or what a configuration asks for. */
function placedVm(reader: Reader, node: string, spec: PlacementSpec): VmProps {
  const type = spec.placementType ?? (spec.vm === undefined ? 'create' : 'relocate')
  if (!['create', 'reconfigure', 'relocate', 'clone'].includes(type)) {
    throw invalidArgument('placementSpec.placementType')
  }
  if (type === 'create' || spec.vm === undefined) {
    if (spec.configSpec === undefined) throw invalidArgument('placementSpec.configSpec')
    return wishedVm(spec.configSpec)
  }
  if (type === 'reconfigure' && spec.configSpec === undefined) throw invalidArgument('placementSpec.configSpec')
  const vm = reader.get<VmProps>(node, spec.vm.value)?.props
  if (vm === undefined) throw invalidArgument('placementSpec.vm')
  return vm
}

/** As much of a VM as its demand needs; 4 MB and one CPU are what the product makes of nothing. */
function wishedVm(spec: VirtualMachineConfigSpec): VmProps {
  const { cpuAllocation, memoryAllocation, memoryMB = 4, numCPUs: numCPU = 1 } = spec
  return { config: { hardware: { memoryMB, numCPU }, cpuAllocation, memoryAllocation } } as unknown as VmProps
}

function candidates(
  reader: Reader, node: string, hosts: readonly MoRef[], config: ClusterConfigInfoEx, vm: VmProps, self: MoRef | undefined,
): Candidate[] {
  const reserved = admissionControlled(config) ? failoverHosts(config) : []
  const found: Candidate[] = []
  for (const ref of hosts) {
    const slot = reader.find(node, ref.value)
    if (slot === undefined || reserved.includes(ref.value) || !isGood(reader, slot)) continue
    const { props } = reader.read<HostSystemProps>(slot)!
    const load = hostLoad(reader, hostNodeOf(reader, slot))
    if (admit(props, load, vm) !== undefined || !allowed(config, self, ref, props)) continue
    const memory = Math.floor((props.summary.hardware?.memorySize ?? 0) / 2 ** 20)
    found.push({ ref, props, free: memory - load.memoryMb - demandOf(shapeOf(vm)).mb })
  }
  const avoided = ({ props }: Candidate): number => Number(props.runtime.inQuarantineMode === true)
  return found.sort((a, b) =>
    avoided(a) - avoided(b) || b.free - a.free || (a.props.vm?.length ?? 0) - (b.props.vm?.length ?? 0))
}

/** Must rules between VMs and hosts, and VMs that are kept apart. */
function allowed(config: ClusterConfigInfoEx, vm: MoRef | undefined, host: MoRef, props: HostSystemProps): boolean {
  if (vm === undefined) return true
  if (vmHostRulesOf(config, vm).some(rule => rule.mandatory && !ruleAllows(rule, host))) return false
  return !antiAffineVms(config, vm).flat().some(other => props.vm?.some(ref => ref.value === other.value))
}

function emptiest(reader: Reader, node: string, host: Candidate, spec: PlacementSpec): MoRef | undefined {
  const { datastores = [] } = spec
  let best: { ref: MoRef, free: number } | undefined
  for (const ref of host.props.datastore ?? []) {
    if (datastores.length > 0 && !datastores.some(item => item.value === ref.value)) continue
    const free = reader.get<DatastoreProps>(node, ref.value)?.props.summary.freeSpace ?? 0
    if (best === undefined || free > best.free) best = { ref, free }
  }
  return best?.ref
}
