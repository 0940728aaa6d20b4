import type {
  LatencySensitivity, ToolsConfigInfo, VirtualMachineBootOptions, VirtualMachineCapability,
  VirtualMachineConfigInfoOverheadInfo, VirtualMachineDefaultPowerOpInfo, VirtualMachineFlagInfo,
  VirtualMachineQuickStats,
} from '../../schema/generated/types.js'
import { deepFreeze } from '../../world/freeze.js'
import { template } from '../template.js'

/** Capabilities of a VM as an ESXi 7 or 8 host reports them for a current hardware version. */
export const vmCapability: VirtualMachineCapability = template({
  snapshotOperationsSupported: true,
  multipleSnapshotsSupported: true,
  snapshotConfigSupported: true,
  poweredOffSnapshotsSupported: true,
  memorySnapshotsSupported: true,
  revertToSnapshotSupported: true,
  quiescedSnapshotsSupported: true,
  disableSnapshotsSupported: false,
  lockSnapshotsSupported: false,
  consolePreferencesSupported: false,
  cpuFeatureMaskSupported: true,
  s1AcpiManagementSupported: true,
  settingScreenResolutionSupported: false,
  toolsAutoUpdateSupported: false,
  vmNpivWwnSupported: true,
  npivWwnOnNonRdmVmSupported: true,
  vmNpivWwnDisableSupported: true,
  vmNpivWwnUpdateSupported: true,
  swapPlacementSupported: true,
  toolsSyncTimeSupported: true,
  virtualMmuUsageSupported: true,
  diskSharesSupported: true,
  bootOptionsSupported: true,
  bootRetryOptionsSupported: true,
  settingVideoRamSizeSupported: true,
  settingDisplayTopologySupported: false,
  recordReplaySupported: false,
  changeTrackingSupported: true,
  multipleCoresPerSocketSupported: true,
  hostBasedReplicationSupported: true,
  guestAutoLockSupported: true,
  memoryReservationLockSupported: true,
  featureRequirementSupported: true,
  poweredOnMonitorTypeChangeSupported: true,
  seSparseDiskSupported: true,
  nestedHVSupported: true,
  vPMCSupported: true,
  secureBootSupported: true,
  perVmEvcSupported: true,
  virtualMmuUsageIgnored: true,
  virtualExecUsageIgnored: true,
  diskOnlySnapshotOnSuspendedVMSupported: true,
  suspendToMemorySupported: true,
  toolsSyncTimeAllowSupported: true,
  sevSupported: false,
  pmemFailoverSupported: false,
  requireSgxAttestationSupported: true,
  changeModeDisksSupported: true,
  vendorDeviceGroupSupported: true,
})

export const vmFlags: VirtualMachineFlagInfo = template({
  disableAcceleration: false,
  enableLogging: true,
  useToe: false,
  runWithDebugInfo: false,
  monitorType: 'release',
  htSharing: 'any',
  snapshotDisabled: false,
  snapshotLocked: false,
  diskUuidEnabled: false,
  virtualMmuUsage: 'automatic',
  virtualExecUsage: 'hvAuto',
  snapshotPowerOffBehavior: 'powerOff',
  recordReplayEnabled: false,
  faultToleranceType: 'unset',
  cbrcCacheEnabled: false,
  vvtdEnabled: false,
  vbsEnabled: false,
})

export const defaultPowerOps: VirtualMachineDefaultPowerOpInfo = template({
  powerOffType: 'soft',
  suspendType: 'hard',
  resetType: 'soft',
  defaultPowerOffType: 'soft',
  defaultSuspendType: 'hard',
  defaultResetType: 'soft',
  standbyAction: 'checkpoint',
})

/** Version number of open-vm-tools 12.3.5, as `toolsVersion` counts. */
export const TOOLS_VERSION = 12357

export const toolsInstalled: ToolsConfigInfo = template({
  toolsVersion: TOOLS_VERSION,
  toolsInstallType: 'guestToolsTypeOpenVMTools',
  afterPowerOn: true,
  afterResume: true,
  beforeGuestStandby: true,
  beforeGuestShutdown: true,
  beforeGuestReboot: true,
  toolsUpgradePolicy: 'manual',
  syncTimeWithHostAllowed: true,
  syncTimeWithHost: false,
})

export const toolsAbsent: ToolsConfigInfo = template({ ...toolsInstalled, toolsVersion: 0, toolsInstallType: 'guestToolsTypeUnknown' })

export const bootOptions: VirtualMachineBootOptions = template({
  bootDelay: 0,
  enterBIOSSetup: false,
  efiSecureBootEnabled: false,
  bootRetryEnabled: false,
  bootRetryDelay: 10000,
  networkBootProtocol: 'ipv4',
})

export const latencySensitivity: LatencySensitivity = deepFreeze({ level: 'normal' })

export const initialOverhead: VirtualMachineConfigInfoOverheadInfo = deepFreeze({
  initialMemoryReservation: 219906048, initialSwapReservation: 163188736,
})

/** Figures of a VM that does nothing. */
export const quietStats: VirtualMachineQuickStats = template({
  overallCpuUsage: 0,
  overallCpuDemand: 0,
  overallCpuReadiness: 0,
  guestMemoryUsage: 0,
  hostMemoryUsage: 0,
  guestHeartbeatStatus: 'gray',
  distributedCpuEntitlement: 0,
  distributedMemoryEntitlement: 0,
  staticCpuEntitlement: 0,
  staticMemoryEntitlement: 0,
  grantedMemory: 0,
  privateMemory: 0,
  sharedMemory: 0,
  swappedMemory: 0,
  balloonedMemory: 0,
  consumedOverheadMemory: 0,
  ftLogBandwidth: -1,
  ftSecondaryLatency: -1,
  ftLatencyStatus: 'gray',
  compressedMemory: 0,
  uptimeSeconds: 0,
  ssdSwappedMemory: 0,
  activeMemory: 0,
})
