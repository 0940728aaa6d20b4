import { error, info, warning, type Patterns } from './pattern.js'

/** Events of folders, datacenters, clusters, pools, datastores, switches and custom fields. */
export const inventoryPatterns: Patterns = {
  DatacenterCreatedEvent: info('Created datacenter {datacenter.name} in folder {parent.name}'),
  DatacenterRenamedEvent: info('Renamed datacenter from {oldName} to {newName}'),
  ClusterCreatedEvent: info('Created cluster {computeResource.name} in {datacenter.name}'),
  ClusterReconfiguredEvent: info(
    'Reconfigured cluster {computeResource.name} in datacenter {datacenter.name}'),
  ClusterDestroyedEvent: info(
    'Removed cluster {computeResource.name} in datacenter {datacenter.name}'),
  ClusterOvercommittedEvent: warning('Insufficient capacity in cluster {computeResource.name}'),
  ClusterStatusChangedEvent: info(
    'Configuration status on cluster {computeResource.name} changed from {oldStatus} to '
    + '{newStatus}'),
  DasEnabledEvent: info(
    'vSphere HA enabled for cluster {computeResource.name} in {datacenter.name}'),
  DasDisabledEvent: info(
    'vSphere HA disabled for cluster {computeResource.name} in {datacenter.name}'),
  DasHostFailedEvent: error(
    'A possible host failure has been detected by vSphere HA on {failedHost.name}'),
  DasHostIsolatedEvent: warning(
    'Host {isolatedHost.name} has been isolated from cluster {computeResource.name}'),
  InsufficientFailoverResourcesEvent: error(
    'Insufficient resources to fail over {computeResource.name} in {datacenter.name}'),
  DrsEnabledEvent: info(
    'Enabled DRS on cluster {computeResource.name} with automation level {behavior}'),
  DrsDisabledEvent: info('Disabled DRS on cluster {computeResource.name}'),
  DasAdmissionControlEnabledEvent: info(
    'vSphere HA admission control enabled for cluster {computeResource.name} in {datacenter.name}'),
  DasAdmissionControlDisabledEvent: info(
    'vSphere HA admission control disabled for cluster {computeResource.name} in {datacenter.name}'),
  FailoverLevelRestored: info(
    'Sufficient resources are available to satisfy vSphere HA failover level in cluster '
    + '{computeResource.name} in {datacenter.name}'),
  HostMonitoringStateChangedEvent: info(
    'vSphere HA host monitoring state in {computeResource.name} in {datacenter.name} changed to {state}'),
  VmHealthMonitoringStateChangedEvent: info(
    'vSphere HA VM monitoring state in {computeResource.name} in {datacenter.name} changed to {state}'),
  ResourcePoolCreatedEvent: info(
    'Created resource pool {resourcePool.name} in compute-resource {computeResource.name}'),
  ResourcePoolReconfiguredEvent: info('Updated configuration for {resourcePool.name}'),
  ResourcePoolMovedEvent: info(
    'Moved resource pool {resourcePool.name} from {oldParent.name} to {newParent.name}'),
  ResourcePoolDestroyedEvent: info(
    'Removed resource pool {resourcePool.name} on {computeResource.name}'),

  DatastoreRenamedEvent: info('Renamed datastore from {oldName} to {newName} in {datacenter.name}'),
  DatastoreDestroyedEvent: info('Removed unconfigured datastore {datastore.name}'),
  DatastoreCapacityIncreasedEvent: info(
    'Datastore {datastore.name} increased in capacity from {oldCapacity} bytes to '
    + '{newCapacity} bytes'),
  DatastoreFileCopiedEvent: info(
    'Copy of file or directory {sourceFile} from {sourceDatastore.name} to {datastore.name} '
    + 'as {targetFile}'),
  DatastoreFileMovedEvent: info(
    'Move of file or directory {sourceFile} from {sourceDatastore.name} to {datastore.name} '
    + 'as {targetFile}'),
  DatastoreFileDeletedEvent: info(
    'Deletion of file or directory {targetFile} from {datastore.name} was initiated'),

  DVPortgroupCreatedEvent: info(
    'dvPort group {net.name} in {datacenter.name} was added to switch {dvs.name}.'),
  DVPortgroupDestroyedEvent: info('dvPort group {net.name} in {datacenter.name} was deleted.'),
  DVPortgroupReconfiguredEvent: info(
    'dvPort group {net.name} in {datacenter.name} was reconfigured.'),
  DVPortgroupRenamedEvent: info(
    'dvPort group {oldName} in {datacenter.name} was renamed to {newName}'),
  DvsCreatedEvent: info(
    'A vSphere Distributed Switch {dvs.name} was created in {datacenter.name}.'),
  DvsDestroyedEvent: info(
    'vSphere Distributed Switch {dvs.name} in {datacenter.name} was deleted.'),
  DvsReconfiguredEvent: info(
    'The vSphere Distributed Switch {dvs.name} in {datacenter.name} was reconfigured.'),
  DvsRenamedEvent: info('The vSphere Distributed Switch {oldName} was renamed to {newName}.'),
  DvsHostJoinedEvent: info(
    'The host {hostJoined.name} joined the vSphere Distributed Switch {dvs.name} in '
    + '{datacenter.name}.'),
  DvsHostLeftEvent: info(
    'The host {hostLeft.name} left the vSphere Distributed Switch {dvs.name} in '
    + '{datacenter.name}.'),

  CustomFieldDefAddedEvent: info('Created new custom field definition {name}'),
  CustomFieldDefRemovedEvent: info('Removed field definition {name}'),
  CustomFieldDefRenamedEvent: info('Renamed field definition from {name} to {newName}'),
  CustomFieldValueChangedEvent: info(
    "Changed custom field {name} on {entity.name} from '{prevState}' to '{value}'"),
}
