import { alarm } from './alarm/alarm.js'
import { alarmManager } from './alarm-manager.js'
import { authorizationManager } from './authorization-manager.js'
import { clusterComputeResource } from './cluster-compute-resource/index.js'
import { computeResource } from './compute-resource.js'
import { customFieldsManager, extensibleManagedObject } from './custom-fields-manager.js'
import { datacenter } from './datacenter.js'
import { datastore } from './datastore.js'
import type { Definition } from './define.js'
import { diagnosticManager } from './diagnostic-manager.js'
import { managedMethodExecuter } from './esxcli/executer.js'
import { dynamicTypeManager } from './esxcli/type-manager.js'
import { environmentBrowser } from './environment-browser/index.js'
import { eventHistoryCollector } from './event-history-collector.js'
import { eventManager } from './event-manager.js'
import { extensionManager } from './extension-manager.js'
import { failoverClusterConfigurator } from './failover-cluster-configurator.js'
import { failoverClusterManager } from './failover-cluster-manager.js'
import { fileManager } from './file-manager.js'
import { folder } from './folder/index.js'
import { healthUpdateManager } from './health-update-manager.js'
import { historyCollector } from './history-collector.js'
import { hostDatastoreBrowser } from './host-datastore-browser.js'
import { hostDateTimeSystem } from './host-date-time-system.js'
import { hostFirewallSystem } from './host-firewall-system.js'
import { hostLocalAccountManager } from './host-local-account-manager.js'
import { hostNetworkSystem } from './host-network-system.js'
import { hostServiceSystem } from './host-service-system.js'
import { hostStorageSystem } from './host-storage-system.js'
import { hostSystem } from './host-system/index.js'
import { hostVsanSystem } from './host-vsan-system.js'
import { licenseManager } from './license-manager.js'
import { managedEntity } from './managed-entity.js'
import { managedObject } from './managed-object.js'
import { compatibilityChecker, provisioningChecker } from './move-queries.js'
import { network } from './network.js'
import { optionManager } from './option-manager.js'
import { performanceManager } from './performance-manager.js'
import { propertyCollector, propertyFilter } from './property-collector.js'
import { resourcePool } from './resource-pool/index.js'
import { searchIndex } from './search-index.js'
import { serviceInstance } from './service-instance.js'
import { sessionManager } from './session-manager.js'
import { taskHistoryCollector } from './task-history-collector.js'
import { taskManager } from './task-manager.js'
import { task } from './task.js'
import { userDirectory } from './user-directory.js'
import { viewManager } from './view-manager.js'
import { inventoryView, listView, managedObjectView, view } from './views.js'
import { virtualMachine } from './virtual-machine/index.js'

/** All definitions: the managed object types that have behaviour of their own. */
export const definitions: readonly Definition[] = [
  alarm,
  alarmManager,
  authorizationManager,
  clusterComputeResource,
  computeResource,
  compatibilityChecker,
  customFieldsManager,
  datacenter,
  datastore,
  diagnosticManager,
  dynamicTypeManager,
  environmentBrowser,
  eventHistoryCollector,
  eventManager,
  extensibleManagedObject,
  extensionManager,
  failoverClusterConfigurator,
  failoverClusterManager,
  fileManager,
  folder,
  healthUpdateManager,
  historyCollector,
  hostDatastoreBrowser,
  hostDateTimeSystem,
  hostFirewallSystem,
  hostLocalAccountManager,
  hostNetworkSystem,
  hostServiceSystem,
  hostStorageSystem,
  hostSystem,
  hostVsanSystem,
  inventoryView,
  licenseManager,
  listView,
  managedEntity,
  managedMethodExecuter,
  managedObject,
  managedObjectView,
  network,
  optionManager,
  performanceManager,
  propertyCollector,
  propertyFilter,
  provisioningChecker,
  resourcePool,
  searchIndex,
  serviceInstance,
  sessionManager,
  task,
  taskHistoryCollector,
  taskManager,
  userDirectory,
  view,
  viewManager,
  virtualMachine,
]
