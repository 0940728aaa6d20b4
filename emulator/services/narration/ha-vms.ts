import type { Report } from '../../physics/ha/fdm/reports.js'
import '../../physics/ha/vms/protection.js'
import '../../physics/ha/vms/reports.js'
import { vmRecord } from '../../physics/compute/vm.js'
import { mirrorOf } from '../../physics/management/mirror.js'
import type { EventName } from '../../schema/generated/types.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { eventArgument } from '../events/arguments.js'
import { postEvent } from '../events.js'
import { fault, type MethodFault } from '../method-fault.js'
import { postHa, timeOf } from './ha.js'

/**
 * What vCenter says about what HA does with VMs, at 8.0 U3's ids (availability.md 1.13). Reports
 * that waited for vCenter keep the time at which the thing happened.
 */
export function narrateHaVms(world: World): void {
  world.on('ha.protectionShown', (tx, { vcenter, vm, protected: on }) => {
    aboutVm(tx, vcenter, vm, on === true ? 'VmProtectedEvent' : 'VmUnprotectedEvent')
  })
  world.on('ha.vmNotProtected', (tx, { vcenter, vm }) => aboutVm(tx, vcenter, vm, 'VmNotProtectedEvent'))
  world.on('ha.report', (tx, { vcenter, cluster, report, late }) => {
    tellReport(tx, { tx, vcenter, cluster, at: late ? report.at : undefined }, report)
  })
}

interface Place {
  readonly tx: Transaction
  readonly vcenter: string
  readonly cluster: string
  /** When it happened, if not now. */
  readonly at: number | undefined
}

const phases = {
  initiated: 'ClusterFailoverActionInitiatedEvent',
  inProgress: 'ClusterFailoverInProgressEvent',
  completed: 'ClusterFailoverActionCompletedEvent',
} as const

function tellReport(tx: Transaction, place: Place, report: Report): void {
  const { vcenter, at } = place
  const ex = (vm: string, id: string, words: Record<string, string> = {}): void =>
    aboutVm(tx, vcenter, vm, id, words, at)
  switch (report.kind) {
    case 'failover': {
      const cluster = tx.find(vcenter, place.cluster)
      if (cluster !== undefined) postHa(tx, vcenter, cluster, phases[report.phase], { count: String(report.count) }, at)
      return
    }
    case 'vmRestarted':
      return ex(report.vm, 'com.vmware.vc.ha.VmRestartedByHAEvent', { hostName: hostName(tx, vcenter, report.host) })
    case 'vmRestartFailed':
      classEvent(place, report.vm, 'VmFailoverFailed', { reason: reasonOf(place, report).localized })
      if (report.isolated) ex(report.vm, 'FailedRestartAfterIsolationEvent')
      return
    case 'vmRestartsUsedUp': return classEvent(place, report.vm, 'VmMaxRestartCountReached')
    case 'vmWithoutRoom':
      return classEvent(place, report.vm, 'NotEnoughResourcesToStartVmEvent', {
        reason: 'No host of the cluster can run the virtual machine at present',
      })
    case 'vmIsolationExempt': return ex(report.vm, 'VMIsHADisabledIsolationEvent')
    case 'vmStoppedOnIsolation': return stopped(place, report)
    case 'lockLostAnswered':
      return ex(report.vm, 'AnsweredVmLockLostQuestionEvent', { hostName: hostName(tx, vcenter, report.host) })
    case 'storageFailure': return storageFailure(place, report)
    case 'vmReset': {
      const { reason, screenshotFilePath } = report
      return screenshotFilePath === undefined
        ? classEvent(place, report.vm, 'VmDasBeingResetEvent', { reason })
        : classEvent(place, report.vm, 'VmDasBeingResetWithScreenshotEvent', { reason, screenshotFilePath })
    }
    case 'vmResetFailed': return classEvent(place, report.vm, 'VmDasResetFailedEvent')
    case 'vmResetsUsedUp': return ex(report.vm, 'VmDasResetAbortedEvent')
    case 'vmNotReset': return ex(report.vm, 'CannotResetVmWithInaccessibleDatastore')
    case 'applicationFailed': return ex(report.vm, 'com.vmware.vc.vmam.VmDasAppHeartbeatFailedEvent')
    case 'vmOnlyRegistered':
      return ex(report.vm, 'VMIsHADisabledRestartEvent', { hostName: hostName(tx, vcenter, report.host) })
  }
}

const storageEvents = {
  detected: 'VmcpStorageFailureDetectedForVm',
  terminating: 'VmcpTerminatingVm',
  notTerminated: 'VmcpNotTerminateVmWithInaccessibleDatastore',
  aborted: 'VmcpTerminateVmAborted',
  cleared: 'VmcpStorageFailureCleared',
} as const

const reasons = {
  noRoom: 'no other host of the cluster can run it',
  unknown: 'it is not known whether another host can run it',
} as const

function storageFailure({ tx, vcenter, at }: Place, report: Extract<Report, { kind: 'storageFailure' }>): void {
  aboutVm(tx, vcenter, report.vm, storageEvents[report.what], {
    hostName: hostName(tx, vcenter, report.host), datastore: report.datastore, failure: report.loss.toUpperCase(),
    ...(report.reason === undefined ? {} : { reason: reasons[report.reason] }),
  }, at)
}

function stopped(place: Place, report: Extract<Report, { kind: 'vmStoppedOnIsolation' }>): void {
  const host = mirrorOf(place.tx, place.vcenter, report.host, 'ha-host')
  if (host === undefined) return
  const isolatedHost = eventArgument(place.tx, host, 'HostEventArgument')
  if (report.how === 'powerOff') classEvent(place, report.vm, 'VmPowerOffOnIsolationEvent', { isolatedHost })
  else classEvent(place, report.vm, 'VmShutdownOnIsolationEvent', { isolatedHost, shutdownResult: 'shutdown' })
}

function reasonOf(
  { tx, vcenter }: Place, report: Extract<Report, { kind: 'vmRestartFailed' }>,
): MethodFault {
  const slot = tx.find(vcenter, report.vm)
  const file = slot === undefined ? '' : vmRecord(tx, slot).props.config?.files.vmPathName ?? ''
  switch (report.why) {
    case 'locked': return fault('FileLocked', { file }, 'Unable to access file since it is locked')
    case 'storage': return fault('CannotAccessFile', { file }, `Unable to access file ${file}`)
    case 'swapSpace': {
      const datastore = file.slice(1, file.indexOf(']'))
      return fault('NoDiskSpace', { file, datastore }, `Insufficient disk space on datastore '${datastore}'.`)
    }
    case 'other': return fault('InvalidState')
  }
}

function hostName(tx: Transaction, vcenter: string, host: string): string {
  const slot = mirrorOf(tx, vcenter, host, 'ha-host')
  return slot === undefined ? host : tx.read<{ name: string }>(slot)!.props.name
}

function aboutVm(
  tx: Transaction, vcenter: string, vm: string, id: string, words: Readonly<Record<string, string>> = {}, at?: number,
): void {
  const slot = tx.find(vcenter, vm)
  if (slot !== undefined) postHa(tx, vcenter, slot, id, words, at)
}

function classEvent(
  { tx, vcenter, at }: Place, vm: string, type: EventName, fields: Readonly<Record<string, unknown>> = {},
): void {
  const slot = tx.find(vcenter, vm)
  if (slot === undefined) return
  postEvent(tx, vcenter, {
    type, vm: slot, fields: { ...timeOf(at), ...fields },
  })
}
