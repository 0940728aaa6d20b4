import { filesIn } from '../physics/storage/files.js'
import { foldersFrom, isFolder, join, removeTree, subfolders } from '../physics/storage/file-tree.js'
import { datastorePath as pathText } from '../physics/storage/paths.js'
import type {
  HostDatastoreBrowserMethods, HostDatastoreBrowserProps, HostDatastoreBrowserSearchResults,
  HostDatastoreBrowserSearchSpec,
} from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import { requirePrivilege } from '../services/authorization/check.js'
import type { Call } from '../services/call.js'
import { refOf } from '../services/refs.js'
import { createTask, type TaskRun } from '../services/tasks.js'
import { fileInfos, type Listing } from './datastore-file-infos.js'
import { fileNotFound, placeOf, requireUnlocked, showSpaceOf, storeOf, type NamedStore } from './datastore-files.js'
import { defineManagedObject, partial, type Definition } from './define.js'
import { slotOf, userOf } from './truth.js'

interface Search {
  readonly browser: MoRef
  readonly path: string
  readonly spec: HostDatastoreBrowserSearchSpec | undefined
}

type SearchArgs = HostDatastoreBrowserMethods['SearchDatastore_Task']['args']

const LEFT_OUT = 'filters of queries, and details of theirs but type, capacity and extents of a disk'

/** HostDatastoreBrowser: files of the datastores of a host, of a compute resource, or of one datastore. */
export const hostDatastoreBrowser: Definition = defineManagedObject('HostDatastoreBrowser', {
  methods: {
    SearchDatastore_Task: partial((call: Call, args: SearchArgs) =>
      start(call, 'search', 'datastore.search', args), LEFT_OUT),
    SearchDatastoreSubFolders_Task: partial((call: Call, args: SearchArgs) =>
      start(call, 'searchSubFolders', 'datastore.searchSubFolders', args), LEFT_OUT),
    DeleteFile: deleteFile,
  },
  jobs: {
    'datastore.search': (run: TaskRun, search: Search) => {
      const found = find(run, search)
      return { _typeName: 'HostDatastoreBrowserSearchResults', ...resultOf(run, found, found.folder, search.spec) }
    },
    'datastore.searchSubFolders': (run: TaskRun, search: Search) => {
      const found = find(run, search)
      const folders = foldersFrom(run.tx, found.named.volume, found.folder)
      const all = [...new Set([found.folder, ...folders])]
      return {
        _typeName: 'ArrayOfHostDatastoreBrowserSearchResults',
        _value: all.map(folder => resultOf(run, found, folder, search.spec)),
      }
    },
  },
})

/** The task's errors are those of the path; a missing privilege on the datastore faults at once. */
function start(call: Call, method: string, job: string, { datastorePath, searchSpec }: SearchArgs): MoRef {
  const among = call.tx.read<HostDatastoreBrowserProps>(call.self)!.props.datastore ?? []
  const { store } = storeOf(call.tx, call.node.name, among, datastorePath)
  requirePrivilege(call, store, 'Datastore.Browse')
  const payload: Search = { browser: refOf(call.self), path: datastorePath, spec: searchSpec }
  return refOf(createTask(call.tx, call.services, call.node, {
    descriptionId: `host.DatastoreBrowser.${method}`, entity: store, job, payload,
    name: call.method.name, userName: userOf(call), opId: call.opId,
  }))
}

interface Found {
  readonly named: NamedStore
  /** The folder that is searched, in the volume. */
  readonly folder: string
}

/** @throws FileNotFound for a folder that is not there */
function find(run: TaskRun, { browser, path }: Search): Found {
  const { datastore = [] } = run.tx.read<HostDatastoreBrowserProps>(slotOf(run, browser))!.props
  const named = storeOf(run.tx, run.node.name, datastore, path)
  const { folder, file } = named.path
  const wanted = file === '' ? folder : join(folder, file)
  if (wanted !== '' && !isFolder(run.tx, named.volume, wanted)) throw fileNotFound(path)
  return { named, folder: wanted }
}

function resultOf(
  { tx, node }: TaskRun, { named }: Found, folder: string, spec: HostDatastoreBrowserSearchSpec | undefined,
): HostDatastoreBrowserSearchResults {
  const listing: Listing = {
    files: filesIn(tx, named.volume, folder) ?? {},
    folders: subfolders(tx, named.volume, folder),
    bootTime: bootTimeOf({ tx, node }),
  }
  return {
    datastore: refOf(named.store),
    folderPath: folder === '' ? `[${named.path.datastore}]` : pathText(named.path.datastore, folder),
    file: fileInfos(listing, spec),
  }
}

/** Files that the lab began with are as old as what runs on it. */
function bootTimeOf({ tx, node }: Pick<TaskRun, 'tx' | 'node'>): string | undefined {
  const [host] = tx.ofType(node.name, 'HostSystem')
  return host === undefined ? undefined : tx.read<{ runtime: { bootTime?: string } }>(host)!.props.runtime.bootTime
}

/**
 * DeleteFile: a file, or a folder with what is in it.
 * @throws FileNotFound, FileLocked for a file of a VM that runs, InvalidDatastorePath
 */
function deleteFile(call: Call, { datastorePath }: { datastorePath: string }): void {
  const among = call.tx.read<HostDatastoreBrowserProps>(call.self)!.props.datastore ?? []
  const named = storeOf(call.tx, call.node.name, among, datastorePath)
  requirePrivilege(call, named.store, 'Datastore.DeleteFile')
  const place = placeOf(call.tx, named, datastorePath)
  requireUnlocked(call.tx, named, place)
  removeTree(call.tx, place)
  showSpaceOf(call.tx, named.store)
}
