/**
 * What tasks are called in TaskManager.description and in TaskEvent texts, by descriptionId. Only
 * those whose name is not just the method's words; the rest is composed (`labelOf`).
 */
const labels: Readonly<Record<string, string>> = {
  'VirtualMachine.powerOn': 'Power On virtual machine',
  'VirtualMachine.powerOff': 'Power Off virtual machine',
  'VirtualMachine.suspend': 'Suspend virtual machine',
  'VirtualMachine.reset': 'Reset virtual machine',
  'VirtualMachine.shutdownGuest': 'Initiate guest OS shutdown',
  'VirtualMachine.rebootGuest': 'Initiate guest OS reboot',
  'VirtualMachine.standbyGuest': 'Initiate guest OS standby',
  'VirtualMachine.reconfigure': 'Reconfigure virtual machine',
  'VirtualMachine.clone': 'Clone virtual machine',
  'VirtualMachine.relocate': 'Relocate virtual machine',
  'VirtualMachine.migrate': 'Migrate virtual machine',
  'VirtualMachine.unregister': 'Unregister virtual machine',
  'VirtualMachine.destroy': 'Delete virtual machine',
  'VirtualMachine.createScreenshot': 'Create a screenshot of a virtual machine',
  'VirtualMachine.createSnapshot': 'Create virtual machine snapshot',
  'VirtualMachine.upgradeVirtualHardware': 'Upgrade virtual hardware',
  'VirtualMachine.markAsTemplate': 'Mark virtual machine as template',
  'VirtualMachine.markAsVirtualMachine': 'Mark as virtual machine',
  'VirtualMachine.rename': 'Rename virtual machine',
  'vm.Snapshot.revert': 'Revert snapshot',
  'vm.Snapshot.remove': 'Remove snapshot',
  'Folder.createVm': 'Create virtual machine',
  'Folder.registerVm': 'Register virtual machine',
  'Folder.createClusterEx': 'Create cluster',
  'Folder.createDatacenter': 'Create datacenter',
  'Folder.createFolder': 'Create folder',
  'Folder.moveInto': 'Move entities',
  'Folder.addStandaloneHost': 'Add standalone host',
  'Datacenter.powerOnVm': 'Initialize powering On',
  'ClusterComputeResource.addHost': 'Add host',
  'ClusterComputeResource.reconfigureEx': 'Reconfigure cluster',
  'ManagedEntity.rename': 'Rename entity',
  'ManagedEntity.destroy': 'Delete entity',
  'HostSystem.reconnect': 'Reconnect host',
  'HostSystem.disconnect': 'Disconnect host',
  'HostSystem.enterMaintenanceMode': 'Enter maintenance mode',
  'HostSystem.exitMaintenanceMode': 'Exit maintenance mode',
  'HostSystem.reboot': 'Initiate host reboot',
  'HostSystem.shutdown': 'Initiate host shutdown',
}

/** What a task is called, by its descriptionId (`VirtualMachine.powerOn`). */
export function taskLabel(descriptionId: string): string {
  return labels[descriptionId] ?? labelOf(descriptionId.slice(descriptionId.lastIndexOf('.') + 1))
}

/** The words of a name in the manner of programs: `exitLockdownMode` is `Exit lockdown mode`. */
export function labelOf(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .split(/[ _]+/)
    .map(word => /^[A-Z0-9]{2,}$/.test(word) ? word : word.toLowerCase())
    .join(' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
