import { guestFullName } from '../../inventory/data/guest-os.js'
import type {
  OptionValue, ResourceAllocationInfo, SharesInfo, VirtualMachineConfigInfo, VirtualMachineConfigSpec,
} from '../../schema/generated/types.js'
import { fault, invalidArgument, notEmulated } from '../../services/method-fault.js'
import { applyVApp } from './vapp-config.js'

type Config = VirtualMachineConfigInfo
type Spec = VirtualMachineConfigSpec

/** Fields that a spec simply sets. */
const copied = [
  'annotation', 'alternateGuestName', 'uuid', 'instanceUuid', 'locationId', 'createDate',
  'memoryHotAddEnabled', 'cpuHotAddEnabled', 'cpuHotRemoveEnabled', 'cpuAffinity', 'memoryAffinity',
  'latencySensitivity', 'swapPlacement', 'changeTrackingEnabled', 'firmware', 'maxMksConnections',
  'guestAutoLockEnabled', 'memoryReservationLockedToMax', 'nestedHVEnabled', 'vPMCEnabled',
  'messageBusTunnelEnabled', 'migrateEncryption', 'ftEncryptionMode', 'sevEnabled',
  'pmemFailoverEnabled', 'vmxStatsCollectionEnabled', 'vmOpNotificationToAppEnabled',
  'vmOpNotificationTimeout', 'metroFtEnabled', 'metroFtHostGroup', 'rebootPowerOff',
  'vAssertsEnabled', 'consolePreferences', 'networkShaper', 'npivTemporaryDisabled',
  'npivOnNonRdmDisks', 'fixedPassthruHotPlugEnabled',
] as const satisfies ReadonlyArray<keyof Spec & keyof Config>

/** Fields whose parts are set one by one: what the spec leaves out stays. */
const merged = ['tools', 'flags', 'bootOptions', 'files'] as const satisfies ReadonlyArray<keyof Spec & keyof Config>

/** Fields of the virtual hardware. */
const hardwareFields = [
  'virtualICH7MPresent', 'virtualSMCPresent', 'motherboardLayout', 'simultaneousThreads',
] as const satisfies ReadonlyArray<keyof Spec & keyof Config['hardware']>

/** What this lab has no behaviour for. */
const absent = [
  'npivNodeWorldWideName', 'npivPortWorldWideName', 'npivWorldWideNameType', 'npivDesiredNodeWwns',
  'npivDesiredPortWwns', 'npivWorldWideNameOp', 'vcpuConfig', 'cpuFeatureMask', 'ftInfo', 'repConfig',
  'scheduledHardwareUpgradeInfo', 'vmProfile', 'crypto', 'sgxInfo', 'guestMonitoringModeInfo',
  'virtualNuma', 'deviceSwap', 'pmem', 'deviceGroups', 'tdxEnabled', 'sevSnpEnabled', 'tagSpecs',
  'vmPlacementPolicies',
] as const satisfies ReadonlyArray<keyof Spec>

/** Changes that a running VM refuses with InvalidPowerState. */
const offOnly = [
  'guestId', 'alternateGuestName', 'version', 'uuid', 'firmware', 'numCoresPerSocket', 'nestedHVEnabled',
  'vPMCEnabled', 'memoryHotAddEnabled', 'cpuHotAddEnabled', 'cpuHotRemoveEnabled', 'virtualICH7MPresent',
  'virtualSMCPresent', 'motherboardLayout', 'simultaneousThreads', 'sevEnabled', 'vAssertsEnabled',
] as const satisfies ReadonlyArray<keyof Spec>

/** Limits of hardware version 21: vCPUs, and MiB of memory. */
const MAX_CPUS = 768
const MAX_MEMORY_MB = 24 * 1024 * 1024

export interface FieldContext {
  readonly poweredOn: boolean
  readonly creating: boolean
  /** Whether the product knows a guest id. */
  readonly knowsGuest: (guestId: string) => boolean
}

/**
 * The configuration after the fields of a spec other than name and devices; the very same object
 * when the spec changes none.
 * @throws InvalidArgument, InvalidPowerState, CpuHotPlugNotSupported, MemoryHotPlugNotSupported,
 * NotImplemented for what is not emulated.
 */
export function applyFields(config: Config, spec: Spec, context: FieldContext): Config {
  refuseAbsent(spec)
  if (context.poweredOn) refuseRunning(config, spec)
  let next: Config = { ...config }
  for (const field of copied) {
    if (spec[field] !== undefined) next = { ...next, [field]: spec[field] }
  }
  for (const field of merged) {
    const value = spec[field]
    if (value !== undefined) next = { ...next, [field]: { ...config[field], ...defined(value) } }
  }
  if (context.creating || spec.files?.vmPathName !== undefined) {
    next.files = { ...next.files, ...pathOf(config) }
  }
  if (spec.powerOpInfo !== undefined) next.defaultPowerOps = { ...config.defaultPowerOps, ...defined(spec.powerOpInfo) }
  if (spec.guestId !== undefined) Object.assign(next, guestFields(spec.guestId, context))
  if (spec.managedBy !== undefined) applyManagedBy(next, spec.managedBy)
  if (spec.extraConfig !== undefined) next.extraConfig = mergeOptions(config.extraConfig ?? [], spec.extraConfig)
  if (spec.version !== undefined && spec.version !== config.version && !context.creating) {
    throw notEmulated('spec.version (use UpgradeVM_Task)')
  }
  if (next.bootOptions?.efiSecureBootEnabled === true && next.firmware !== 'efi') {
    throw invalidArgument('spec.bootOptions.efiSecureBootEnabled')
  }
  applyHardware(next, config, spec)
  applyAllocations(next, config, spec)
  const vAppConfig = applyVApp(config.vAppConfig, spec)
  if (vAppConfig === undefined) delete next.vAppConfig
  else next.vAppConfig = vAppConfig
  return next
}

