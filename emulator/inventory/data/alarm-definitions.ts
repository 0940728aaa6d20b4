import type { AlarmExpression, AlarmSpec, EventAlarmExpression, ManagedEntityStatus } from '../../schema/generated/types.js'
import { deepFreeze } from '../../world/freeze.js'

/**
 * The alarms that a vCenter has from the start (operations.md 6.1 and 6.2, availability.md 1.13 and
 * 2.6). Names, thresholds of the usage alarms, the two captured definitions and the system names
 * marked `known` are public facts; no public source gives the other expressions, which follow from
 * the events' names, nor the other system names, which follow the known ones' form. Descriptions are
 * our own. An event without a colour changes no status: it only sets actions off (marked `*` in the
 * lists that are public).
 */

/** An alarm of the default set. `number` is that of its id. */
export interface DefaultAlarm {
  readonly number: number
  readonly spec: AlarmSpec
}

type Colour = ManagedEntityStatus
type Comparison = readonly [attribute: string, value: string]

const asExpression = (typeName: string, fields: object): AlarmExpression =>
  ({ _typeName: typeName, ...fields }) as AlarmExpression

const or = (...expression: AlarmExpression[]): AlarmExpression => asExpression('OrAlarmExpression', { expression })
const and = (...expression: AlarmExpression[]): AlarmExpression => asExpression('AndAlarmExpression', { expression })

function event(objectType: string, eventType: string, id: string | undefined, status: Colour | undefined, compare: readonly Comparison[]): AlarmExpression {
  const fields: Partial<EventAlarmExpression> = {
    ...(compare.length === 0 ? {} : {
      comparisons: compare.map(([attributeName, value]) => ({ attributeName, operator: 'equals', value })),
    }),
    eventType, objectType,
    ...(id === undefined ? {} : { eventTypeId: id }),
    ...(status === undefined ? {} : { status }),
  }
  return asExpression('EventAlarmExpression', fields)
}

/** An event of a class of its own. */
const on = (objectType: string, eventType: string, status?: Colour, ...compare: Comparison[]): AlarmExpression =>
  event(objectType, eventType, undefined, status, compare)
/** An event with an id; both kinds arrive as EventEx (availability.md 1.13). */
const onId = (objectType: string, id: string, status?: Colour, ...compare: Comparison[]): AlarmExpression =>
  event(objectType, 'EventEx', id, status, compare)

const state = (operator: 'isEqual' | 'isUnequal', type: string, statePath: string, red: string): AlarmExpression =>
  asExpression('StateAlarmExpression', { operator, type, statePath, red })

const above = (type: string, counterId: number, yellow: number, red: number, seconds?: number): AlarmExpression =>
  asExpression('MetricAlarmExpression', {
    operator: 'isAbove', type, metric: { counterId, instance: '' }, yellow,
    ...(seconds === undefined ? {} : { yellowInterval: seconds }), red,
    ...(seconds === undefined ? {} : { redInterval: seconds }),
  })

/** Ids of counters (operations.md appendix A). */
const CPU_USAGE = 2
const MEM_USAGE = 24
const DISK_USED = 281
const DISK_MAX_LATENCY = 133
const MEM_SWAP_OUT = 86

const HOST = 'HostSystem'
const VM = 'VirtualMachine'
const CLUSTER = 'ClusterComputeResource'
const DATASTORE = 'Datastore'
const POD = 'StoragePod'
const DVS = 'DistributedVirtualSwitch'
/** Events about no object: the alarm stays on the root folder, where it is defined. */
const VCENTER = 'Folder'

const ha = 'com.vmware.vc.HA.'
const vcha = 'com.vmware.vcha.'

type Row = readonly [systemName: string, name: string, description: string, expression: AlarmExpression]

