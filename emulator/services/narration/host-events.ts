import { chassis } from '../../physics/hardware/chassis.js'
import { mirrored } from '../../physics/management/link.js'
import { mirrorOf } from '../../physics/management/mirror.js'
import type { Transaction } from '../../world/transaction.js'
import { postEvent } from '../events.js'

/** An event that a host reports of itself, by its id (EventEx; operations.md appendix D). */
export interface HostEvent {
  readonly eventTypeId: string
  readonly severity: 'info' | 'warning' | 'error'
  readonly arguments?: Readonly<Record<string, string>>
  readonly message?: string
}

/** Posts what a host reports: in its own list, and in its vCenter's while that hears it. */
export function postOnHost(tx: Transaction, host: string, event: HostEvent): void {
  const own = tx.find(host, 'ha-host')
  const fields = {
    eventTypeId: event.eventTypeId,
    severity: event.severity,
    ...(event.arguments === undefined ? {} : {
      arguments: Object.entries(event.arguments).map(([key, _value]) => ({ key, value: { _typeName: 'string', _value } })),
    }),
  }
  const said = { type: 'EventEx', fields, words: event.arguments ?? {}, message: event.message } as const
  if (own !== undefined) postEvent(tx, host, { ...said, host: own })
  const vcenter = chassis(tx, host)?.managedBy
  if (vcenter === undefined || !mirrored(tx, vcenter, host)) return
  const seen = mirrorOf(tx, vcenter, host, 'ha-host')
  if (seen !== undefined) postEvent(tx, vcenter, { ...said, host: seen })
}
