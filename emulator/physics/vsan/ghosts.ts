import type { VirtualMachineProps } from '../../schema/generated/types.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { terminate } from '../compute/power.js'
import { setVmProps } from '../compute/vm.js'
import { isUp } from '../hardware/chassis.js'
import { responds } from '../network/paths.js'
import { lostFiles } from '../storage/access.js'
import { objectOf, vsanOf, vsanOfHost } from './state.js'
import { GHOST_MS } from './timing.js'

declare module '../../world/signals.js' {
  interface SignalMap {
    /** A host is about to end a VM whose object it has not been able to use for too long. */
    'vsan.ghostFound': { readonly host: string, readonly vm: string }
    /** It has ended it. */
    'vsan.ghostEnded': { readonly host: string, readonly vm: string }
  }
  interface JobMap {
    /** What a host lost at that instant or before has been lost for so long that VMs on it are ended. */
    'vsan.ghosts': { readonly host: string, readonly volume: string, readonly since: number }
  }
}

/**
 * What a host does with VMs whose objects it cannot use: their I/O stands still, and after a while it
 * ends them (VSAN.AutoTerminateGhostVm, availability.md 6.3), since another side may run them already.
 * Wire it after HA, which notes first that such a VM is to run elsewhere.
 */
export function reactToGhosts(world: World): void {
  world.on('storage.objectsChanged', (tx, { host, volume, lost, back }) => {
    const changed = new Set([...lost, ...back])
    for (const vm of tx.ofType(host, 'VirtualMachine')) {
      const object = objectOf(tx, vm)
      if (object !== undefined && changed.has(object.key)) showVm(tx, vm)
    }
    if (lost.length > 0 && vsanOf(tx, volume)?.endsGhosts === true) {
      tx.after(GHOST_MS, 'vsan.ghosts', { host, volume, since: tx.now() })
    }
  })
  // A host that stood still counts from when it goes on; who has its VMs meanwhile shows by the locks.
  world.on('hardware.hung', (tx, { node, hung }) => {
    const cluster = hung ? undefined : vsanOfHost(tx, node)
    if (cluster?.endsGhosts === true) tx.after(GHOST_MS, 'vsan.ghosts', { host: node, volume: cluster.volume, since: tx.now() })
  })
  world.onJob('vsan.ghosts', (tx, { host, volume, since }) => endGhosts(tx, host, volume, since))
  world.on('vsan.ghostFound', (tx, { host, vm }) => {
    const slot = tx.find(host, vm)
    if (slot === undefined) return
    terminate(tx, slot, { instant: true })
    showVm(tx, slot)
    tx.emit('vsan.ghostEnded', { host, vm })
  })
}

/** Ends the VMs whose objects on a volume were lost at an instant or before, and are so still. */
function endGhosts(tx: Transaction, host: string, volume: string, since: number): void {
  if (!isUp(tx, host) || !responds(tx, host)) return
  for (const vm of tx.ofType(host, 'VirtualMachine')) {
    if (tx.read<VirtualMachineProps>(vm)!.props.runtime.powerState !== 'poweredOn') continue
    const object = objectOf(tx, vm)
    const lost = object?.volume !== volume ? undefined : lostFiles(tx, host, object.key)
    if (lost !== undefined && lost.since <= since) tx.emit('vsan.ghostFound', { host, vm: vm.address.id })
  }
}

/** A VM that does not run is shown inaccessible where its host cannot read its files. */
function showVm(tx: Transaction, vm: Slot): void {
  const object = objectOf(tx, vm)
  if (object === undefined) return
  const { runtime } = tx.read<VirtualMachineProps>(vm)!.props
  const gone = lostFiles(tx, vm.address.node, object.key) !== undefined && runtime.powerState !== 'poweredOn'
  const connectionState = gone ? 'inaccessible' : 'connected'
  if (runtime.connectionState !== connectionState) setVmProps(tx, vm, { runtime: { ...runtime, connectionState } })
}
