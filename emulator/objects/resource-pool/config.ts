import { capacityOfCompute } from './capacity.js'
import { vcenterId } from '../../physics/management/ids.js'
import { resourcePoolProps } from '../../inventory/compute.js'
import { addPool } from '../../physics/management/tree.js'
import type {
  ResourceAllocationInfo, ResourceConfigSpec, ResourcePoolMethods, ResourcePoolProps,
} from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import { requirePrivilege } from '../../services/authorization/check.js'
import type { Call } from '../../services/call.js'
import { refOf } from '../../services/refs.js'
import { postEvent } from '../../services/events.js'
import { fault, invalidArgument } from '../../services/method-fault.js'
import { toDateTime } from '../../world/clock.js'
import type { Slot } from '../../world/records.js'
import { requireFreeName, storedName } from '../entity-names.js'
import { slotOf, truthOf } from '../truth.js'
import { leveled } from '../virtual-machine/fields.js'
import { listChildren } from './children.js'
import { isPool } from './destroy.js'
import { poolArgument } from './events.js'
import { admitReservation } from '../cluster-compute-resource/admission.js'
import { addLoad, shapeOf } from '../../physics/compute/admission.js'
import { demandOf } from '../../physics/ha/capacity.js'
import { followSlot } from '../../physics/management/mirror.js'
import { vmRecord, type VmProps } from '../../physics/compute/vm.js'

/** Normal shares of a pool: as of a VM with four CPUs and 16 GiB. */
const NORMAL = { cpuAllocation: 4000, memoryAllocation: 163840 } as const

/** CreateResourcePool: a pool below this one. Returns it. */
export function createPool(call: Call, { name, spec }: ResourcePoolMethods['CreateResourcePool']['args']): MoRef {
  const { tx, node, self } = call
  const stored = storedName(name)
  requireFreeName(tx, self, stored)
  const id = node.kind === 'vcenter' ? vcenterId(tx, node.name, 'resgroup') : `pool${tx.count(`${node.name}/pool`)}`
  const ref = { type: 'ResourcePool', value: id }
  const { owner } = tx.read<ResourcePoolProps>(self)!.props
  const choice = {
    cpu: allocation(undefined, spec.cpuAllocation, 'cpuAllocation'),
    memory: allocation(undefined, spec.memoryAllocation, 'memoryAllocation'),
  }
  const props = resourcePoolProps(
    stored, { self: ref, parent: refOf(self), owner, pools: [], vm: [] },
    choice, capacityOfCompute(tx, node.name, owner), toDateTime(tx.now()))
  const slot = tx.create<ResourcePoolProps, object>({ node: node.name, type: 'ResourcePool', id }, { props, inner: {} })
  addPool(tx, self, slot)
  listBelow(call, slot)
  postEvent(tx, node, {
    type: 'ResourcePoolCreatedEvent', userName: call.session?.principal.name ?? '',
    fields: { resourcePool: poolArgument(tx, slot), parent: poolArgument(tx, self) },
  })
  return ref
}

/** UpdateConfig: another name, other allocations. */
export function updateConfig(call: Call, { name, config }: ResourcePoolMethods['UpdateConfig']['args']): void {
  if (name !== undefined) requirePrivilege(call, call.self, 'Resource.RenamePool')
  if (config !== undefined || name === undefined) requirePrivilege(call, call.self, 'Resource.EditPool')
  if (name !== undefined) setName(call, name)
  if (config !== undefined) setConfig(call, call.self, config, 'config')
}

/** UpdateChildResourceConfiguration: of pools and VMs directly below. */
export function updateChildren(
  call: Call, { spec }: ResourcePoolMethods['UpdateChildResourceConfiguration']['args'],
): void {
  spec.forEach((item, i) => {
    if (item.entity === undefined) throw invalidArgument(`spec[${i}].entity`)
    const slot = slotOf(call, item.entity)
    if (!isChild(call, slot)) throw invalidArgument(`spec[${i}].entity`)
    const isVm = slot.address.type === 'VirtualMachine'
    requirePrivilege(call, slot, isVm ? 'VirtualMachine.Config.Resource' : 'Resource.EditPool')
    if (isVm) setVmConfig(call, slot, item)
    else setConfig(call, slot, item, `spec[${i}]`)
  })
}

function isChild(call: Call, slot: Slot): boolean {
  if (!isPool(slot) && slot.address.type !== 'VirtualMachine') return false
  const props = call.tx.read<{ parent?: MoRef, resourcePool?: MoRef }>(slot)!.props
  const holder = isPool(slot) ? props.parent : props.resourcePool
  return holder?.value === call.self.address.id
}

