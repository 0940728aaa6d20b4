import type { OptionDef, OptionValue } from '../../schema/generated/types.js'
import { deepFreeze } from '../../world/freeze.js'
import { optionDefs, optionValues, type OptionRow } from './option-table.js'

const levels = ['none', 'error', 'warning', 'info', 'verbose', 'trivia'] as const
const BIG = 2 ** 31 - 1

/** Settings of a vCenter that do not depend on its name (network-security.md 12.3, operations.md 4.2). */
const rows: readonly OptionRow[] = [
  ['VirtualCenter.MaxDBConnection', 'Connections to the database', 50, 1, 1000, 'int'],
  ['VirtualCenter.VimPasswordExpirationInDays', 'Life of the vpxuser password (days)', 30, 1, BIG, 'int'],
  ['VirtualCenter.AutoManagedIPV4', 'Managed address by itself', true],
  ['ads.checkInterval', 'Check of the directory (minutes)', 1440, 0, BIG, 'int'],
  ['ads.checkIntervalEnabled', 'Check the directory', true],
  ['ads.maxFetch', 'Most users fetched', 5000, 0, BIG, 'int'],
  ['ads.maxFetchEnabled', 'Limit of users fetched', true],
  ['ads.timeout', 'Time-out of the directory (s)', 60, 0, BIG, 'int'],
  ['client.timeout.long', 'Time-out of long operations (s)', 120, 0, BIG, 'int'],
  ['client.timeout.normal', 'Time-out of operations (s)', 30, 0, BIG, 'int'],
  ['config.log.level', 'Log level', 'info', levels],
  ['config.vmacore.soap.maxSessionCount', 'Most sessions', 3000, 0, BIG, 'int'],
  ['config.vmacore.soap.sessionTimeout', 'Idle time-out of sessions (minutes)', 30, 0, BIG, 'int'],
  ['config.vpxd.heartbeat.notRespondingTimeout', 'Silence until a host is not responding (s)', 60, 10, 3600, 'int'],
  ['config.vpxd.hostPasswordLength', 'Length of the vpxuser password', 32, 8, 128, 'int'],
  ['config.vpxd.network.rollback', 'Roll back bad network changes', 'true'],
  ['config.vpxd.sso.default.admin', 'Default administrator', 'administrator@vsphere.local'],
  ['config.vpxd.sso.default.isGroup', 'The default administrator is a group', 'false'],
  ['config.vpxd.sso.enabled', 'Single sign-on', 'true'],
  ['config.vpxd.stats.maxQueryMetrics', 'Most metrics of one query', 64, -1, BIG, 'int'],
  ['event.batchsize', 'Events deleted at once', 2000, 1, BIG, 'int'],
  ['event.maxAge', 'Days that events are kept', 30, 1, BIG, 'int'],
  ['event.maxAgeEnabled', 'Delete old events', true],
  ['instance.id', 'Number of this instance', 1, 0, 63, 'int'],
  ['mail.sender', 'Sender of mails', ''],
  ['mail.smtp.password', 'Password at the mail server', ''],
  ['mail.smtp.port', 'Port of the mail server', 25, 1, 65535, 'int'],
  ['mail.smtp.server', 'Mail server', ''],
  ['mail.smtp.username', 'User at the mail server', ''],
  ['snmp.receiver.1.community', 'Community of trap receiver 1', 'public'],
  ['snmp.receiver.1.enabled', 'Trap receiver 1', true],
  ['snmp.receiver.1.name', 'Host of trap receiver 1', 'localhost'],
  ['snmp.receiver.1.port', 'Port of trap receiver 1', 162, 1, 65535, 'int'],
  ['task.maxAge', 'Days that tasks are kept', 30, 1, BIG, 'int'],
  ['task.maxAgeEnabled', 'Delete old tasks', true],
  ['vpxd.certmgmt.mode', 'Certificates of hosts', 'vmca', ['vmca', 'custom', 'thumbprint']],
  ['vpxd.certmgmt.certs.hardThreshold', 'Days before expiry: alarm', 30, 1, 3650, 'int'],
  ['vpxd.certmgmt.certs.softThreshold', 'Days before expiry: notice', 240, 1, 3650, 'int'],
  ['vpxd.event.syslog.enabled', 'Write events to syslog', true],
]

const common = optionValues(rows)

/** Definitions of the settings. */
export const vcenterOptionDefs: OptionDef[] = optionDefs(rows)

/** The settings of a vCenter of that name and address, sorted by key. */
export function vcenterOptions(hostName: string, address: string): OptionValue[] {
  const own: OptionValue[] = [
    { key: 'VirtualCenter.FQDN', value: hostName },
    { key: 'VirtualCenter.InstanceName', value: hostName },
    { key: 'VirtualCenter.ManagedIP', value: address },
    { key: 'config.vpxd.sso.admin.uri', value: `https://${hostName}/sso-adminserver/sdk/vsphere.local` },
    { key: 'config.vpxd.sso.groupcheck.uri', value: `https://${hostName}/sso-adminserver/sdk/vsphere.local` },
    { key: 'config.vpxd.sso.solutionUser.name', value: 'vpxd' },
    { key: 'config.vpxd.sso.sts.uri', value: `https://${hostName}/sts/STSService/vsphere.local` },
  ]
  return deepFreeze([...common, ...own].sort((a, b) => a.key < b.key ? -1 : 1))
}
