import { homeOf, volumeOf } from '../../physics/storage/paths.js'
import type { DatastoreProps, VirtualMachineProps } from '../../schema/generated/types.js'
import type { Reader } from '../../world/records.js'

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
