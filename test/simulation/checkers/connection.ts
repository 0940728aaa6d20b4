import type { HostSystemProps } from '../../../emulator/schema/generated/types.js'
import { heartbeatPath } from '../../../emulator/physics/management/link.js'
import { chassis } from '../../../emulator/physics/hardware/chassis.js'
import type { CheckerKind } from '../checker.js'
import { hostNodes, signals, touches } from './facts.js'

const WINDOW_MS = 60_000
const BEAT_MS = 10_000
const watched = new Set(['Node', 'NetRule', 'HostSystem'])

/**
 * I15: vCenter gives a host up only when no heartbeat arrived for its window, and shows it again at
 * the latest one beat after heartbeats arrive.
 */
export const notRespondingWhenSilent: CheckerKind = {
  invariant: 'I15',
  title: 'a host is notResponding only after 60 s without a heartbeat',
  make: ({ lab, broken, reached }) => {
    /** Since when no heartbeat of a host can arrive for certain. */
    const silent = new Map<string, number>()
    const seen = new Map<string, string>()
    let started = -Infinity
    return {
      after: entry => {
        const { world } = lab
        for (const { serving } of signals<{ serving: boolean }>(entry, 'appliance.vpxd')) {
          if (serving) started = entry.time
        }
        if (!touches(entry, watched)) return
        for (const host of hostNodes(world)) {
          const vcenter = chassis(world, host)?.managedBy
          if (vcenter === undefined) continue
          const { cut, loss } = heartbeatPath(world, vcenter, host)
          // Each beat of a way with losses may be the one that is missing.
          if (cut === undefined && loss === 0) silent.delete(host)
          else if (!silent.has(host)) silent.set(host, entry.time)
          const state = connectionOf(lab.world.ofType(vcenter, 'HostSystem').map(slot => world.read<HostSystemProps>(slot)!.props), host)
          if (state !== seen.get(host) && state === 'notResponding') {
            reached('a host is notResponding')
            const since = silent.get(host)
            // A vpxd that has just started shows hosts so until it has connected to them.
            if (entry.time - started < WINDOW_MS) continue
            if (since === undefined || entry.time - since < WINDOW_MS - BEAT_MS) {
              broken(`${host} is notResponding ${since === undefined ? 'though heartbeats arrive' : `${entry.time - since} ms after the last`}`)
            }
          }
          seen.set(host, state ?? '')
        }
      },
    }
  },
}

function connectionOf(all: readonly HostSystemProps[], host: string): string | undefined {
  return all.find(props => props.name === host || props.name.startsWith(`${host}.`))?.runtime.connectionState
}
