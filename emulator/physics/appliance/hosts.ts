import type { HostSystemProps } from '../../schema/generated/types.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { chassis, hostsOf } from '../hardware/chassis.js'
import { answers, connectHost, disconnectHost } from '../management/connection.js'
import { mirrorOf } from '../management/mirror.js'
import { licenceExpired } from './facts.js'
import { vpxdServing } from './services.js'

/**
 * What a vCenter that starts shows of its hosts until it has heard them again, and what licences
 * take from it (availability.md 5). Its reactions come after those of management, which decide what
 * can be heard.
 */
export function showUnheardHosts(world: World): void {
  world.on('appliance.vpxd', (tx, { vcenter, serving }) => {
    if (!serving) return
    for (const host of hostsOf(tx, vcenter)) {
      if (barred(tx, vcenter, host)) disconnectHost(tx, host, 'licenseExpired')
      else if (chassis(tx, host)!.management === 'returning') showNotResponding(tx, vcenter, host)
    }
  })
  world.on('node.licence', (tx, { node, expired }) => {
    const own = chassis(tx, node)?.managedBy
    const hosts = own === undefined ? hostsOf(tx, node) : [node]
    const vcenter = own ?? node
    if (!vpxdServing(tx, vcenter)) return
    for (const host of hosts) {
      if (expired) disconnectHost(tx, host, 'licenseExpired')
      else if (mayReturn(tx, vcenter, host)) connectHost(tx, vcenter, host)
    }
  })
}

/** True while licences keep a host and its vCenter apart: the host's own, or the vCenter's. */
function barred(tx: Transaction, vcenter: string, host: string): boolean {
  return licenceExpired(tx, host) || licenceExpired(tx, vcenter)
}

/** With a valid licence vCenter connects to what it had to let go, where it can. */
function mayReturn(tx: Transaction, vcenter: string, host: string): boolean {
  return chassis(tx, host)!.management === 'disconnected' && !barred(tx, vcenter, host) && answers(tx, vcenter, host)
}

function showNotResponding(tx: Transaction, vcenter: string, host: string): void {
  const slot = mirrorOf(tx, vcenter, host, 'ha-host')
  if (slot === undefined) return
  tx.update<HostSystemProps>(slot, draft => { draft.props.runtime.connectionState = 'notResponding' })
}
