import type { World } from '../../world/world.js'
import type { Transaction } from '../../world/transaction.js'
import { chassis } from './chassis.js'

/** Inner fact of a host's VM record: it is the appliance of a vCenter node. */
export interface ApplianceInner {
  readonly appliance?: string
}

/**
 * vCenter is itself a VM on a host (requirements B3): its endpoint lives and dies with that VM and
 * with the host below, and comes up its boot time after the VM was started, by whoever. A VM that
 * was suspended goes on where it was.
 */
export function reactToAppliances(world: World): void {
  world.on('vm.poweredOn', (tx, { node, vm }) => {
    const appliance = applianceOf(tx, node, vm)
    if (appliance === undefined) return
    const paused = chassis(tx, appliance)?.paused === true
    tx.emit(paused ? 'hardware.resumed' : 'hardware.powerRestored', { node: appliance })
  })
  world.on('vm.poweredOff', (tx, { node, vm }) => {
    const appliance = applianceOf(tx, node, vm)
    if (appliance !== undefined) tx.emit('hardware.powerLost', { node: appliance, cause: 'guest' })
  })
  world.on('vm.reset', (tx, { node, vm }) => {
    const appliance = applianceOf(tx, node, vm)
    if (appliance === undefined) return
    tx.emit('hardware.powerLost', { node: appliance, cause: 'guest' })
    tx.emit('hardware.powerRestored', { node: appliance })
  })
  world.on('vm.suspended', (tx, { node, vm }) => {
    const appliance = applianceOf(tx, node, vm)
    if (appliance === undefined) return
    // What has not booted yet has nothing to keep: it boots when it is resumed.
    if (chassis(tx, appliance)?.power === 'on') tx.emit('hardware.paused', { node: appliance })
    else tx.emit('hardware.powerLost', { node: appliance, cause: 'guest' })
  })
  world.on('hardware.powerLost', (tx, { node, cause }) => {
    for (const slot of tx.ofType(node, 'VirtualMachine')) {
      const appliance = applianceOf(tx, node, slot.address.id)
      const inner = appliance === undefined ? undefined : chassis(tx, appliance)
      if (appliance === undefined || inner === undefined) continue
      if (inner.power === 'on' || inner.booting !== undefined) {
        tx.emit('hardware.powerLost', { node: appliance, cause })
      }
    }
  })
}

function applianceOf(tx: Transaction, node: string, vm: string): string | undefined {
  return tx.get<object, ApplianceInner>(node, vm)?.inner.appliance
}
