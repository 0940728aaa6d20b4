import { error, info, user, warning, type Patterns } from './pattern.js'

/** Events of sessions, permissions, tasks, alarms, licences and of the product itself. */
export const productPatterns: Patterns = {
  UserLoginSessionEvent: info('User {userName}@{ipAddress} logged in as {userAgent}'),
  UserLogoutSessionEvent: info(
    'User {userName}@{ipAddress} logged out (login time: {loginTime}, number of API invocations: '
    + '{callCount}, user agent: {userAgent})'),
  BadUsernameSessionEvent: error('Cannot login {userName}@{ipAddress}'),
  NoAccessUserEvent: error('Cannot login user {userName}@{ipAddress}: no permission'),
  AlreadyAuthenticatedSessionEvent: info('User {userName} has a session on this connection already'),
  SessionTerminatedEvent: info('Session of user {terminatedUsername} was ended'),
  GlobalMessageChangedEvent: info("Message of the day is now '{message}', before '{prevMessage}'"),
  ServerStartedSessionEvent: info('vCenter started'),

  PermissionAddedEvent: info(
    'Permission created for {principal} on {entity.name}, role is {role.name}, propagation '
    + 'is {propagate}'),
  PermissionUpdatedEvent: info(
    'Permission changed for {principal} on {entity.name}, role is {role.name}, propagation '
    + 'is {propagate}'),
  PermissionRemovedEvent: info('Permission rule removed for {principal} on {entity.name}'),
  RoleAddedEvent: info('New role {role.name} created'),
  RoleUpdatedEvent: info('Role modified. Previous name: {prevRoleName}, new name: {role.name}'),
  RoleRemovedEvent: info('Role {role.name} removed'),

  TaskEvent: info('Task: {task}'),
  TaskTimeoutEvent: info('Task: {task} time-out'),
  ScheduledTaskCreatedEvent: info(
    'Created task {scheduledTask.name} on {entity.name} in {datacenter.name}'),
  ScheduledTaskStartedEvent: info('Running task {scheduledTask.name} on {entity.name}'),
  ScheduledTaskCompletedEvent: info('Task {scheduledTask.name} on {entity.name} completed'),
  ScheduledTaskFailedEvent: error(
    'Task {scheduledTask.name} on {entity.name} cannot be completed: {reason.msg}'),
  ScheduledTaskRemovedEvent: info('Removed task {scheduledTask.name} on {entity.name}'),

  AlarmCreatedEvent: info("Created alarm '{alarm.name}' on {entity.name}"),
  AlarmReconfiguredEvent: info("Reconfigured alarm '{alarm.name}' on {entity.name}"),
  AlarmRemovedEvent: info("Removed alarm '{alarm.name}' on {entity.name}"),
  AlarmStatusChangedEvent: info(
    "Alarm '{alarm.name}' on {entity.name} changed from {from} to {to}"),
  AlarmAcknowledgedEvent: info("Acknowledged alarm '{alarm.name}' on {entity.name}"),
  AlarmClearedEvent: info("Manually cleared alarm '{alarm.name}' on {entity.name} from {from}"),
  AlarmActionTriggeredEvent: info("Alarm '{alarm.name}' on {entity.name} triggered an action"),
  AlarmEmailCompletedEvent: info("Alarm '{alarm.name}' on {entity.name} sent email to {to}"),
  AlarmEmailFailedEvent: error("Alarm '{alarm.name}' on {entity.name} cannot send email to {to}"),
  AlarmSnmpCompletedEvent: info(
    "Alarm '{alarm.name}': an SNMP trap for entity {entity.name} was sent"),
  AlarmSnmpFailedEvent: error(
    "Alarm '{alarm.name}' on entity {entity.name} did not send SNMP trap: {reason.msg}"),
  AlarmScriptCompleteEvent: info("Alarm '{alarm.name}' on {entity.name} ran script {script}"),
  AlarmScriptFailedEvent: error(
    "Alarm '{alarm.name}' on {entity.name} did not complete script: {reason.msg}"),

  GeneralUserEvent: user('User logged event: {message}'),
  GeneralHostErrorEvent: error('Error detected on {host.name} in {datacenter.name}: {message}'),
  GeneralHostWarningEvent: warning('Issue detected on {host.name} in {datacenter.name}: {message}'),
  GeneralHostInfoEvent: info('Issue detected on {host.name} in {datacenter.name}: {message}'),
  GeneralVmErrorEvent: error(
    'Error detected for {vm.name} on {host.name} in {datacenter.name}: {message}'),
  GeneralVmWarningEvent: warning(
    'Issue detected for {vm.name} on {host.name} in {datacenter.name}: {message}'),
  GeneralVmInfoEvent: info(
    'Issue detected for {vm.name} on {host.name} in {datacenter.name}: {message}'),
  UserUpgradeEvent: user('User message during the upgrade: {message}'),
  InfoUpgradeEvent: info('Upgrade: {message}'),
  WarningUpgradeEvent: warning('Warning during the upgrade: {message}'),
  ErrorUpgradeEvent: error('Error during the upgrade: {message}'),
  HealthStatusChangedEvent: info('{componentName} status changed from {oldStatus} to {newStatus}'),
  LicenseExpiredEvent: error('A license has expired: {feature.featureName}'),
  ServerLicenseExpiredEvent: error('{product} license has expired'),
  HostLicenseExpiredEvent: error('Expired host license on {host.name}'),
}
