import { addLoad, shapeOf } from '../../physics/compute/admission.js'
import type { Actor } from '../../physics/compute/signals.js'
import { vmRecord, type VmProps } from '../../physics/compute/vm.js'
import { chassis } from '../../physics/hardware/chassis.js'
import { demandOf } from '../../physics/ha/capacity.js'
import { followSlot } from '../../physics/management/mirror.js'
import { relink } from '../../physics/management/tree.js'
import { refOnHost } from '../../physics/management/truth.js'
import { datastoreByName, parseDatastorePath } from '../../physics/storage/paths.js'
import { patchLayout, vmHome } from '../../physics/storage/vm-files.js'
import { refreshDatastore } from '../../physics/storage/files.js'
import type {
  VirtualDeviceConfigSpec, HostSystemProps, VirtualDevice, VirtualMachineConfigInfo, VirtualMachineConfigSpec,
} from '../../schema/generated/types.js'
import type { MoRef, Schema } from '../../schema/model.js'
import type { Call } from '../../services/call.js'
import { refOf } from '../../services/refs.js'
import { fault } from '../../services/method-fault.js'
import { startTask, type TaskRun } from '../../services/tasks.js'
import { taskDurationMs } from '../../services/timing.js'
import { toDateTime } from '../../world/clock.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { admitReservation } from '../cluster-compute-resource/admission.js'
import { actorOf, taskEntity, truthOf } from '../truth.js'
import { changeDevices } from './devices/change.js'
import type { DeviceWork } from './devices/work.js'
import { applyFields } from './fields.js'
import { requireNoQuestion } from './power.js'
import { checkRename, renameVm } from './rename.js'
import { requireSpecPrivileges } from './spec-privileges.js'

/** Where a spec is applied: the host-side VM, and the node whose references the spec uses. */
export interface SpecContext {
  readonly tx: Transaction
  readonly schema: Schema
  readonly vm: Slot
  readonly origin: string
  readonly by: Actor
}

/** MACs that were given out while a spec was applied. */
export type AssignedMacs = ReadonlyArray<{ readonly adapter: string, readonly mac: string }>

/** ReconfigVM_Task: missing privileges fault at once, everything else fails the task. */
export function startReconfigure(call: Call, args: { spec: VirtualMachineConfigSpec }): MoRef {
  requireSpecPrivileges(call, call.self, args.spec)
  return startTask(call, {
    descriptionId: 'VirtualMachine.reconfigure',
    entity: call.self,
    job: 'vm.reconfigure',
    payload: { spec: args.spec },
    durationMs: taskDurationMs.reconfigureVm,
  })
}

/** Work of ReconfigVM_Task. */
export function reconfigureVm(run: TaskRun, { spec }: { spec: VirtualMachineConfigSpec }): void {
  const { tx } = run
  const entity = taskEntity(run)
  const vm = truthOf(tx, entity)
  const { config } = vmRecord(tx, vm).props
  if (config?.template === true && !isForTemplate(spec)) throw fault('NotSupported')
  if (spec.changeVersion !== undefined && spec.changeVersion !== '' && spec.changeVersion !== config?.changeVersion) {
    throw fault('ConcurrentAccess', {}, 'The object has been changed since it was read.')
  }
  requireNoQuestion(vmRecord(tx, vm).props)
  const by = actorOf(run)
  if (spec.name !== undefined) checkRename(tx, entity, spec.name)
  const demand = demandOf(shapeOf(vmRecord(tx, vm).props))
  const macs = applySpec({ tx, schema: run.services.schema, vm, origin: run.node.name, by }, spec, false)
  followSlot(tx, vm)
  admitReservation(run, entity, demand)
  if (spec.name !== undefined) renameVm(tx, entity, vm, spec.name, by)
  const fact = { node: vm.address.node, vm: vm.address.id, by }
  for (const item of macs) tx.emit('vm.macAssigned', { ...fact, ...item })
  tx.emit('vm.reconfigured', { ...fact, spec: { ...spec, _typeName: 'VirtualMachineConfigSpec' } })
}

/** What may change in a template: its name and its annotation (govmomi's suite, vm.markastemplate). */
function isForTemplate(spec: VirtualMachineConfigSpec): boolean {
  const allowed = new Set(['_typeName', 'name', 'annotation', 'changeVersion'])
  return Object.entries(spec).every(([field, value]) => allowed.has(field) || value === undefined)
}

/** Applies the spec of a new VM; its name and path are there already. */
export function applyNewSpec(context: SpecContext, spec: VirtualMachineConfigSpec): AssignedMacs {
  return applySpec(context, spec, true)
}

/** Edits devices of a VM that moves, on the host where it is by now. */
export function applyDevices(context: SpecContext, deviceChange: VirtualDeviceConfigSpec[]): AssignedMacs {
  return applySpec(context, { deviceChange }, false)
}

function applySpec(context: SpecContext, spec: VirtualMachineConfigSpec, creating: boolean): AssignedMacs {
  const { tx, vm } = context
  const before = vmRecord(tx, vm).props
  const config = before.config
  if (config === undefined) throw fault('InvalidState')
  const poweredOn = before.runtime.powerState === 'poweredOn'
  const suspended = before.runtime.powerState === 'suspended'
  if (suspended && changesHardware(spec)) {
    throw fault('InvalidPowerState', { requestedState: 'poweredOff', existingState: 'suspended' })
  }
  const fields = applyFields(config, spec, {
    poweredOn, creating, knowsGuest: id => knowsGuest(context.schema, id),
  })
  const work = deviceWork(context, config, poweredOn)
  const device = spec.deviceChange === undefined ? undefined : changeDevices(work, spec.deviceChange)
  write(context, fields, device, creating)
  relinkVm(tx, vm)
  if (poweredOn) {
    addLoad(tx, vm.address.node, before, -1)
    addLoad(tx, vm.address.node, vmRecord(tx, vm).props, 1)
  }
  if (device !== undefined) refreshHome(tx, vm)
  return work.macs
}

