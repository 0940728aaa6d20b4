import { layoutExOf, layoutOf, type VmFile } from '../physics/storage/layout.js'
import type {
  GuestInfo, OptionValue, ResourceAllocationInfo, SharesInfo, VirtualDevice, VirtualDisk, VirtualMachineConfigInfo,
  VirtualMachineConfigSummary, VirtualMachineProps, VirtualMachineQuickStats, VirtualMachineRuntimeInfo,
  VirtualMachineSummary,
} from '../schema/generated/types.js'
import { guestDisks, idleGuest, runningGuest, type GuestSpec } from '../physics/compute/guest-report.js'
import type { MoRef } from '../schema/model.js'
import { disabledMethods } from '../physics/compute/disabled-methods.js'
import { guestFullName } from './data/guest-os.js'
import {
  bootOptions, defaultPowerOps, initialOverhead, latencySensitivity, quietStats, toolsAbsent,
  toolsInstalled, vmCapability, vmFlags,
} from './data/vm-templates.js'
import { emptyList } from '../physics/frozen.js'
import { deepFreeze } from '../world/freeze.js'
import { template } from './template.js'
import { deriveSummary } from './virtual-machine-derive.js'
import { storageOf } from './virtual-machine-files.js'

/** What many VMs may have in common. A builder made from it shares all that does not differ. */
export interface VmCommon {
  readonly guestId: string
  /** Virtual hardware version, 21 for `vmx-21`. */
  readonly hardware: number
  readonly numCpu: number
  readonly coresPerSocket: number
  readonly memoryMb: number
  readonly firmware: 'bios' | 'efi'
  readonly powerState: 'poweredOn' | 'poweredOff' | 'suspended'
  /** The guest has VMware Tools. */
  readonly tools: boolean
  readonly template: boolean
  readonly annotation?: string | undefined
  /** MHz and MB; absent: none. */
  readonly reservation?: { readonly mhz: number, readonly mb: number }
  readonly extraConfig?: Readonly<Record<string, string>> | undefined
  /** dateTime of creation, of last start, and of the figures about space. */
  readonly createDate: string
  readonly bootTime?: string | undefined
  readonly suspendTime?: string | undefined
  readonly timestamp: string
  readonly host: MoRef
  /** MHz of a core of that host, for `runtime.maxCpuUsage`. */
  readonly coreMhz: number
  readonly parent: MoRef
  /** Undefined for a template on vCenter. */
  readonly resourcePool: MoRef | undefined
  readonly parentVApp?: MoRef | undefined
  readonly environmentBrowser: MoRef
  readonly datastores: readonly MoRef[]
  readonly networks: readonly MoRef[]
}

/** What a VM has of its own. */
export interface VmOwn {
  readonly self: MoRef
  readonly name: string
  /** BIOS UUID and vCenter's instance UUID. */
  readonly uuid: string
  readonly instanceUuid: string
  /** `[ds] folder/name.vmx`. */
  readonly vmPathName: string
  /** All devices, controllers linked (`linkControllers`), keys final. */
  readonly devices: readonly VirtualDevice[]
  readonly files: readonly VmFile[]
  /** Undefined when the guest reports nothing; ignored unless the VM runs with tools. */
  readonly guest?: GuestSpec | undefined
  /**
   * The same VM on another node (its host's record, for its vCenter's): what holds no references
   * is taken from there, so that two records cost little more than one.
   */
  readonly like?: VirtualMachineProps | undefined
}

export type VmSpec = VmCommon & VmOwn

/** All managed properties of a VM on the node whose references the spec has. */
export function virtualMachineProps(spec: VmSpec): VirtualMachineProps {
  return vmBuilder(spec)(spec)
}

/** Makes a builder for VMs that differ in their own facts only; templates are made once. */
export function vmBuilder(common: VmCommon): (own: VmOwn) => VirtualMachineProps {
  const parts = sharedParts(common)
  return own => buildVm(common, parts, own)
}

function buildVm(common: VmCommon, parts: SharedParts, own: VmOwn): VirtualMachineProps {
  const { like } = own
  const guest = like?.guest ?? guestOf(common, parts, own)
  const heartbeat = guest.toolsRunningStatus === 'guestToolsRunning' ? 'green' : 'gray'
  // Every property in one literal: objects that grow or are spread take twice the memory.
  const props: VirtualMachineProps = {
    value: emptyList,
    availableField: emptyList,
    parent: common.parent,
    customValue: emptyList,
    overallStatus: 'green',
    configStatus: 'green',
    configIssue: emptyList,
    effectiveRole: noEntityFacts.effectiveRole,
    permission: emptyList,
    name: own.name,
    disabledMethod: disabledMethods(common.template, common.powerState),
    recentTask: emptyList,
    declaredAlarmState: emptyList,
    triggeredAlarmState: emptyList,
    alarmActionsEnabled: true,
    tag: emptyList,
    capability: vmCapability,
    config: configOf(common, parts, own),
    layout: like?.layout ?? layoutOf(own.files),
    layoutEx: like?.layoutEx ?? layoutExOf(own.files, common.timestamp),
    storage: storageOf(common.datastores[0]!, own.files, own.devices, common.timestamp),
    environmentBrowser: common.environmentBrowser,
    resourcePool: common.resourcePool!,
    resourceConfig: parts.resourceConfig(own.self),
    runtime: parts.runtime,
    guest,
    summary: summaryOf(parts, own, heartbeat),
    datastore: parts.datastore,
    network: parts.network,
    rootSnapshot: emptyList,
    guestHeartbeatStatus: heartbeat,
  }
  props.summary = Object.freeze(deriveSummary(props))
  if (common.resourcePool !== undefined && common.parentVApp === undefined) return Object.freeze(props)
  if (common.parentVApp !== undefined) props.parentVApp = common.parentVApp
  if (common.resourcePool === undefined) delete props.resourcePool
  return Object.freeze(props)
}