/** With the number of the id where it is known. */
const known: ReadonlyArray<readonly [number, ...Row]> = [
  [1, 'HostConnectionStateAlarm', 'Host connection and power state', 'A host that should run does not answer', and(
    state('isEqual', HOST, 'runtime.connectionState', 'notResponding'),
    state('isUnequal', HOST, 'runtime.powerState', 'standBy'))],
  [3, 'HostCPUUsageAlarm', 'Host CPU usage', 'CPU usage of a host', or(above(HOST, CPU_USAGE, 7500, 9000, 300))],
  [4, 'HostMemoryUsageAlarm', 'Host memory usage', 'Memory usage of a host', or(above(HOST, MEM_USAGE, 9000, 9500, 300))],
  [5, 'VmMemoryUsageAlarm', 'Virtual machine memory usage', 'Memory usage of a virtual machine', or(
    above(VM, MEM_USAGE, 8500, 9500, 600))],
  [6, 'VmCPUUsageAlarm', 'Virtual machine CPU usage', 'CPU usage of a virtual machine', or(
    above(VM, CPU_USAGE, 7500, 9000, 300))],
  [7, 'DatastoreDiskUsageAlarm', 'Datastore usage on disk', 'Space in use on a datastore', or(
    above(DATASTORE, DISK_USED, 7500, 8500))],
  [11, 'HostErrorAlarm', 'Host error', 'Error and warning events of a host', or(
    on(HOST, 'GeneralHostErrorEvent'), on(HOST, 'GeneralHostWarningEvent'))],
  [12, 'VmErrorAlarm', 'Virtual machine error', 'Error and warning events of a virtual machine', or(
    on(VM, 'GeneralVmErrorEvent'), on(VM, 'GeneralVmWarningEvent'))],
  [13, 'HostConnectivityAlarm', 'Host connection failure', 'A connection to a host failed or was lost', or(
    on(HOST, 'HostCnxFailedNetworkErrorEvent'), on(HOST, 'HostCnxFailedTimeoutEvent'),
    on(HOST, 'HostConnectionLostEvent'))],
  [14, 'StorageConnectivityAlarm', 'Cannot connect to storage', 'A host lost paths to its storage', or(
    onId(HOST, 'esx.problem.storage.connectivity.lost'), onId(HOST, 'esx.problem.storage.redundancy.lost'),
    onId(HOST, 'esx.problem.storage.redundancy.degraded'), onId(HOST, 'esx.problem.storage.apd.start'),
    onId(HOST, 'esx.problem.vmfs.nfs.server.disconnect'))],
  [15, 'CertificateStatusAlarm', 'Certificate Status', 'A certificate of vCenter Server comes to its end', or(
    onId(VCENTER, 'com.vmware.sso.STSCertExpiry', 'red'), onId(VCENTER, 'com.vmware.sso.LDAPCertExpiry', 'yellow'))],
  [16, 'LicenseNonComplianceAlarm', 'License inventory monitoring', 'Licenses do not cover what is in use', or(
    onId(VCENTER, 'com.vmware.license.LicenseExpiryEvent', 'red'),
    onId(VCENTER, 'com.vmware.license.LicenseAssignFailedEvent', 'red'),
    onId(VCENTER, 'com.vmware.license.AssignLicenseEvent', 'green'))],
]

const dasHostState = (newState: string, status: Colour): AlarmExpression =>
  onId(HOST, `${ha}HostStateChangedEvent`, status, ['newState', newState])

