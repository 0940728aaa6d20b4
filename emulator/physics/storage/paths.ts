import type { DatastoreProps, VirtualMachineProps } from '../../schema/generated/types.js'
import type { Reader, Slot } from '../../world/records.js'

/** A datastore path `[name] dir/file` in parts; `folder` has no slash at either end. */
export interface DatastorePath {
  readonly datastore: string
  readonly folder: string
  readonly file: string
}

/** Reads a datastore path; undefined when it has not the form `[name] path`. */
export function parseDatastorePath(text: string): DatastorePath | undefined {
  const match = /^\s*\[([^\]]*)\]\s*(.*?)\s*$/.exec(text)
  if (match === null) return undefined
  const path = match[2]!.replace(/^\/+/, '')
  const at = path.lastIndexOf('/')
  return {
    datastore: match[1]!,
    folder: at < 0 ? '' : path.slice(0, at),
    file: path.slice(at + 1),
  }
}

/** Writes a datastore path. */
export function datastorePath(datastore: string, folder: string, file = ''): string {
  if (folder === '') return `[${datastore}] ${file}`
  return `[${datastore}] ${folder}/${file}`
}

/** Uuid of the volume behind a datastore record: the last part of `ds:///vmfs/volumes/<uuid>/`. */
export function volumeOf(props: { readonly summary: { readonly url: string } }): string {
  const { url } = props.summary
  let end = url.length
  while (end > 0 && url[end - 1] === '/') end -= 1
  return url.slice(url.lastIndexOf('/', end - 1) + 1, end)
}

/** A host's datastore by name; a host has few. */
export function datastoreByName(reader: Reader, node: string, name: string): Slot | undefined {
  return reader.ofType(node, 'Datastore')
    .find(slot => reader.read<DatastoreProps>(slot)!.props.name === name)
}

/** Where a VM was found last: the path of its configuration, and the id of the datastore on a host. */
interface KnownHome {
  readonly path: DatastorePath
  node?: string
  datastore?: string
}

/** By the configuration's own record of its files, which a VM's records share: asked for at every lock. */
const homes = new WeakMap<object, KnownHome>()

function knownHome(vm: VirtualMachineProps): KnownHome | undefined {
  const files = vm.config?.files
  const known = files === undefined ? undefined : homes.get(files)
  if (known !== undefined || files === undefined) return known
  const path = parseDatastorePath(files.vmPathName ?? '')
  const home = path === undefined ? undefined : { path }
  if (home !== undefined && Object.isFrozen(files)) homes.set(files, home)
  return home
}

/** Where the configuration file of a VM lies: datastore slot, folder and file. */
export function homeOf(reader: Reader, node: string, vm: VirtualMachineProps):
{ datastore: Slot, path: DatastorePath } | undefined {
  const home = knownHome(vm)
  if (home === undefined) return undefined
  const { path } = home
  if (home.node === node && home.datastore !== undefined) {
    const last = reader.find(node, home.datastore)
    if (last !== undefined && reader.read<DatastoreProps>(last)!.props.name === path.datastore) {
      return { datastore: last, path }
    }
  }
  const datastore = datastoreByName(reader, node, path.datastore)
  if (datastore === undefined) return undefined
  home.node = node
  home.datastore = datastore.address.id
  return { datastore, path }
}
