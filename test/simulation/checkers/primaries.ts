import type { CheckerKind } from '../checker.js'
import { WITNESS } from '../plan.js'
import { agentRuns } from '../../../emulator/physics/hardware/agents.js'
import type { FdmAgent } from '../../../emulator/physics/ha/fdm/agent.js'
import { components, hear, hostNodes, touchesLinks } from './facts.js'

/** A partition has settled when nobody's reach changed for an election and one round (I3: 25 s and 5). */
const QUIET_MS = 35_000

/** I3: one primary in each group of hosts that hear each other, once the group is quiet. */
export const onePrimary: CheckerKind = {
  invariant: 'I3',
  title: 'each quiet group of HA agents that hear each other has one primary',
  make: ({ lab, start, broken, reached }) => {
    let quietSince = start
    const judge = (now: number): void => {
      const primaries = new Set(lab.world.ofType('lab', 'FdmAgent')
        .map(slot => lab.world.read<FdmAgent>(slot)!.props)
        .filter(agent => agent.state.kind === 'primary').map(agent => agent.host))
      const active = hostNodes(lab.world).filter(host => host !== WITNESS && agentRuns(lab.world, host, 'fdm') && agentRuns(lab.world, host, 'hostd'))
      for (const group of components(active, (a, b) => hear(lab.world, a, b))) {
        const whole = group.every((a, i) => group.slice(i + 1).every(b => hear(lab.world, a, b)))
        if (!whole) continue
        const leaders = group.filter(host => primaries.has(host))
        if (leaders.length > 1) broken(`${leaders.join(', ')} lead one group`)
        if (leaders.length === 0 && group.length > 1) broken(`${group.join(', ')} have no primary ${now - quietSince} ms after the last change`)
      }
      if (active.length > 0 && primaries.size > 1) reached('two primaries at once')
    }
    return {
      after: entry => { if (touchesLinks(entry)) quietSince = entry.time },
      look: now => { if (now - quietSince > QUIET_MS) judge(now) },
    }
  },
}