function deviceWork(context: SpecContext, config: VirtualMachineConfigInfo, poweredOn: boolean): DeviceWork {
  const { tx, schema, vm, origin } = context
  return {
    tx, schema, vm, origin, poweredOn,
    devices: config.hardware.device ?? [], newKeys: new Map(), index: 0, macs: [],
  }
}

function changesHardware(spec: VirtualMachineConfigSpec): boolean {
  return spec.numCPUs !== undefined || spec.memoryMB !== undefined || (spec.deviceChange?.length ?? 0) > 0
}

function knowsGuest(schema: Schema, guestId: string): boolean {
  return schema.enum('VirtualMachineGuestOsIdentifier')?.values.includes(guestId) ?? true
}

/** Puts the new configuration in place, with its version and what runtime repeats of it. */
function write(
  context: SpecContext, fields: VirtualMachineConfigInfo, device: VirtualDevice[] | undefined, creating: boolean,
): void {
  const { tx, vm } = context
  const record = vmRecord(tx, vm)
  const now = toDateTime(tx.now())
  const hardware = device === undefined ? fields.hardware : { ...fields.hardware, device }
  const config: VirtualMachineConfigInfo = {
    ...fields,
    hardware,
    modified: now,
    changeVersion: creating ? now : nextVersion(record.props.config?.changeVersion, now),
  }
  const host = record.props.runtime.host
  const coreMhz = host === undefined
    ? 0
    : tx.get<HostSystemProps>(vm.address.node, host.value)?.props.summary.hardware?.cpuMhz ?? 0
  const runtime = {
    ...record.props.runtime,
    maxCpuUsage: hardware.numCPU * coreMhz,
    maxMemoryUsage: hardware.memoryMB,
  }
  const props: VmProps = { ...record.props, config, runtime, ...resourceConfig(record.props, config, now) }
  tx.replace(vm, { props: { ...props }, inner: { ...record.inner } })
}

function resourceConfig(vm: VmProps, config: VirtualMachineConfigInfo, now: string): Partial<VmProps> {
  const { cpuAllocation, memoryAllocation } = config
  if (vm.resourceConfig === undefined || cpuAllocation === undefined || memoryAllocation === undefined) return {}
  return {
    resourceConfig: { ...vm.resourceConfig, changeVersion: now, lastModified: now, cpuAllocation, memoryAllocation },
  }
}

/** A version that differs from the one before, though the clock may not have moved. */
export function nextVersion(before: string | undefined, now: string): string {
  if (before === undefined || !before.startsWith(now.slice(0, -1))) return now
  const count = Number(/\.\d{3}(\d{3})Z$/.exec(before)?.[1] ?? 0) + 1
  const millis = /\.(\d+)Z$/.exec(now)?.[1]?.padEnd(3, '0') ?? '000'
  return `${now.replace(/(\.\d+)?Z$/, '')}.${millis}${String(count).padStart(3, '0')}Z`
}

/** Datastores and networks that a host-side VM uses, by its files, devices and backings. */
export function relinkVm(tx: Transaction, vm: Slot): void {
  const { node } = vm.address
  const { props } = vmRecord(tx, vm)
  const names = new Set<string>()
  const home = parseDatastorePath(props.config?.files.vmPathName ?? '')
  if (home !== undefined) names.add(home.datastore)
  const networks: MoRef[] = []
  for (const device of props.config?.hardware.device ?? []) {
    const backing = device.backing as {
      fileName?: string, network?: MoRef, port?: { portgroupKey?: string }, opaqueNetworkId?: string,
    } | undefined
    const path = backing?.fileName === undefined ? undefined : parseDatastorePath(backing.fileName)
    if (path !== undefined) names.add(path.datastore)
    const network = backing?.network ?? portgroupRef(tx, node, props, backing)
    if (network === undefined || tx.find(node, network.value) === undefined) continue
    if (!networks.some(ref => ref.value === network.value)) networks.push(network)
  }
  const datastores = [...names]
    .map(name => datastoreByName(tx, node, name))
    .filter(slot => slot !== undefined)
    .map(refOf)
  relink(tx, vm, 'datastore', datastores)
  relink(tx, vm, 'network', networks)
}

/** A distributed port group or opaque network as the host knows it, by its key. */
function portgroupRef(
  tx: Transaction, node: string, vm: VmProps,
  backing: { port?: { portgroupKey?: string }, opaqueNetworkId?: string } | undefined,
): MoRef | undefined {
  const key = backing?.port?.portgroupKey ?? backing?.opaqueNetworkId
  if (key === undefined) return undefined
  const known = vm.network?.find(ref => ref.value === key)
  if (known !== undefined) return known
  const vcenter = chassis(tx, node)?.managedBy
  if (vcenter === undefined || tx.find(vcenter, key) === undefined) return undefined
  return refOnHost(tx, vcenter, { type: 'DistributedVirtualPortgroup', value: key }, node)
}

function refreshHome(tx: Transaction, vm: Slot): void {
  const home = vmHome(tx, vm)
  if (home !== undefined) refreshDatastore(tx, home.datastore)
  patchLayout(tx, vm, [], [])
}
