import { error, info, warning, type Pattern } from './pattern.js'

/**
 * Events that are told by an id: EventEx and ExtendedEvent (operations.md appendix D; the ids are
 * facts, the texts our own). Placeholders name the arguments.
 */
export const extendedPatterns: Readonly<Record<string, Pattern | undefined>> = {
  'com.vmware.vc.authorization.NoPermission': error(
    'User {User} was refused {Privilege} on {Entity}'),
  'com.vmware.sso.LoginSuccess': info('Successful login of {userName} from {clientIp}'),
  'com.vmware.sso.LoginFailure': error('Failed login of {userName} from {clientIp}'),
  'com.vmware.license.AddLicenseEvent': info('License {licenseKey} added to VirtualCenter'),
  'com.vmware.license.RemoveLicenseEvent': info('License {licenseKey} removed from VirtualCenter'),
  'com.vmware.license.AssignLicenseEvent': info('License {licenseKey} assigned to {entityName}'),
  'esx.audit.host.boot': info('Host has booted.'),
  'esx.audit.host.stop.reboot': info('Host is rebooting.'),
  'esx.audit.host.stop.shutdown': info('Host is shutting down.'),
  'esx.audit.maintenancemode.entering': info('The host has begun entering maintenance mode.'),
  'esx.audit.maintenancemode.entered': info('The host has entered maintenance mode.'),
  'esx.audit.maintenancemode.exited': info('The host has exited maintenance mode.'),
  'esx.audit.maintenancemode.canceled': info('The host has canceled entering maintenance mode.'),
  'esx.audit.maintenancemode.failed': error('The host has failed entering maintenance mode.'),
  'esx.audit.ssh.enabled': info('SSH access has been enabled.'),
  'esx.audit.ssh.disabled': info('SSH access has been disabled.'),
  'esx.audit.ssh.session.opened': info("SSH session was opened for '{user}@{host}'."),
  'esx.audit.ssh.session.closed': info("SSH session was closed for '{user}@{host}'."),
  'esx.audit.ssh.session.failed': info("SSH login has failed for '{user}@{host}'."),
  'esx.audit.shell.enabled': info('The ESXi Shell has been enabled.'),
  'esx.audit.shell.disabled': info('The ESXi Shell has been disabled.'),
  'esx.audit.dcui.login.failed': error("Authentication of DCUI user '{user}' has failed."),
  'esx.audit.lockdownmode.enabled': info('The host is in lockdown mode.'),
  'esx.audit.lockdownmode.disabled': info('The host is no longer in lockdown mode.'),
  'esx.audit.account.locked': warning(
    'Remote access for account {user} is locked after {attempts} failed login attempts.'),
  'esx.problem.net.vmnic.linkstate.down': warning('Physical NIC {nic} linkstate is down.'),
  'esx.problem.net.vmnic.linkstate.flapping': warning(
    'Taking down physical NIC {nic}: its link is unstable.'),
  'esx.clear.net.vmnic.linkstate.up': info('Physical NIC {nic} linkstate is up.'),
  'esx.problem.net.redundancy.degraded': warning(
    'Uplink redundancy degraded on virtual switch {switch}. Physical NIC {nic} is down.'),
  'esx.problem.net.redundancy.lost': warning(
    'Lost uplink redundancy on virtual switch {switch}. Physical NIC {nic} is down.'),
  'esx.problem.net.connectivity.lost': error(
    'Lost network connectivity on virtual switch {switch}. Physical NIC {nic} is down.'),
  'esx.clear.net.redundancy.restored': info(
    'Uplink redundancy restored on virtual switch {switch}.'),
  'esx.clear.net.connectivity.restored': info(
    'Network connectivity restored on virtual switch {switch}.'),
  'esx.problem.storage.connectivity.lost': error('Lost connectivity to storage device {device}.'),
  'esx.clear.storage.connectivity.restored': info(
    'Connectivity to storage device {device} restored.'),
  'esx.problem.storage.apd.start': warning(
    'Device or filesystem {device} has entered the All Paths Down state.'),
  'esx.problem.storage.apd.timeout': warning(
    'Device or filesystem {device} has been in the All Paths Down state for {seconds} seconds.'),
  'esx.clear.storage.apd.exit': info(
    'Device or filesystem {device} has exited the All Paths Down state.'),
}
