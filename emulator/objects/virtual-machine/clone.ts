import { powerOn } from '../../physics/compute/power.js'
import { vmRecord, type VmProps } from '../../physics/compute/vm.js'
import { followSlot, mirrorOf } from '../../physics/management/mirror.js'
import { setPool } from '../../physics/management/tree.js'
import { refOnHost } from '../../physics/management/truth.js'
import { refreshDatastore } from '../../physics/storage/files.js'
import { parseDatastorePath } from '../../physics/storage/paths.js'
import type { DatastoreProps, VirtualMachineCloneSpec } from '../../schema/generated/types.js'
import type { MoRef, Schema } from '../../schema/model.js'
import { requirePrivilege } from '../../services/authorization/check.js'
import type { Call } from '../../services/call.js'
import { refOf } from '../../services/refs.js'
import { fault, invalidArgument, notEmulated } from '../../services/method-fault.js'
import { startTask, type TaskRun } from '../../services/tasks.js'
import { taskDurationMs } from '../../services/timing.js'
import type { Slot } from '../../world/records.js'
import { requireFreeName, storedName } from '../entity-names.js'
import { actorOf, isInstant, slotOf, taskEntity, truthOf } from '../truth.js'
import { announceBeingCloned, announceCloned } from './clone-events.js'
import { copyOf } from './clone-copy.js'
import { createOnHost, findHome, newHome } from './create.js'
import { chooseHost, requireUsable, type Target } from './placement.js'
import { announce, powerFault } from './power.js'
import { applyDevices, applyNewSpec, relinkVm } from './reconfigure.js'

interface CloneArgs {
  readonly folder: MoRef
  readonly name: string
  readonly spec: VirtualMachineCloneSpec
}

/** CloneVM_Task: full copies, whose network cards may change on the way; a stand-alone host has no such thing (operations.md 11.3). */
export function startClone(call: Call, args: CloneArgs): MoRef {
  if (call.node.kind !== 'vcenter') throw fault('NotSupported')
  const { props } = vmRecord(call.tx, call.self)
  const fromTemplate = props.config?.template === true
  requirePrivilege(call, call.self, `VirtualMachine.Provisioning.${privilege(fromTemplate, args.spec.template)}`)
  requirePrivilege(call, slotOf(call, args.folder), 'VirtualMachine.Inventory.CreateFromExisting')
  const { pool, datastore } = args.spec.location
  if (pool !== undefined) requirePrivilege(call, slotOf(call, pool), 'Resource.AssignVMToPool')
  if (datastore !== undefined) requirePrivilege(call, slotOf(call, datastore), 'Datastore.AllocateSpace')
  refuseRest(call.services.schema, args.spec)
  if (fromTemplate && !args.spec.template && pool === undefined) throw invalidArgument('spec.location.pool')
  return startTask(call, {
    descriptionId: 'VirtualMachine.clone', entity: call.self, job: 'vm.clone', payload: args,
    durationMs: taskDurationMs.cloneVm,
  })
}

function privilege(fromTemplate: boolean, toTemplate: boolean): string {
  if (fromTemplate) return toTemplate ? 'CloneTemplate' : 'DeployTemplate'
  return toTemplate ? 'CreateTemplateFromVM' : 'Clone'
}

function refuseRest(schema: Schema, spec: VirtualMachineCloneSpec): void {
  if (spec.customization !== undefined) throw notEmulated('spec.customization')
  if (spec.snapshot !== undefined) throw notEmulated('spec.snapshot')
  if (spec.memory === true) throw notEmulated('spec.memory')
  const { location } = spec
  if (location.diskMoveType === 'createNewChildDiskBacking') throw notEmulated('spec.location.diskMoveType')
  location.deviceChange?.forEach(({ device }, index) => {
    if (!schema.isA(device._typeName ?? '', 'VirtualEthernetCard')) throw notEmulated(`spec.location.deviceChange[${index}]`)
  })
  for (const field of ['service', 'disk', 'profile', 'cryptoSpec'] as const) {
    const value = location[field]
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) {
      throw notEmulated(`spec.location.${field}`)
    }
  }
}

/** Work of CloneVM_Task. Returns the new VM. */
export function cloneVm(run: TaskRun, { folder, name, spec }: CloneArgs): MoRef {
  const { tx } = run
  const source = taskEntity(run)
  const folderSlot = slotOf(run, folder)
  const stored = storedName(name)
  requireFreeName(tx, folderSlot, stored)
  const from = vmRecord(tx, truthOf(tx, source))
  const target = targetOf(run, source, spec)
  requireUsable(run, target)
  announceBeingCloned(run, source, { folder: folderSlot, name: stored, host: target.host })
  const path = `[${datastoreName(run, source, spec)}]`
  const home = newHome(tx, findHome(tx, target.host, target.hostNode, path), stored)
  const slot = createOnHost(tx, {
    hostNode: target.hostNode, name: stored, spec: {}, home, by: actorOf(run),
    pool: target.pool === undefined
      ? undefined
      : refOnHost(tx, run.node.name, refOf(target.pool), target.hostNode),
    placement: {
      vcenter: run.node.name, folder: folder.value,
      ...(target.pool === undefined ? {} : { pool: target.pool.address.id }),
    },
  })
  copyOf(tx, { from, to: slot, fromNode: truthOf(tx, source).address.node, vcenter: run.node.name, template: spec.template })
  relinkVm(tx, slot)
  const context = { tx, schema: run.services.schema, vm: slot, origin: run.node.name, by: actorOf(run) }
  applyDevices(context, spec.location.deviceChange ?? [])
  if (spec.config !== undefined) applyNewSpec(context, spec.config)
  refreshDatastore(tx, home.datastore)
  followSlot(tx, slot)
  const made = mirrorOf(tx, run.node.name, target.hostNode, slot.address.id)!
  if (spec.template) setPool(tx, made, undefined)
  announceCloned(run, source, made)
  if (spec.powerOn && !spec.template) start(run, slot)
  return refOf(made)
}

/** Pool and host as asked for; a clone of a VM stays where the VM is when nothing is. */
function targetOf(run: TaskRun, source: Slot, spec: VirtualMachineCloneSpec): Target {
  const { props } = vmRecord(run.tx, source)
  const { location } = spec
  const pool = location.pool ?? props.resourcePool
  const stays = location.host === undefined && (location.pool === undefined || location.pool.value === props.resourcePool?.value)
  const host = location.host ?? (stays || spec.template ? props.runtime.host : undefined)
  const wanted = datastoreName(run, source, spec)
  return chooseHost(run, spec.template ? location.pool : pool, host, candidate => {
    const refs = run.tx.read<{ datastore?: MoRef[] }>(candidate)!.props.datastore ?? []
    return refs.some(ref => run.tx.get<DatastoreProps>(run.node.name, ref.value)?.props.name === wanted)
  })
}

function datastoreName(run: TaskRun, source: Slot, spec: VirtualMachineCloneSpec): string {
  const { datastore } = spec.location
  if (datastore !== undefined) return run.tx.read<DatastoreProps>(slotOf(run, datastore))!.props.name
  const path = vmRecord(run.tx, source).props.config?.files.vmPathName ?? ''
  return parseDatastorePath(path)?.datastore ?? ''
}

function start(run: TaskRun, slot: Slot): void {
  const { tx } = run
  const by = actorOf(run)
  announce(tx, slot, 'powerOn', vmRecord(tx, slot).props as VmProps, by)
  const refusal = powerOn(tx, slot, { by, instant: isInstant(run) })
  if (refusal !== undefined) throw powerFault(tx, slot, 'powerOn', refusal)
}