const availability: readonly Row[] = [
  ['DasMasterNotFoundAlarm', 'Cannot find vSphere HA master agent', 'vCenter Server has no contact to the master of a cluster', or(
    onId(CLUSTER, `${ha}VcCannotFindMasterEvent`, 'red'),
    onId(CLUSTER, `${ha}VcCannotCommunicateWithMasterEvent`, 'red'),
    onId(CLUSTER, `${ha}VcDisconnectedFromMasterEvent`, 'red'),
    onId(CLUSTER, `${ha}VcConnectedToMasterEvent`, 'green'), on(CLUSTER, 'DasDisabledEvent', 'green'))],
  ['DasHostStatusAlarm', 'vSphere HA host status', 'State of the vSphere HA agent of a host', or(
    dasHostState('fdmUnreachable', 'red'), dasHostState('hostDown', 'red'), dasHostState('networkIsolated', 'red'),
    dasHostState('networkPartitionedFromMaster', 'red'), dasHostState('initializationError', 'red'),
    dasHostState('uninitializationError', 'red'), dasHostState('master', 'green'),
    dasHostState('connectedToMaster', 'green'), dasHostState('uninitialized', 'green'),
    onId(HOST, `${ha}HostAgentErrorEvent`, 'red'), onId(HOST, `${ha}HostDasErrorEvent`, 'red'),
    onId(HOST, `${ha}DasHostFailedEvent`, 'red'), onId(HOST, `${ha}DasHostIsolatedEvent`, 'red'),
    onId(HOST, `${ha}HostPartitionedFromMasterEvent`, 'red'), on(HOST, 'DasHostFailedEvent', 'red'),
    on(HOST, 'DasHostIsolatedEvent', 'red'), onId(HOST, `${ha}HostDasAgentHealthyEvent`, 'green'),
    on(HOST, 'HostDasDisabledEvent', 'green'))],
  ['DasFailoverInProgressAlarm', 'vSphere HA failover in progress', 'vSphere HA restarts virtual machines of failed hosts', or(
    onId(CLUSTER, `${ha}ClusterFailoverActionInitiatedEvent`, 'yellow'),
    onId(CLUSTER, `${ha}ClusterFailoverInProgressEvent`, 'yellow'),
    onId(CLUSTER, `${ha}ClusterFailoverActionCompletedEvent`, 'green'))],
  ['DasVmFailoverFailedAlarm', 'vSphere HA virtual machine failover failed', 'vSphere HA could not restart a virtual machine', or(
    on(VM, 'VmFailoverFailed', 'red'))],
  ['DasVmMonitoringActionAlarm', 'vSphere HA virtual machine monitoring action', 'vSphere HA resets a virtual machine', or(
    on(VM, 'VmDasBeingResetEvent', 'yellow'), on(VM, 'VmDasBeingResetWithScreenshotEvent', 'yellow'))],
  ['DasVmMonitoringErrorAlarm', 'vSphere HA virtual machine monitoring error', 'vSphere HA could not reset a virtual machine', or(
    on(VM, 'VmDasResetFailedEvent', 'red'), on(VM, 'VmDasBeingResetEvent', 'green'),
    on(VM, 'VmDasBeingResetWithScreenshotEvent', 'green'))],
  ['DasVmcpAlarm', 'vSphere HA VM Component Protection could not power off a virtual machine',
    'A virtual machine without its storage still runs', or(
      onId(VM, `${ha}VmcpNotTerminateVmWithInaccessibleDatastore`, 'red'),
      onId(VM, `${ha}VmcpTerminateVmAborted`, 'green'), onId(VM, `${ha}VmcpStorageFailureCleared`, 'green'))],
  ['DasInsufficientResourcesAlarm', 'Insufficient vSphere HA failover resources', 'A cluster lacks the resources for failover', or(
    on(CLUSTER, 'InsufficientFailoverResourcesEvent', 'red'),
    onId(CLUSTER, `${ha}InsufficientFailoverLevelEvent`, 'red'),
    onId(CLUSTER, `${ha}FailoverResourcesViolationEvent`, 'red'), on(CLUSTER, 'FailoverLevelRestored', 'green'))],
  ['DasHostMonitoringAlarm', 'vSphere HA detected a network-isolated or partitioned cluster', 'No host of a cluster is heard', or(
    on(CLUSTER, 'DasClusterIsolatedEvent', 'red'))],
  ['VchaClusterStateAlarm', 'vCenter HA cluster state', 'State of the vCenter HA cluster', or(
    onId(VCENTER, `${vcha}cluster.state.degraded`, 'yellow'), onId(VCENTER, `${vcha}cluster.state.isolated`, 'red'),
    onId(VCENTER, `${vcha}cluster.state.healthy`, 'green'), onId(VCENTER, `${vcha}cluster.state.destroyed`, 'green'))],
  ['VchaNodeAlarm', 'vCenter HA node health', 'A node of the vCenter HA cluster is missing', or(
    onId(VCENTER, `${vcha}node.left`, 'red'), onId(VCENTER, `${vcha}node.joined`, 'green'),
    onId(VCENTER, `${vcha}cluster.state.healthy`, 'green'))],
  ['VchaFailoverAlarm', 'vCenter HA failover failed', 'A failover of vCenter HA failed', or(
    onId(VCENTER, `${vcha}failover.failed.disabled.mode`, 'red'), onId(VCENTER, `${vcha}failover.failed.node.lost`, 'red'),
    onId(VCENTER, `${vcha}failover.failed.passive.not.ready`, 'red'), onId(VCENTER, `${vcha}failover.succeeded`, 'green'))],
  ['VchaVmdirAlarm', 'vCenter HA directory service health', 'The directory of vCenter HA is not in step', or(
    onId(VCENTER, `${vcha}vmdir.health.degraded`, 'red'), onId(VCENTER, `${vcha}vmdir.health.unknown`, 'yellow'),
    onId(VCENTER, `${vcha}vmdir.health.healthy`, 'green'))],
  ['PscHaAlarm', 'Platform Services Controller HA health', 'State of the services beside vCenter HA', or(
    onId(VCENTER, `${vcha}psc.ha.health.degraded`, 'red'), onId(VCENTER, `${vcha}psc.ha.health.unknown`, 'yellow'),
    onId(VCENTER, `${vcha}psc.ha.health.healthy`, 'green'))],
  ['FtTimedOutStartingSecondaryAlarm', 'Timed out starting Secondary VM', 'A Secondary VM did not start in time', or(
    on(VM, 'VmTimedoutStartingSecondaryEvent'))],
  ['FtNoCompatibleHostAlarm', 'No compatible host for Secondary VM', 'No host can take a Secondary VM', or(
    on(VM, 'VmNoCompatibleHostForSecondaryEvent', 'red'), on(VM, 'VmSecondaryAddedEvent', 'green'))],
  ['FtStateChangedAlarm', 'Virtual machine Fault Tolerance state changed', 'State of the Fault Tolerance of a virtual machine', or(
    on(VM, 'VmFaultToleranceStateChangedEvent', 'red', ['newState', 'needSecondary']),
    on(VM, 'VmFaultToleranceStateChangedEvent', 'yellow', ['newState', 'disabled']),
    on(VM, 'VmFaultToleranceStateChangedEvent', 'green', ['newState', 'running']),
    on(VM, 'VmFaultToleranceStateChangedEvent', 'green', ['newState', 'notConfigured']))],
]

