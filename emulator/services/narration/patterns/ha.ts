import { error, info, warning, type Pattern } from './pattern.js'

/** Events of the HA agents (availability.md 1.13: the ids are facts, the texts our own). */
export const haPatterns: Readonly<Record<string, Pattern | undefined>> = {
  'com.vmware.vc.HA.VcConnectedToMasterEvent': info(
    'vCenter Server works with the vSphere HA primary agent on {hostName} for cluster {objectName}'),
  'com.vmware.vc.HA.VcDisconnectedFromMasterEvent': warning(
    'vCenter Server lost the vSphere HA primary agent on {hostName} of cluster {objectName}'),
  'com.vmware.vc.HA.VcCannotFindMasterEvent': warning(
    'vCenter Server finds no vSphere HA primary agent in cluster {objectName}'),
  'com.vmware.vc.HA.HostStateChangedEvent': info(
    'The vSphere HA availability state of host {objectName} is now {newState}'),
  'com.vmware.vc.HA.DasHostFailedEvent': error('vSphere HA found that host {objectName} has failed'),
  'com.vmware.vc.HA.DasHostIsolatedEvent': warning(
    'vSphere HA found that host {objectName} was isolated from the network'),
  'com.vmware.vc.HA.HostPartitionedFromMasterEvent': warning(
    'Host {objectName} is in another network partition than the vSphere HA primary agent'),
  'com.vmware.vc.HA.HostAgentErrorEvent': error('The vSphere HA agent of host {objectName} has an error: {reason}'),
  'com.vmware.vc.HA.HostDasAgentHealthyEvent': info('The vSphere HA agent of host {objectName} works again'),
  'com.vmware.vc.HA.HeartbeatDatastoreChanged': info(
    'Heartbeat datastores of host {objectName} are now: {datastores}'),
  'com.vmware.vc.HA.HostHasNoIsolationAddrsDefined': warning(
    'Host {objectName} has no isolation addresses for vSphere HA'),
  'com.vmware.vc.HA.HostHasNoMountedDatastores': warning('Host {objectName} has no datastores for vSphere HA'),
  'com.vmware.vc.HA.UserHeartbeatDatastoreRemoved': warning(
    'Datastore {dsName} is gone: it is no longer among the heartbeat datastores preferred for cluster {objectName}'),
  'com.vmware.vc.HA.FailoverResourcesViolationEvent': warning(
    'Cluster {objectName} uses more than its hosts could give after a failover, by more than what its policy tolerates'),
  'com.vmware.vc.HA.HeartbeatDatastoreNotSufficient': warning(
    'Host {objectName} has {selectedNum} vSphere HA heartbeat datastores, fewer than the required {requiredNum}'),
}
