import { folderProps, storagePodProps, type FolderKind } from '../../inventory/folder.js'
import { vcenterId, type VcenterPrefix } from '../../physics/management/ids.js'
import { addChild } from '../../physics/management/tree.js'
import type { FolderMethods, FolderProps, StoragePodProps } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { Call } from '../../services/call.js'
import { refOf } from '../../services/refs.js'
import { fault } from '../../services/method-fault.js'
import type { Slot } from '../../world/records.js'
import { announceDatacenter, createDatacenter } from '../datacenter.js'
import { requireFreeName, storedName } from '../entity-names.js'
import type { ClusterSpec } from '../cluster-compute-resource/change.js'
import { newCluster } from './cluster.js'

/** A kind of folder: what tells it, in `childType`, and how its subfolders' ids begin. */
const folderKinds: ReadonlyArray<readonly [string, FolderKind, VcenterPrefix]> = [
  ['Datacenter', 'root', 'group-d'],
  ['VirtualMachine', 'vm', 'group-v'],
  ['ComputeResource', 'host', 'group-h'],
  ['StoragePod', 'datastore', 'group-s'],
  ['Network', 'network', 'group-n'],
]

/** CreateFolder: the new folder holds what its parent holds. Returns it. */
export function createFolder(call: Call, { name }: FolderMethods['CreateFolder']['args']): MoRef {
  const found = kindOf(call)
  if (found === undefined) throw fault('NotSupported')
  const [, kind, prefix] = found
  const stored = freeName(call, name)
  const id = vcenterId(call.tx, call.node.name, prefix)
  const props = folderProps(stored, kind, refOf(call.self), [])
  return add(call, call.tx.create<FolderProps, object>(
    { node: call.node.name, type: 'Folder', id }, { props, inner: {} }))
}

/** CreateStoragePod: a datastore cluster, in a folder of datastores. */
export function createStoragePod(call: Call, { name }: FolderMethods['CreateStoragePod']['args']): MoRef {
  if (kindOf(call)?.[1] !== 'datastore') throw fault('NotSupported')
  const stored = freeName(call, name)
  const id = vcenterId(call.tx, call.node.name, 'group-p')
  const props = storagePodProps(stored, refOf(call.self), [], 0, 0)
  return add(call, call.tx.create<StoragePodProps, object>(
    { node: call.node.name, type: 'StoragePod', id }, { props, inner: {} }))
}

/** CreateDatacenter: only below the root folder and folders of datacenters. */
export function createDatacenterHere(call: Call, { name }: FolderMethods['CreateDatacenter']['args']): MoRef {
  if (kindOf(call)?.[1] !== 'root') throw fault('NotSupported')
  const slot = createDatacenter(call.tx, call.node, call.self, freeName(call, name))
  announceDatacenter(call, slot)
  return refOf(slot)
}

/** CreateCluster and CreateClusterEx: an empty cluster, in a folder of hosts. */
export function createCluster(call: Call, { name, spec }: { name: string, spec: ClusterSpec }): MoRef {
  if (kindOf(call)?.[1] !== 'host') throw fault('NotSupported')
  return refOf(newCluster(call, freeName(call, name), spec))
}

function kindOf(call: Call): (typeof folderKinds)[number] | undefined {
  const types = call.tx.read<FolderProps>(call.self)!.props.childType ?? []
  return folderKinds.find(([type]) => types.includes(type))
}

function freeName(call: Call, name: string): string {
  const stored = storedName(name)
  requireFreeName(call.tx, call.self, stored)
  return stored
}

function add(call: Call, slot: Slot): MoRef {
  addChild(call.tx, call.self, slot)
  return refOf(slot)
}
