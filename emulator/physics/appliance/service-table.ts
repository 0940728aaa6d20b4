import type { StartupType } from './state.js'
import { SERVICE_START_MS } from './timing.js'

/** What is fixed of a service of the appliance. */
export interface ServiceKind {
  /** Id of vmon, or name of the systemd unit. */
  readonly id: string
  /** What `service-control` calls it, where that differs. */
  readonly unit: string
  readonly description: string
  /** True: vmon runs it; false: a unit of the operating system. */
  readonly vmon: boolean
  readonly startup: StartupType
  /** It cannot run without these: they are started before it, and it stops with them. */
  readonly requires: readonly string[]
  /** Its back ends: without them it runs, degraded. */
  readonly uses: readonly string[]
  /** Begins after these when they start at the same time. */
  readonly after: readonly string[]
  readonly startMs: number
  /** First and last major version that has it. */
  readonly since: number
  readonly until: number
}

const { usual, system, vpostgres, sts, vpxd, ui } = SERVICE_START_MS

type Extra = Partial<Omit<ServiceKind, 'id' | 'description' | 'vmon'>>

function vmon(id: string, description: string, extra: Extra = {}): ServiceKind {
  return {
    id, description, unit: id.startsWith('vmware-') ? id : `vmware-${id}`, vmon: true,
    startup: 'AUTOMATIC', requires: [], uses: [], after: [], startMs: usual, since: 6, until: 99, ...extra,
  }
}

function os(id: string, description: string, extra: Extra = {}): ServiceKind {
  return {
    id, description, unit: id, vmon: false,
    startup: 'AUTOMATIC', requires: [], uses: [], after: [], startMs: system, since: 6, until: 99, ...extra,
  }
}

const manual = { startup: 'MANUAL' } as const

/**
 * Services of a vCenter appliance, every one after those it needs. Ids are those of vmon as the
 * API lists them (operations.md 2.3 for the names of `service-control`); the order vpostgres, sts,
 * vpxd, vsphere-ui is sourced there, the other dependencies are general knowledge.
 */
