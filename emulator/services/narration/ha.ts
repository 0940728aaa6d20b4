import type { Event, HostSystemProps } from '../../schema/generated/types.js'
import type { HaCluster, HaState } from '../../physics/ha/signals.js'
import '../../physics/ha/follow.js'
import type { Shortcoming } from '../../physics/ha/fdm/shortcomings.js'
import type { Report } from '../../physics/ha/fdm/reports.js'
import '../../physics/ha/fdm/publish.js'
import '../../physics/ha/fdm/configure.js'
import { LAB } from '../../physics/hardware/chassis.js'
import { mirrorOf } from '../../physics/management/mirror.js'
import { toDateTime } from '../../world/clock.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { eventArgument } from '../events/arguments.js'
import { eventSubject, postEvent, type StoredEvent } from '../events.js'
import { keepConfigIssue } from './config-issue.js'
import { eventMessage, patternOf } from './catalogue.js'

const HA = 'com.vmware.vc.HA.'

/** Events that are issues of a host's configuration, too, while it lacks something. */
const shortcomings: Readonly<Record<Shortcoming, string>> = {
  isolationAddresses: 'HostHasNoIsolationAddrsDefined', datastores: 'HostHasNoMountedDatastores',
}

/**
 * What vCenter says about a cluster's HA agents, at 8.0 U3's ids (availability.md 1.13). On the wire
 * all of them are EventEx.
 */
export function narrateHa(world: World): void {
  world.on('ha.hostConfigured', (tx, { vcenter, host, enabled }) => {
    const slot = mirrorOf(tx, vcenter, host, 'ha-host')
    if (slot === undefined) return
    postEvent(tx, vcenter, { type: enabled ? 'HostDasEnabledEvent' : 'HostDasDisabledEvent', host: slot })
    // Without HA, what it lacked is no issue.
    if (!enabled) keepConfigIssue(tx, slot, 'yellow', event => idOf(event)?.startsWith(HA) === true, undefined)
  })
  world.on('ha.vcenterFollows', (tx, at) => aboutPrimary(tx, at, 'VcConnectedToMasterEvent', at.primary))
  world.on('ha.vcenterLost', (tx, at) => aboutPrimary(tx, at, 'VcDisconnectedFromMasterEvent', at.primary))
  world.on('ha.vcenterSeeks', (tx, at) => aboutPrimary(tx, at, 'VcCannotFindMasterEvent', undefined))
  world.on('ha.stateShown', (tx, { vcenter, host, state, was, told }) => {
    if (state === undefined || told) return
    stateChanged(tx, vcenter, host, state, was)
    const well = state === 'master' || state === 'connectedToMaster'
    if (well && was === 'fdmUnreachable') aboutHost(tx, vcenter, host, 'HostDasAgentHealthyEvent')
    if (state === 'fdmUnreachable') aboutHost(tx, vcenter, host, 'HostAgentErrorEvent', { reason: state })
  })
  world.on('ha.report', (tx, { vcenter, report, late }) => tellReport(tx, vcenter, report, late))
  world.on('ha.hostLacks', (tx, { vcenter, host, what, missing }) => {
    const issue = missing ? aboutHost(tx, vcenter, host, shortcomings[what]) : undefined
    keepIssue(tx, vcenter, host, shortcomings[what], issue)
  })
  world.on('ha.userHeartbeatGone', (tx, { vcenter, cluster, datastore }) => {
    const slot = tx.find(vcenter, cluster)
    if (slot !== undefined) postHa(tx, vcenter, slot, 'UserHeartbeatDatastoreRemoved', { dsName: datastore })
  })
  world.on('ha.heartbeatVolumes', (tx, { vcenter, host, volumes, was, wanted, quiet }) => {
    const datastores = volumes.map(volume => nameOfVolume(tx, volume)).join(', ')
    if (was !== undefined) aboutHost(tx, vcenter, host, 'HeartbeatDatastoreChanged', { datastores })
    const issue = volumes.length >= wanted || quiet ? undefined : aboutHost(
      tx, vcenter, host, 'HeartbeatDatastoreNotSufficient',
      { selectedNum: String(volumes.length), requiredNum: String(wanted) })
    keepIssue(tx, vcenter, host, 'HeartbeatDatastoreNotSufficient', issue)
  })
}

