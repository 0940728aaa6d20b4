import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import type { Actor } from '../compute/signals.js'
import '../management/standby.js'
import { isUp } from './chassis.js'

declare module '../../world/signals.js' {
  interface JobMap {
    'host.orderlyStop': {
      readonly host: string, readonly cause: 'shutdown' | 'reboot', readonly node: string, readonly userName: string
    }
  }
}

/** An order to a host to stop by itself. */
export interface StopOrder {
  readonly cause: 'shutdown' | 'reboot'
  readonly delayMs: number
  readonly by: Actor
}

/** A host shuts down or starts again after a while. */
export function stopLater(tx: Transaction, host: string, { cause, delayMs, by }: StopOrder): void {
  const { node, userName } = by
  tx.after(delayMs, 'host.orderlyStop', { host, cause, node, userName })
}

/** An order whose time has come is carried out by a host that is still up. */
export function reactToOrderlyStops(world: World): void {
  world.onJob('host.orderlyStop', (tx, { host, cause, node, userName }) => {
    if (isUp(tx, host)) stopNow(tx, host, cause, { node, userName })
  })
}

/** A host shuts down in order, or starts again, whether it is in maintenance mode or not. */
export function stopNow(tx: Transaction, host: string, cause: StopOrder['cause'], by: Actor): void {
  tx.emit('host.stopping', { host, cause, by })
  tx.emit('hardware.powerLost', { node: host, cause })
  if (cause === 'reboot') tx.emit('hardware.powerRestored', { node: host })
}
