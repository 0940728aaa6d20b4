import type { VirtualMachineProps } from '../../../schema/generated/types.js'
import type { MoRef } from '../../../schema/model.js'
import type { Reader, Slot } from '../../../world/records.js'
import type { Transaction } from '../../../world/transaction.js'
import { vmRecord, type VmInner } from '../../compute/vm.js'
import { LAB } from '../../hardware/chassis.js'
import { lockOf, type FileLock } from '../../storage/locks.js'
import { haSettings, type HaVmSettings } from '../config.js'
import { fdmConfig } from '../fdm/agent.js'
import type { HaCluster } from '../signals.js'

/** Why HA itself stopped a VM, which it will start elsewhere: the marker in the VM's folder (1.1, 1.4). */
export type Released = 'isolation' | 'storage'

/**
 * What HA's files on a VM's home datastore say of the VM (availability.md 1.1): its line in the
 * `protectedlist` and the marker that HA stopped it. There is one of each per VM, so it is kept with
 * the one record that is the VM (inner fact `ha` of a host's record), and moves with the registration.
 */
export interface HaLine {
  /** `<vCenter>/<cluster>` whose list it is on. */
  readonly at: string
  /** False: it was on the list, and was taken off. */
  readonly protected: boolean
  readonly released?: Released
}

/** The inner fact of a host's VM record. */
export interface HaVmInner extends VmInner {
  ha?: HaLine
}

const known = new Map<string, HaLine>()

/** A line; equal ones are the same object, since thousands of VMs share them. */
export function haLine(at: HaCluster, isProtected: boolean, released?: Released): HaLine {
  const cluster = `${at.vcenter}/${at.cluster}`
  const key = `${cluster} ${isProtected} ${released ?? ''}`
  let line = known.get(key)
  if (line === undefined) {
    line = Object.freeze({
      at: cluster, protected: isProtected, ...(released === undefined ? {} : { released }),
    })
    known.set(key, line)
  }
  return line
}

/** A VM's line; undefined: HA's files do not name it. */
export function lineOf(reader: Reader, vm: Slot): HaLine | undefined {
  return reader.read<object, HaVmInner>(vm)?.inner.ha
}

/** True if a cluster protects the VM: it is on the list, and nobody took it off. */
export function isProtected(reader: Reader, vm: Slot, at: HaCluster): boolean {
  const line = lineOf(reader, vm)
  return line?.protected === true && line.at === `${at.vcenter}/${at.cluster}`
}

/** Writes a VM's line, or removes it. */
export function setLine(tx: Transaction, vm: Slot, line: HaLine | undefined): void {
  const record = vmRecord(tx, vm)
  const { ha, ...inner } = record.inner as HaVmInner
  if (ha?.at === line?.at && ha?.protected === line?.protected && ha?.released === line?.released) return
  tx.replace(vm, { props: record.props as never, inner: (line === undefined ? inner : { ...inner, ha: line }) as never })
}

/**
 * What makes a VM the same VM on whatever host it is registered: its configuration file, named as
 * the lock on it is (physics/storage/locks.ts).
 */
export function vmKey(reader: Reader, vm: Slot): string {
  return lockOf(reader, vm)?.id ?? `vm/${vm.address.node}/${vm.address.id}`
}

/** The VM as a cluster's configuration names it: vCenter's reference. */
export function vmRef(reader: Reader, vm: Slot): MoRef {
  return { type: 'VirtualMachine', value: vmRecord(reader, vm).inner.vcenterId ?? '' }
}

/** What HA does with a VM by the configuration that a host's agent has; undefined: it has none. */
export function settingsOn(reader: Reader, host: string, vm: Slot): HaVmSettings | undefined {
  const config = fdmConfig(reader, host)?.config
  return config === undefined ? undefined : haSettings(config, vmRef(reader, vm))
}

/** True while a process of the VM exists on the host of this record. */
export function isRunning(reader: Reader, vm: Slot): boolean {
  return reader.read<VirtualMachineProps>(vm)?.props.runtime.powerState === 'poweredOn'
}

/** True if HA acts on a VM of its host: a protected one, or a copy of one that runs elsewhere meanwhile. */
export function isConcerned(reader: Reader, vm: Slot): boolean {
  const line = lineOf(reader, vm)
  if (line !== undefined) return line.protected && line.released === undefined
  const lock = lockOf(reader, vm)
  const owner = lock === undefined ? undefined : reader.get<FileLock>(LAB, lock.id)?.props.owner
  return owner !== undefined && owner !== vm.address.node
}
