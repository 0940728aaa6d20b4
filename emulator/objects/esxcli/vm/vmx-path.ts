import { datastoreByName, parseDatastorePath, volumeOf } from '../../../physics/storage/paths.js'
import type { DatastoreProps } from '../../../schema/generated/types.js'
import type { Seat } from '../model.js'

/** `/vmfs/volumes/<volume>/vm/vm.vmx` of `[datastore1] vm/vm.vmx`; a path of another form stays as it is. */
export function vmxPathOnVolume({ reader, host }: Seat, path: string): string {
  const parts = parseDatastorePath(path)
  const slot = parts === undefined ? undefined : datastoreByName(reader, host.name, parts.datastore)
  if (parts === undefined || slot === undefined) return path
  const volume = volumeOf(reader.read<DatastoreProps>(slot)!.props)
  return `/vmfs/volumes/${volume}/${parts.folder}/${parts.file}`
}
