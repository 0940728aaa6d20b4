import type { Deed } from './acts.js'
import type { ShellStep } from './format.js'
import { defaultNode } from './objects.js'
import { misfitOf, shownOutcome } from './judge/shell.js'
import type { ScenarioLab, ShellOutcome } from './scenario-lab.js'

/** Runs a line in a node's shell. One that needs lab time goes on while the scenario does. */
export function actShell(step: ShellStep, lab: ScenarioLab, later: (deed: Deed) => void): Deed {
  const node = step.node ?? defaultNode(lab.world)
  const what = `shell ${step.shell} at ${node}`
  const told = (outcome: ShellOutcome): Deed => {
    const problem = misfitOf({ exit: 0, ...step }, outcome)
    return { kind: problem === undefined ? 'act' : 'failed', text: `${what}: ${problem ?? shownOutcome(outcome)}` }
  }
  let now: Deed | undefined
  let returned = false
  lab.shell({ node, user: step.user, line: step.shell }, outcome => {
    if (returned) later(told(outcome))
    else now = told(outcome)
  })
  returned = true
  return now ?? { kind: 'act', text: `${what}: runs`, open: true }
}
