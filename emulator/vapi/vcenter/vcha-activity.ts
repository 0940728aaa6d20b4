import { failoverRefusal, mayDestroy, modesFrom } from '../../objects/failover-cluster-rules.js'
import { configuredVcha, otherOf, vchaOf } from '../../physics/vcha/state.js'
import { isFinal, type TaskProps } from '../../services/tasks.js'
import type { VcenterCall } from './call.js'
import { restOperation } from './tasks.js'

const CLUSTER = 'com.vmware.vcenter.vcha.cluster'

/**
 * `Operations.Info` (API reference): which operations run, as the Tasks say, and which the rules of the
 * methods refuse now. While the cluster is made, changed or ended nothing of that sort may begin.
 */
export function vchaActivity(call: VcenterCall): unknown {
  call.soap('failoverClusterConfigurator', 'getVchaConfig')
  const active = new Set(running(call))
  const configures = [...active].some(name => !name.endsWith('.failover') && !name.endsWith('.mode.set'))
  const vcha = vchaOf(call.world, call.node.name)
  const works = configuredVcha(call.world, call.node.name)
  const passive = works !== undefined && !works.nodes[otherOf(works.active)].joined
  const allowed: Readonly<Record<string, boolean>> = {
    [`${CLUSTER}.deploy`]: !configures && vcha === undefined,
    [`${CLUSTER}.undeploy`]: !configures && vcha !== undefined && mayDestroy(vcha),
    [`${CLUSTER}.failover`]: works !== undefined && failoverRefusal(works) === undefined,
    [`${CLUSTER}.mode.set`]: works !== undefined && modesFrom(works).length > 0,
    [`${CLUSTER}.passive.redeploy`]: !configures && passive,
    [`${CLUSTER}.witness.redeploy`]: !configures && works?.nodes.w.joined === false,
  }
  return {
    active: [...active].sort(),
    disabled: Object.keys(allowed).filter(name => !allowed[name]).sort(),
  }
}

function running({ world, node }: VcenterCall): string[] {
  return world.ofType(node.name, 'Task').flatMap(slot => {
    const { info } = world.read<TaskProps>(slot)!.props
    const found = isFinal(info) ? undefined : restOperation(info.descriptionId)
    return found === undefined ? [] : [`${found[0]}.${found[1].replace('$task', '')}`]
  })
}
