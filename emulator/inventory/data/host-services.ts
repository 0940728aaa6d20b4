import type { HostService, HostServiceInfo } from '../../schema/generated/types.js'
import { deepFreeze } from '../../world/freeze.js'

/** A service: key, label, policy, flags (r running, q required), rulesets. */
type Row = readonly [key: string, label: string, policy: string, flags: string, rulesets?: readonly string[]]

/** Services of a host (network-security.md 13.1 and protocols.md 8.3). */
const rows: readonly Row[] = [
  ['DCUI', 'Direct Console UI', 'on', 'r'],
  ['TSM', 'ESXi Shell', 'off', ''],
  ['TSM-SSH', 'SSH', 'off', ''],
  ['apiForwarder', 'API Forwarder', 'off', ''],
  ['attestd', 'attestd', 'off', ''],
  ['dpd', 'dpd', 'off', ''],
  ['entropyd', 'Entropy Daemon', 'off', ''],
  ['infravisor', 'Infravisor', 'off', ''],
  ['kmxd', 'kmxd', 'off', ''],
  ['lbtd', 'Load-Based Teaming Daemon', 'on', 'r'],
  ['lwsmd', 'Active Directory Service', 'off', ''],
  ['ntpd', 'NTP Daemon', 'on', 'r', ['ntpClient']],
  ['pcscd', 'PC/SC Smart Card Daemon', 'off', ''],
  ['ptpd', 'PTP Daemon', 'off', '', ['ptpd']],
  ['sfcbd-watchdog', 'CIM Server', 'off', '', ['CIMHttpServer', 'CIMHttpsServer']],
  ['slpd', 'slpd', 'off', '', ['CIMSLP']],
  ['snmpd', 'SNMP Server', 'off', '', ['snmp']],
  ['vdtc', 'vdtc', 'on', 'r'],
  ['vltd', 'vltd', 'off', ''],
  ['vmsyslogd', 'Syslog Server', 'on', 'rq'],
  ['vpxa', 'VMware vCenter Agent', 'on', 'r', ['vpxHeartbeats']],
  ['xorg', 'X.Org Server', 'on', ''],
]

function serviceOf([key, label, policy, flags, ruleset]: Row): HostService {
  return {
    key,
    label,
    required: flags.includes('q'),
    uninstallable: false,
    running: flags.includes('r'),
    ruleset: [...ruleset ?? []],
    policy,
    sourcePackage: { sourcePackageName: 'esx-base', description: 'Base system of ESXi' },
  }
}

/** All services, as they stand after installation; vpxa runs on a host that a vCenter manages. */
export const hostServices: HostServiceInfo = deepFreeze({ service: rows.map(serviceOf) })

/** The same on a host that no vCenter manages. */
export const unmanagedHostServices: HostServiceInfo = deepFreeze({
  service: rows.map(row => row[0] === 'vpxa' ? { ...serviceOf(row), running: false, policy: 'off' } : serviceOf(row)),
})
