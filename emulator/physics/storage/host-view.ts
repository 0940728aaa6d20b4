import type {
  DatastoreProps, HostMountInfo, HostMultipathInfoLogicalUnit, HostMultipathInfoLogicalUnitPolicy,
  HostMultipathInfoPath, HostStorageDeviceInfo, HostStorageSystemProps, HostSystemProps, HostVmfsVolume,
} from '../../schema/generated/types.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { chassis } from '../hardware/chassis.js'
import { mirrored } from '../management/link.js'
import { mirrorOf } from '../management/mirror.js'
import { lostVolume, type LostVolume } from './access.js'
import { deadPaths, devicesOf, type Device } from './device-paths.js'
import { volumeOf } from './paths.js'

/** How a host's mount of a volume is shown, from how it was: HostMountInfo.inaccessibleReason. */
export function mountNow(before: HostMountInfo, lost: LostVolume | undefined): HostMountInfo {
  const { inaccessibleReason: _reason, ...rest } = before
  if (lost === undefined) return { ...rest, accessible: true }
  const reason = lost.loss === 'pdl' ? 'PermanentDeviceLoss'
    : lost.timedOut === true ? 'AllPathsDown_Timeout' : 'AllPathsDown_Start'
  return { ...rest, accessible: false, inaccessibleReason: reason }
}

/** A host's datastore record of a volume; undefined: the host has not mounted it. */
export function datastoreOf(tx: Transaction, host: string, volume: string): Slot | undefined {
  return tx.ofType(host, 'Datastore').find(slot => volumeOf(tx.read<DatastoreProps>(slot)!.props) === volume)
}

/** Brings what a host, and the vCenter that hears it, show of a volume in line with the facts. */
export function showVolume(tx: Transaction, host: string, volume: string): void {
  const own = datastoreOf(tx, host, volume)
  if (own === undefined) return
  showMount(tx, own, 'ha-host', lostVolume(tx, host, volume))
  showOnHost(tx, host, volume)
  const vcenter = chassis(tx, host)?.managedBy
  if (vcenter !== undefined && mirrored(tx, vcenter, host)) showOnVcenter(tx, vcenter, host, volume)
}

/** The same on vCenter alone: it hears the host again, or for the first time since. */
export function showOnVcenter(tx: Transaction, vcenter: string, host: string, volume: string): void {
  const own = datastoreOf(tx, host, volume)
  const seen = own === undefined ? undefined : mirrorOf(tx, vcenter, host, own.address.id)
  const seenHost = mirrorOf(tx, vcenter, host, 'ha-host')
  if (seen === undefined || seenHost === undefined) return
  showMount(tx, seen, seenHost.address.id, lostVolume(tx, host, volume))
  const manager = tx.read<HostSystemProps>(seenHost)!.props.configManager.storageSystem
  copyToManager(tx, host, manager === undefined ? undefined : tx.find(vcenter, manager.value))
}

/** `Datastore.host` and `summary.accessible`: true while one of the hosts reaches it. */
function showMount(tx: Transaction, datastore: Slot, host: string, lost: LostVolume | undefined): void {
  const { props, inner } = tx.read<DatastoreProps>(datastore)!
  const before = props.host?.find(mount => mount.key.value === host)?.mountInfo
  if (before === undefined || sameMount(before, mountNow(before, lost))) return
  const mounts = (props.host ?? []).map(mount =>
    mount.key.value === host ? { ...mount, mountInfo: mountNow(mount.mountInfo, lost) } : mount)
  const accessible = mounts.some(mount => mount.mountInfo.accessible !== false)
  tx.replace(datastore, {
    props: { ...props, host: mounts, summary: { ...props.summary, accessible } } as never, inner,
  })
}

function sameMount(a: HostMountInfo, b: HostMountInfo): boolean {
  return a.accessible === b.accessible && a.inaccessibleReason === b.inaccessibleReason
}

/** `config.fileSystemVolume`, `config.storageDevice`, `config.multipathState` of the host itself. */
function showOnHost(tx: Transaction, host: string, volume: string): void {
  const slot = tx.find(host, 'ha-host')
  const record = slot === undefined ? undefined : tx.read<HostSystemProps>(slot)!
  const config = record?.props.config
  if (slot === undefined || record === undefined || config?.fileSystemVolume === undefined) return
  const { fileSystemVolume, storageDevice } = config
  const device = storageDevice === undefined ? undefined : deviceNow(tx, host, volume, storageDevice)
  const mountInfo = fileSystemVolume.mountInfo?.map(mount => isVolume(mount, volume)
    ? { ...mount, mountInfo: mountNow(mount.mountInfo, lostVolume(tx, host, volume)) }
    : mount)
  const path = device?.multipathInfo?.lun?.flatMap(unit =>
    unit.path.map(({ name, pathState }) => ({ name, pathState })))
  tx.replace(slot, {
    props: {
      ...record.props,
      config: {
        ...config,
        fileSystemVolume: { ...fileSystemVolume, ...(mountInfo === undefined ? {} : { mountInfo }) },
        ...(device === undefined ? {} : { storageDevice: device }),
        ...(path === undefined ? {} : { multipathState: { path } }),
      },
    } as never,
    inner: record.inner,
  })
  copyToManager(tx, host, tx.find(host, 'storageSystem'))
}

