import type { HostFirewallInfo, HostFirewallRule, HostFirewallRuleset } from '../../schema/generated/types.js'
import { deepFreeze } from '../../world/freeze.js'

/** A ruleset: key, label, rules, service, and flags: r required, e enabled, u user may toggle, i IP list. */
type Row = readonly [key: string, label: string, rules: string, service: string, flags: string]

/**
 * The rulesets of ESXi 8.0U2b (network-security.md 13.1; protocols.md 8.3). A rule is direction
 * (i in, o out), which port (d destination, s source), protocol (t TCP, u UDP), port or range.
 * Rulesets whose ports are not known are left out. ntpClient is open since ntpd runs.
 */
const rows: readonly Row[] = [
  ['CIMHttpServer', 'CIM Server', 'idt5988', 'sfcbd-watchdog', 'ei'],
  ['CIMHttpsServer', 'CIM Secure Server', 'idt5989', 'sfcbd-watchdog', 'i'],
  ['CIMSLP', 'CIM SLP', 'idu427 odu427 idt427 odt427', '', 'i'],
  ['DHCPv6', 'DHCPv6', 'odt547 idt546 odu547 idu546', '', 'ei'],
  ['DVFilter', 'DVFilter', 'idt2222', '', 'ui'],
  ['DVSSync', 'DVSSync', 'idu8302 odu8302 idu8301 odu8301', '', 'ei'],
  ['HBR', 'HBR', 'odt31031 odt44046', '', 'ei'],
  ['NFC', 'NFC', 'idt902 odt902', '', 'ei'],
  ['WOL', 'WOL', 'odu9', '', 'eui'],
  ['activeDirectoryAll', 'Active Directory All',
    'odu88 odt88 odu123 odu137 odt139 odt389 odu389 odt445 odu464 odt464 odt3268 odt7476'
    + ' idt2020',
    '', 'i'],
  ['cmmds', 'Virtual SAN Clustering Service',
    'idu12345 odu12345 idu23451 odu23451 idu12321 odu12321',
    '', 'ei'],
  ['dhcp', 'DHCP Client', 'idu68 osu68', '', 'ei'],
  ['dns', 'DNS Client', 'idu53 odu53 odt53', '', 'eui'],
  ['esxupdate', 'esxupdate', 'odt443', '', 'i'],
  ['etcdClientComm', 'etcdClientComm', 'idt2379 odt2379', '', 'ei'],
  ['etcdPeerComm', 'etcdPeerComm', 'idt2380 odt2380', '', 'ei'],
  ['faultTolerance', 'Fault Tolerance', 'odt80 idt8300 odt8300', '', 'eui'],
  ['ftpClient', 'FTP Client', 'odt21 ist20', '', 'ui'],
  ['gdbserver', 'gdbserver', 'idt1000-9999 idt50000-50999', '', 'ui'],
  ['httpClient', 'httpClient', 'odt80 odt443', '', 'ui'],
  ['iSCSI', 'Software iSCSI Client', 'odt3260', '', 'i'],
  ['iofiltervp', 'iofiltervp', 'idt9080', '', 'ei'],
  ['ipfam', 'NSX Distributed Logical Router Service', 'idu6999 odu6999', '', 'ui'],
  ['iwarp-pm', 'iwarp-pm', 'idu3935 odu3935', '', 'ui'],
  ['nfs41Client', 'nfs41Client', 'odt0-65535', '', ''],
  ['nfsClient', 'NFS Client', 'odt0-65535', '', ''],
  ['ntpClient', 'NTP Client', 'odu123', 'ntpd', 'ei'],
  ['nvmemdns', 'nvmemdns', 'idu5353 odu5353', '', 'i'],
  ['nvmetcp', 'nvmetcp', 'odt4420 odt8009', '', 'i'],
  ['ptpd', 'ptpd', 'idu319 odu319 idu320 odu320', '', 'i'],
  ['pvrdma', 'pvrdma', 'idt28250-28761 odt28250-28761', '', 'ui'],
  ['rdt', 'Virtual SAN Transport', 'idt2233 odt2233', '', 'ei'],
  ['remoteSerialPort', 'VM serial port connected over network',
    'odt0-65535 idt23 idt1024-65535',
    '', 'ui'],
  ['settingsd', 'settingsd', 'idt8083', '', 'i'],
  ['snmp', 'SNMP Server', 'idu161', 'snmpd', 'i'],
  ['sshClient', 'SSH Client', 'odt22', '', 'ui'],
  ['sshServer', 'SSH Server', 'idt22', '', 'reui'],
  ['syslog', 'syslog', 'odu514 odt514 odt1514', '', 'ui'],
  ['updateManager', 'vCenter Update Manager', 'odt80 odt9000-9100', '', 'eui'],
  ['vMotion', 'vMotion', 'idt8000 odt8000', '', 'ei'],
  ['vSPC', 'VM serial port connected to vSPC', 'odt0-65535', '', 'ui'],
  ['vSphereClient', 'vSphere Web Client', 'idt902 idt443', '', 'reui'],
  ['vdfs', 'vdfs', 'idt1564 odt1564', '', 'i'],
  ['vic-engine', 'vic-engine', 'odt2377', '', 'ui'],
  ['vpxHeartbeats', 'VMware vCenter Agent', 'odu902', 'vpxa', 'ei'],
  ['vsanEncryption', 'vsanEncryption', 'odt0-65535', '', ''],
  ['vsanhealth-unicasttest', 'vsanhealth-unicasttest', 'idt5201 odt5201 idu5201 odu5201', '', 'i'],
  ['webAccess', 'vSphere Web Access', 'idt80', '', 'eui'],
]

function ruleOf(text: string): HostFirewallRule {
  const [from, to] = text.slice(3).split('-')
  const rule: HostFirewallRule = {
    port: Number(from),
    direction: text[0] === 'i' ? 'inbound' : 'outbound',
    portType: text[1] === 's' ? 'src' : 'dst',
    protocol: text[2] === 't' ? 'tcp' : 'udp',
  }
  return to === undefined ? rule : { ...rule, endPort: Number(to) }
}

function rulesetOf([key, label, rules, service, flags]: Row): HostFirewallRuleset {
  return {
    key,
    label,
    required: flags.includes('r'),
    rule: rules.split(' ').map(ruleOf),
    ...(service === '' ? {} : { service }),
    enabled: flags.includes('e'),
    allowedHosts: { allIp: true },
    userControllable: flags.includes('u'),
    ipListUserConfigurable: flags.includes('i'),
  }
}

/**
 * The firewall of a freshly installed host: both ways blocked but for the rulesets. Who may change a
 * ruleset is a field since 8.0.2: hosts before it do not say so, and let users switch any that is not
 * required.
 */
export function firewallInfo(apiVersion: string): HostFirewallInfo {
  const [major = 0, minor = 0, update = 0] = apiVersion.split('.').map(Number)
  return major * 10000 + minor * 100 + update >= 80002 ? present : before802
}

const defaultPolicy = { incomingBlocked: true, outgoingBlocked: true }

const present: HostFirewallInfo = deepFreeze({ defaultPolicy, ruleset: rows.map(rulesetOf) })

const before802: HostFirewallInfo = deepFreeze({
  defaultPolicy,
  ruleset: rows.map(rulesetOf).map(({ userControllable: _user, ipListUserConfigurable: _list, ...ruleset }) => ruleset),
})