function guestOf(common: VmCommon, parts: SharedParts, own: VmOwn): GuestInfo {
  if (!common.tools || common.powerState !== 'poweredOn' || own.guest === undefined) return parts.idleGuest
  return runningGuest(common.guestId, parts.guestFullName, parts.version, own.guest, parts.disksOf(own.devices))
}

/** The summary before it is derived; parts that are right already stay what they are. */
function summaryOf(parts: SharedParts, own: VmOwn, heartbeat: 'green' | 'gray'): VirtualMachineSummary {
  const above = own.like?.summary
  const quickStats = heartbeat === 'green' ? parts.busyStats : quietStats
  if (above?.guest === undefined || above.storage === undefined) {
    return { vm: own.self, runtime: parts.runtime, config: emptySummary, quickStats, overallStatus: 'green' }
  }
  const { guest, config, storage } = above
  return { vm: own.self, runtime: parts.runtime, guest, config, storage, quickStats, overallStatus: 'green' }
}

const emptySummary = deepFreeze<VirtualMachineConfigSummary>({ name: '', template: false, vmPathName: '' })

function configOf(common: VmCommon, parts: SharedParts, own: VmOwn): VirtualMachineConfigInfo {
  const config: VirtualMachineConfigInfo = {
    changeVersion: common.createDate,
    modified: common.createDate,
    name: own.name,
    guestFullName: parts.guestFullName,
    version: parts.version,
    uuid: own.uuid,
    createDate: common.createDate,
    instanceUuid: own.instanceUuid,
    npivTemporaryDisabled: true,
    template: common.template,
    guestId: common.guestId,
    alternateGuestName: '',
    annotation: common.annotation ?? '',
    files: own.like?.config?.files ?? filesOf(own.vmPathName),
    tools: common.tools ? toolsInstalled : toolsAbsent,
    flags: vmFlags,
    defaultPowerOps,
    rebootPowerOff: false,
    hardware: Object.freeze({
      numCPU: common.numCpu,
      numCoresPerSocket: common.coresPerSocket,
      autoCoresPerSocket: false,
      memoryMB: common.memoryMb,
      virtualICH7MPresent: false,
      virtualSMCPresent: false,
      device: Object.freeze(own.devices) as VirtualDevice[],
      motherboardLayout: 'i440bxHostBridge',
      simultaneousThreads: 1,
    }),
    cpuAllocation: parts.cpuAllocation,
    memoryAllocation: parts.memoryAllocation,
    latencySensitivity,
    memoryHotAddEnabled: false,
    cpuHotAddEnabled: false,
    cpuHotRemoveEnabled: false,
    extraConfig: parts.extraConfig,
    swapPlacement: 'inherit',
    bootOptions,
    vAssertsEnabled: false,
    changeTrackingEnabled: false,
    firmware: common.firmware,
    maxMksConnections: -1,
    guestAutoLockEnabled: true,
    memoryReservationLockedToMax: false,
    initialOverhead,
    nestedHVEnabled: false,
    vPMCEnabled: false,
    messageBusTunnelEnabled: false,
    migrateEncryption: 'opportunistic',
    ftEncryptionMode: 'ftEncryptionOpportunistic',
    sevEnabled: false,
    pmemFailoverEnabled: false,
    vmxStatsCollectionEnabled: true,
    vmOpNotificationToAppEnabled: false,
    fixedPassthruHotPlugEnabled: false,
    metroFtEnabled: false,
  }
  return Object.freeze(config)
}

function filesOf(vmPathName: string): VirtualMachineConfigInfo['files'] {
  const directory = vmPathName.slice(0, vmPathName.lastIndexOf('/') + 1)
  return Object.freeze({
    vmPathName, snapshotDirectory: directory, suspendDirectory: directory, logDirectory: directory,
  })
}

type SharedParts = ReturnType<typeof sharedParts>