/** The mount of a volume in a host's list: by its own uuid (VMFS), or by the path that it is under. */
function isVolume(mount: { mountInfo: HostMountInfo, volume: object }, volume: string): boolean {
  return (mount.volume as Partial<HostVmfsVolume>).uuid === volume
    || mount.mountInfo.path?.endsWith(`/${volume}`) === true
}

/** The device of a volume with the states of its paths. */
function deviceNow(
  tx: Transaction, host: string, volume: string, info: HostStorageDeviceInfo,
): HostStorageDeviceInfo {
  const device = devicesOf(tx, host).find(each => each.volume === volume)
  const units = info.multipathInfo?.lun
  if (device === undefined || units === undefined) return info
  const lost = lostVolume(tx, host, volume)
  const dead = lost === undefined ? deadPaths(tx, host, device) : device.unit.path.map(path => path.name)
  const unit = unitNow(device.unit, dead)
  return {
    ...info,
    scsiLun: info.scsiLun?.map(lun => lun.key === device.lun ? { ...lun, operationalState: [stateOf(lost)] } : lun),
    multipathInfo: {
      ...info.multipathInfo,
      lun: units.map(each => each.key === unit.key ? unit : each),
    },
  } as HostStorageDeviceInfo
}

/** ScsiLun.operationalState (ScsiLunState). */
function stateOf(lost: LostVolume | undefined): string {
  if (lost === undefined) return 'ok'
  return lost.loss === 'pdl' ? 'lostCommunication' : lost.timedOut === true ? 'timeout' : 'error'
}

/** A user switches a path off, or on again; a path that is dead stays so. */
export function disablePath(tx: Transaction, host: string, device: Device, name: string, disabled: boolean): void {
  changeUnit(tx, host, device, unit => ({
    ...unit,
    path: unit.path.map(path => path.name === name
      ? { ...path, pathState: disabled ? 'disabled' : 'active', state: disabled ? 'disabled' : 'active' }
      : path),
  }))
}

/** A user has a device's paths used by another rule. */
export function setPathPolicy(
  tx: Transaction, host: string, device: Device, policy: HostMultipathInfoLogicalUnitPolicy,
): void {
  changeUnit(tx, host, device, unit => ({ ...unit, policy }))
}

function changeUnit(
  tx: Transaction, host: string, device: Device,
  change: (unit: HostMultipathInfoLogicalUnit) => HostMultipathInfoLogicalUnit,
): void {
  const slot = tx.find(host, 'ha-host')!
  tx.update<HostSystemProps>(slot, ({ props }) => {
    const units = props.config?.storageDevice?.multipathInfo?.lun ?? []
    const at = units.findIndex(unit => unit.key === device.unit.key)
    if (at >= 0) units[at] = change(units[at] as HostMultipathInfoLogicalUnit)
  })
  showVolume(tx, host, device.volume)
}

/**
 * A round-robin device (VMW_PSP_RR) works on all its live paths in turn and shows the first as
 * working; VMW_PSP_FIXED and VMW_PSP_MRU work on one, and go to the next that lives when it dies.
 */
function unitNow(unit: HostMultipathInfoLogicalUnit, dead: readonly string[]): HostMultipathInfoLogicalUnit {
  const working = workingPath(unit, dead)
  return {
    ...unit,
    path: unit.path.map((path): HostMultipathInfoPath => {
      const state = dead.includes(path.name) ? 'dead' : path.state === 'disabled' ? 'disabled' : 'active'
      return { ...path, pathState: state, state, isWorkingPath: path.name === working }
    }),
  }
}

function workingPath(unit: HostMultipathInfoLogicalUnit, dead: readonly string[]): string | undefined {
  const live = unit.path.filter(path => !dead.includes(path.name) && path.state !== 'disabled')
  const { prefer } = unit.policy as { prefer?: string }
  const preferred = live.find(path => path.name === prefer)
  if (preferred !== undefined) return preferred.name
  const before = live.find(path => path.isWorkingPath === true)
  // Fixed and round robin go back to the first path; most recently used stays where it is.
  return unit.policy.policy === 'VMW_PSP_MRU' && before !== undefined ? before.name : live[0]?.name
}

/** HostStorageSystem repeats what the host's config says. */
function copyToManager(tx: Transaction, host: string, manager: Slot | undefined): void {
  const config = tx.get<HostSystemProps>(host, 'ha-host')?.props.config
  if (manager === undefined || config === undefined) return
  const { props, inner } = tx.read<HostStorageSystemProps>(manager)!
  if (props.storageDeviceInfo === config.storageDevice
    && props.fileSystemVolumeInfo === config.fileSystemVolume) return
  tx.replace(manager, {
    props: {
      ...props, storageDeviceInfo: config.storageDevice, fileSystemVolumeInfo: config.fileSystemVolume,
      multipathStateInfo: config.multipathState,
    } as never,
    inner,
  })
}
