import {
  copyTree, isFolder, join, makeFolders, placeAt, removeTree, treePath, type TreePlace,
} from '../physics/storage/file-tree.js'
import { makeFolder } from '../physics/storage/files.js'
import type { DatacenterProps, FileManagerMethods } from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import { requirePrivilege } from '../services/authorization/check.js'
import type { Call } from '../services/call.js'
import { refOf } from '../services/refs.js'
import { fault, invalidArgument } from '../services/method-fault.js'
import { createTask, type TaskRun } from '../services/tasks.js'
import { taskDurationMs } from '../services/timing.js'
import type { Reader } from '../world/records.js'
import { fileNotFound, placeOf, requireUnlocked, showSpaceOf, storeOf, type NamedStore } from './datastore-files.js'
import { defineManagedObject, partial, type Definition } from './define.js'
import { slotOf, userOf } from './truth.js'

type Args<M extends keyof FileManagerMethods> = FileManagerMethods[M]['args']

/** Files and folders of datastores by path; the data of a disk is a file of its own. */
export const fileManager: Definition = defineManagedObject('FileManager', {
  methods: {
    MakeDirectory: makeDirectory,
    DeleteDatastoreFile_Task: partial(startDelete, 'a VM whose configuration is deleted stays accessible'),
    CopyDatastoreFile_Task: (call: Call, args: Args<'CopyDatastoreFile_Task'>) => startTransfer(call, 'copyFile', args),
    MoveDatastoreFile_Task: partial((call: Call, args: Args<'MoveDatastoreFile_Task'>) =>
      startTransfer(call, 'moveFile', args), 'a VM whose configuration is moved stays accessible'),
  },
  jobs: { 'file.delete': deleteWork, 'file.copyFile': copyWork, 'file.moveFile': moveWork },
})

/** A path with the datacenter that it is meant in. */
interface Named {
  readonly name: string
  readonly datacenter?: MoRef | undefined
}

/**
 * The datastore that a path means.
 * @throws InvalidArgument `datacenter` when vCenter is told a path without one; else as `storeOf`
 */
function find(at: { tx: Reader, node: { name: string, kind: string } }, { name, datacenter }: Named): NamedStore {
  const { tx, node } = at
  const slot = datacenter === undefined
    ? node.kind === 'esxi' ? tx.ofType(node.name, 'Datacenter')[0] : undefined
    : slotOf(at, datacenter)
  if (slot === undefined) throw invalidArgument('datacenter')
  return storeOf(tx, node.name, tx.read<DatacenterProps>(slot)!.props.datastore ?? [], name)
}

/** The same, for a caller who may manage its files. */
function findManaged(call: Call, named: Named): NamedStore {
  const found = find(call, named)
  requirePrivilege(call, found.store, 'Datastore.FileManagement')
  return found
}

/** MakeDirectory. @throws FileAlreadyExists, FileNotFound when the folder above is not there */
function makeDirectory(call: Call, args: Args<'MakeDirectory'>): void {
  const { volume, path: { folder, file } } = findManaged(call, args)
  const path = file === '' ? folder : join(folder, file)
  if (placeAt(call.tx, volume, folder, file) !== undefined) throw alreadyExists(args.name)
  if (args.createParentDirectories === true) makeFolders(call.tx, volume, path)
  else if (folder !== '' && file !== '' && !isFolder(call.tx, volume, folder)) throw fileNotFound(args.name)
  else makeFolder(call.tx, volume, path)
}

/** DeleteDatastoreFile_Task: a folder goes with all that is in it. */
function startDelete(call: Call, { name, datacenter }: Args<'DeleteDatastoreFile_Task'>): MoRef {
  findManaged(call, { name, datacenter })
  return start(call, 'deleteFile', 'file.delete', { name, ...optional('datacenter', datacenter) }, taskDurationMs.fileDelete)
}

interface Transfer {
  readonly from: Named
  readonly to: Named
  readonly force: boolean
}

