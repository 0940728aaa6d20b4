import type { Transaction } from '../../world/transaction.js'
import { agentRuns } from '../hardware/agents.js'
import { vpxdServing } from '../appliance/services.js'
import { chassis, updateChassis, type NodeInner } from '../hardware/chassis.js'
import { runService, setServicePolicy } from '../hardware/host-services.js'
import { reaches } from '../network/paths.js'
import { CALLS, letsIn } from './link.js'

/** Why a host is disconnected: HostDisconnectedEventReasonCode. */
export type DisconnectReason = 'userRequest' | 'licenseExpired' | 'sslThumbprintVerifyFailed' | 'agentUpgrade'

declare module '../../world/signals.js' {
  interface SignalMap {
    /** vCenter does not listen to a host any more, on somebody's order. */
    'management.hostDisconnected': { vcenter: string, host: string, reason: DisconnectReason }
  }
}

/** True if a vCenter's calls would be answered by a host, whoever manages it. */
export function answers(tx: Transaction, vcenter: string, host: string): boolean {
  return vpxdServing(tx, vcenter) && agentRuns(tx, host, 'hostd') && reaches(tx, vcenter, host, CALLS)
    && letsIn(tx, vcenter, host)
}

/**
 * Ends a vCenter's connection to a host that it manages: host and VMs are `disconnected`, no
 * heartbeat is judged, until `connectHost` (availability.md 4.2).
 */
export function disconnectHost(tx: Transaction, host: string, reason: DisconnectReason): void {
  const inner = chassis(tx, host)
  if (inner?.managedBy === undefined || inner.management === 'disconnected') return
  forgetJobs(tx, host, inner)
  updateChassis(tx, host, draft => { draft.management = 'disconnected' })
  tx.emit('management.hostDisconnected', { vcenter: inner.managedBy, host, reason })
}

/** A vCenter connects to a host and takes over what it finds there. The caller asked `answers`. */
export function connectHost(tx: Transaction, vcenter: string, host: string): void {
  const inner = chassis(tx, host)
  if (inner === undefined) return
  forgetJobs(tx, host, inner)
  updateChassis(tx, host, draft => {
    draft.managedBy = vcenter
    draft.management = 'connected'
  })
  showAgent(tx, host, true)
  tx.emit('management.hostBack', { vcenter, host, missed: true })
}

/**
 * A vCenter manages a host from now on whose records it has just made. Connected, it hears the host
 * at this lab instant and takes over what is there; else the host is disconnected.
 */
export function adoptHost(tx: Transaction, vcenter: string, host: string, connected: boolean): void {
  const inner = chassis(tx, host)
  if (inner === undefined) return
  forgetJobs(tx, host, inner)
  const job = connected ? tx.after(0, 'management.heard', { vcenter, host, missed: true }) : undefined
  updateChassis(tx, host, draft => {
    draft.managedBy = vcenter
    draft.management = connected ? 'returning' : 'disconnected'
    if (job !== undefined) draft.managementJob = job
  })
  showAgent(tx, host, true)
}

/** A vCenter manages a host no longer. */
export function releaseHost(tx: Transaction, host: string): void {
  const inner = chassis(tx, host)
  if (inner === undefined) return
  forgetJobs(tx, host, inner)
  updateChassis(tx, host, draft => {
    delete draft.managedBy
    draft.management = 'connected'
  })
  showAgent(tx, host, false)
}

/** vCenter's agent is among the host's services: it begins with the host while a vCenter manages it. */
function showAgent(tx: Transaction, host: string, managed: boolean): void {
  setServicePolicy(tx, host, 'vpxa', managed ? 'on' : 'off')
  if (!managed || agentRuns(tx, host, 'vpxa')) runService(tx, host, 'vpxa', managed, 'agent')
}

/** Nothing is pending between a host and its vCenter any more. */
export function forgetJobs(tx: Transaction, host: string, inner: NodeInner): void {
  for (const job of [inner.managementJob, inner.beatJob]) if (job !== undefined) tx.cancel(job)
  updateChassis(tx, host, draft => {
    delete draft.managementJob
    delete draft.beatJob
    delete draft.givenUp
  })
}