const network: readonly Row[] = [
  ['NetworkConnectivityLostAlarm', 'Network connectivity lost', 'A virtual switch of a host has no uplink left', or(
    onId(HOST, 'esx.problem.net.connectivity.lost', 'red'), onId(HOST, 'esx.problem.net.dvport.connectivity.lost', 'red'),
    onId(HOST, 'esx.clear.net.connectivity.restored', 'green'),
    onId(HOST, 'esx.clear.net.dvport.connectivity.restored', 'green'))],
  ['NetworkRedundancyLostAlarm', 'Network uplink redundancy lost', 'A virtual switch of a host has one uplink left', or(
    onId(HOST, 'esx.problem.net.redundancy.lost', 'yellow'), onId(HOST, 'esx.problem.net.dvport.redundancy.lost', 'yellow'),
    onId(HOST, 'esx.clear.net.redundancy.restored', 'green'),
    onId(HOST, 'esx.clear.net.dvport.redundancy.restored', 'green'))],
  ['NetworkRedundancyDegradedAlarm', 'Network uplink redundancy degraded', 'A virtual switch of a host has fewer uplinks', or(
    onId(HOST, 'esx.problem.net.redundancy.degraded', 'yellow'),
    onId(HOST, 'esx.problem.net.dvport.redundancy.degraded', 'yellow'),
    onId(HOST, 'esx.clear.net.redundancy.restored', 'green'),
    onId(HOST, 'esx.clear.net.dvport.redundancy.restored', 'green'))],
  ['VmkernelNicAlarm', 'VMKernel NIC not configured correctly', 'An address of a host is wrong or taken', or(
    on(HOST, 'DuplicateIpDetectedEvent'), onId(HOST, 'com.vmware.vc.host.HostIpConflictEvent'),
    onId(HOST, 'esx.problem.net.vmknic.ip.duplicate'))],
  ['DvsVlanTrunkedAlarm', 'vSphere Distributed Switch VLAN trunked status', 'VLANs that an uplink needs are not trunked', or(
    on(DVS, 'UplinkPortVlanUntrunkedEvent', 'yellow'), on(DVS, 'UplinkPortVlanTrunkedEvent', 'green'))],
  ['DvsMtuMatchedAlarm', 'vSphere Distributed Switch MTU matched status', 'The MTU differs from that of the physical switch', or(
    on(DVS, 'MtuMismatchEvent', 'yellow'), on(DVS, 'MtuMatchEvent', 'green'))],
  ['DvsMtuSupportedAlarm', 'vSphere Distributed Switch MTU supported status', 'The physical switch does not carry the MTU', or(
    on(DVS, 'UplinkPortMtuNotSupportEvent', 'yellow'), on(DVS, 'UplinkPortMtuSupportEvent', 'green'))],
  ['DvsTeamingMatchedAlarm', 'vSphere Distributed Switch teaming matched status', 'Teaming differs from that of the physical switch', or(
    on(DVS, 'TeamingMisMatchEvent', 'yellow'), on(DVS, 'TeamingMatchEvent', 'green'))],
  ['VmAdapterReservationAlarm', 'Virtual Machine network adapter reservation status', 'A network reservation is not met', or(
    onId(VM, 'com.vmware.vc.vm.VmAdapterResvNotSatisfiedEvent', 'red'),
    onId(VM, 'com.vmware.vc.vm.VmAdapterResvSatisfiedEvent', 'green'))],
]

