import { z } from 'zod'
import type { GuestTrouble } from '../physics/compute/guest-trouble.js'
import { hostNodes } from '../physics/storage/files.js'
import type { Transaction } from '../world/transaction.js'
import { defineFault, type FaultDefinition, type FaultTarget } from './define.js'
import { flagSchema } from './options.js'

const again = flagSchema.default(false)
  .describe('it comes again with every boot, so that a reset does not help')

/** The VM wherever it is by now: it may have been moved, or restarted elsewhere, since. */
function instancesOf(tx: Transaction, { name }: FaultTarget): Array<{ node: string, vm: string }> {
  return hostNodes(tx).flatMap(node => tx.ofType(node, 'VirtualMachine')
    .filter(slot => tx.read<{ name: string }>(slot)!.props.name === name)
    .map(slot => ({ node, vm: slot.address.id })))
}

/** Trouble of a whole guest; it ends when it is healed or, unless it comes again, with a reset. */
function guestTrouble(
  what: GuestTrouble, words: { readonly name: string, readonly help: string, readonly example: string },
): FaultDefinition {
  return defineFault({
    ...words,
    target: 'vm',
    options: z.strictObject({ again }),
    inject(tx, { node, id }, options) {
      tx.emit('guest.trouble', { node, vm: id, what, again: options.again })
    },
    heal(tx, target) {
      for (const vm of instancesOf(tx, target)) tx.emit('guest.well', vm)
    },
  })
}

/** The guest computes nothing any more: no heartbeats, no I/O, no answer. */
export const guestHang = guestTrouble('hang', {
  name: 'guest-hang',
  help: "the guest hangs: no heartbeats, no I/O; heal lets it go on, a reset helps unless again=true",
  example: 'fauxsphere inject guest-hang web-01 again=true',
})

/** The guest's kernel gives up (blue screen, panic). */
export const guestCrash = guestTrouble('crash', {
  name: 'guest-crash',
  help: "the guest's kernel crashes (blue screen, panic); a reset helps unless again=true",
  example: 'fauxsphere inject guest-crash web-01',
})

/** VMware Tools end in a guest that otherwise works: no heartbeats, but I/O goes on. */
export const toolsStop = guestTrouble('tools', {
  name: 'tools-stop',
  help: 'VMware Tools stop in a guest that works on: no heartbeats, but I/O; heal starts them',
  example: 'fauxsphere inject tools-stop web-01',
})

/** An application that reports its health through the guest's SDK fails. */
export const applicationFail = defineFault({
  name: 'application-fail',
  target: 'vm',
  help: 'an application in the guest sends no heartbeats any more, or asks to be reset',
  example: 'fauxsphere inject application-fail web-01 how=needs-reset',
  options: z.strictObject({ how: z.enum(['silent', 'needs-reset']).default('silent') }),
  inject(tx, { node, id }, { how }) {
    tx.emit('guest.application', { node, vm: id, state: how === 'silent' ? 'silent' : 'needsReset' })
  },
  heal(tx, target) {
    for (const vm of instancesOf(tx, target)) tx.emit('guest.application', { ...vm, state: 'well' })
  },
})
