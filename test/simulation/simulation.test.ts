import { describe, expect, it } from 'vitest'
import { faults } from '../../emulator/faults/index.js'
import { faultNames, planOf } from './plan.js'
import { runPlan } from './run.js'
import { shrink } from './shrink.js'

/** Where the seeds of this run begin; another number looks elsewhere. */
const FIRST = Number(process.env['FAUXSPHERE_SIMULATION_SEED'] ?? 1)
const SEEDS = 12

describe(`random schedules (seeds ${FIRST} to ${FIRST + SEEDS - 1})`, () => {
  const reached = new Set<string>()

  for (let seed = FIRST; seed < FIRST + SEEDS; seed += 1) {
    it(`seed ${seed} › breaks no invariant`, () => {
      const outcome = runPlan(planOf(seed, { hours: 12 }))
      for (const what of outcome.reached) reached.add(what)
      expect(outcome.violations.slice(0, 3)).toEqual([])
    })
  }

  it('really reach what the invariants are about', () => {
    expect([...reached].sort()).toEqual(expect.arrayContaining([
      'HA restarted a VM', 'a host is declared dead', 'a host is notResponding', 'two primaries at once',
    ]))
  })
})

describe('a schedule', () => {
  it('is the same for the same seed, and its run has the same journal', () => {
    const hash = (seed: number): string => runPlan(planOf(seed, { hours: 4 })).hash
    expect(planOf(5)).toEqual(planOf(5))
    expect(hash(5)).toBe(hash(5))
    expect(hash(5)).not.toBe(hash(6))
  })

  it('draws only from faults that there are', () => {
    const known = new Set(faults.map(fault => fault.name))
    expect(faultNames().filter(name => !known.has(name))).toEqual([])
  })

  it('that fails is made smaller while it fails the same way', () => {
    const plan = planOf(3, { hours: 4 })
    // An invariant that breaks whenever a host is declared dead stands in for a real one.
    const run = (candidate: typeof plan) => runPlan(candidate, {
      checkers: [{
        invariant: 'made up', title: 'no host is ever declared dead',
        make: ({ broken }) => ({
          after: entry => {
            if (entry.signals.some(signal => signal.kind === 'ha.hostFailed')) broken('a host is dead')
          },
        }),
      }],
    })
    const crash = { at: 600_000, inject: 'host-crash', target: 'esx-02', options: {}, forMs: 600_000 }
    const failing = { ...plan, steps: [...plan.steps, crash].sort((a, b) => a.at - b.at) }
    expect(run(failing).violations).not.toEqual([])
    const small = shrink(failing, 'made up', run)
    expect(small.steps).toHaveLength(1)
    expect(run(small).violations).not.toEqual([])
  })
})
