import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { guestUp, setGuestJob } from './guest.js'
import { isStuck } from './guest-trouble.js'
import { powerOff, reset, suspend, type PowerOptions } from './power.js'
import { GUEST_SHUTDOWN_MS, GUEST_STANDBY_MS } from './timing.js'
import { vmRecord, type VmProps } from './vm.js'

/** What a guest can be asked to do by VMware Tools. */
export type GuestWish = 'shutdown' | 'reboot' | 'standby'

/** Registers what guests do when their time has come. */
export function reactToGuests(world: World): void {
  world.onJob('vm.guestUp', (tx, { node, vm }) => {
    const slot = tx.find(node, vm)
    if (slot === undefined) return
    if (vmRecord(tx, slot).props.runtime.powerState === 'poweredOn' && !isStuck(tx, slot)) guestUp(tx, slot)
  })
  world.onJob('vm.guestDown', (tx, { node, vm, how, by, instant }) => {
    const slot = tx.find(node, vm)
    if (slot === undefined) return
    if (vmRecord(tx, slot).props.runtime.powerState !== 'poweredOn') return
    guestDown(tx, slot, how, by === undefined ? { instant } : { by, instant })
  })
}

/** The guest is asked to go down; it does so at once or in the usual time. */
export function askGuest(tx: Transaction, slot: Slot, how: GuestWish, options: PowerOptions): void {
  if (options.instant) {
    guestDown(tx, slot, how, options)
    return
  }
  const ms = how === 'standby' ? GUEST_STANDBY_MS : GUEST_SHUTDOWN_MS
  const job = tx.after(ms, 'vm.guestDown', {
    node: slot.address.node, vm: slot.address.id, how, instant: false,
    ...(options.by === undefined ? {} : { by: options.by }),
  })
  setGuestJob(tx, slot, job)
}

/** The guest has gone down, or stands by; one that hangs does neither. */
function guestDown(tx: Transaction, slot: Slot, how: GuestWish, options: PowerOptions): void {
  if (isStuck(tx, slot)) return
  if (how === 'shutdown') {
    powerOff(tx, slot, options)
    tx.update<VmProps>(slot, ({ props }) => { props.runtime.cleanPowerOff = true })
  } else if (how === 'reboot') {
    reset(tx, slot, options)
  } else suspend(tx, slot, options)
}
