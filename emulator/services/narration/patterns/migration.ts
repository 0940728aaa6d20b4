import { error, info, type Patterns } from './pattern.js'

/** Events of clones, moves and guest customization (operations.md appendix E). */
export const migrationPatterns: Patterns = {
  VmBeingClonedEvent: info(
    'Cloning {vm.name} on host {host.name} in {datacenter.name} to {destName} on host '
    + '{destHost.name}'),
  VmClonedEvent: info('Clone of {sourceVm.name} completed'),
  VmCloneFailedEvent: error('Cannot clone {vm.name}: {reason.msg}'),
  VmBeingDeployedEvent: info(
    'Deploying {vm.name} on host {host.name} in {datacenter.name} from template '
    + '{srcTemplate.name}'),
  VmDeployedEvent: info('Template {srcTemplate.name} deployed on host {host.name}'),
  VmDeployFailedEvent: error('Cannot deploy template: {reason.msg}'),
  VmBeingMigratedEvent: info(
    'Relocating {vm.name} from {host.name}, {ds.name} in {datacenter.name} to {destHost.name}, '
    + '{destDatastore.name} in {destDatacenter.name}'),
  VmBeingHotMigratedEvent: info(
    'Migrating {vm.name} from {host.name}, {ds.name} to {destHost.name}, {destDatastore.name}'),
  VmMigratedEvent: info(
    'Migration of virtual machine {vm.name} from {sourceHost.name}, {sourceDatastore.name} to '
    + '{host.name}, {ds.name} completed'),
  VmFailedMigrateEvent: error(
    'Migration of {vm.name} from {host.name} to {destHost.name} failed: {reason.msg}'),
  VmBeingRelocatedEvent: info(
    'Relocating {vm.name} from {host.name} to {destHost.name}, {destDatastore.name}'),
  VmRelocatedEvent: info('Completed the relocation of the virtual machine'),
  VmRelocateFailedEvent: error('Cannot relocate {vm.name} to {destHost.name}: {reason.msg}'),
  VmEmigratingEvent: info('{vm.name} on {host.name} in {datacenter.name} is leaving'),
  DrsVmMigratedEvent: info(
    'DRS migrated {vm.name} from {sourceHost.name} to {host.name} in cluster '
    + '{computeResource.name} in {datacenter.name}'),
  DrsVmPoweredOnEvent: info('DRS powered On {vm.name} on {host.name} in {datacenter.name}'),
  VmRestartedOnAlternateHostEvent: info(
    'Virtual machine {vm.name} was restarted on {host.name} since {sourceHost.name} failed'),
  VmFailoverFailed: error('vSphere HA could not fail over {vm.name}: {reason.msg}'),
  CustomizationStartedEvent: info('Started customization of VM {vm.name}'),
  CustomizationSucceeded: info('Customization of VM {vm.name} succeeded'),
  CustomizationFailed: info('An error occurred during customization on VM {vm.name}'),
  CustomizationNetworkSetupFailed: error(
    'An error occurred while setting up network properties of the guest OS'),
}
