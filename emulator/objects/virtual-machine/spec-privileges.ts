import type {
  VirtualDeviceConfigSpec, VirtualDisk, VirtualMachineConfigSpec, VirtualMachineProps,
} from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import { requirePrivilege } from '../../services/authorization/check.js'
import type { Call } from '../../services/call.js'
import type { Slot } from '../../world/records.js'

type Spec = VirtualMachineConfigSpec

/** Privilege below `VirtualMachine.Config` for each field of a spec (network-security.md 11.5). */
const fieldPrivileges: { readonly [F in keyof Spec]?: string } = {
  numCPUs: 'CPUCount', numCoresPerSocket: 'CPUCount', memoryMB: 'Memory', name: 'Rename', annotation: 'Annotation',
  extraConfig: 'AdvancedConfig', cpuAllocation: 'Resource', memoryAllocation: 'Resource',
  cpuAffinity: 'Resource', memoryAffinity: 'Resource', latencySensitivity: 'Resource',
  memoryReservationLockedToMax: 'Resource', changeTrackingEnabled: 'ChangeTracking',
  guestId: 'Settings', alternateGuestName: 'Settings', flags: 'Settings', tools: 'Settings', bootOptions: 'Settings',
  powerOpInfo: 'Settings', consolePreferences: 'Settings', firmware: 'Settings', uuid: 'Settings',
  instanceUuid: 'Settings', locationId: 'Settings', maxMksConnections: 'Settings', guestAutoLockEnabled: 'Settings',
  nestedHVEnabled: 'Settings', vPMCEnabled: 'Settings', messageBusTunnelEnabled: 'Settings',
  rebootPowerOff: 'Settings', vAssertsEnabled: 'Settings', migrateEncryption: 'Settings',
  vAppConfig: 'Settings', vAppConfigRemoved: 'Settings', memoryHotAddEnabled: 'Memory',
  cpuHotAddEnabled: 'CPUCount', cpuHotRemoveEnabled: 'CPUCount', swapPlacement: 'SwapPlacement', managedBy: 'ManagedBy',
}

/** Parts of a spec that change nothing, or are looked at for themselves. */
const unchecked: ReadonlySet<string> = new Set(['_typeName', 'changeVersion', 'deviceChange'])

/** Checks the privileges that the fields and device changes of a spec need on an existing VM. */
export function requireSpecPrivileges(call: Call, vm: Slot, spec: Spec): void {
  if (seesAll(call)) return
  const fields = Object.keys(spec).filter(field => !unchecked.has(field))
  for (const field of fields) need(call, vm, fieldPrivileges[field as keyof Spec] ?? 'Settings')
  if (fields.length + (spec.deviceChange ?? []).length === 0) need(call, vm, 'Settings')
  const devices = call.tx.read<VirtualMachineProps>(vm)!.props.config?.hardware.device ?? []
  for (const change of spec.deviceChange ?? []) {
    for (const privilege of devicePrivileges(change, devices)) requirePrivilege(call, vm, privilege)
  }
  requirePlacePrivileges(call, spec)
}

/** Checks what the devices of a spec need of other objects: space, networks. */
export function requirePlacePrivileges(call: Call, spec: Spec): void {
  if (seesAll(call)) return
  for (const change of spec.deviceChange ?? []) {
    const backing = change.device.backing as {
      datastore?: MoRef, network?: MoRef, port?: { portgroupKey?: string }
    } | undefined
    if (change.operation === 'add' && change.fileOperation === 'create') on(call, backing?.datastore?.value, 'Datastore.AllocateSpace')
    if (change.operation === 'remove') continue
    on(call, backing?.network?.value ?? backing?.port?.portgroupKey, 'Network.Assign')
  }
}

function seesAll(call: Call): boolean {
  const { services: { authorization }, session } = call
  return session !== undefined && authorization.seesAll(call.tx, session.principal, call.node.name)
}

function need(call: Call, vm: Slot, privilege: string): void {
  requirePrivilege(call, vm, `VirtualMachine.Config.${privilege}`)
}

function on(call: Call, id: string | undefined, privilege: string): void {
  const slot = id === undefined ? undefined : call.tx.find(call.node.name, id)
  if (slot !== undefined) requirePrivilege(call, slot, privilege)
}

function devicePrivileges(
  change: VirtualDeviceConfigSpec, devices: NonNullable<NonNullable<VirtualMachineProps['config']>['hardware']['device']>,
): string[] {
  const type = change.device._typeName ?? ''
  const config = (name: string) => `VirtualMachine.Config.${name}`
  if (type === 'VirtualDisk') return diskPrivileges(change, devices).map(config)
  if (type === 'VirtualUSB') return [config('HostUSBDevice')]
  if (change.operation !== 'edit') return [config('AddRemoveDevice')]
  const before = devices.find(device => device.key === change.device.key)
  const found: string[] = []
  const { connectable, backing } = change.device
  if (connectable !== undefined && connectable.connected !== before?.connectable?.connected) {
    found.push('VirtualMachine.Interact.DeviceConnection')
  }
  if (type === 'VirtualCdrom' && backing !== undefined && !same(backing, before?.backing)) {
    found.push('VirtualMachine.Interact.SetCDMedia')
  }
  if (type === 'VirtualFloppy' && backing !== undefined && !same(backing, before?.backing)) {
    found.push('VirtualMachine.Interact.SetFloppyMedia')
  }
  return found.length > 0 ? found : [config('EditDevice')]
}

function diskPrivileges(
  change: VirtualDeviceConfigSpec, devices: ReadonlyArray<{ readonly key: number }>,
): string[] {
  const raw = change.device.backing?._typeName?.includes('RawDisk') === true
  if (change.operation === 'remove') return ['RemoveDisk']
  if (change.operation === 'edit') {
    const before = devices.find(device => device.key === change.device.key) as VirtualDisk | undefined
    const grows = before !== undefined && (change.device as VirtualDisk).capacityInKB > before.capacityInKB
    return grows ? ['DiskExtend'] : ['EditDevice']
  }
  if (raw) return ['RawDevice']
  return change.fileOperation === 'create' ? ['AddNewDisk'] : ['AddExistingDisk']
}

function same(a: object | undefined, b: object | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
