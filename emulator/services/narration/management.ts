import { mirrorOf } from '../../physics/management/mirror.js'
import type { World } from '../../world/world.js'
import { postEvent } from '../events.js'
import { nodeInfo } from '../nodes.js'

const vmConnectionEvents = {
  connected: 'VmConnectedEvent',
  disconnected: 'VmDisconnectedEvent',
  orphaned: 'VmOrphanedEvent',
} as const

/**
 * What vCenter says about its hosts and about VMs that it sees come and go, and what a host says
 * of its own boot (availability.md 4.2 and 5).
 */
export function narrateManagement(world: World): void {
  world.on('management.hostLost', (tx, { vcenter, host }) => {
    const slot = mirrorOf(tx, vcenter, host, 'ha-host')
    if (slot !== undefined) postEvent(tx, vcenter, { type: 'HostConnectionLostEvent', host: slot })
  })
  world.on('management.hostBack', (tx, { vcenter, host, missed }) => {
    if (!missed) return
    const slot = mirrorOf(tx, vcenter, host, 'ha-host')
    if (slot !== undefined) postEvent(tx, vcenter, { type: 'HostConnectedEvent', host: slot })
  })
  world.on('management.vmConnection', (tx, { vcenter, vm, state }) => {
    const slot = tx.find(vcenter, vm)
    if (slot !== undefined) postEvent(tx, vcenter, { type: vmConnectionEvents[state], vm: slot })
  })
  world.on('management.vmDiscovered', (tx, { vcenter, vm }) => {
    const slot = tx.find(vcenter, vm)
    if (slot !== undefined) postEvent(tx, vcenter, { type: 'VmDiscoveredEvent', vm: slot })
  })
  world.on('hardware.booted', (tx, { node }) => {
    const info = nodeInfo(tx, node)
    const host = tx.find(node, 'ha-host')
    if (info?.kind !== 'esxi' || host === undefined) return
    postEvent(tx, node, {
      type: 'EventEx', host,
      fields: { eventTypeId: 'esx.audit.host.boot', severity: 'info' },
      message: 'Host has booted.',
    })
  })
}
