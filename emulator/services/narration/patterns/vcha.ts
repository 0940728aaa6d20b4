import { error, info, warning, type Pattern } from './pattern.js'

const id = 'com.vmware.vcha.'

/** Events of vCenter HA (availability.md 2.6: the ids are facts, the texts our own). */
export const vchaPatterns: Readonly<Record<string, Pattern | undefined>> = {
  [`${id}cluster.state.healthy`]: info('The vCenter HA cluster is healthy'),
  [`${id}cluster.state.degraded`]: warning('The vCenter HA cluster is degraded'),
  [`${id}cluster.state.isolated`]: error('All nodes of the vCenter HA cluster are isolated from each other'),
  [`${id}cluster.state.destroyed`]: info('The vCenter HA cluster was destroyed'),
  [`${id}cluster.mode.changed`]: info('The mode of the vCenter HA cluster changed from {oldMode} to {clusterMode}'),
  [`${id}node.joined`]: info('Node {nodeName} ({nodeIp}) joined the vCenter HA cluster'),
  [`${id}node.left`]: warning('Node {nodeName} ({nodeIp}) left the vCenter HA cluster'),
  [`${id}DB.replication.state.changed`]: info('Replication of the database changed from {oldState} to {newState}'),
  [`${id}file.replication.state.changed`]: info('Replication of the files of {fileProviderType} is {state}'),
  [`${id}failover.succeeded`]: info('The vCenter HA failover succeeded'),
  [`${id}failover.failed.disabled.mode`]: warning('No vCenter HA failover: the cluster is in disabled mode'),
  [`${id}failover.failed.node.lost`]: warning('No vCenter HA failover: a node of the cluster is missing'),
  [`${id}failover.failed.passive.not.ready`]: warning('No vCenter HA failover: the passive node is not ready'),
  [`${id}failover.flush.failed.degraded`]: warning('The active node could not send its state to the passive node; the cluster is degraded'),
  [`${id}failover.flush.failed.healthy`]: warning('The active node could not send its state to the passive node; the cluster is healthy'),
  [`${id}failover.flush.failed.unknown`]: warning('The active node could not send its state to the passive node'),
  [`${id}force.reset.active`]: warning('Node {nodeName} was made the active node by force'),
}
