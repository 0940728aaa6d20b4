import type { MoRef } from '../schema/model.js'
import { declaredAlarmState } from '../services/alarms/declared.js'
import { effectiveRole } from '../services/authorization/effective-role.js'
import { requirePrivilege } from '../services/authorization/check.js'
import type { Call } from '../services/call.js'
import { fault, notEmulated } from '../services/method-fault.js'
import { startTask, type TaskRun } from '../services/tasks.js'
import { taskDurationMs } from '../services/timing.js'
import { defineManagedObject, type Definition } from './define.js'
import { destroyCompute } from './compute-resource.js'
import { destroyDatacenter, renameDatacenter } from './datacenter.js'
import { destroyDatastore, renameDatastore } from './datastore.js'
import { renameEntity } from './entity-rename.js'
import { destroyFolder } from './folder/destroy.js'
import { destroyHost, removeHosts } from './host-system/remove.js'
import { destroyNetwork } from './network.js'
import { destroyPool } from './resource-pool/destroy.js'
import { actorOf, taskEntity, truthOf } from './truth.js'
import { destroyVm } from './virtual-machine/lifecycle.js'
import { checkRename, renameVm } from './virtual-machine/rename.js'

/** What Rename_Task and Destroy_Task need and do for a type. */
interface EntityKind {
  readonly renamePrivilege: string
  readonly destroyPrivilege: string
  readonly rename: (run: TaskRun, newName: string) => void
  readonly destroy: (run: TaskRun) => void
}

/** By managed type, exactly (network-security.md 11.5). */
const kinds: Readonly<Record<string, EntityKind>> = {
  VirtualMachine: {
    renamePrivilege: 'VirtualMachine.Config.Rename', destroyPrivilege: 'VirtualMachine.Inventory.Delete',
    rename: renameVirtualMachine, destroy: destroyVm,
  },
  Folder: {
    renamePrivilege: 'Folder.Rename', destroyPrivilege: 'Folder.Delete',
    rename: renameEntity, destroy: destroyFolder,
  },
  StoragePod: {
    renamePrivilege: 'Folder.Rename', destroyPrivilege: 'Folder.Delete',
    rename: renameEntity, destroy: destroyFolder,
  },
  Datacenter: {
    renamePrivilege: 'Datacenter.Rename', destroyPrivilege: 'Datacenter.Delete',
    rename: renameDatacenter, destroy: destroyDatacenter,
  },
  ResourcePool: {
    renamePrivilege: 'Resource.RenamePool', destroyPrivilege: 'Resource.DeletePool',
    rename: renameEntity, destroy: destroyPool,
  },
  VirtualApp: {
    renamePrivilege: 'VApp.Rename', destroyPrivilege: 'VApp.Delete', rename: renameEntity, destroy: destroyPool,
  },
  ClusterComputeResource: {
    renamePrivilege: 'Host.Inventory.RenameCluster', destroyPrivilege: 'Host.Inventory.DeleteCluster',
    rename: renameEntity, destroy: destroyWithHosts,
  },
  ComputeResource: {
    renamePrivilege: 'Host.Inventory.RenameCluster', destroyPrivilege: 'Host.Inventory.RemoveHostFromCluster',
    rename: renameEntity, destroy: destroyWithHosts,
  },
  HostSystem: {
    renamePrivilege: 'Host.Inventory.MoveHost', destroyPrivilege: 'Host.Inventory.RemoveHostFromCluster',
    rename: unsupported, destroy: destroyHost,
  },
  Datastore: {
    renamePrivilege: 'Datastore.Rename', destroyPrivilege: 'Datastore.Delete',
    rename: renameDatastore, destroy: destroyDatastore,
  },
  Network: {
    renamePrivilege: 'Network.Config', destroyPrivilege: 'Network.Delete',
    rename: unsupported, destroy: destroyNetwork,
  },
}

export const managedEntity: Definition = defineManagedObject('ManagedEntity', {
  methods: {
    Rename_Task: (call: Call, { newName }: { newName: string }): MoRef => {
      const kind = kindOf(call)
      requirePrivilege(call, call.self, kind.renamePrivilege)
      return start(call, 'rename', { newName }, taskDurationMs.rename)
    },
    Destroy_Task: (call: Call): MoRef => {
      const kind = kindOf(call)
      requirePrivilege(call, call.self, kind.destroyPrivilege)
      const isVm = call.self.address.type === 'VirtualMachine'
      return start(call, 'destroy', {}, isVm ? taskDurationMs.destroyVm : taskDurationMs.destroyEntity)
    },
    Reload: reload,
  },
  virtual: { declaredAlarmState, effectiveRole },
  jobs: {
    'entity.rename': (run: TaskRun, { newName }: { newName: string }) =>
      kinds[run.entity.type]!.rename(run, newName),
    'entity.destroy': (run: TaskRun) => kinds[run.entity.type]!.destroy(run),
  },
})

const hostsOwn: ReadonlySet<string> = new Set(['HostSystem', 'ComputeResource'])

function kindOf(call: Call): EntityKind {
  const { type } = call.self.address
  // A host cannot take itself out of its own inventory, and is called what it is called.
  if (hostsOwn.has(type) && call.node.kind !== 'vcenter') throw fault('NotSupported')
  if (type === 'HostSystem' && call.method.name === 'Rename_Task') throw fault('NotSupported')
  const kind = kinds[type]
  if (kind !== undefined) return kind
  throw notEmulated(`${call.method.name} of ${type}`)
}

function start(call: Call, verb: 'rename' | 'destroy', payload: unknown, durationMs: number): MoRef {
  return startTask(call, {
    descriptionId: `${call.self.address.type}.${verb}`,
    entity: call.self,
    job: `entity.${verb}`,
    payload,
    durationMs,
  })
}

/** Reload: state is never stale here; what it can tell is whether the host still answers. */
function reload(call: Call): void {
  const { type } = call.self.address
  if (type === 'VirtualMachine' || type === 'HostSystem') truthOf(call.tx, call.self)
}

function renameVirtualMachine(run: TaskRun, newName: string): void {
  const entity = taskEntity(run)
  checkRename(run.tx, entity, newName)
  renameVm(run.tx, entity, truthOf(run.tx, entity), newName, actorOf(run))
}

/** A compute resource goes with its hosts. */
function destroyWithHosts(run: TaskRun): void {
  removeHosts(run, taskEntity(run))
  destroyCompute(run)
}

function unsupported(): never {
  throw fault('NotSupported')
}
