import { haPatterns } from './ha.js'
import { haVmPatterns } from './ha-vms.js'
import { infraUpdatePatterns } from './infra-update.js'
import { error, info, warning, type Pattern } from './pattern.js'
import { vchaPatterns } from './vcha.js'

/**
 * Events that are told by an id: EventEx and ExtendedEvent (operations.md appendix D; the ids are
 * facts, the texts our own). Placeholders name the arguments.
 */
export const extendedPatterns: Readonly<Record<string, Pattern | undefined>> = {
  ...haPatterns, ...haVmPatterns, ...infraUpdatePatterns,
  ...vchaPatterns,
  'com.vmware.vc.authorization.NoPermission': error(
    'User {User} was refused {Privilege} on {Entity}'),
  'com.vmware.sso.LoginSuccess': info('Successful login of {userName} from {clientIp}'),
  'com.vmware.sso.LoginFailure': error('Failed login of {userName} from {clientIp}'),
  'com.vmware.license.AddLicenseEvent': info('License {licenseKey} added to VirtualCenter'),
  'com.vmware.license.RemoveLicenseEvent': info('License {licenseKey} removed from VirtualCenter'),
  'com.vmware.license.AssignLicenseEvent': info('License {licenseKey} assigned to {entityName}'),
  'com.vmware.license.HostLicenseExpiredEvent': error('Expired host license or evaluation period'),
  'com.vmware.license.VcLicenseExpiredEvent': error('Expired vCenter Server license or evaluation period'),
  'com.vmware.sso.STSCertExpiry': error('The signing certificate of the security token service has expired'),
  'com.vmware.vc.VCHealthStateChangedEvent': info(
    'Overall health of vCenter changed from {oldState} to {newState}'),
  'com.vmware.vc.certmgr.HostCertExpirationImminentEvent': error(
    'The certificate of the host expires very soon or has expired'),
  'com.vmware.vc.certmgr.HostCertUpdatedEvent': info('The certificate of the host was renewed'),
  'esx.audit.host.boot': info('Host has booted.'),
  'esx.audit.host.stop.reboot': info('Host is rebooting.'),
  'esx.audit.host.stop.shutdown': info('Host is shutting down.'),
  'esx.audit.maintenancemode.entering': info('Host starts to enter maintenance mode.'),
  'esx.audit.maintenancemode.entered': info('Host is in maintenance mode.'),
  'esx.audit.maintenancemode.exited': info('Host has left maintenance mode.'),
  'esx.audit.maintenancemode.canceled': info('Entering maintenance mode was canceled.'),
  'esx.audit.maintenancemode.failed': error('Host could not enter maintenance mode.'),
  'esx.audit.ssh.enabled': info('SSH is enabled on the host.'),
  'esx.audit.ssh.disabled': info('SSH is disabled on the host.'),
  'esx.audit.ssh.session.opened': info('SSH session of {user}@{host} opened.'),
  'esx.audit.ssh.session.closed': info('SSH session of {user}@{host} closed.'),
  'esx.audit.ssh.session.failed': info('SSH login of {user}@{host} failed.'),
  'esx.audit.shell.enabled': info('ESXi Shell is enabled on the host.'),
  'esx.audit.shell.disabled': info('ESXi Shell is disabled on the host.'),
  'esx.audit.dcui.enabled': info('The DCUI is enabled on the host.'),
  'esx.audit.dcui.disabled': info('The DCUI is disabled on the host.'),
  'esx.audit.net.firewall.config.changed': info(
    'Firewall configuration changed: {operation} of rule set {ruleset} succeeded.'),
  'esx.audit.net.firewall.enabled': info('The firewall of the host is enabled.'),
  'esx.audit.net.firewall.disabled': info('The firewall of the host is disabled.'),
  'esx.audit.dcui.hostagents.restart': info('The management agents of the host were restarted at the DCUI.'),
  'esx.audit.dcui.host.reboot': info('The host is rebooted at the DCUI.'),
  'esx.audit.dcui.host.shutdown': info('The host is shut down at the DCUI.'),
  'esx.audit.dcui.login.failed': error('DCUI login of {user} failed.'),
  'esx.audit.lockdownmode.enabled': info('Lockdown mode is on.'),
  'esx.audit.lockdownmode.disabled': info('Lockdown mode is off.'),
  'esx.audit.account.locked': warning(
    'Account {user} is locked for remote access after {attempts} failed logins.'),
  'esx.problem.net.vmnic.linkstate.down': warning('Link of physical NIC {nic} is down.'),
  'esx.problem.net.vmnic.linkstate.flapping': warning('Link of physical NIC {nic} is unstable.'),
  'esx.clear.net.vmnic.linkstate.up': info('Link of physical NIC {nic} is up.'),
  'esx.problem.net.redundancy.degraded': warning(
    'Fewer uplinks on virtual switch {switch}: physical NIC {nic} is down.'),
  'esx.problem.net.redundancy.lost': warning(
    'One uplink left on virtual switch {switch}: physical NIC {nic} is down.'),
  'esx.problem.net.connectivity.lost': error(
    'No uplink left on virtual switch {switch}: physical NIC {nic} is down.'),
  'esx.clear.net.redundancy.restored': info(
    'Virtual switch {switch} has redundant uplinks again: physical NIC {nic} is up.'),
  'esx.clear.net.connectivity.restored': info(
    'Virtual switch {switch} has an uplink again: physical NIC {nic} is up.'),
  'esx.problem.vmsyslogd.remote.failure': error(
    'Log host {1} cannot be reached any more; nothing is sent there until it answers.'),
  'esx.problem.hostd.core.dumped': warning('hostd crashed and wrote a core dump.'),
  'esx.problem.vpxa.core.dumped': warning('vpxa crashed and wrote a core dump.'),
  'com.vmware.vc.HardwareSensorEvent': info('Sensor {number}: {name} went from {oldState} to {newState}.'),
  'com.vmware.vc.host.TPMAttestationFailedEvent': error('The TPM measurements of {host.name} are not accepted.'),
  'esx.problem.storage.connectivity.lost': error('No path left to storage device {device}.'),
  'esx.clear.storage.connectivity.restored': info('Storage device {device} can be reached again.'),
  'esx.problem.storage.apd.start': warning('All paths to {device} are down.'),
  'esx.problem.storage.apd.timeout': warning(
    'All paths to {device} have been down for {seconds} seconds.'),
  'esx.clear.storage.apd.exit': info('A path to {device} is up again.'),
  'esx.problem.storage.redundancy.degraded': warning(
    'Fewer paths to storage device {device}: {path} is down. Affected datastore: {datastore}.'),
  'esx.problem.storage.redundancy.lost': warning(
    'One path left to storage device {device}: {path} is down. Affected datastore: {datastore}.'),
  'esx.clear.storage.redundancy.restored': info('Storage device {device} has redundant paths again.'),
  'esx.problem.scsi.device.state.permanentloss': error('Device {device} is permanently lost. Affected datastore: {datastore}.'),
  'esx.clear.scsi.device.state.permanentloss.deviceonline': info('Device {device}, which was permanently lost, is online.'),
  'esx.problem.scsi.device.io.latency.high': warning(
    'Performance of device {device} has deteriorated: I/O latency went from {before} to {now} microseconds on average.'),
  'esx.clear.scsi.device.io.latency.improved': info(
    'Performance of device {device} has improved: I/O latency went from {before} to {now} microseconds on average.'),
  'esx.problem.vmfs.heartbeat.timedout': warning(
    'Volume {volume} ({datastore}) cannot be reached: its heartbeat is missing.'),
  'esx.problem.vmfs.heartbeat.unrecoverable': error(
    'Volume {volume} ({datastore}) can be reached again, but the heartbeat on it is lost: another host has cleared it.'),
  'esx.problem.vmfs.heartbeat.recovered': info('Volume {volume} ({datastore}) can be reached again.'),
  'esx.problem.vmfs.nfs.server.disconnect': error(
    'Connection to NFS server {server}, mount point {mount}, is lost. Affected datastore: {datastore}.'),
  'esx.clear.vmfs.nfs.server.restored': info(
    'Connection to NFS server {server}, mount point {mount}, is restored. Affected datastore: {datastore}.'),
}
