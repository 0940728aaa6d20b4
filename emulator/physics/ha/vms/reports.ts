import type { Slot } from '../../../world/records.js'
import type { Transaction } from '../../../world/transaction.js'
import { vmRecord } from '../../compute/vm.js'
import type { StorageLoss } from '../../storage/access.js'
import { report, type ReportContent } from '../fdm/reports.js'

/** Why an attempt to start a VM failed, in physical terms (physics/compute/power.ts). */
export type StartFailure = 'locked' | 'storage' | 'swapSpace' | 'other'

/** Why HA resets a VM (VmDasBeingResetEventReasonCode). */
export type ResetReason =
  | 'vmtoolsHeartbeatFailure' | 'appHeartbeatFailure' | 'appImmediateResetRequest' | 'vmcpResetApdCleared'

declare module '../fdm/reports.js' {
  interface ReportMap {
    /** A primary starts VMs, or has done what it could; `host` is the primary. */
    failover: { readonly host: string, readonly phase: 'initiated' | 'inProgress' | 'completed', readonly count: number }
    /** A VM runs again, on `host`. VMs are named by vCenter's id. */
    vmRestarted: { readonly host: string, readonly vm: string }
    vmRestartFailed: {
      readonly host: string, readonly vm: string, readonly why: StartFailure
      /** Who holds the lock on its files. */
      readonly holder?: string
      /** HA had stopped it on an isolated host. */
      readonly isolated: boolean
    }
    vmRestartsUsedUp: { readonly host: string, readonly vm: string }
    /** No host of the partition can run it now. */
    vmWithoutRoom: { readonly host: string, readonly vm: string }
    /** An isolated host left it alone: its restart priority is `disabled`. */
    vmIsolationExempt: { readonly host: string, readonly vm: string }
    /** An isolated host stopped it; `how`: the power was cut, or its guest was asked. */
    vmStoppedOnIsolation: { readonly host: string, readonly vm: string, readonly how: 'powerOff' | 'shutdown' }
    /** The agent of `host` ended the copy there that had lost the lock on its files. */
    lockLostAnswered: { readonly host: string, readonly vm: string }
    /** The datastore of a VM of a live host is lost, and what HA does about it (availability.md 1.9). */
    storageFailure: {
      readonly host: string, readonly vm: string, readonly datastore: string, readonly loss: StorageLoss
      readonly what: 'detected' | 'terminating' | 'notTerminated' | 'aborted' | 'cleared'
      readonly reason?: 'noRoom' | 'unknown'
    }
    vmReset: { readonly host: string, readonly vm: string, readonly reason: ResetReason, readonly screenshotFilePath?: string }
    vmResetFailed: { readonly host: string, readonly vm: string }
    /** It would have been reset, but had been too often. */
    vmResetsUsedUp: { readonly host: string, readonly vm: string }
    /** It would have been reset, but a datastore of it is lost. */
    vmNotReset: { readonly host: string, readonly vm: string }
    applicationFailed: { readonly host: string, readonly vm: string }
    /** Registered on `host`, and not started: its restart priority is `disabled`. */
    vmOnlyRegistered: { readonly host: string, readonly vm: string }
  }
}

/** The id by which reports name a VM: vCenter's; undefined: vCenter never saw it. */
function reportedVm(tx: Transaction, vm: Slot): string | undefined {
  return vmRecord(tx, vm).inner.vcenterId
}

type VmReport = Extract<ReportContent, { readonly vm: string }>
type WithoutVm<R> = R extends VmReport ? Omit<R, 'vm'> : never

/** An agent reports something about a VM. */
export function reportVm(tx: Transaction, agent: string, vm: Slot, content: WithoutVm<VmReport>): void {
  const id = reportedVm(tx, vm)
  if (id !== undefined) report(tx, agent, { ...content, vm: id } as ReportContent)
}
