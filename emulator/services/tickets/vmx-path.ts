import { datastoreByName, datastorePath, homeOf, volumeOf } from '../../physics/storage/paths.js'
import type { DatastoreProps, VirtualMachineProps } from '../../schema/generated/types.js'
import type { Reader, Slot } from '../../world/records.js'
import type { World } from '../../world/world.js'
import { searchByKey } from '../search.js'

/**
 * Configuration file of a VM as its host's file system names it:
 * `/vmfs/volumes/<uuid>/<dir>/<vm>.vmx` (protocols.md 7.3). Undefined for a VM that has none there.
 */
export function vmxPath(reader: Reader, host: string, vm: string): string | undefined {
  const paths = pathsOf(reader, host, vm)
  return paths?.[0]
}

/** True if a path means a VM's configuration file: volumes are also reached by their label. */
export function isVmxPath(reader: Reader, host: string, vm: string, path: string): boolean {
  return pathsOf(reader, host, vm)?.includes(path) === true
}

/** By the volume's uuid, by its label, and as a datastore path. */
function pathsOf(reader: Reader, host: string, vm: string): string[] | undefined {
  const props = reader.get<VirtualMachineProps>(host, vm)?.props
  const home = props === undefined ? undefined : homeOf(reader, host, props)
  if (props === undefined || home === undefined) return undefined
  const { folder, file, datastore } = home.path
  const below = folder === '' ? file : `${folder}/${file}`
  const volume = volumeOf(reader.read<DatastoreProps>(home.datastore)!.props)
  return [
    `/vmfs/volumes/${volume}/${below}`, `/vmfs/volumes/${datastore}/${below}`,
    props.config!.files.vmPathName!,
  ]
}

/** The VM of a host with a configuration file; undefined if it has none of that path. */
export function vmOfPath(world: World, host: string, path: string): Slot | undefined {
  const match = /^\/vmfs\/volumes\/([^/]+)\/(?:(.*)\/)?([^/]+)$/.exec(path)
  if (match === null) return searchByKey(world, host, 'path', path)[0]
  const [, volume = '', folder = '', file = ''] = match
  const datastore = datastoreByName(world, host, volume) ?? world.ofType(host, 'Datastore')
    .find(slot => volumeOf(world.read<DatastoreProps>(slot)!.props) === volume)
  if (datastore === undefined) return undefined
  const { name } = world.read<DatastoreProps>(datastore)!.props
  return searchByKey(world, host, 'path', datastorePath(name, folder, file))[0]
}