const storage: readonly Row[] = [
  ['StoragePodSpaceAlarm', 'Datastore cluster is out of space', 'Space in use on a datastore cluster', or(
    above(POD, DISK_USED, 7500, 8500))],
  ['VmDiskLatencyAlarm', 'Virtual machine max total disk latency', 'Latency of the disks of a virtual machine', or(
    above(VM, DISK_MAX_LATENCY, 50, 75, 300))],
  ['HostSwapRateAlarm', 'Host service console swap rates', 'A host swaps memory out', or(above(HOST, MEM_SWAP_OUT, 512, 2048, 60))],
  ['VmConsolidationNeededAlarm', 'Virtual machine Consolidation Needed status', 'Disks of a virtual machine need consolidation', or(
    onId(VM, 'com.vmware.vc.VmDiskConsolidationNeeded', 'yellow'),
    onId(VM, 'com.vmware.vc.VmDisk.ConsolidationNeeded', 'yellow'),
    onId(VM, 'com.vmware.vc.VmDiskConsolidationNoLongerNeeded', 'green'),
    onId(VM, 'com.vmware.vc.VmDisk.ConsolidationNoLongerNeeded', 'green'))],
  ['ThinProvisionedThresholdAlarm', 'Thin-provisioned volume capacity threshold exceeded', 'A thin volume of an array fills up', or(
    onId(DATASTORE, 'esx.problem.scsi.device.thinprov.atquota', 'yellow'))],
  ['SdrsRecommendationAlarm', 'Storage DRS recommendation', 'Storage DRS has a recommendation', or(
    onId(POD, 'com.vmware.vc.sdrs.StorageDrsNewRecommendationPendingEvent', 'yellow'),
    onId(POD, 'com.vmware.vc.sdrs.StorageDrsRecommendationApplied', 'green'))],
  ['SdrsNotSupportedAlarm', 'Storage DRS is not supported on a host', 'A host of a datastore cluster does not know Storage DRS', or(
    onId(POD, 'com.vmware.vc.sdrs.StorageDrsNotSupportedHostConnectedToPodEvent', 'yellow'))],
  ['DatastoreInManyDatacentersAlarm', 'Datastore is in multiple datacenters', 'A datastore is seen in several datacenters', or(
    onId(DATASTORE, 'com.vmware.vc.sdrs.DatastoreInMultipleDatacentersEvent', 'yellow'),
    onId(DATASTORE, 'com.vmware.vc.sdrs.ClearDatastoreInMultipleDatacentersEvent', 'green'))],
  ['NonVIWorkloadAlarm', 'Unmanaged workload detected on SIOC-enabled datastore', 'Others use the array behind a datastore', or(
    on(DATASTORE, 'NonVIWorkloadDetectedOnDatastoreEvent', 'yellow'))],
  ['VFlashAlarm', 'Virtual Flash resource status', 'The flash resource of a host', or(
    onId(HOST, 'com.vmware.vc.host.problem.vFlashResource.inaccessible', 'red'),
    onId(HOST, 'com.vmware.vc.host.clear.vFlashResource.inaccessible', 'green'))],
  ['VFlashUsageAlarm', 'Virtual Flash resource usage', 'Space in use on the flash resource of a host', or(
    onId(HOST, 'com.vmware.vc.host.problem.vFlashResource.reachthreshold', 'yellow'),
    onId(HOST, 'com.vmware.vc.host.clear.vFlashResource.reachthreshold', 'green'))],
  ['IoFilterInstallAlarm', 'I/O Filter installation', 'An I/O filter could not be installed', or(
    onId(CLUSTER, 'com.vmware.vc.iofilter.FilterInstallationFailedEvent', 'red'),
    onId(CLUSTER, 'com.vmware.vc.iofilter.FilterInstallationSuccessEvent', 'green'))],
  ['IoFilterUpgradeAlarm', 'I/O Filter upgrade', 'An I/O filter could not be upgraded', or(
    onId(CLUSTER, 'com.vmware.vc.iofilter.FilterUpgradeFailedEvent', 'red'),
    onId(CLUSTER, 'com.vmware.vc.iofilter.FilterUpgradeSuccessEvent', 'green'))],
  ['IoFilterUninstallAlarm', 'I/O Filter uninstallation', 'An I/O filter could not be removed', or(
    onId(CLUSTER, 'com.vmware.vc.iofilter.FilterUninstallationFailedEvent', 'red'),
    onId(CLUSTER, 'com.vmware.vc.iofilter.FilterUninstallationSuccessEvent', 'green'))],
  ['HostVendorProviderAlarm', 'Registration of I/O filter vendor providers', 'The provider of a host could not be registered', or(
    onId(HOST, 'com.vmware.vc.iofilter.HostVendorProviderRegistrationFailedEvent', 'red'),
    onId(HOST, 'com.vmware.vc.iofilter.HostVendorProviderRegistrationSuccessEvent', 'green'))],
]

