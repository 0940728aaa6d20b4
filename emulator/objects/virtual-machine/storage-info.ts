import { fileSize } from '../../physics/storage/growth.js'
import { datastoreByName, parseDatastorePath, volumeOf } from '../../physics/storage/paths.js'
import { listedFiles, patchLayout } from '../../physics/storage/vm-files.js'
import { vmRecord } from '../../physics/compute/vm.js'
import type { DatastoreProps } from '../../schema/generated/types.js'
import type { Call } from '../../services/call.js'
import { truthOf } from '../truth.js'

/** RefreshStorageInfo: sizes as the volumes have them now. */
export function refreshStorageInfo(call: Call): void {
  const { tx } = call
  const vm = truthOf(tx, call.self)
  const files = listedFiles(vmRecord(tx, vm).props).map(file => {
    const path = parseDatastorePath(file.path)
    const datastore = path === undefined ? undefined : datastoreByName(tx, vm.address.node, path.datastore)
    if (path === undefined || datastore === undefined) return file
    const volume = volumeOf(tx.read<DatastoreProps>(datastore)!.props)
    const size = fileSize(tx, volume, path.folder, path.file)
    return size === undefined ? file : { ...file, size }
  })
  patchLayout(tx, vm, files, [])
}
