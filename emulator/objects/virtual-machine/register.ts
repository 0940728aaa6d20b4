import { hostVmId } from '../../physics/management/ids.js'
import { LAB } from '../../physics/hardware/chassis.js'
import { vmRecord, type VmInner, type VmProps } from '../../physics/compute/vm.js'
import { followSlot } from '../../physics/management/mirror.js'
import { attachVm } from '../../physics/management/tree.js'
import { refOnHost } from '../../physics/management/truth.js'
import { filesIn, hostNodes, type VolumeFolderInner } from '../../physics/storage/files.js'
import { datastorePath, homeOf, volumeOf } from '../../physics/storage/paths.js'
import type { MoRef } from '../../schema/model.js'
import { refOf } from '../../services/refs.js'
import { fault, invalidArgument, notEmulated } from '../../services/method-fault.js'
import type { TaskRun } from '../../services/tasks.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { requireFreeName, storedName } from '../entity-names.js'
import { actorOf, slotOf, taskEntity } from '../truth.js'
import { findHome, hostOf, type Home } from './create.js'
import { resultRef, type SavedVm } from './lifecycle.js'
import { chooseHost, requireUsable, type Target } from './placement.js'
import { relinkVm } from './reconfigure.js'

/** Arguments of RegisterVM_Task. */
export interface RegisterPayload {
  readonly path: string
  readonly name?: string
  readonly asTemplate: boolean
  readonly pool?: MoRef
  readonly host?: MoRef
  readonly folder?: MoRef
}

/**
 * Work of RegisterVM_Task: reads the configuration that the .vmx file holds. Returns the VM.
 * @throws InvalidDatastorePath, NotFound (no such file), AlreadyExists (registered there already).
 */
export function registerVm(run: TaskRun, payload: RegisterPayload): MoRef {
  const { tx } = run
  const folder = payload.folder === undefined ? taskEntity(run) : slotOf(run, payload.folder)
  if (payload.asTemplate && payload.host === undefined) throw invalidArgument('host')
  const target = chooseHost(run, payload.asTemplate ? undefined : payload.pool, payload.host, () => true)
  requireUsable(run, target)
  const home = findHome(tx, target.host, target.hostNode, payload.path)
  requireNotRegistered(tx, target.hostNode, home)
  const saved = readVmx(tx, home)
  const name = storedName(payload.name ?? saved.props.name)
  requireFreeName(tx, folder, name)
  const slot = recreate(run, { target, home, saved, name, folder, template: payload.asTemplate })
  attachVm(tx, slot)
  relinkVm(tx, slot)
  followSlot(tx, slot)
  tx.emit('vm.registered', { node: target.hostNode, vm: slot.address.id, by: actorOf(run) })
  return resultRef(run, slot)
}

function requireNotRegistered(tx: Transaction, hostNode: string, home: Home): void {
  const found = registeredAt(tx, [hostNode], home)
  if (found === undefined) return
  throw fault('AlreadyExists', { name: datastorePath(home.path.datastore, home.path.folder, home.path.file) })
}

/** The VM that has a .vmx file registered, on any of some hosts. */
function registeredAt(tx: Transaction, nodes: readonly string[], home: Home): Slot | undefined {
  for (const node of nodes) {
    for (const slot of tx.ofType(node, 'VirtualMachine')) {
      const { props } = vmRecord(tx, slot)
      if (props.config?.files.vmPathName?.endsWith(`/${home.path.file}`) !== true) continue
      const own = homeOf(tx, node, props)
      if (own === undefined || own.path.folder !== home.path.folder) continue
      if (volumeOf(tx.read<{ summary: { url: string } }>(own.datastore)!.props) === home.volume) return slot
    }
  }
  return undefined
}

/** The content of a .vmx file: kept with it, or that of the VM which has it registered elsewhere. */
function readVmx(tx: Transaction, home: Home): SavedVm {
  const { path, volume } = home
  if (filesIn(tx, volume, path.folder)?.[path.file] === undefined) throw fault('NotFound')
  const folder = tx.get<object, VolumeFolderInner>(LAB, `${volume}/${path.folder}`)
  const saved = folder?.inner.saved?.[path.file] as SavedVm | undefined
  if (saved !== undefined) return saved
  const elsewhere = registeredAt(tx, hostNodes(tx), home)
  if (elsewhere === undefined) throw notEmulated('path (a .vmx file that no VM of the lab ever had)')
  const { props, inner } = vmRecord(tx, elsewhere)
  return inner.guest === undefined ? { props } : { props, guest: inner.guest }
}

interface Recreation {
  readonly target: Target
  readonly home: Home
  readonly saved: SavedVm
  readonly name: string
  readonly folder: Slot
  readonly template: boolean
}

function recreate(run: TaskRun, what: Recreation): Slot {
  const { tx } = run
  const { target, home, saved, name, folder } = what
  const { hostNode } = target
  const id = hostVmId(tx, hostNode)
  const host = hostOf(tx, hostNode)
  const remote = hostNode !== run.node.name
  const pool = target.pool === undefined
    ? undefined
    : refOnHost(tx, run.node.name, refOf(target.pool), hostNode)
  const { config } = saved.props
  const vmPathName = datastorePath(home.path.datastore, home.path.folder, home.path.file)
  const props: VmProps = {
    ...saved.props,
    name,
    parent: { type: 'Folder', value: 'ha-folder-vm' },
    resourcePool: pool ?? { type: 'ResourcePool', value: 'ha-root-pool' },
    config: config === undefined
      ? undefined as never
      : { ...config, name, template: what.template, files: { ...config.files, vmPathName } },
    runtime: offRuntime(saved.props, { type: 'HostSystem', value: host.address.id }),
    summary: { ...saved.props.summary, vm: { type: 'VirtualMachine', value: id } },
    datastore: [refOf(home.datastore)],
    network: onThisHost(tx, hostNode, saved.props.network ?? []),
    recentTask: [],
    permission: [],
  }
  const inner: VmInner = {
    ...(saved.guest === undefined ? {} : { guest: saved.guest }),
    ...(remote ? { placement: placementOf(run, folder, target) } : {}),
  }
  return tx.create<VmProps, VmInner>({ node: hostNode, type: 'VirtualMachine', id }, { props, inner })
}

function placementOf(run: TaskRun, folder: Slot, target: Target): NonNullable<VmInner['placement']> {
  const base = { vcenter: run.node.name, folder: folder.address.id }
  return target.pool === undefined ? base : { ...base, pool: target.pool.address.id }
}

function offRuntime(vm: VmProps, host: MoRef): VmProps['runtime'] {
  const { bootTime: _boot, ...rest } = vm.runtime
  const powerState = rest.powerState === 'suspended' ? 'suspended' : 'poweredOff'
  return { ...rest, host, powerState, connectionState: 'connected' }
}

/** References of the same names that the host has; ids of host networks begin alike on all hosts. */
function onThisHost(tx: Transaction, hostNode: string, refs: readonly MoRef[]): MoRef[] {
  return refs.filter(ref => tx.find(hostNode, ref.value) !== undefined)
}
