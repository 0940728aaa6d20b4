import type { HostSystemProps } from '../../schema/generated/types.js'
import type { Transaction } from '../../world/transaction.js'
import type { Actor } from '../compute/signals.js'
import { chassis, updateChassis } from '../hardware/chassis.js'
import { forgetJobs } from './connection.js'
import { mirrorOf, mirrorsOn, setConnection } from './mirror.js'

declare module '../../world/signals.js' {
  interface SignalMap {
    /** Somebody shuts a host down, or reboots it; said before its power is gone. */
    'host.stopping': { readonly host: string, readonly cause: 'shutdown' | 'reboot', readonly by: Actor }
    /** A host goes into standby or comes back from it. */
    'host.standby': {
      readonly host: string, readonly phase: 'entering' | 'entered' | 'exiting' | 'exited', readonly by: Actor
    }
  }
}

/**
 * A host goes into standby: without power, as its vCenter knows. vCenter does not wait for
 * heartbeats, the host does not become lost (HostSystemPowerState in the API reference).
 */
export function standByHost(tx: Transaction, host: string): void {
  const vcenter = chassis(tx, host)?.managedBy
  if (vcenter !== undefined) show(tx, vcenter, host)
  tx.emit('hardware.powerLost', { node: host, cause: 'standby' })
}

function show(tx: Transaction, vcenter: string, host: string): void {
  forgetJobs(tx, host, chassis(tx, host)!)
  updateChassis(tx, host, inner => {
    inner.management = 'notResponding'
    inner.givenUp = true
  })
  for (const vm of mirrorsOn(tx, vcenter, host)) setConnection(tx, vcenter, vm, 'disconnected')
  const slot = mirrorOf(tx, vcenter, host, 'ha-host')
  if (slot === undefined) return
  tx.update<HostSystemProps>(slot, ({ props: { runtime } }) => {
    runtime.connectionState = 'notResponding'
    runtime.powerState = 'standBy'
    runtime.standbyMode = 'in'
  })
}
