import type { HostSystemProps } from '../../schema/generated/types.js'
import type { Reader, Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import type { Actor } from './signals.js'
import { vmRecord } from './vm.js'

/** Who waits for a host to be empty: the task, and whether VMs that are off must leave, too. */
export interface Entering {
  readonly node: string
  readonly task: string
  readonly off: boolean
}

/** Inner facts of a HostSystem on its own node. */
export interface HostInner {
  /** The host enters maintenance mode: nothing is started on it any more. */
  readonly entering?: Entering
}

/** How far a host is with maintenance mode. */
export type MaintenancePhase = 'entering' | 'entered' | 'exited' | 'canceled' | 'timedOut' | 'failed'

declare module '../../world/signals.js' {
  interface SignalMap {
    /** A host goes into maintenance mode or out of it; `by` is absent when nobody did. */
    'host.maintenance': { readonly host: string, readonly phase: MaintenancePhase, readonly by?: Actor }
    /** The last VM that a host entering maintenance mode waited for has left it or stopped. */
    'host.evacuated': { readonly host: string, readonly entering: Entering }
  }
}

const HOST = 'ha-host'

/** What a host that enters maintenance mode waits for; undefined: it does not. */
export function enteringOf(reader: Reader, host: string): Entering | undefined {
  return reader.get<HostSystemProps, HostInner>(host, HOST)?.inner.entering
}

/** Host-side VMs that keep a host from maintenance mode. */
export function remainingOn(reader: Reader, host: string, off: boolean): Slot[] {
  return reader.ofType(host, 'VirtualMachine').filter(slot =>
    off || vmRecord(reader, slot).props.runtime.powerState === 'poweredOn')
}

/** A host begins to enter maintenance mode. */
export function beginEntering(tx: Transaction, host: string, entering: Entering): void {
  tx.update<HostSystemProps, { entering?: Entering }>({ node: host, id: HOST }, ({ inner }) => {
    inner.entering = { ...entering }
  })
}

/** It does not try any more. */
export function endEntering(tx: Transaction, host: string): void {
  if (enteringOf(tx, host) === undefined) return
  tx.update<HostSystemProps, { entering?: Entering }>({ node: host, id: HOST }, ({ inner }) => {
    delete inner.entering
  })
}

/** A host is in maintenance mode from now on, or no longer. */
export function setMaintenance(tx: Transaction, host: string, on: boolean): void {
  endEntering(tx, host)
  tx.update<HostSystemProps>({ node: host, id: HOST }, ({ props }) => { props.runtime.inMaintenanceMode = on })
}

/** Notices when a host that is to enter maintenance mode has become empty. */
export function reactToMaintenance(world: World): void {
  const look = (tx: Transaction, { node }: { readonly node: string }): void => {
    const entering = enteringOf(tx, node)
    if (entering === undefined || remainingOn(tx, node, entering.off).length > 0) return
    tx.emit('host.evacuated', { host: node, entering })
  }
  world.on('vm.poweredOff', look)
  world.on('vm.suspended', look)
  world.on('vm.removed', look)
  world.on('vm.left', look)
}
