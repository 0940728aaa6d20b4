import type { MaintenancePhase } from '../../physics/compute/maintenance.js'
import type { Actor } from '../../physics/compute/signals.js'
import { chassis } from '../../physics/hardware/chassis.js'
import { mirrored } from '../../physics/management/link.js'
import { mirrorOf } from '../../physics/management/mirror.js'
import '../../physics/management/standby.js'
import type { EventName } from '../../schema/generated/types.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { VCENTER_USER } from '../accounts.js'
import { postEvent } from '../events.js'

/** vSphere event, and what the host's kernel audits (availability.md 5). */
const maintenance: Readonly<Record<MaintenancePhase, readonly [EventName, string, string]>> = {
  entering: ['EnteringMaintenanceModeEvent', 'entering', 'The host has begun entering maintenance mode.'],
  entered: ['EnteredMaintenanceModeEvent', 'entered', 'The host has entered maintenance mode.'],
  exited: ['ExitMaintenanceModeEvent', 'exited', 'The host has exited maintenance mode.'],
  canceled: ['CanceledHostOperationEvent', 'canceled', 'The host has canceled entering maintenance mode.'],
  timedOut: ['TimedOutHostOperationEvent', 'failed', 'The host has failed entering maintenance mode.'],
  failed: ['CanceledHostOperationEvent', 'failed', 'The host has failed entering maintenance mode.'],
}

const standby: Readonly<Record<string, EventName>> = {
  entering: 'EnteringStandbyModeEvent', entered: 'EnteredStandbyModeEvent',
  exiting: 'ExitingStandbyModeEvent', exited: 'ExitedStandbyModeEvent',
}

/** What hosts and their vCenter say of a host's maintenance, standby, shutdown and disconnection. */
export function narrateHosts(world: World): void {
  world.on('host.maintenance', (tx, { host, phase, by }) => {
    const [type, id, message] = maintenance[phase]
    tellOfHost(tx, host, { type, by })
    tellOfHost(tx, host, {
      type: 'EventEx', message, fields: { eventTypeId: `esx.audit.maintenancemode.${id}`, severity: 'info' },
    })
  })
  world.on('host.standby', (tx, { host, phase, by }) => tellOfHost(tx, host, { type: standby[phase]!, by }))
  world.on('host.stopping', (tx, { host, cause, by }) => {
    const reason = cause === 'reboot' ? 'Host is rebooting' : 'Host is shutting down'
    tellOfHost(tx, host, { type: 'HostShutdownEvent', by, fields: { reason } })
  })
  world.on('management.hostDisconnected', (tx, { vcenter, host, reason }) => {
    const slot = mirrorOf(tx, vcenter, host, 'ha-host')
    if (slot !== undefined) postEvent(tx, vcenter, { type: 'HostDisconnectedEvent', host: slot, fields: { reason } })
  })
}

interface HostEventSpec {
  readonly type: EventName
  readonly by?: Actor | undefined
  readonly fields?: Readonly<Record<string, unknown>>
  readonly message?: string
}

/** Posts an event about a host on the host, while it lives, and on the vCenter that hears it. */
function tellOfHost(tx: Transaction, host: string, { by, ...spec }: HostEventSpec): void {
  const inner = chassis(tx, host)
  const own = tx.find(host, 'ha-host')
  if (own !== undefined && inner?.power === 'on') {
    const here = by?.node === host
    postEvent(tx, host, {
      ...spec, host: own, userName: by === undefined ? '' : here ? by.userName : VCENTER_USER,
      ...(here ? { chainId: by.chainId } : {}),
    })
  }
  const vcenter = inner?.managedBy
  const slot = vcenter === undefined ? undefined : mirrorOf(tx, vcenter, host, 'ha-host')
  if (vcenter === undefined || slot === undefined) return
  const asked = by?.node === vcenter
  if (!asked && !mirrored(tx, vcenter, host)) return
  postEvent(tx, vcenter, {
    ...spec, host: slot, userName: by?.userName ?? '', ...(asked ? { chainId: by.chainId } : {}),
  })
}
