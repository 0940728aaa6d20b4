import type { Transaction } from '../../world/transaction.js'
import { vmonLog, vpxdLog } from './logs.js'
import { serviceKind } from './service-table.js'
import { killService, startService } from './services.js'
import { applianceOf, updateAppliance } from './state.js'
import { WATCHDOG_LOOK_MS, WATCHDOG_RESTARTS, WATCHDOG_WINDOW_MS } from './timing.js'

/** vpxd dies at once, as after a fault of memory; the watchdog sees it a little later. */
export function crashVpxd(tx: Transaction, vcenter: string): void {
  const state = applianceOf(tx, vcenter)?.services['vpxd']?.state
  if (state !== 'STARTED' && state !== 'STARTING') return
  vpxdLog(tx, vcenter, 'error', 'Default', 'Received signal 11, the process ends')
  killService(tx, vcenter, serviceKind('vpxd')!)
}

/**
 * vmon deals with a dead service: it starts it again, twice within an hour; the third failure of
 * vpxd reboots the appliance (availability.md 5).
 */
export function restartDead(tx: Transaction, vcenter: string, service: string): void {
  const appliance = applianceOf(tx, vcenter)
  if (appliance === undefined || appliance.services[service]?.state !== 'STOPPED') return
  const counting = appliance.failures.filter(at => tx.now() - at < WATCHDOG_WINDOW_MS)
  const failures = service === 'vpxd' ? [...counting, tx.now()] : counting
  if (failures.length > WATCHDOG_RESTARTS) {
    updateAppliance(tx, vcenter, inner => { inner.failures = [] })
    vmonLog(tx, vcenter, 'error', service, `failed ${failures.length} times in an hour, rebooting the appliance`)
    rebootAppliance(tx, vcenter)
    return
  }
  updateAppliance(tx, vcenter, inner => { inner.failures = failures })
  vmonLog(tx, vcenter, 'warning', service, `found dead, restart ${failures.length} of ${WATCHDOG_RESTARTS}`)
  startService(tx, vcenter, serviceKind(service)!)
}

/** When the watchdog looks at a service that died. */
export function planRestart(tx: Transaction, vcenter: string, service: string): void {
  tx.after(WATCHDOG_LOOK_MS, 'appliance.watchdog', { vcenter, service })
}

/** The appliance's operating system starts anew; its VM keeps its power. */
export function rebootAppliance(tx: Transaction, vcenter: string): void {
  tx.emit('hardware.powerLost', { node: vcenter, cause: 'guest' })
  tx.emit('hardware.powerRestored', { node: vcenter })
}
