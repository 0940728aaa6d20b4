import { devicesOf } from '../physics/storage/device-paths.js'
import { refreshDatastore } from '../physics/storage/files.js'
import { disablePath, setPathPolicy } from '../physics/storage/host-view.js'
import { lostVolume } from '../physics/storage/access.js'
import { volumeOf } from '../physics/storage/paths.js'
import type {
  DatastoreProps, HostPathSelectionPolicyOption, HostStorageSystemMethods, HostStorageSystemProps,
} from '../schema/generated/types.js'
import type { Call } from '../services/call.js'
import { fault, invalidArgument } from '../services/method-fault.js'
import { defineManagedObject, query, type Definition } from './define.js'
import { managedHost } from './truth.js'

/** The path selection plug-ins of an ESXi host, with the labels that hosts give them. */
const policies: readonly (readonly [string, string])[] = [
  ['VMW_PSP_MRU', 'Most Recently Used'],
  ['VMW_PSP_RR', 'Round Robin'],
  ['VMW_PSP_FIXED', 'Fixed'],
]

export const hostStorageSystem: Definition = defineManagedObject('HostStorageSystem', {
  methods: {
    RescanVmfs: rescan,
    RescanAllHba: rescan,
    RescanHba: (call: Call, { hbaDevice }: HostStorageSystemMethods['RescanHba']['args']) => {
      const adapters = call.tx.read<HostStorageSystemProps>(call.self)!.props.storageDeviceInfo?.hostBusAdapter ?? []
      if (!adapters.some(adapter => adapter.device === hbaDevice)) throw fault('NotFound')
      rescan(call)
    },
    RefreshStorageSystem: rescan,
    EnableMultipathPath: (call: Call, { pathName }: { pathName: string }) => setPath(call, pathName, false),
    DisableMultipathPath: (call: Call, { pathName }: { pathName: string }) => setPath(call, pathName, true),
    SetMultipathLunPolicy: setPolicy,
    QueryPathSelectionPolicyOptions: query(pathPolicies),
  },
})

/**
 * Looks again at what the host sees: free space of each datastore that it reaches. Paths and mounts
 * are known to the host without being asked for.
 * @throws HostNotConnected or HostNotReachable when vCenter cannot reach the host
 */
function rescan(call: Call): void {
  const host = managedHost(call.tx, call.self)
  for (const slot of call.tx.ofType(host, 'Datastore')) {
    const volume = volumeOf(call.tx.read<DatastoreProps>(slot)!.props)
    if (lostVolume(call.tx, host, volume) === undefined) refreshDatastore(call.tx, slot)
  }
}

/** EnableMultipathPath, DisableMultipathPath. @throws NotFound for a path that the host has not */
function setPath(call: Call, name: string, disabled: boolean): void {
  const host = managedHost(call.tx, call.self)
  const device = devicesOf(call.tx, host).find(each => each.unit.path.some(path => path.name === name))
  if (device === undefined) throw fault('NotFound')
  const live = device.unit.path.filter(path => path.name !== name && path.state === 'active')
  if (disabled && live.length === 0) {
    throw fault('HostConfigFault', {}, `Path ${name} is the last one to ${device.name} that works.`)
  }
  disablePath(call.tx, host, device, name, disabled)
}

/**
 * SetMultipathLunPolicy: VMW_PSP_FIXED, with the path that it prefers, VMW_PSP_MRU or VMW_PSP_RR.
 * @throws NotFound for a device that the host has not, InvalidArgument for another policy or path
 */
function setPolicy(call: Call, { lunId, policy }: HostStorageSystemMethods['SetMultipathLunPolicy']['args']): void {
  const host = managedHost(call.tx, call.self)
  const device = devicesOf(call.tx, host).find(each => each.unit.id === lunId)
  if (device === undefined) throw fault('NotFound')
  if (!policies.some(([key]) => key === policy.policy)) throw invalidArgument('policy.policy')
  const { prefer } = policy as { prefer?: string }
  if (policy.policy === 'VMW_PSP_FIXED' && prefer !== undefined
    && !device.unit.path.some(path => path.name === prefer)) throw invalidArgument('policy.prefer')
  setPathPolicy(call.tx, host, device, policy)
}

function pathPolicies(): HostPathSelectionPolicyOption[] {
  return policies.map(([key, label]) => ({ policy: { key, label, summary: `${label} (VMware)` } }))
}
