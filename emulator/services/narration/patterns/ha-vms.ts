import { error, info, warning, type Pattern, type Patterns } from './pattern.js'

const HA = 'com.vmware.vc.HA.'

/** Events of what HA does with VMs (availability.md 1.13: the ids are facts, the texts our own). */
export const haVmPatterns: Readonly<Record<string, Pattern | undefined>> = {
  'com.vmware.vc.ha.VmRestartedByHAEvent': warning(
    'vSphere HA restarted virtual machine {objectName} on host {hostName}'),
  [`${HA}ClusterFailoverActionInitiatedEvent`]: warning(
    'vSphere HA initiated a failover action on {count} virtual machines in cluster {objectName}'),
  [`${HA}ClusterFailoverInProgressEvent`]: warning(
    'vSphere HA moves {count} virtual machines of cluster {objectName} to other hosts'),
  [`${HA}ClusterFailoverActionCompletedEvent`]: info('vSphere HA completed a failover action in cluster {objectName}'),
  [`${HA}VmProtectedEvent`]: info('vSphere HA protects virtual machine {objectName}'),
  [`${HA}VmUnprotectedEvent`]: info('vSphere HA does not protect virtual machine {objectName} any more'),
  [`${HA}VmNotProtectedEvent`]: warning(
    'vSphere HA could not protect virtual machine {objectName} and may not restart it after a failure'),
  [`${HA}VMIsHADisabledRestartEvent`]: info(
    'vSphere HA registered virtual machine {objectName} on host {hostName} and did not start it: its restart priority is disabled'),
  [`${HA}VMIsHADisabledIsolationEvent`]: info(
    'vSphere HA left virtual machine {objectName} alone on the isolated host: its restart priority is disabled'),
  [`${HA}FailedRestartAfterIsolationEvent`]: error(
    'vSphere HA could not restart virtual machine {objectName}, which it had stopped on an isolated host'),
  [`${HA}AnsweredVmLockLostQuestionEvent`]: warning(
    'vSphere HA powered off the copy of virtual machine {objectName} on host {hostName} that had lost the lock on its files'),
  [`${HA}VmcpStorageFailureDetectedForVm`]: warning(
    'vSphere HA found that virtual machine {objectName} on host {hostName} lost datastore {datastore} ({failure})'),
  [`${HA}VmcpTerminatingVm`]: warning(
    'vSphere HA terminates virtual machine {objectName} on host {hostName}, which lost datastore {datastore}'),
  [`${HA}VmcpNotTerminateVmWithInaccessibleDatastore`]: warning(
    'vSphere HA does not terminate virtual machine {objectName}, which lost datastore {datastore}: {reason}'),
  [`${HA}VmcpTerminateVmAborted`]: warning(
    'vSphere HA could not terminate virtual machine {objectName} on host {hostName}'),
  [`${HA}VmcpStorageFailureCleared`]: info(
    'Datastore {datastore} can be used by virtual machine {objectName} on host {hostName} again'),
  [`${HA}CannotResetVmWithInaccessibleDatastore`]: warning(
    'vSphere HA cannot reset virtual machine {objectName}: it has lost a datastore'),
  [`${HA}VmDasResetAbortedEvent`]: error(
    'vSphere HA does not reset virtual machine {objectName} any more: it was reset too often'),
  'com.vmware.vc.vmam.VmDasAppHeartbeatFailedEvent': warning(
    'The application in virtual machine {objectName} sends no heartbeats'),
  'com.vmware.vc.vmam.VmAppHealthStateChangedEvent': info(
    'The state of the application in virtual machine {objectName} is now {state}'),
}

/** Classes of events of the same area (availability.md 1.8, 1.13). */
export const haVmClassPatterns: Patterns = {
  VmMaxRestartCountReached: error('vSphere HA used up the restarts of {vm.name}'),
  NotEnoughResourcesToStartVmEvent: error('Not enough resources to start {vm.name}: {reason}'),
  VmPowerOffOnIsolationEvent: warning('vSphere HA powered off {vm.name} on the isolated host {isolatedHost.name}'),
  VmShutdownOnIsolationEvent: warning('vSphere HA shut down {vm.name} on the isolated host {isolatedHost.name}: {shutdownResult}'),
  VmDasBeingResetEvent: warning('vSphere HA resets {vm.name} on {host.name}: {reason}'),
  VmDasBeingResetWithScreenshotEvent:
    warning('vSphere HA resets {vm.name} on {host.name}: {reason}; its console is in {screenshotFilePath}'),
  VmDasResetFailedEvent: error('vSphere HA could not reset {vm.name} on {host.name}'),
}