/** CopyDatastoreFile_Task, MoveDatastoreFile_Task; without a datacenter of its own the target is in the source's. */
function startTransfer(call: Call, how: 'copyFile' | 'moveFile', args: Args<'CopyDatastoreFile_Task'>): MoRef {
  const from: Named = { name: args.sourceName, ...optional('datacenter', args.sourceDatacenter) }
  const to: Named = {
    name: args.destinationName, ...optional('datacenter', args.destinationDatacenter ?? args.sourceDatacenter),
  }
  findManaged(call, from)
  findManaged(call, to)
  const payload: Transfer = { from, to, force: args.force === true }
  return start(call, how, `file.${how}`, payload, how === 'copyFile' ? taskDurationMs.fileCopy : taskDurationMs.fileMove)
}

function optional<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  return value === undefined ? {} : { [key]: value } as { readonly [P in K]?: T }
}

function start(call: Call, method: string, job: string, payload: unknown, durationMs: number): MoRef {
  return refOf(createTask(call.tx, call.services, call.node, {
    descriptionId: `FileManager.${method}`, entity: undefined, job, payload, durationMs,
    name: call.method.name, userName: userOf(call), opId: call.opId,
  }))
}

/** @throws FileNotFound, FileLocked */
function deleteWork(run: TaskRun, named: Named): void {
  const found = find(run, named)
  const place = placeOf(run.tx, found, named.name)
  // The root of a datastore is no file of it.
  if (treePath(place) === '') throw invalidArgument('name')
  requireUnlocked(run.tx, found, place)
  removeTree(run.tx, place)
  showSpaceOf(run.tx, found.store)
}

function copyWork(run: TaskRun, transfer: Transfer): void {
  transferWork(run, transfer)
}

function moveWork(run: TaskRun, transfer: Transfer): void {
  const { source, place } = transferWork(run, transfer)
  removeTree(run.tx, place)
  showSpaceOf(run.tx, source.store)
}

/** @throws FileNotFound, FileLocked, FileAlreadyExists without `force`, NoDiskSpace */
function transferWork(run: TaskRun, { from, to, force }: Transfer): { source: NamedStore, place: TreePlace } {
  const { tx } = run
  const source = find(run, from)
  const target = find(run, to)
  const place = placeOf(tx, source, from.name)
  const { folder, file } = target.path
  const goal: TreePlace = place.file === ''
    ? { volume: target.volume, folder: file === '' ? folder : join(folder, file), file: '' }
    : { volume: target.volume, folder, file: file === '' ? place.file : file }
  requireUnlocked(tx, source, place)
  if (treePath(place) === '' || inside(goal, place)) throw invalidArgument('destinationName')
  if (folder !== '' && file !== '' && !isFolder(tx, target.volume, folder)) throw fileNotFound(to.name)
  const there = placeAt(tx, goal.volume, goal.file === '' ? parentOf(goal.folder) : goal.folder,
    goal.file === '' ? goal.folder.slice(goal.folder.lastIndexOf('/') + 1) : goal.file)
  if (there !== undefined) {
    if (!force || (there.file === '') !== (place.file === '')) throw alreadyExists(to.name)
    requireUnlocked(tx, target, there)
    removeTree(tx, there)
  }
  if (!copyTree(tx, place, goal)) {
    throw fault('NoDiskSpace', { file: to.name, datastore: target.path.datastore },
      `Insufficient disk space on datastore '${target.path.datastore}'.`)
  }
  showSpaceOf(tx, target.store)
  return { source, place }
}

function parentOf(folder: string): string {
  return folder.slice(0, Math.max(0, folder.lastIndexOf('/')))
}

/** True if a place is another one, or below it. */
function inside(place: TreePlace, other: TreePlace): boolean {
  return place.volume === other.volume && `${treePath(place)}/`.startsWith(`${treePath(other)}/`)
}

function alreadyExists(file: string): Error {
  return fault('FileAlreadyExists', { file }, `The file ${file} already exists`)
}
