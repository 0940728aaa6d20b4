import type { World } from '../../world/world.js'
import { chassis } from '../hardware/chassis.js'
import { pressHostKey, type ConsoleLogin } from './keys.js'
import { dropHostConsole, logOutOfConsole } from './state.js'

/** What a host's own console makes of its keyboard. It ends with the host, or when nobody types. */
export function reactToDcui(world: World, login: ConsoleLogin): void {
  world.on('host.key', (tx, { host, scanCode, down }) => {
    const machine = chassis(tx, host)
    if (machine?.power === 'on' && machine.hung !== true) pressHostKey(tx, host, scanCode, down, login)
  })
  world.on('hardware.powerLost', (tx, { node }) => dropHostConsole(tx, node))
  world.on('hardware.booted', (tx, { node }) => dropHostConsole(tx, node))
  world.onJob('dcui.idle', (tx, { host }) => logOutOfConsole(tx, host))
}
