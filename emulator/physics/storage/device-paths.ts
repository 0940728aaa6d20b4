import type { HostMultipathInfoLogicalUnit, HostSystemProps, HostVmfsVolume } from '../../schema/generated/types.js'
import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { LAB } from '../hardware/chassis.js'

/** Props of `{lab, PathFault, path-fault/<name>}`: paths between hosts and a volume's device are dead. */
export interface PathFault {
  readonly hosts: readonly string[] | '*'
  /** Undefined: the device of any volume. */
  readonly volume?: string | undefined
  /** Names of adapters (`vmhba1`) or of paths (`vmhba1:C0:T0:L0`); `*`: all. */
  readonly paths: readonly string[] | '*'
}

/** The disk behind a volume as a host sees it. */
export interface Device {
  readonly volume: string
  /** Canonical name, `naa.…`. */
  readonly name: string
  /** Key of its ScsiLun. */
  readonly lun: string
  readonly unit: HostMultipathInfoLogicalUnit
}

/** The devices of a host's VMFS volumes, with their paths. */
export function devicesOf(reader: Reader, host: string): Device[] {
  const config = reader.get<HostSystemProps>(host, 'ha-host')?.props.config
  const luns = config?.storageDevice?.scsiLun ?? []
  const units = config?.storageDevice?.multipathInfo?.lun ?? []
  return (config?.fileSystemVolume?.mountInfo ?? []).flatMap(({ volume }) => {
    const { uuid, extent } = volume as Partial<HostVmfsVolume>
    const lun = luns.find(each => each.canonicalName === extent?.[0]?.diskName)
    const unit = units.find(each => each.lun === lun?.key)
    return uuid === undefined || lun === undefined || unit === undefined
      ? []
      : [{ volume: uuid, name: lun.canonicalName ?? '', lun: lun.key!, unit }]
  })
}

/** Names of the paths of a device that are dead on a host because of path faults. */
export function deadPaths(reader: Reader, host: string, device: Device): string[] {
  const faults = reader.ofType(LAB, 'PathFault').map(slot => reader.read<PathFault>(slot)!.props)
    .filter(fault => (fault.hosts === '*' || fault.hosts.includes(host))
      && (fault.volume === undefined || fault.volume === device.volume))
  return device.unit.path.map(path => path.name)
    .filter(name => faults.some(({ paths }) => paths === '*'
      || paths.some(each => each === name || name.startsWith(`${each}:`))))
}

/** The volumes of a host to which no path is left. */
export function withoutPath(reader: Reader, host: string): string[] {
  if (reader.ofType(LAB, 'PathFault').length === 0) return []
  return devicesOf(reader, host)
    .filter(device => {
      const dead = deadPaths(reader, host, device)
      return device.unit.path.every(path => path.state === 'disabled' || dead.includes(path.name))
    })
    .map(device => device.volume)
}

/** Puts a path fault into force; `name` is the injected fault's id. */
export function addPathFault(tx: Transaction, name: string, fault: PathFault): void {
  tx.create({ node: LAB, type: 'PathFault', id: `path-fault/${name}` }, { props: fault, inner: {} })
  tx.emit('storage.pathsChanged', {})
}

/** Takes a path fault away; nothing happens when it is gone. */
export function dropPathFault(tx: Transaction, name: string): void {
  if (tx.find(LAB, `path-fault/${name}`) === undefined) return
  tx.remove({ node: LAB, id: `path-fault/${name}` })
  tx.emit('storage.pathsChanged', {})
}

declare module '../../world/signals.js' {
  interface SignalMap {
    /** A path fault came or went; who is affected is computed from all of them. */
    'storage.pathsChanged': object
  }
}
