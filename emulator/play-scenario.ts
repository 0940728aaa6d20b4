import { loadLab } from './inventory/lab-file.js'
import { Lab } from './lab.js'
import { vpxdServing } from './physics/appliance/services.js'
import { LAB, chassis } from './physics/hardware/chassis.js'
import { doorState } from './physics/network/doors.js'
import type { Scenario } from './scenario/format.js'
import { defaultNode, findObjects } from './scenario/objects.js'
import { runScenario, type Caller, type ScenarioResult } from './scenario/runner.js'
import { MethodFault } from './services/method-fault.js'

/**
 * Plays a scenario on a lab of its own, on the manual clock, as fast as the machine can.
 * @throws ScenarioError or LabFileError when it cannot be played at all
 */
export function playScenario(scenario: Scenario): ScenarioResult {
  const lab = new Lab({
    lab: loadLab(scenario.lab),
    seed: String(scenario.seed),
    clock: { mode: 'manual' },
    recordJournal: true,
  })
  try {
    return runScenario(scenario, {
      world: lab.world,
      faults: lab.faults,
      call: caller(lab),
      probe: (node, port) => doorState(lab.world, node, port).answer,
    })
  } finally {
    lab.stop()
  }
}

/**
 * Calls of a scenario go through the gate, as a logged-in user. A node that is down answers none:
 * that is a `timeout`, as in `connect`; a vCenter whose vpxd is down answers 503: `unavailable`.
 */
function caller(lab: Lab): Caller {
  return ({ node, user, object, method, args }) => {
    const name = node ?? defaultNode(lab.world)
    const info = lab.nodes.find(each => each.name === name)
    const target = findObjects(lab.world, name, object)[0]
    if (info !== undefined && chassis(lab.world, info.name)?.power !== 'on') return 'timeout'
    if (info !== undefined && !vpxdServing(lab.world, info.name)) return 'unavailable'
    if (info === undefined || target === undefined) return 'ManagedObjectNotFound'
    const found = lab.schema.method(target.address.type, method)
    if (found === undefined) return 'MethodNotFound'
    const outcome = lab.gate.invoke(info, {
      self: { type: target.address.type, value: target.address.id },
      method: found, args, version: lab.schema.versions.newest('vim25'),
      cookie: lab.openSession(info, user), opId: 'scenario',
      client: { address: '127.0.0.1', userAgent: LAB },
    })
    if (outcome.kind === 'fault') return outcome.fault instanceof MethodFault ? outcome.fault.type : 'SystemError'
    return undefined
  }
}