function refuseAbsent(spec: Spec): void {
  for (const field of absent) {
    const value = spec[field]
    if (value === undefined || value === false || (Array.isArray(value) && value.length === 0)) continue
    throw notEmulated(`spec.${field}`)
  }
}

function refuseRunning(config: Config, spec: Spec): void {
  for (const field of offOnly) {
    const value = spec[field]
    if (value === undefined) continue
    const present = (config as unknown as Record<string, unknown>)[field]
      ?? (config.hardware as unknown as Record<string, unknown>)[field]
    if (value !== present) throw running()
  }
  const { numCPU, memoryMB } = config.hardware
  if (spec.numCPUs !== undefined && spec.numCPUs !== numCPU) {
    const allowed = spec.numCPUs > numCPU ? config.cpuHotAddEnabled : config.cpuHotRemoveEnabled
    if (allowed !== true) {
      throw fault('CpuHotPlugNotSupported', {}, 'CPU hot plug is not supported for this virtual machine.')
    }
  }
  if (spec.memoryMB !== undefined && spec.memoryMB !== memoryMB) {
    if (config.memoryHotAddEnabled !== true) {
      throw fault('MemoryHotPlugNotSupported', {}, 'Memory hot plug is not supported for this virtual machine.')
    }
    if (spec.memoryMB < memoryMB) throw running()
  }
}

function running(): Error {
  return fault('InvalidPowerState', { requestedState: 'poweredOff', existingState: 'poweredOn' })
}

function applyHardware(next: Config, config: Config, spec: Spec): void {
  const hardware = { ...config.hardware }
  if (spec.numCPUs !== undefined) {
    if (spec.numCPUs < 1 || spec.numCPUs > MAX_CPUS) throw invalidArgument('configSpec.numCPUs')
    hardware.numCPU = spec.numCPUs
  }
  if (spec.numCoresPerSocket !== undefined) {
    const cores = spec.numCoresPerSocket
    if (cores < 0 || (cores > 0 && hardware.numCPU % cores !== 0)) {
      throw invalidArgument('configSpec.numCoresPerSocket')
    }
    hardware.numCoresPerSocket = cores === 0 ? 1 : cores
    hardware.autoCoresPerSocket = cores === 0
  }
  if (spec.memoryMB !== undefined) {
    if (spec.memoryMB < 4 || spec.memoryMB > MAX_MEMORY_MB || spec.memoryMB % 4 !== 0) {
      throw invalidArgument('configSpec.memoryMB')
    }
    hardware.memoryMB = spec.memoryMB
  }
  for (const field of hardwareFields) {
    if (spec[field] !== undefined) Object.assign(hardware, { [field]: spec[field] })
  }
  next.hardware = hardware
}

function applyAllocations(next: Config, config: Config, spec: Spec): void {
  const { hardware } = next
  for (const field of ['cpuAllocation', 'memoryAllocation'] as const) {
    const perUnit = field === 'cpuAllocation' ? 1000 * hardware.numCPU : 10 * hardware.memoryMB
    const asked = spec[field]
    const before = config[field] ?? {}
    const value: ResourceAllocationInfo = { ...before, ...defined(asked ?? {}) }
    checkAllocation(value, field)
    if (value.shares !== undefined) value.shares = leveled(value.shares, perUnit)
    next[field] = value
  }
  if (next.memoryReservationLockedToMax === true) {
    next.memoryAllocation = { ...next.memoryAllocation, reservation: hardware.memoryMB }
  }
}

function checkAllocation(value: ResourceAllocationInfo, field: string): void {
  const { reservation = 0, limit = -1 } = value
  if (reservation < 0) throw invalidArgument(`spec.${field}.reservation`)
  if (limit < -1 || (limit >= 0 && limit < reservation)) throw invalidArgument(`spec.${field}.limit`)
}

/** Shares of a named level follow the size of the VM: low half, high double of normal. */
export function leveled(shares: SharesInfo, normal: number): SharesInfo {
  switch (shares.level) {
    case 'low': return { shares: normal / 2, level: 'low' }
    case 'high': return { shares: normal * 2, level: 'high' }
    case 'normal': return { shares: normal, level: 'normal' }
    default: return { shares: shares.shares, level: 'custom' }
  }
}

/** Sets and removes options by key: an empty value removes the key. */
export function mergeOptions(before: readonly OptionValue[], changes: readonly OptionValue[]): OptionValue[] {
  const options = new Map(before.map(option => [option.key, option]))
  for (const change of changes) {
    if (change.value === '' || change.value === undefined) options.delete(change.key)
    else options.set(change.key, { key: change.key, value: change.value })
  }
  return [...options.values()]
}

function guestFields(guestId: string, context: FieldContext): Pick<Config, 'guestId' | 'guestFullName'> {
  if (!context.knowsGuest(guestId)) throw invalidArgument('configSpec.guestId')
  return { guestId, guestFullName: guestFullName(guestId) }
}

function applyManagedBy(next: Config, managedBy: NonNullable<Spec['managedBy']>): void {
  if (managedBy.extensionKey === '') delete next.managedBy
  else next.managedBy = managedBy
}

/** The VM's own path is never changed by a reconfiguration. */
function pathOf(config: Config): Pick<Config['files'], 'vmPathName'> {
  const { vmPathName } = config.files
  return vmPathName === undefined ? {} : { vmPathName }
}

function defined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([key, item]) => item !== undefined && key !== '_typeName'),
  ) as Partial<T>
}