const operations: readonly Row[] = [
  ['MigrationErrorAlarm', 'Migration error', 'A virtual machine could not be migrated or relocated', or(
    on(VM, 'MigrationErrorEvent'), on(VM, 'VmFailedMigrateEvent'))],
  ['ExitStandbyErrorAlarm', 'Exit standby error', 'A host did not leave standby mode', or(
    on(HOST, 'ExitStandbyModeFailedEvent', 'red'), on(HOST, 'ExitedStandbyModeEvent', 'green'))],
  ['TpmAttestationAlarm', 'Host TPM attestation alarm', 'A host could not prove its integrity', or(
    onId(HOST, 'com.vmware.vc.host.TPMAttestationFailedEvent', 'red'))],
  ['HostEncryptionAlarm', 'Host Requires Encryption Mode Enabled Alarm', 'A host lacks the key that it needs', or(
    onId(HOST, 'com.vmware.vc.host.Crypto.ReqEnable.KMSClusterError', 'red'),
    onId(HOST, 'com.vmware.vc.host.Crypto.ReqEnable.KeyMissingOnKMS', 'red'),
    onId(HOST, 'com.vmware.vc.host.Crypto.Enabled', 'green'))],
  ['VmLockedAlarm', 'Virtual Machine Locked Alarm', 'An encrypted virtual machine lacks its key', or(
    onId(VM, 'com.vmware.vc.vm.Crypto.VMLocked.KMSClusterError', 'red'),
    onId(VM, 'com.vmware.vc.vm.Crypto.VMLocked.KeyMissingOnKMS', 'red'),
    onId(VM, 'com.vmware.vc.vm.Crypto.VMUnlocked', 'green'))],
  ['HostMemoryModeAlarm', 'Host memory mode: high active DRAM usage', 'Active memory outgrows the DRAM of a host', or(
    onId(HOST, 'com.vmware.vc.host.MemoryModeActiveDRAMYellow', 'yellow'),
    onId(HOST, 'com.vmware.vc.host.MemoryModeActiveDRAMGreen', 'green'))],
  ['VmPMemBandwidthAlarm', 'Virtual machine high PMem bandwidth usage', 'A virtual machine uses much persistent memory bandwidth', or(
    onId(VM, 'com.vmware.vc.vm.PMemBandwidthYellow', 'yellow'), onId(VM, 'com.vmware.vc.vm.PMemBandwidthGreen', 'green'))],
  ['BackupJobAlarm', 'Backup job status', 'A backup of vCenter Server failed', or(
    onId(VCENTER, 'com.vmware.applmgmt.backup.job.failed.event', 'red'),
    onId(VCENTER, 'com.vmware.applmgmt.backup.job.finished.event', 'green'))],
  ['StatsInsertErrorAlarm', 'Statistics collection error', 'vCenter Server could not store statistics', or(
    onId(VCENTER, 'com.vmware.vc.stats.StatsInsertErrorEvent', 'yellow'))],
]