export const serviceKinds: readonly ServiceKind[] = [
  os('systemd-journald', 'Journal Service'),
  os('rsyslog', 'System Logging Service'),
  os('auditd', 'Security Auditing Service'),
  os('crond', 'Command Scheduler'),
  os('dnsmasq', 'A lightweight, caching DNS proxy'),
  os('ntpd', 'ntpd.service'),
  os('sshd', 'OpenSSH Daemon'),
  os('vmtoolsd', 'Service for virtual machines hosted on VMware'),
  os('lwsmd', 'Likewise Service Control Manager Service'),
  os('vmafdd', 'VMware Authentication Framework'),
  os('vmdird', 'VMware Directory Service', { requires: ['vmafdd'] }),
  os('vmcad', 'VMware Certificate Service', { requires: ['vmdird'] }),
  os('vami-lighttp', 'Appliance Management web server'),
  os('vmware-vmon', 'VMware Service Lifecycle Manager'),
  os('snmpd', 'Simple Network Management Protocol daemon', manual),
  vmon('applmgmt', 'VMware Appliance Management Service', { unit: 'applmgmt' }),
  vmon('vmonapi', 'VMware Service Lifecycle Manager API', { unit: 'vmonapi' }),
  vmon('statsmonitor', 'VMware Appliance Monitoring Service'),
  vmon('rhttpproxy', 'VMware HTTP Reverse Proxy', { until: 7 }),
  vmon('envoy', 'VMware Envoy Proxy', { since: 7 }),
  vmon('vmware-vpostgres', 'VMware Postgres', { startMs: vpostgres }),
  vmon('vmware-postgres-archiver', 'VMware Postgres Archiver', { requires: ['vmware-vpostgres'], since: 7 }),
  vmon('sts', 'VMware Security Token Service', {
    unit: 'vmware-stsd', startMs: sts, requires: ['vmdird'], after: ['vmware-vpostgres'],
  }),
  vmon('lookupsvc', 'VMware Lookup Service', { requires: ['sts'] }),
  vmon('certificateauthority', 'VMware Certificate Authority Service', { uses: ['vmcad'], since: 7 }),
  vmon('certificatemanagement', 'VMware Certificate Management Service', { uses: ['vmcad'], since: 7 }),
  vmon('cis-license', 'VMware License Service', { uses: ['sts'] }),
  vmon('pschealth', 'VMware Platform Services Controller Health Monitor', { unit: 'pschealth' }),
  vmon('sca', 'VMware Service Control Agent'),
  vmon('vapi-endpoint', 'VMware vAPI Endpoint', { uses: ['sts', 'vpxd'] }),
  vmon('vpxd-svcs', 'VMware vCenter Services', { requires: ['vmware-vpostgres'], uses: ['sts'] }),
  vmon('vpxd', 'VMware vCenter Server', { startMs: vpxd, requires: ['vmware-vpostgres'], uses: ['sts'] }),
  vmon('content-library', 'VMware Content Library Service', { requires: ['vmware-vpostgres', 'vpxd'] }),
  vmon('sps', 'VMware vSphere Profile-Driven Storage Service', { requires: ['vmware-vpostgres'], uses: ['vpxd'] }),
  vmon('eam', 'VMware ESX Agent Manager', { uses: ['vpxd'] }),
  vmon('vsm', 'VMware vService Manager', { uses: ['vpxd'] }),
  vmon('vsphere-ui', 'VMware vSphere Client', { unit: 'vsphere-ui', startMs: ui, uses: ['vpxd', 'sts'] }),
  vmon('perfcharts', 'VMware Performance Charts Service', { uses: ['vpxd', 'vmware-vpostgres'] }),
  vmon('analytics', 'VMware Analytics Service'),
  vmon('updatemgr', 'VMware Update Manager', { uses: ['vpxd', 'vmware-vpostgres'] }),
  vmon('vlcm', 'VMware vCenter Server Lifecycle Manager', { since: 7 }),
  vmon('vsan-health', 'VMware vSAN Health Service', { uses: ['vpxd'] }),
  vmon('vstats', 'VMware vStats Service', { uses: ['vpxd'], since: 7 }),
  vmon('vtsdb', 'VMware vTsdb Service', { since: 7 }),
  vmon('topologysvc', 'VMware Topology Service', { since: 7 }),
  vmon('trustmanagement', 'VMware Trust Management Service', { uses: ['sts'], since: 7 }),
  vmon('hvc', 'VMware Hybrid vCenter Service', { since: 7 }),
  vmon('infraprofile', 'VMware Infraprofile Service', { since: 7 }),
  vmon('observability', 'VMware VCSA Observability Service', { since: 7 }),
  vmon('observability-vapi', 'VMware VCSA Observability VAPI Service', { since: 7 }),
  vmon('wcp', 'Workload Control Plane', { uses: ['vpxd'], since: 7 }),
  vmon('imagebuilder', 'VMware Image Builder Manager', manual),
  vmon('netdumper', 'VMware vSphere ESXi Dump Collector', manual),
  vmon('rbd', 'VMware vSphere Auto Deploy Waiter', { ...manual, unit: 'vmware-rbd-watchdog' }),
  vmon('vmcam', 'VMware vSphere Authentication Proxy', { ...manual, unit: 'vmcam' }),
  vmon('vcha', 'VMware vCenter High Availability', { startup: 'DISABLED' }),
]

const byName = new Map(serviceKinds.flatMap(kind => [[kind.unit, kind], [kind.id, kind]] as const))

/** A service by its id, or by what `service-control` calls it. */
export function serviceKind(name: string): ServiceKind | undefined {
  return byName.get(name)
}

/** Services of a version of the product (`8.0.3`), each after those that it requires. */
export function serviceKindsOf(version: string): readonly ServiceKind[] {
  const major = Number(version.split('.')[0])
  return serviceKinds.filter(kind => kind.since <= major && major <= kind.until)
}
