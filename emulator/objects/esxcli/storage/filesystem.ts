import type { DatastoreProps, HostFileSystemMountInfo, HostNasVolume, HostVmfsVolume } from '../../../schema/generated/types.js'
import { volumeOf } from '../../../physics/storage/paths.js'
import { hostStorageSystem } from '../../host-storage-system.js'
import { action, namespace, rows } from '../define.js'
import { through } from '../host-call.js'
import { hostConfig } from '../host-props.js'
import type { Namespace, Seat } from '../model.js'

/** esxcli storage filesystem, vmfs, nfs (operations.md 2.1). */
export const storageFilesystem: readonly Namespace[] = [
  namespace('storage.filesystem', 'Volumes that the host has mounted.', {
    list: rows('MountPoint', {
      'Mount Point': 'string', 'Volume Name': 'string', UUID: 'string', Mounted: 'boolean', Type: 'string', Size: 'long', Free: 'long',
    }, {
      help: 'Show the volumes with their size and free space, in bytes.',
      run: seat => {
        const free = freeByVolume(seat)
        return mountsOf(seat).map(({ mountInfo, volume }) => {
          const uuid = uuidOf(mountInfo.path)
          return {
            'Mount Point': mountInfo.path, 'Volume Name': volume.name, UUID: uuid, Mounted: mountInfo.mounted ?? true,
            Type: typeOf(volume), Size: volume.capacity, Free: mountInfo.accessible === false ? 0 : free.get(uuid),
          }
        })
      },
    }),
    rescan: action({
      help: 'Look for new volumes.',
      run: seat => { through(seat, hostStorageSystem, 'storageSystem', 'HostStorageSystem', 'RescanVmfs', {}) },
    }),
  }),
  namespace('storage.vmfs.extent', 'Partitions of VMFS volumes.', {
    list: rows('VmfsExtent', {
      'Volume Name': 'string', 'VMFS UUID': 'string', 'Extent Number': 'long', 'Device Name': 'string', Partition: 'long',
    }, {
      help: 'Show on which partitions VMFS volumes are.',
      run: seat => mountsOf(seat).flatMap(({ volume }) => {
        const { name, uuid, extent = [] } = volume as Partial<HostVmfsVolume>
        return extent.map((part, index) => ({
          'Volume Name': name, 'VMFS UUID': uuid, 'Extent Number': index, 'Device Name': part.diskName, Partition: part.partition,
        }))
      }),
    }),
  }),
  namespace('storage.nfs', 'NFS 3 volumes.', {
    list: rows('NfsVolume', {
      'Volume Name': 'string', Host: 'string', Share: 'string', Accessible: 'boolean', Mounted: 'boolean', 'Read-Only': 'boolean',
      isPE: 'boolean', 'Hardware Acceleration': 'string',
    }, { help: 'Show the NFS 3 volumes.', run: seat => nfsRows(seat, 'NFS') }),
  }),
  namespace('storage.nfs41', 'NFS 4.1 volumes.', {
    list: rows('Nfs41Volume', {
      'Volume Name': 'string', 'Host(s)': 'string', Share: 'string', Accessible: 'boolean', Mounted: 'boolean', 'Read-Only': 'boolean',
      Security: 'string', isPE: 'boolean', 'Hardware Acceleration': 'string',
    }, {
      help: 'Show the NFS 4.1 volumes.',
      run: seat => nfsRows(seat, 'NFS41').map(({ Host: hosts, security, ...row }) => ({ ...row, 'Host(s)': hosts, Security: security })),
    }),
  }),
]

function mountsOf(seat: Seat): readonly HostFileSystemMountInfo[] {
  return hostConfig(seat).fileSystemVolume?.mountInfo ?? []
}

function uuidOf(path: string | undefined): string {
  return (path ?? '').replace(/\/+$/, '').split('/').at(-1)!
}

/** `VMFS-6`, `NFS`, `NFS41`, `vsan`. */
function typeOf(volume: HostFileSystemMountInfo['volume']): string {
  const { majorVersion } = volume as Partial<HostVmfsVolume>
  return majorVersion === undefined ? volume.type : `${volume.type}-${majorVersion}`
}

/** Free bytes of the host's datastores by the UUID of their volume. */
function freeByVolume({ reader, host }: Seat): Map<string, number> {
  return new Map(reader.ofType(host.name, 'Datastore').map(slot => {
    const { props } = reader.read<DatastoreProps>(slot)!
    return [volumeOf(props), props.summary.freeSpace]
  }))
}

function nfsRows(seat: Seat, type: 'NFS' | 'NFS41') {
  return mountsOf(seat).filter(({ volume }) => volume.type === type).map(({ mountInfo, volume, vStorageSupport }) => {
    const { name, remoteHost, remotePath, securityType, protocolEndpoint } = volume as HostNasVolume
    return {
      'Volume Name': name, Host: remoteHost, Share: remotePath, Accessible: mountInfo.accessible, Mounted: mountInfo.mounted,
      'Read-Only': mountInfo.accessMode === 'readOnly', isPE: protocolEndpoint, security: securityType,
      'Hardware Acceleration': vStorageSupport === 'vStorageSupported' ? 'Supported'
        : vStorageSupport === 'vStorageUnsupported' ? 'Not Supported' : 'Unknown',
    }
  })
}
