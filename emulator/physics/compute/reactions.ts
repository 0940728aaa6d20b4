import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { isHost } from '../hardware/chassis.js'
import { hostNodes, refreshVolume } from '../storage/files.js'
import { dropLoad } from './admission.js'
import { reactToGuestTrouble } from './guest-trouble.js'
import { reactToGuests } from './guest-wishes.js'
import { reactToLostLocks } from './lock-lost.js'
import { loseProcess } from './power.js'
import { reactToQuestions } from './questions.js'
import { vmRecord } from './vm.js'
import { reactToWorkload } from './workload.js'

/** What VMs do by themselves: guests that boot and go down, execution that ends with its host. */
export function reactToCompute(world: World): void {
  reactToGuests(world)
  reactToGuestTrouble(world)
  reactToQuestions(world)
  reactToLostLocks(world)
  world.on('hardware.powerLost', (tx, { node }) => loseAll(tx, node))
  reactToWorkload(world)
  world.onJob('storage.refresh', (tx, { volume }) => refreshVolume(tx, volume, hostNodes(tx)))
}

/**
 * A host is without power: its VMs ran and run no more. Nobody is there to say so, and the files
 * of the running VMs (swap) stay where they are.
 */
function loseAll(tx: Transaction, node: string): void {
  // A vCenter that stops runs no VMs: what it shows of its hosts' stays as it was.
  if (!isHost(tx, node)) return
  for (const slot of tx.ofType(node, 'VirtualMachine')) {
    if (vmRecord(tx, slot).props.runtime.powerState === 'poweredOn') loseProcess(tx, slot)
  }
  dropLoad(tx, node)
}
