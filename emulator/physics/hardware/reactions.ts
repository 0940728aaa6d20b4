import type { World } from '../../world/world.js'
import { APPLIANCE_OS_BOOT_MS } from '../appliance/timing.js'
import { HOST_BOOT_MS } from '../management/timing.js'
import { chassis, isHost, updateChassis } from './chassis.js'

/** Why a machine is without power. */
export type PowerLossCause = 'power' | 'psod' | 'guest' | 'shutdown' | 'reboot' | 'standby'

declare module '../../world/signals.js' {
  interface SignalMap {
    /**
     * A machine lost power or stopped: nobody on it can say a word any more. `guest`: a machine that
     * is a VM; `shutdown`, `reboot`, `standby`: somebody asked the host to.
     */
    'hardware.powerLost': { node: string, cause: PowerLossCause }
    /** Power is there again; the machine begins to boot. */
    'hardware.powerRestored': { node: string }
    /**
     * The machine has booted: a host's services answer, those of a vCenter begin to start
     * (`appliance.vpxd` says when it answers).
     */
    'hardware.booted': { node: string }
    /** A machine that is a VM was suspended while it ran. */
    'hardware.paused': { node: string }
    /** It goes on where it was. */
    'hardware.resumed': { node: string }
    /** Its CPUs are stuck, or go on. */
    'hardware.hung': { node: string, hung: boolean }
  }
  interface JobMap {
    'hardware.boot': { node: string }
  }
}

/** Power of machines. What else a loss of power means is for the areas that react to it. */
export function reactToHardware(world: World): void {
  world.on('hardware.powerLost', (tx, { node, cause }) => {
    const inner = chassis(tx, node)
    if (inner === undefined) return
    if (inner.booting !== undefined) tx.cancel(inner.booting)
    updateChassis(tx, node, draft => {
      draft.downAt ??= tx.now()
      draft.power = 'off'
      if (cause === 'psod') draft.panicked = true
      else delete draft.panicked
      delete draft.booting
      delete draft.paused
      delete draft.hung
    })
  })
  world.on('hardware.hung', (tx, { node, hung }) => updateChassis(tx, node, draft => {
    if (hung) draft.hung = true
    else delete draft.hung
  }))
  world.on('hardware.paused', (tx, { node }) => updateChassis(tx, node, draft => {
    draft.power = 'off'
    draft.paused = true
  }))
  world.on('hardware.resumed', (tx, { node }) => updateChassis(tx, node, draft => {
    draft.power = 'on'
    delete draft.paused
  }))
  world.on('hardware.powerRestored', (tx, { node }) => {
    const inner = chassis(tx, node)
    if (inner === undefined || inner.power === 'on' || inner.booting !== undefined) return
    const job = tx.after(isHost(tx, node) ? HOST_BOOT_MS : APPLIANCE_OS_BOOT_MS, 'hardware.boot', { node })
    updateChassis(tx, node, draft => {
      draft.booting = job
      delete draft.panicked
    })
  })
  world.onJob('hardware.boot', (tx, { node }) => {
    updateChassis(tx, node, draft => {
      draft.power = 'on'
      draft.bootTime = tx.now()
      delete draft.booting
      delete draft.downAt
    })
    tx.emit('hardware.booted', { node })
  })
}