const entitlement: readonly Row[] = [
  ['LicenseErrorAlarm', 'License error', 'An error in the handling of licenses', or(
    on(VCENTER, 'LicenseServerUnavailableEvent'), on(VCENTER, 'NoLicenseEvent'))],
  ['LicenseUserThresholdAlarm', 'License user threshold monitoring', 'More is in use than the threshold of a license', or(
    onId(VCENTER, 'com.vmware.license.LicenseUserThresholdExceededEvent', 'yellow'))],
  ['LicenseCapacityAlarm', 'License capacity monitoring', 'More is in use than a license allows', or(
    onId(VCENTER, 'com.vmware.license.LicenseCapacityExceededEvent', 'red'))],
  ['LicenseEditionAlarm', 'The host license edition is not compatible with the vCenter Server license edition',
    'The editions of host and vCenter Server do not fit', or(
      onId(HOST, 'com.vmware.license.HostLicenseEditionNotAllowedEvent', 'red'))],
  ['HostLicenseExpiredAlarm', 'Expired host license', 'The license of a host has expired', or(
    onId(HOST, 'com.vmware.license.HostLicenseExpiredEvent', 'red'), on(HOST, 'HostLicenseExpiredEvent', 'red'),
    onId(HOST, 'com.vmware.license.AssignLicenseEvent', 'green'))],
  ['HostTimeLimitedLicenseAlarm', 'Expired host time-limited license', 'The subscription of a host has expired', or(
    onId(HOST, 'com.vmware.license.HostSubscriptionLicenseExpiredEvent', 'red'))],
  ['VcLicenseExpiredAlarm', 'Expired vCenter Server license', 'The license of vCenter Server has expired', or(
    onId(VCENTER, 'com.vmware.license.VcLicenseExpiredEvent', 'red'), on(VCENTER, 'ServerLicenseExpiredEvent', 'red'),
    onId(VCENTER, 'com.vmware.license.AssignLicenseEvent', 'green'))],
  ['VcTimeLimitedLicenseAlarm', 'Expired vCenter Server time-limited license', 'The subscription of vCenter Server has expired', or(
    onId(VCENTER, 'com.vmware.license.VcSubscriptionLicenseExpiredEvent', 'red'))],
  ['HostCertStatusAlarm', 'ESXi Host Certificate Status', 'The certificate of a host comes to its end', or(
    onId(HOST, 'com.vmware.vc.certmgr.HostCertExpiringEvent', 'yellow'),
    onId(HOST, 'com.vmware.vc.certmgr.HostCertExpiringShortlyEvent', 'yellow'),
    onId(HOST, 'com.vmware.vc.certmgr.HostCertExpirationImminentEvent', 'red'),
    onId(HOST, 'com.vmware.vc.certmgr.HostCertRevokedEvent', 'red'),
    onId(HOST, 'com.vmware.vc.certmgr.HostCertUpdatedEvent', 'green'))],
  ['HostCertModeAlarm', 'Host Certificate Management Mode', 'The mode of handling host certificates has changed', or(
    onId(VCENTER, 'com.vmware.vc.certmgr.HostCertManagementModeChangedEvent', 'yellow'))],
  ['SsoIdentityCertAlarm', 'Identity provider certificate status', 'A certificate of an identity provider comes to its end', or(
    onId(VCENTER, 'com.vmware.trustmanagement.WS1SSLCertExpiry', 'yellow'))],
]

