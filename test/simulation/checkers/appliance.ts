import { percentAt } from '../../../emulator/physics/appliance/partitions.js'
import { vpxdServing } from '../../../emulator/physics/appliance/services.js'
import { applianceOf } from '../../../emulator/physics/appliance/state.js'
import { isUp } from '../../../emulator/physics/hardware/chassis.js'
import type { CheckerKind } from '../checker.js'

/** One check of vpxd, and the orderly end of the services that need it. */
const STOPPED_AFTER_MS = 60_000 + 15_000

/** I17: vpxd stops within one check when the partition of its database reaches 95 %. */
export const vpxdStopsWhenFull: CheckerKind = {
  invariant: 'I17',
  title: 'vpxd stops within one check period when its database partition is 95 % full',
  make: ({ lab, broken, reached }) => {
    let since: number | undefined
    return {
      after: entry => {
        const appliance = applianceOf(lab.world, 'vc-01')
        const seat = appliance?.partitions['/storage/seat']
        if (seat === undefined) return
        const serves = isUp(lab.world, 'vc-01') && vpxdServing(lab.world, 'vc-01')
        const full = percentAt(seat, entry.time) >= 95
        if (!full || !serves) since = undefined
        else since ??= entry.time
        if (full && !serves) reached('vpxd is down because of a full disk')
        if (since !== undefined && entry.time - since > STOPPED_AFTER_MS) broken(`vpxd serves ${entry.time - since} ms after its disk was full`)
      },
    }
  },
}
