import type { World } from '../../world/world.js'

/** Inner fact of a host's VM record: it is the appliance of a vCenter node. */
export interface ApplianceInner {
  readonly appliance?: string
}

/**
 * vCenter is itself a VM on a host (requirements B3): its endpoint lives and dies with that VM,
 * and comes up its boot time after the VM was started, by whoever.
 */
export function reactToAppliances(world: World): void {
  world.on('vm.poweredOn', (tx, { node, vm }) => {
    const appliance = tx.get<object, ApplianceInner>(node, vm)?.inner.appliance
    if (appliance !== undefined) tx.emit('hardware.powerRestored', { node: appliance })
  })
  world.on('vm.poweredOff', (tx, { node, vm }) => {
    const appliance = tx.get<object, ApplianceInner>(node, vm)?.inner.appliance
    if (appliance !== undefined) tx.emit('hardware.powerLost', { node: appliance, cause: 'guest' })
  })
}