/** An event that is also an issue of the host's configuration, as long as it holds. */
function keepIssue(
  tx: Transaction, vcenter: string, host: string, id: string, issue: StoredEvent | undefined,
): void {
  const slot = mirrorOf(tx, vcenter, host, 'ha-host')
  if (slot === undefined) return
  keepConfigIssue(tx, slot, 'yellow',
    event => idOf(event) === `${HA}${id}`, issue as never)
}

function idOf(event: Event): string | undefined {
  return (event as { eventTypeId?: string }).eventTypeId
}

/** Reports of the agents about hosts; those about VMs are told where VMs are restarted. */
function tellReport(tx: Transaction, vcenter: string, report: Report, late: boolean): void {
  const at = late ? report.at : undefined
  switch (report.kind) {
    case 'judged':
      if (late) stateChanged(tx, vcenter, report.host, report.state, report.was, at)
      return
    case 'hostPartitioned':
      aboutHost(tx, vcenter, report.host, 'HostPartitionedFromMasterEvent', {}, at)
      return
    case 'hostFailed':
      aboutHost(tx, vcenter, report.host, 'DasHostFailedEvent', {}, at)
      return classEvent(tx, vcenter, report.host, 'DasHostFailedEvent', 'failedHost', at)
    // Logged when connectivity returns (text of the event type), which is when the host can say so.
    case 'hostIsolated':
      aboutHost(tx, vcenter, report.host, 'DasHostIsolatedEvent')
      return classEvent(tx, vcenter, report.host, 'DasHostIsolatedEvent', 'isolatedHost')
  }
}

function stateChanged(
  tx: Transaction, vcenter: string, host: string, state: HaState, was: HaState | undefined, at?: number,
): void {
  aboutHost(tx, vcenter, host, 'HostStateChangedEvent',
    { newState: state, ...(was === undefined ? {} : { oldState: was }) }, at)
}

function classEvent(
  tx: Transaction, vcenter: string, host: string, type: 'DasHostFailedEvent' | 'DasHostIsolatedEvent',
  field: string, at?: number,
): void {
  const slot = mirrorOf(tx, vcenter, host, 'ha-host')
  if (slot === undefined) return
  const parent = tx.read<HostSystemProps>(slot)!.props.parent
  const cluster = parent === undefined ? undefined : tx.find(vcenter, parent.value)
  postEvent(tx, vcenter, {
    type, computeResource: cluster,
    fields: { ...timeOf(at), [field]: eventArgument(tx, slot, 'HostEventArgument') },
  })
}

/** An event about a cluster's connection to its primary. */
function aboutPrimary(tx: Transaction, { vcenter, cluster }: HaCluster, id: string, primary: string | undefined): void {
  const slot = tx.find(vcenter, cluster)
  const host = primary === undefined ? undefined : mirrorOf(tx, vcenter, primary, 'ha-host')
  if (slot === undefined) return
  const name = host === undefined ? {} : { hostName: tx.read<HostSystemProps>(host)!.props.name }
  postHa(tx, vcenter, slot, id, name)
}

function aboutHost(
  tx: Transaction, vcenter: string, host: string, id: string, words: Readonly<Record<string, string>> = {}, at?: number,
): StoredEvent | undefined {
  const slot = mirrorOf(tx, vcenter, host, 'ha-host')
  return slot === undefined ? undefined : postHa(tx, vcenter, slot, id, words, at)
}

/** Posts an EventEx of HA about an object of a vCenter; `at`: when it happened, if not now. */
export function postHa(
  tx: Transaction, vcenter: string, about: Slot, id: string, words: Readonly<Record<string, string>> = {}, at?: number,
): StoredEvent {
  const eventTypeId = id.includes('.') ? id : `${HA}${id}`
  const { category } = patternOf('EventEx', eventTypeId)
  const objectName = tx.read<{ name: string }>(about)!.props.name
  const values = { ...words, objectName }
  return postEvent(tx, vcenter, {
    type: 'EventEx', ...eventSubject(about), words: values,
    fields: {
      ...timeOf(at), eventTypeId, severity: category,
      message: eventMessage({ _typeName: 'EventEx', eventTypeId }, values),
      arguments: Object.entries(words).map(([key, value]) => ({ key, value })),
      objectId: about.address.id, objectType: about.address.type, objectName,
    },
  })
}

/** The field that says when an event happened, if not now. */
export function timeOf(at: number | undefined): { createdTime?: string } {
  return at === undefined ? {} : { createdTime: toDateTime(at) }
}

function nameOfVolume(tx: Transaction, volume: string): string {
  return tx.get<{ name: string }>(LAB, volume)?.props.name ?? volume
}
