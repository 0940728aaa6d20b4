import type {
  GuestInfo, VirtualDevice, VirtualMachineConfigInfo, VirtualMachineConfigSummary,
  VirtualMachineGuestSummary, VirtualMachineProps, VirtualMachineStorageInfo, VirtualMachineStorageSummary,
  VirtualMachineSummary,
} from '../schema/generated/types.js'
import type { Reader, Slot, StoredRecord } from '../world/records.js'

/**
 * Brings `summary` in line with the properties that it repeats: config, runtime, guest, storage,
 * overallStatus, customValue. Pure; gives the same record back when nothing differs. Parts that
 * did not change keep their identity.
 */
export function deriveVirtualMachine(record: StoredRecord, _slot: Slot, _reader: Reader): StoredRecord {
  const props = record.props as unknown as VirtualMachineProps
  const summary = deriveSummary(props)
  if (summary === props.summary) return record
  return { props: { ...record.props, summary }, inner: record.inner }
}

/** The summary that fits the properties; the very same object when it fits already. */
export function deriveSummary(props: VirtualMachineProps): VirtualMachineSummary {
  const old = props.summary
  const config = props.config === undefined ? old.config : keep(old.config, configSummaryOf(props.config))
  const guest = props.guest === undefined ? old.guest : keep(old.guest, guestSummaryOf(props.guest, props.config))
  const storage = props.storage === undefined ? old.storage : keep(old.storage, storageSummaryOf(props.storage))
  const customValue = props.customValue === undefined || props.customValue.length === 0
    ? undefined
    : props.customValue
  const quickStats = old.quickStats.guestHeartbeatStatus === props.guestHeartbeatStatus
    ? old.quickStats
    : Object.freeze({ ...old.quickStats, guestHeartbeatStatus: props.guestHeartbeatStatus })
  if (old.runtime === props.runtime && old.config === config && old.guest === guest
    && old.storage === storage && old.quickStats === quickStats
    && old.overallStatus === props.overallStatus && old.customValue === customValue) return old
  if (old.vm !== undefined && guest !== undefined && storage !== undefined && customValue === undefined) {
    return Object.freeze({
      vm: old.vm, runtime: props.runtime, guest, config, storage, quickStats, overallStatus: props.overallStatus,
    })
  }
  const summary: VirtualMachineSummary = {
    runtime: props.runtime, config, quickStats, overallStatus: props.overallStatus,
  }
  if (old.vm !== undefined) summary.vm = old.vm
  if (guest !== undefined) summary.guest = guest
  if (storage !== undefined) summary.storage = storage
  if (customValue !== undefined) summary.customValue = customValue
  return Object.freeze(summary)
}

/** Made once: both inventories share a configuration, and most changes of a VM leave it as it is. */
const configSummaryOf = onceForEach(configSummary)

function onceForEach<K extends object, V>(make: (of: K) => V): (of: K) => V {
  const made = new WeakMap<K, V>()
  return of => {
    let value = made.get(of)
    if (value === undefined) made.set(of, value = make(of))
    return value
  }
}

function configSummary(config: VirtualMachineConfigInfo): VirtualMachineConfigSummary {
  const devices = config.hardware.device ?? []
  let cards = 0
  let disks = 0
  let tpm = false
  for (const device of devices) {
    if (device._typeName === 'VirtualDisk') disks += 1
    else if (device._typeName === 'VirtualTPM') tpm = true
    else if (isEthernetCard(device)) cards += 1
  }
  const summary: VirtualMachineConfigSummary = {
    name: config.name,
    template: config.template,
    vmPathName: config.files.vmPathName ?? '',
    memorySizeMB: config.hardware.memoryMB,
    cpuReservation: config.cpuAllocation?.reservation ?? 0,
    memoryReservation: config.memoryAllocation?.reservation ?? 0,
    numCpu: config.hardware.numCPU,
    numEthernetCards: cards,
    numVirtualDisks: disks,
    uuid: config.uuid,
    instanceUuid: config.instanceUuid ?? '',
    guestId: config.guestId,
    guestFullName: config.guestFullName,
    annotation: config.annotation ?? '',
    installBootRequired: config.vAppConfig?.installBootRequired ?? false,
    tpmPresent: tpm,
    numVmiopBackings: 0,
    hwVersion: config.version,
  }
  if (config.vAppConfig?.product?.[0] !== undefined) summary.product = config.vAppConfig.product[0]
  if (config.ftInfo !== undefined) summary.ftInfo = config.ftInfo
  if (config.managedBy !== undefined) summary.managedBy = config.managedBy
  return Object.freeze(summary)
}

const cards = new Set([
  'VirtualVmxnet3', 'VirtualVmxnet3Vrdma', 'VirtualVmxnet2', 'VirtualVmxnet', 'VirtualE1000', 'VirtualE1000e',
  'VirtualPCNet32', 'VirtualSriovEthernetCard',
])

function isEthernetCard(device: VirtualDevice): boolean {
  return device._typeName !== undefined && cards.has(device._typeName)
}

interface KnownGuest {
  readonly config: VirtualMachineConfigInfo | undefined
  readonly summary: VirtualMachineGuestSummary
}

/** What Tools report changes with power, the rest of a VM far more often. */
const guestSummaries = new WeakMap<GuestInfo, KnownGuest>()

function guestSummaryOf(guest: GuestInfo, config: VirtualMachineConfigInfo | undefined): VirtualMachineGuestSummary {
  const known = guestSummaries.get(guest)
  if (known !== undefined && known.config === config) return known.summary
  const summary = guestSummary(guest, config)
  guestSummaries.set(guest, { config, summary })
  return summary
}

function guestSummary(guest: GuestInfo, config: VirtualMachineConfigInfo | undefined): VirtualMachineGuestSummary {
  const summary: VirtualMachineGuestSummary = {}
  const guestId = guest.guestId ?? config?.guestId
  const fullName = guest.guestFullName ?? config?.guestFullName
  if (guestId !== undefined) summary.guestId = guestId
  if (fullName !== undefined) summary.guestFullName = fullName
  if (guest.toolsStatus !== undefined) summary.toolsStatus = guest.toolsStatus
  if (guest.toolsVersionStatus !== undefined) summary.toolsVersionStatus = guest.toolsVersionStatus
  if (guest.toolsVersionStatus2 !== undefined) summary.toolsVersionStatus2 = guest.toolsVersionStatus2
  if (guest.toolsRunningStatus !== undefined) summary.toolsRunningStatus = guest.toolsRunningStatus
  if (guest.hostName !== undefined) summary.hostName = guest.hostName
  if (guest.ipAddress !== undefined) summary.ipAddress = guest.ipAddress
  if (guest.hwVersion !== undefined) summary.hwVersion = guest.hwVersion
  return Object.freeze(summary)
}

const storageSummaryOf = onceForEach(storageSummary)

function storageSummary(storage: VirtualMachineStorageInfo): VirtualMachineStorageSummary {
  let committed = 0
  let uncommitted = 0
  let unshared = 0
  for (const usage of storage.perDatastoreUsage ?? []) {
    committed += usage.committed
    uncommitted += usage.uncommitted
    unshared += usage.unshared
  }
  return Object.freeze({ committed, uncommitted, unshared, timestamp: storage.timestamp })
}

/** The old object when the new one says the same in every field. */
function keep<T extends object>(old: T | undefined, fresh: T): T {
  if (old === undefined) return fresh
  if (old === fresh) return old
  let count = 0
  for (const key in fresh) {
    if (old[key] !== fresh[key]) return fresh
    count += 1
  }
  for (const _key in old) count -= 1
  return count === 0 ? old : fresh
}