/** What VMs of one kind share; nothing of it is made twice. */
function sharedParts(common: VmCommon) {
  const version = `vmx-${String(common.hardware).padStart(2, '0')}`
  const cpuAllocation = allocation(normalShares(common.numCpu * 1000), common.reservation?.mhz)
  const memoryAllocation = allocation(normalShares(common.memoryMb * 10), common.reservation?.mb)
  const disks = new Map<string, ReturnType<typeof guestDisks>>()
  return {
    version,
    guestFullName: guestFullName(common.guestId),
    runtime: runtimeOf(common),
    cpuAllocation,
    memoryAllocation,
    extraConfig: extraConfigOf(common),
    busyStats: busyStats(common.memoryMb),
    datastore: deepFreeze([...common.datastores]),
    network: deepFreeze([...common.networks]),
    idleGuest: template(idleGuest(common.guestId, common.tools, version, common.powerState === 'poweredOn')),
    resourceConfig: (entity: MoRef) => Object.freeze({
      entity, changeVersion: common.createDate, lastModified: common.createDate, cpuAllocation, memoryAllocation,
    }),
    disksOf(devices: readonly VirtualDevice[]) {
      const sizes: number[] = []
      for (const device of devices) {
        if (device._typeName === 'VirtualDisk') sizes.push((device as VirtualDisk).capacityInBytes ?? 0)
      }
      const id = sizes.join()
      let found = disks.get(id)
      if (found === undefined) disks.set(id, found = guestDisks(common.guestId, sizes))
      return found
    },
  }
}

/** The properties of a managed entity about which nothing is to say; arrays that are set but empty. */
export const noEntityFacts = deepFreeze({
  value: emptyList,
  availableField: emptyList,
  customValue: emptyList,
  overallStatus: 'green' as const,
  configStatus: 'green' as const,
  configIssue: emptyList,
  effectiveRole: [-1],
  permission: emptyList,
  disabledMethod: emptyList,
  recentTask: emptyList,
  declaredAlarmState: emptyList,
  triggeredAlarmState: emptyList,
  alarmActionsEnabled: true,
  tag: emptyList,
})

/** `runtime` of a VM that a host has registered, in a power state. Frozen. */
export function runtimeOf(common: Pick<VmCommon,
'host' | 'powerState' | 'bootTime' | 'suspendTime' | 'numCpu' | 'coreMhz' | 'memoryMb'>): VirtualMachineRuntimeInfo {
  const runtime: VirtualMachineRuntimeInfo = {
    host: common.host,
    connectionState: 'connected',
    powerState: common.powerState,
    faultToleranceState: 'notConfigured',
    toolsInstallerMounted: false,
    maxCpuUsage: common.numCpu * common.coreMhz,
    maxMemoryUsage: common.memoryMb,
    numMksConnections: 0,
    recordReplayState: 'inactive',
    onlineStandby: false,
    consolidationNeeded: false,
    paused: false,
    snapshotInBackground: false,
    quiescedForkParent: false,
    instantCloneFrozen: false,
    cryptoState: 'unlocked',
    suspendedToMemory: false,
  }
  if (common.powerState === 'poweredOn') {
    if (common.bootTime !== undefined) runtime.bootTime = common.bootTime
    runtime.suspendInterval = 0
    runtime.memoryOverhead = 60 * 2 ** 20
    runtime.minRequiredEVCModeKey = 'intel-cascadelake'
  } else {
    runtime.cleanPowerOff = common.powerState === 'poweredOff'
    if (common.suspendTime !== undefined) runtime.suspendTime = common.suspendTime
  }
  return template(runtime)
}

/** Normal shares: 1,000 for each CPU, 10 for each MB of memory. */
export function normalShares(shares: number): SharesInfo {
  return { shares, level: 'normal' }
}

/** An allocation of a VM without limit. */
export function allocation(shares: SharesInfo, reservation = 0): ResourceAllocationInfo {
  return template({ reservation, expandableReservation: false, limit: -1, shares })
}

function busyStats(memoryMb: number): VirtualMachineQuickStats {
  const active = Math.floor(memoryMb / 10)
  return template({
    ...quietStats,
    overallCpuUsage: 48,
    overallCpuDemand: 48,
    guestMemoryUsage: active,
    hostMemoryUsage: Math.floor(memoryMb / 2),
    guestHeartbeatStatus: 'green',
    distributedCpuEntitlement: 48,
    distributedMemoryEntitlement: Math.floor(memoryMb / 2),
    grantedMemory: memoryMb,
    privateMemory: Math.floor(memoryMb / 2),
    consumedOverheadMemory: 41,
    activeMemory: active,
  })
}

function extraConfigOf(common: VmCommon): OptionValue[] {
  const own = Object.entries(common.extraConfig ?? {}).map(([key, value]) => ({ key, value }))
  return deepFreeze([
    { key: 'pciBridge0.present', value: 'TRUE' },
    { key: 'svga.present', value: 'TRUE' },
    { key: 'hpet0.present', value: 'TRUE' },
    { key: 'sched.cpu.latencySensitivity', value: 'normal' },
    { key: 'vmware.tools.internalversion', value: common.tools ? '12357' : '0' },
    ...own,
  ])
}
