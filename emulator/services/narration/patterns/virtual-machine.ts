import { error, info, warning, type Patterns } from './pattern.js'

const place = '{vm.name} on {host.name} in {datacenter.name}'

/**
 * Events of virtual machines in their life. The patterns of operations.md appendix E are facts; the
 * others are composed from type, arguments and the manner of these.
 */
export const virtualMachinePatterns: Patterns = {
  VmBeingCreatedEvent: info('Creating {vm.name} on host {host.name} in {datacenter.name}'),
  VmCreatedEvent: info('Created virtual machine {vm.name} on {host.name} in {datacenter.name}'),
  VmRegisteredEvent: info('Registered {vm.name} on {host.name} in {datacenter.name}'),
  VmDiscoveredEvent: info(`Discovered ${place}`),
  VmRemovedEvent: info('Removed {vm.name} on {host.name} from {datacenter.name}'),
  VmRenamedEvent: info('Renamed {vm.name} from {oldName} to {newName} in {datacenter.name}'),
  VmAutoRenameEvent: info('Invalid name for {vm.name} changed from {oldName} to {newName}'),
  VmReconfiguredEvent: info(`Reconfigured ${place}`),
  VmResourceReallocatedEvent: info('Changed resource allocation for {vm.name}'),
  VmResourcePoolMovedEvent: info('Moved {vm.name} from {oldParent.name} to {newParent.name}'),
  VmReloadFromPathEvent: info('Reloaded {vm.name} from {configPath}'),
  VmReloadFromPathFailedEvent: error('Could not reload {vm.name} from {configPath}'),
  VmConfigMissingEvent: warning(`Configuration file of ${place} cannot be found`),

  VmStartingEvent: info('{vm.name} on host {host.name} in {datacenter.name} is starting'),
  VmPoweredOnEvent: info(`${place} is powered on`),
  VmStoppingEvent: info('{vm.name} on host {host.name} in {datacenter.name} is stopping'),
  VmPoweredOffEvent: info(`${place} is powered off`),
  VmResettingEvent: info(`${place} is reset`),
  VmSuspendingEvent: info(`${place} is being suspended`),
  VmSuspendedEvent: info(`${place} is suspended`),
  VmResumingEvent: info(`${place} is resumed`),
  VmGuestShutdownEvent: info(
    'Guest OS shut down for {vm.name} on {host.name} in {datacenter.name}'),
  VmGuestRebootEvent: info('Guest OS reboot for {vm.name} on {host.name} in {datacenter.name}'),
  VmGuestStandbyEvent: info('Guest OS standby for {vm.name} on {host.name} in {datacenter.name}'),
  VmGuestOSCrashedEvent: error('{vm.name} on {host.name}: guest operating system has crashed'),

  VmFailedToPowerOnEvent: error(`Cannot power on ${place}. {reason.msg}`),
  VmFailedToPowerOffEvent: error(`Cannot power off ${place}: {reason.msg}`),
  VmFailedToResetEvent: error(`Cannot reset ${place}: {reason.msg}`),
  VmFailedToSuspendEvent: error(`Cannot suspend ${place}: {reason.msg}`),
  VmFailedToShutdownGuestEvent: error(`Cannot shut down the guest OS of ${place}: {reason.msg}`),
  VmFailedToRebootGuestEvent: error(`Cannot reboot the guest OS of ${place}: {reason.msg}`),
  VmFailedToStandbyGuestEvent: error(
    `Cannot put the guest OS of ${place} on standby: {reason.msg}`),

  VmUuidAssignedEvent: info(`Assigned new BIOS UUID ({uuid}) to ${place}`),
  VmUuidChangedEvent: warning('Changed BIOS UUID from {oldUuid} to {newUuid} for {vm.name}'),
  VmUuidConflictEvent: error(
    'BIOS UUID ({uuid}) of {vm.name} conflicts with that of {conflictedVm.name}'),
  VmInstanceUuidAssignedEvent: info('Assign a new instance UUID ({instanceUuid}) to {vm.name}'),
  VmInstanceUuidChangedEvent: warning(
    'Changed instance UUID of {vm.name} from ({oldInstanceUuid}) to ({newInstanceUuid})'),
  VmInstanceUuidConflictEvent: error(
    'The instance UUID ({instanceUuid}) of {vm.name} conflicts with that of {conflictedVm.name}'),
  VmMacAssignedEvent: info('New MAC address ({mac}) assigned to adapter {adapter} for {vm.name}'),
  VmMacChangedEvent: warning(
    'Changed MAC address from {oldMac} to {newMac} for adapter {adapter} of {vm.name}'),
  VmMacConflictEvent: error(
    'The MAC address ({mac}) of {vm.name} conflicts with that of {conflictedVm.name}'),
  VmStaticMacConflictEvent: error(
    'The static MAC address ({mac}) of {vm.name} conflicts with that of {conflictedVm.name}'),

  VmConnectedEvent: info('Virtual machine {vm.name} is connected'),
  VmDisconnectedEvent: info('{vm.name} on host {host.name} in {datacenter.name} is disconnected'),
  VmOrphanedEvent: warning('{vm.name} does not exist on {host.name} in {datacenter.name}'),
  VmMessageEvent: info(`Message on ${place}: {message}`),
  VmMessageWarningEvent: warning(`Warning message on ${place}: {message}`),
  VmMessageErrorEvent: error(`Error message on ${place}: {message}`),
  VmAcquiredTicketEvent: info(`A ticket of type {ticketType} for ${place} has been acquired`),
  VmAcquiredMksTicketEvent: info(`A remote console ticket for ${place} has been acquired`),
  VmRemoteConsoleConnectedEvent: info('Remote console connected to {vm.name} on {host.name}'),
  VmRemoteConsoleDisconnectedEvent: info(
    'Remote console disconnected from {vm.name} on {host.name}'),
  VmUpgradingEvent: info(`Upgrading virtual hardware on ${place} to version {version}`),
  VmUpgradeCompleteEvent: info('Virtual hardware of {vm.name} upgraded to version {version}'),
  VmUpgradeFailedEvent: info('Cannot upgrade virtual hardware of {vm.name}'),
}
