import { loadLab } from './inventory/lab-file.js'
import { Lab } from './lab.js'
import { labForScenario } from './lab-for-scenario.js'
import { checkScenario } from './scenario/check.js'
import { ScenarioError, type ScenarioProblem } from './scenario/error.js'
import type { Scenario } from './scenario/format.js'
import { runScenario, type ScenarioResult } from './scenario/runner.js'

/**
 * Plays a scenario on a lab of its own, on the manual clock, as fast as the machine can.
 * @throws ScenarioError or LabFileError when it cannot be played at all
 */
export function playScenario(scenario: Scenario): ScenarioResult {
  return withLab(scenario, lab => {
    const seen = labForScenario(lab)
    const problems = checkScenario(scenario, seen)
    if (problems.length > 0) throw new ScenarioError(problems)
    return runScenario(scenario, seen)
  })
}

/**
 * What is wrong with the names in a scenario, looked up in the lab that it is for.
 * @throws LabFileError when that lab is wrong
 */
export function scenarioProblems(scenario: Scenario): ScenarioProblem[] {
  return withLab(scenario, lab => checkScenario(scenario, labForScenario(lab)))
}

function withLab<R>(scenario: Scenario, run: (lab: Lab) => R): R {
  const lab = new Lab({
    lab: typeof scenario.lab === 'string' ? loadLab(scenario.lab) : scenario.lab,
    seed: String(scenario.seed),
    clock: { mode: 'manual' },
    behaviour: { jitter: scenario.jitter },
    recordJournal: true,
  })
  try {
    return run(lab)
  } finally {
    lab.stop()
  }
}
