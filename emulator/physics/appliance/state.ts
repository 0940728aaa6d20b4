import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { LAB } from '../hardware/chassis.js'

/** State of a service, in the words of the appliance API (`vmon.service.state`). */
export type ServiceState = 'STARTED' | 'STARTING' | 'STOPPING' | 'STOPPED'

/** How a service is started at boot (`vmon.service.startup_type`). */
export type StartupType = 'AUTOMATIC' | 'MANUAL' | 'DISABLED'

/** A service of an appliance at one instant. */
export interface Service {
  state: ServiceState
  /** Lab time in milliseconds since which it is in this state. */
  since: number
  startup: StartupType
  /** Agenda job that ends STARTING or STOPPING, and when it is due. */
  job?: number | undefined
  due?: number | undefined
  /** It is stopped in order to be started again. */
  again?: boolean | undefined
}

/** Growth of a partition that goes on by itself. */
export interface Growth {
  readonly what: 'bytes' | 'inodes'
  /** Bytes or inodes in a second. */
  readonly perSecond: number
  /** Use at which it ends, in bytes or inodes. */
  readonly until: number
}

/** A partition: what is used is counted at `since` and grows from there. */
export interface Partition {
  bytesTotal: number
  bytesUsed: number
  inodesTotal: number
  inodesUsed: number
  /** Lab time in milliseconds at which the used figures hold. */
  since: number
  growth?: Growth | undefined
  /** What is used when nothing fills it: `heal` frees down to it. */
  readonly usual: { readonly bytes: number, readonly inodes: number }
}

/** How full a partition is, in the words of the 95 % rule (availability.md 3.3). */
export type PartitionState = 'ok' | 'warning' | 'critical'

/** A shutdown that was asked for and has not happened yet. */
export interface PlannedShutdown {
  readonly action: 'poweroff' | 'reboot'
  readonly reason: string
  /** Lab time in milliseconds. */
  readonly at: number
  readonly job: number
}

/** A receiver of the appliance's log messages, in the words of its API. */
export interface LogForwardingTarget {
  readonly hostname: string
  readonly port: number
  readonly protocol: 'TLS' | 'UDP' | 'TCP'
}

/** Settings of the appliance that its API shows and changes. */
export interface ApplianceSettings {
  ssh: boolean
  dcui: boolean
  consolecli: boolean
  shell: { enabled: boolean, until: number }
  ntp: string[]
  timesync: 'DISABLED' | 'NTP' | 'HOST'
  timezone: string
  /** Days of the global password policy of local accounts. */
  policy: { max_days: number, min_days: number, warn_days: number }
  logForwarding: LogForwardingTarget[]
}

/** Inner facts of the record `Appliance`, id `appliance/<vcenter>`, on the lab node. */
export interface ApplianceInner {
  /** By mount point. */
  partitions: Record<string, Partition>
  /** By id of vmon, or name of the unit for services of the operating system. */
  services: Record<string, Service>
  /** What the last look at the partitions found, by mount point; absent: ok. */
  judged: Record<string, PartitionState>
  checkJob?: number | undefined
  /** Lab times of failures of vpxd that still count for the watchdog. */
  failures: number[]
  /** vpxd will die again so many times, each time so long after it was up. */
  crashes?: { left: number, afterMs: number } | undefined
  shutdown?: PlannedShutdown | undefined
  settings: ApplianceSettings
  /** Lab time of the installation, in milliseconds. */
  installed: number
}

/** Id of a vCenter's appliance record. */
export function applianceId(vcenter: string): string {
  let id = ids.get(vcenter)
  if (id === undefined) ids.set(vcenter, id = `appliance/${vcenter}`)
  return id
}

/** Asked for at every look at a management link: the same text is not built and hashed again. */
const ids = new Map<string, string>()

/** The appliance of a vCenter; undefined for hosts. */
export function applianceOf(reader: Reader, vcenter: string): ApplianceInner | undefined {
  return reader.get<object, ApplianceInner>(LAB, applianceId(vcenter))?.inner
}

/** Changes an appliance's facts through a draft. */
export function updateAppliance(
  tx: Transaction, vcenter: string, recipe: (inner: ApplianceInner) => void,
): void {
  tx.update<object, ApplianceInner>({ node: LAB, id: applianceId(vcenter) }, draft =>
    recipe(draft.inner as ApplianceInner))
}

/** `8.0.3`: the product's version on a node; the empty string when there is no such node. */
export function productVersion(reader: Reader, node: string): string {
  return reader.get<{ product: { version: string } }>(LAB, node)?.props.product.version ?? ''
}