function setName(call: Call, name: string): void {
  const { tx, self } = call
  const stored = storedName(name)
  const { parent } = tx.read<ResourcePoolProps>(self)!.props
  const above = parent === undefined ? undefined : tx.find(call.node.name, parent.value)
  if (above === undefined || !isPool(above)) throw fault('NotSupported')
  requireFreeName(tx, above, stored, self)
  tx.update<ResourcePoolProps>(self, ({ props }) => {
    props.name = stored
    props.summary.name = stored
  })
}

function setConfig(call: Call, pool: Slot, config: ResourceConfigSpec, path: string): void {
  const { tx } = call
  const { props } = tx.read<ResourcePoolProps>(pool)!
  const { changeVersion } = config
  if (changeVersion !== undefined && changeVersion !== '' && changeVersion !== props.config.changeVersion) {
    throw fault('ConcurrentAccess')
  }
  const now = toDateTime(tx.now())
  const next: ResourceConfigSpec = {
    ...props.config,
    changeVersion: String(tx.count(`version/${pool.address.id}`)),
    lastModified: now,
    cpuAllocation: allocation(props.config.cpuAllocation, config.cpuAllocation, 'cpuAllocation', path),
    memoryAllocation: allocation(props.config.memoryAllocation, config.memoryAllocation, 'memoryAllocation', path),
    ...(config.scaleDescendantsShares === undefined ? {} : { scaleDescendantsShares: config.scaleDescendantsShares }),
  }
  const record = tx.read<ResourcePoolProps>(pool)!
  tx.replace(pool, {
    props: { ...record.props, config: next, summary: { ...record.props.summary, config: next } },
    inner: { ...record.inner },
  })
  listBelow(call, pool)
  postEvent(tx, call.node, {
    type: 'ResourcePoolReconfiguredEvent', userName: call.session?.principal.name ?? '',
    fields: { resourcePool: poolArgument(tx, pool) },
  })
}

function setVmConfig(call: Call, vm: Slot, config: ResourceConfigSpec): void {
  const { tx } = call
  const truth = truthOf(tx, vm)
  const whole = vmRecord(tx, truth).props
  const before = whole.config
  if (before === undefined) return
  const cpu = { ...before.cpuAllocation, ...set(config.cpuAllocation) }
  const memory = { ...before.memoryAllocation, ...set(config.memoryAllocation) }
  if (cpu.shares !== undefined) cpu.shares = leveled(cpu.shares, 1000 * before.hardware.numCPU)
  if (memory.shares !== undefined) memory.shares = leveled(memory.shares, 10 * before.hardware.memoryMB)
  tx.update<VmProps>(truth, ({ props }) => {
    props.config!.cpuAllocation = cpu
    props.config!.memoryAllocation = memory
    if (props.resourceConfig !== undefined) {
      props.resourceConfig.cpuAllocation = cpu
      props.resourceConfig.memoryAllocation = memory
    }
  })
  if (whole.runtime.powerState === 'poweredOn') {
    addLoad(tx, truth.address.node, whole, -1)
    addLoad(tx, truth.address.node, vmRecord(tx, truth).props, 1)
  }
  followSlot(tx, truth)
  admitReservation(call, vm, demandOf(shapeOf(whole)))
  postEvent(tx, call.node, {
    type: 'VmResourceReallocatedEvent', vm, userName: call.session?.principal.name ?? '',
  })
}

function listBelow(call: Call, pool: Slot): void {
  const { tx, node } = call
  const { props } = tx.read<ResourcePoolProps>(pool)!
  const parent = props.parent === undefined ? undefined : tx.find(node.name, props.parent.value)
  if (parent !== undefined && isPool(parent)) listChildren(tx, parent)
}

/** An allocation from what was and what is asked. @throws InvalidArgument */
export function allocation(
  before: ResourceAllocationInfo | undefined, asked: ResourceAllocationInfo,
  field: keyof typeof NORMAL, path = 'spec',
): ResourceAllocationInfo {
  const base = before ?? {
    reservation: 0, expandableReservation: true, limit: -1, shares: { shares: NORMAL[field], level: 'normal' as const },
  }
  const value: ResourceAllocationInfo = { ...base, ...set(asked) }
  if ((value.reservation ?? 0) < 0) throw invalidArgument(`${path}.${field}.reservation`)
  const limit = value.limit ?? -1
  if (limit < -1 || (limit >= 0 && limit < (value.reservation ?? 0))) throw invalidArgument(`${path}.${field}.limit`)
  if (value.shares !== undefined) value.shares = leveled(value.shares, NORMAL[field])
  return value
}

function set(asked: ResourceAllocationInfo): Partial<ResourceAllocationInfo> {
  const { reservation, expandableReservation, limit, shares } = asked
  return {
    ...(reservation === undefined ? {} : { reservation }),
    ...(expandableReservation === undefined ? {} : { expandableReservation }),
    ...(limit === undefined ? {} : { limit }),
    ...(shares === undefined ? {} : { shares }),
  }
}
