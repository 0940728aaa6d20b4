import type { VirtualMachineProps } from '../../../emulator/schema/generated/types.js'
import type { Restart } from '../../../emulator/physics/ha/vms/plan.js'
import type { CheckerKind } from '../checker.js'

/** I12: a VM that depends on another one is not started before that has settled. */
export const dependentsWait: CheckerKind = {
  invariant: 'I12',
  title: 'HA starts no VM before those that it depends on are ready, or their time is over',
  make: ({ lab, plan, broken, reached }) => {
    const pairs = plan.dependencies ?? []
    if (pairs.length === 0) return {}
    const nameOf = (restart: Restart): string | undefined =>
      lab.world.get<VirtualMachineProps>(restart.node, restart.vm)?.props.name
    return {
      after: entry => {
        for (const { slot, before, after } of entry.changes) {
          if (slot.address.type !== 'HaRestart') continue
          const is = after?.props as unknown as Restart | undefined
          if (is?.state.kind !== 'starting' || (before?.props as unknown as Restart | undefined)?.state.kind === 'starting') continue
          const name = nameOf(is)
          const first = pairs.find(pair => pair.vm === name)?.dependsOn
          if (first === undefined) continue
          reached('a VM that depends on another one is restarted')
          const open = lab.world.ofType('lab', 'HaRestart').map(each => lab.world.read<Restart>(each)!.props)
            .find(each => each.primary === is.primary && nameOf(each) === first)
          const waits = open !== undefined && !open.settled && ['waiting', 'starting'].includes(open.state.kind)
          if (waits) broken(`${name} is started while ${first} is ${open.state.kind}`)
        }
      },
    }
  },
}