/** Kinds of sensors of a host; the event tells the kind and the new colour as arguments. */
const sensors: ReadonlyArray<readonly [key: string, name: string]> = [
  ['fan', 'Host hardware fan status'], ['power', 'Host hardware power status'],
  ['systemBoard', 'Host hardware system board status'], ['temperature', 'Host hardware temperature status'],
  ['voltage', 'Host hardware voltage'], ['processor', 'Host processor status'], ['memory', 'Host memory status'],
  ['storage', 'Host storage status'], ['battery', 'Host battery status'],
  ['other', 'Status of other host hardware objects'], ['sel', 'Host IPMI System Event Log status'],
  ['bmc', 'Host Baseboard Management Controller status'],
]

const hardware = sensors.map(([key, name]): Row => [
  `HostHardware.${key}`, name, 'State of hardware of a host as its sensors tell it',
  or(...(['red', 'yellow', 'green'] as const).map(colour =>
    onId(HOST, 'com.vmware.vc.HardwareSensorEvent', colour, ['sensorType', key], ['newState', colour]))),
])

/** Services of the appliance by the id that HealthStatusChangedEvent gives. */
const services: ReadonlyArray<readonly [id: string, name: string]> = [
  ['vpxd', 'vCenter Server'], ['applmgmt', 'Appliance Management'], ['sso', 'Identity'], ['vsphere-ui', 'vSphere Client'],
  ['eam', 'ESX Agent Manager'], ['mbcs', 'Message Bus Config Service'], ['cis-license', 'Cis License'],
  ['invsvc', 'Inventory'], ['vcdb', 'Database'], ['vdcs', 'Data Service'], ['rbd', 'RBD Service'],
  ['vsm', 'vService Manager'], ['perfcharts', 'Performance Charts'], ['content-library', 'Content Library Service'],
  ['netdumper', 'ESXi Dump Collector'], ['vapi-endpoint', 'VMware vAPI Endpoint Service'],
  ['vws', 'System and Hardware Health Manager Service'], ['sps', 'Profile-Driven Storage Service'],
  ['vmware-vpostgres', 'VMware vFabric Postgres Service'], ['sca', 'Service Control Agent'],
  ['syslog', 'Common Logging Service'],
]

const health = services.map(([id, name]): Row => [
  `Health.${id}`, `${name} Health Alarm`, `State of the service ${id} of the appliance`,
  or(...(['red', 'yellow', 'green'] as const).map(colour =>
    on(VCENTER, 'HealthStatusChangedEvent', colour, ['componentId', id], ['newStatus', colour]))),
])

const anyHealth: Row = ['HealthStatusMonitoringAlarm', 'Health status monitoring', 'State of any part of vCenter Server',
  or(on(VCENTER, 'HealthStatusChangedEvent', 'red', ['newStatus', 'red']),
    on(VCENTER, 'HealthStatusChangedEvent', 'yellow', ['newStatus', 'yellow']),
    on(VCENTER, 'HealthStatusChangedEvent', 'green', ['newStatus', 'green']))]

/** What every default alarm does: a trap when yellow becomes red (captured). */
const action = deepFreeze({
  _typeName: 'GroupAlarmAction',
  action: [{
    _typeName: 'AlarmTriggeringAction',
    action: { _typeName: 'SendSNMPAction' },
    transitionSpecs: [{ startState: 'yellow', finalState: 'red', repeats: true }],
    green2yellow: false, yellow2red: false, red2yellow: false, yellow2green: false,
  }],
}) as unknown as NonNullable<AlarmSpec['action']>

const setting: AlarmSpec['setting'] = deepFreeze({ toleranceRange: 0, reportingFrequency: 300 })

/** Numbers of the alarms whose id is not known begin here. */
const FIRST_NUMBER = 20

let made: readonly DefaultAlarm[] | undefined

/** The default set; made once, shared by every vCenter of the process. */
export function defaultAlarms(): readonly DefaultAlarm[] {
  const others = [...availability, ...network, ...storage, ...operations, ...entitlement, ...hardware, anyHealth, ...health]
  made ??= deepFreeze([
    ...known.map(([number, ...row]) => ({ number, spec: specOf(row) })),
    ...others.map((row, index) => ({ number: FIRST_NUMBER + index, spec: specOf(row) })),
  ])
  return made
}

function specOf([systemName, name, description, expression]: Row): AlarmSpec {
  return { name, systemName: `alarm.${systemName}`, description, enabled: true, expression, action, setting: setting! }
}
