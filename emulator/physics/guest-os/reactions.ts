import type { World } from '../../world/world.js'
import { askGuest } from '../compute/guest-wishes.js'
import { LAB, chassis, isHost, updateChassis } from '../hardware/chassis.js'
import { nextPing, pausePing, resumePing, type FindGuests } from './ping.js'
import { resizeScreen, showSize } from './resize.js'
import './signals.js'
import { dropTerminal, terminalId } from './terminal.js'
import { pressKey } from './typing.js'

/** What guests do with their screens and keyboards. `find`: the lab's index of guests. */
export function reactToGuestOs(world: World, find: FindGuests): void {
  world.on('guest.key', (tx, { node, vm, scanCodes }) => {
    for (const code of scanCodes) {
      const slot = tx.find(node, vm)
      if (slot !== undefined) pressKey(tx, find, slot, Math.abs(code), code > 0)
    }
  })
  world.on('guest.resize', (tx, { node, vm, width, height }) => {
    const slot = tx.find(node, vm)
    if (slot !== undefined) resizeScreen(tx, slot, width, height)
  })
  world.on('vm.guestRunning', (tx, { node, vm }) => {
    const slot = tx.find(node, vm)
    if (slot !== undefined) showSize(tx, slot)
  })
  world.on('guest.typed', (tx, { node, vm, wish }) => {
    const slot = tx.find(node, vm)
    if (slot !== undefined) askGuest(tx, slot, wish, { instant: false })
  })
  world.onJob('guest.ping', (tx, { node, vm }) => {
    const slot = tx.find(node, vm)
    if (slot !== undefined) nextPing(tx, find, slot)
  })
  world.on('vm.suspended', (tx, { node, vm }) => pausePing(tx, tx.find(node, vm)))
  world.on('vm.poweredOn', (tx, { node, vm }) => resumePing(tx, tx.find(node, vm)))
  for (const kind of ['vm.poweredOff', 'vm.reset', 'vm.removed'] as const) {
    world.on(kind, (tx, { node, vm }) => dropTerminal(tx, { address: { node, type: 'VirtualMachine', id: vm } }))
  }
  world.on('hardware.powerLost', (tx, { node }) => {
    if (!isHost(tx, node)) return
    for (const slot of tx.ofType(LAB, 'GuestTerminal')) {
      if (!slot.address.id.startsWith(terminalId(node, ''))) continue
      const vm = slot.address.id.slice(terminalId(node, '').length)
      dropTerminal(tx, { address: { node, type: 'VirtualMachine', id: vm } })
    }
  })
  world.on('console.service', (tx, { host, state }) => {
    if (chassis(tx, host) === undefined) return
    updateChassis(tx, host, inner => {
      if (state === 'hung') inner.consoleHung = true
      else delete inner.consoleHung
    })
  })
  world.on('hardware.booted', (tx, { node }) => {
    if (chassis(tx, node)?.consoleHung === true) tx.emit('console.service', { host: node, state: 'running' })
  })
}
