import type { MoRef } from '../schema/model.js'
import type { NodeKind } from './nodes.js'

/**
 * The singletons of ServiceContent: field, managed type, id on vCenter and on ESXi
 * (protocols.md 2.4; undefined: absent on that kind of node).
 */
export interface WellKnown {
  readonly field: string
  readonly type: string
  readonly vcenter: string | undefined
  readonly esxi: string | undefined
  /** Type on ESXi where it differs. */
  readonly esxiType?: string
}

/** In the order of ServiceContent. */
export const wellKnown: readonly WellKnown[] = [
  { field: 'rootFolder', type: 'Folder', vcenter: 'group-d1', esxi: 'ha-folder-root' },
  {
    field: 'propertyCollector', type: 'PropertyCollector',
    vcenter: 'propertyCollector', esxi: 'ha-property-collector',
  },
  { field: 'viewManager', type: 'ViewManager', vcenter: 'ViewManager', esxi: 'ViewManager' },
  { field: 'setting', type: 'OptionManager', vcenter: 'VpxSettings', esxi: 'HostAgentSettings' },
  {
    field: 'userDirectory', type: 'UserDirectory',
    vcenter: 'UserDirectory', esxi: 'ha-user-directory',
  },
  {
    field: 'sessionManager', type: 'SessionManager',
    vcenter: 'SessionManager', esxi: 'ha-sessionmgr',
  },
  {
    field: 'authorizationManager', type: 'AuthorizationManager',
    vcenter: 'AuthorizationManager', esxi: 'ha-authmgr',
  },
  {
    field: 'serviceManager', type: 'ServiceManager',
    vcenter: 'ServiceMgr', esxi: 'ha-servicemanager',
  },
  { field: 'perfManager', type: 'PerformanceManager', vcenter: 'PerfMgr', esxi: 'ha-perfmgr' },
  {
    field: 'scheduledTaskManager', type: 'ScheduledTaskManager',
    vcenter: 'ScheduledTaskManager', esxi: undefined,
  },
  { field: 'alarmManager', type: 'AlarmManager', vcenter: 'AlarmManager', esxi: undefined },
  { field: 'eventManager', type: 'EventManager', vcenter: 'EventManager', esxi: 'ha-eventmgr' },
  { field: 'taskManager', type: 'TaskManager', vcenter: 'TaskManager', esxi: 'ha-taskmgr' },
  {
    field: 'extensionManager', type: 'ExtensionManager',
    vcenter: 'ExtensionManager', esxi: undefined,
  },
  {
    field: 'customizationSpecManager', type: 'CustomizationSpecManager',
    vcenter: 'CustomizationSpecManager', esxi: undefined,
  },
  {
    field: 'guestCustomizationManager', type: 'VirtualMachineGuestCustomizationManager',
    vcenter: 'guestCustomizationManager', esxi: undefined,
  },
  {
    field: 'customFieldsManager', type: 'CustomFieldsManager',
    vcenter: 'CustomFieldsManager', esxi: undefined,
  },
  {
    field: 'accountManager', type: 'HostLocalAccountManager',
    vcenter: undefined, esxi: 'ha-localacctmgr',
  },
  {
    field: 'diagnosticManager', type: 'DiagnosticManager',
    vcenter: 'DiagMgr', esxi: 'ha-diagnosticmgr',
  },
  {
    field: 'licenseManager', type: 'LicenseManager',
    vcenter: 'LicenseManager', esxi: 'ha-license-manager',
  },
  { field: 'searchIndex', type: 'SearchIndex', vcenter: 'SearchIndex', esxi: 'ha-searchindex' },
  {
    field: 'fileManager', type: 'FileManager',
    vcenter: 'FileManager', esxi: 'ha-nfc-file-manager',
  },
  {
    field: 'datastoreNamespaceManager', type: 'DatastoreNamespaceManager',
    vcenter: 'DatastoreNamespaceManager', esxi: 'ha-datastore-namespace-manager',
  },
  {
    field: 'virtualDiskManager', type: 'VirtualDiskManager',
    vcenter: 'virtualDiskManager', esxi: 'ha-vdiskmanager',
  },
  { field: 'snmpSystem', type: 'HostSnmpSystem', vcenter: 'SnmpSystem', esxi: undefined },
  {
    field: 'vmProvisioningChecker', type: 'VirtualMachineProvisioningChecker',
    vcenter: 'ProvChecker', esxi: undefined,
  },
  {
    field: 'vmCompatibilityChecker', type: 'VirtualMachineCompatibilityChecker',
    vcenter: 'CompatChecker', esxi: undefined,
  },
  { field: 'ovfManager', type: 'OvfManager', vcenter: 'OvfManager', esxi: 'ha-ovf-manager' },
  { field: 'ipPoolManager', type: 'IpPoolManager', vcenter: 'IpPoolManager', esxi: undefined },
  {
    field: 'dvSwitchManager', type: 'DistributedVirtualSwitchManager',
    vcenter: 'DVSManager', esxi: 'ha-dvsmanager',
  },
  {
    field: 'hostProfileManager', type: 'HostProfileManager',
    vcenter: 'HostProfileManager', esxi: undefined,
  },
  {
    field: 'clusterProfileManager', type: 'ClusterProfileManager',
    vcenter: 'ClusterProfileManager', esxi: undefined,
  },
  {
    field: 'complianceManager', type: 'ProfileComplianceManager',
    vcenter: 'MoComplianceManager', esxi: undefined,
  },
  {
    field: 'localizationManager', type: 'LocalizationManager',
    vcenter: 'LocalizationManager', esxi: 'ha-l10n-manager',
  },
  {
    field: 'storageResourceManager', type: 'StorageResourceManager',
    vcenter: 'StorageResourceManager', esxi: 'ha-storage-resource-manager',
  },
  {
    field: 'guestOperationsManager', type: 'GuestOperationsManager',
    vcenter: 'guestOperationsManager', esxi: 'ha-guest-operations-manager',
  },
  {
    field: 'overheadMemoryManager', type: 'OverheadMemoryManager',
    vcenter: 'OverheadMemoryManager', esxi: undefined,
  },
  {
    field: 'certificateManager', type: 'CertificateManager',
    vcenter: 'certificateManager', esxi: undefined,
  },
  {
    field: 'ioFilterManager', type: 'IoFilterManager',
    vcenter: 'IoFilterManager', esxi: undefined,
  },
  {
    field: 'vStorageObjectManager', type: 'VcenterVStorageObjectManager',
    vcenter: 'VStorageObjectManager', esxi: 'ha-vstorage-object-manager', esxiType: 'HostVStorageObjectManager',
  },
  {
    field: 'hostSpecManager', type: 'HostSpecificationManager',
    vcenter: 'HostSpecificationManager', esxi: undefined,
  },
  {
    field: 'cryptoManager', type: 'CryptoManagerKmip',
    vcenter: 'CryptoManager', esxi: 'ha-crypto-manager', esxiType: 'CryptoManagerHost',
  },
  {
    field: 'healthUpdateManager', type: 'HealthUpdateManager',
    vcenter: 'HealthUpdateManager', esxi: undefined,
  },
  {
    field: 'failoverClusterConfigurator', type: 'FailoverClusterConfigurator',
    vcenter: 'FailoverClusterConfigurator', esxi: undefined,
  },
  {
    field: 'failoverClusterManager', type: 'FailoverClusterManager',
    vcenter: 'FailoverClusterManager', esxi: undefined,
  },
  {
    field: 'tenantManager', type: 'TenantTenantManager',
    vcenter: 'TenantManager', esxi: undefined,
  },
  {
    field: 'siteInfoManager', type: 'SiteInfoManager',
    vcenter: 'SiteInfoManager', esxi: undefined,
  },
  {
    field: 'storageQueryManager', type: 'StorageQueryManager',
    vcenter: 'StorageQueryManager', esxi: undefined,
  },
]

const byField = new Map(wellKnown.map(item => [item.field, item]))

/** Reference of a ServiceContent singleton on a kind of node; undefined when absent there. */
export function wellKnownRef(field: string, kind: NodeKind): MoRef | undefined {
  const item = byField.get(field)
  if (item === undefined) throw new Error(`no such field of ServiceContent: ${field}`)
  const value = kind === 'vcenter' ? item.vcenter : item.esxi
  if (value === undefined) return undefined
  return { type: kind === 'esxi' ? item.esxiType ?? item.type : item.type, value }
}

/** Id of a singleton that must be there. */
export function wellKnownId(field: string, kind: NodeKind): string {
  const ref = wellKnownRef(field, kind)
  if (ref === undefined) throw new Error(`${field} is absent on ${kind}`)
  return ref.value
}
