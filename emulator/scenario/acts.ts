/** What acting steps do, and what the report says of it. */
import { FaultError } from '../faults/active.js'
import { durationMs } from '../world/duration.js'
import { LAB } from '../physics/hardware/chassis.js'
import { actRest } from './act-rest.js'
import { actShell } from './act-shell.js'
import { compare, shown, type Comparison } from './compare.js'
import { ScenarioError } from './error.js'
import { optionsOf, rateOf, type CallStep, type InjectStep, type Step, type WorkloadStep } from './format.js'
import { fieldFits } from './judge/events.js'
import { targetText } from '../faults/target.js'
import { defaultNode, findObjects, nameOf, nodeNames, readPath, resolveRefs } from './objects.js'
import type { CallOutcome, ScenarioLab } from './scenario-lab.js'

/** What became of an acting step. */
export interface Deed {
  readonly kind: 'act' | 'note' | 'failed'
  readonly text: string
  /** It goes on: what becomes of it is told later. */
  readonly open?: boolean
}

/**
 * Does what a step says, now. What comes of it only after some lab time is told to `later`.
 * @throws ScenarioError when it cannot be done at all
 */
export function act(step: Step, index: number, lab: ScenarioLab, later: (deed: Deed) => void): Deed[] {
  try {
    if ('inject' in step) return [inject(step, lab)]
    if ('heal' in step) return [heal(step.heal, lab)]
    if ('note' in step) return [{ kind: 'note', text: step.note }]
    if ('call' in step) return [call(step, lab)]
    if ('rest' in step) return [actRest(step, lab)]
    if ('shell' in step) return [actShell(step, lab, later)]
    if ('workload' in step) return [workload(step, lab)]
    return []
  } catch (error) {
    if (error instanceof FaultError) throw new ScenarioError([{ path: ['steps', index], text: error.message }])
    throw error
  }
}

function inject(step: InjectStep, lab: ScenarioLab): Deed {
  const active = lab.faults.inject(step.inject, step.target ?? '', optionsOf(step), {
    as: step.as, forMs: step.for === undefined ? undefined : durationMs(step.for),
  })
  const asked = targetText(step.target ?? '')
  const hit = active.targets.map(target => target.name).join(', ')
  return {
    kind: 'act',
    text: `inject ${step.inject}${asked === '' ? '' : ` on ${asked}`}${hit === asked || hit === '' ? '' : ` (${hit})`}`
      + (step.for === undefined ? '' : ` for ${step.for}`),
  }
}

function heal(name: string, lab: ScenarioLab): Deed {
  const healed = lab.faults.healNamed(name)
  const list = healed.map(fault => `${fault.fault} on ${fault.on}`).join(', ')
  return { kind: 'act', text: `heal ${name}${list === '' ? '' : `: ${list}`}` }
}

function call(step: CallStep, lab: ScenarioLab): Deed {
  const node = step.node ?? defaultNode(lab.world)
  const args = resolveRefs(lab.world, node, step.args ?? {}) as Record<string, unknown>
  const outcome = lab.call({ node, user: step.user, object: step.object, method: step.call, args })
  const problem = misfit(step, node, outcome, lab)
  return {
    kind: problem === undefined ? 'act' : 'failed',
    text: `call ${step.call} on ${step.object} at ${node}: ${shownOutcome(outcome)}${problem === undefined ? '' : `, ${problem}`}`,
  }
}

/** What is not as expected; undefined: all is. */
function misfit(step: CallStep, node: string, outcome: CallOutcome, lab: ScenarioLab): string | undefined {
  const thrown = outcome.kind === 'fault' ? outcome.type : outcome.kind === 'result' ? undefined : outcome.kind
  if (thrown !== step.fault) return `expected ${step.fault ?? 'no fault'}`
  if (outcome.kind === 'fault') {
    const wrong = Object.entries(step.fields ?? {}).find(([path, value]) =>
      !fieldFits(resolveRefs(lab.world, node, value), readPath(outcome.fields, path)))
    return wrong === undefined ? undefined
      : `${wrong[0]} is ${shown(readPath(outcome.fields, wrong[0]))}, expected ${shown(wrong[1])}`
  }
  if (step.result === undefined || outcome.kind !== 'result') return undefined
  const { property, ...comparison } = step.result
  const value = property === undefined ? outcome.value : readPath(outcome.value, property)
  const expected = resolveRefs(lab.world, node, comparison) as Comparison
  return compare(expected, value) ? undefined : `result is ${shown(value)}, expected ${JSON.stringify(comparison)}`
}

function shownOutcome(outcome: CallOutcome): string {
  if (outcome.kind === 'result') return 'ok'
  return outcome.kind === 'fault' ? outcome.type : outcome.kind
}

/** Tells the guests of VMs, on the hosts that run them, how much they write. */
function workload(step: WorkloadStep, lab: ScenarioLab): Deed {
  const rate = rateOf(step.writes) ?? 0
  const vms = vmsOnHosts(step.workload, lab)
  lab.world.transact({ kind: 'lab', what: 'workload', vms: step.workload, writes: step.writes }, tx => {
    for (const { node, id } of vms) tx.emit('workload.set', { node, vm: id, writeBytesPerSecond: rate })
  })
  return { kind: 'act', text: `workload of ${step.workload} (${vms.map(vm => vm.name).join(', ')}): writes ${step.writes}` }
}

/** The VMs of a pattern on the hosts that have them registered. */
export function vmsOnHosts(pattern: string, { world }: ScenarioLab): { node: string, id: string, name: string }[] {
  const hosts = world.ofType(LAB, 'Node').filter(slot => world.read<{ kind: string }>(slot)!.props.kind === 'esxi')
  const seen = nodeNames(world).flatMap(node => findObjects(world, node, pattern))
    .filter(slot => slot.address.type === 'VirtualMachine')
  const names = new Set(seen.map(nameOf))
  return hosts.flatMap(host => world.ofType(host.address.id, 'VirtualMachine'))
    .filter(slot => names.has(nameOf(slot)))
    .map(slot => ({ node: slot.address.node, id: slot.address.id, name: nameOf(slot) }))
}
