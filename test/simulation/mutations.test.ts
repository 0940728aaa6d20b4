import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadScenario } from '../../emulator/scenario/load.js'
import { textReport } from '../../emulator/scenario/report.js'
import type { ScenarioResult } from '../../emulator/scenario/runner.js'
import { loadSource, root } from '../../scripts/load-source.mjs'
import { foundBySimulation, mutations, wallClock, type Mutation } from './mutations.js'

type Build = Pick<Mutation, 'name' | 'edits'>
type Play = typeof import('../../emulator/play-scenario.js')

const build = async (mutation?: Mutation): Promise<Play> =>
  await loadSource('emulator/play-scenario.ts', mutation) as Play

const play = (source: Play, vector: string): ScenarioResult =>
  source.playScenario(loadScenario(join(root, 'scenarios', vector)))

describe('a build with a wrong rule', () => {
  let sound: Play

  beforeAll(async () => { sound = await build() })

  it.each([...new Set(mutations.map(each => each.vector))])('%s › passes without one', vector => {
    const played = play(sound, vector)
    expect(played.passed, textReport(played, vector)).toBe(true)
  })

  it.each(mutations.map(each => [each.name, each] as const))('%s › fails its vector', async (_name, mutation) => {
    const played = play(await build(mutation), mutation.vector)
    const failed = played.failures.map(failure => `${JSON.stringify(failure.expected)} ${failure.why}: ${failure.actual}`)
    expect(played.passed, `${mutation.vector} passes with it`).toBe(false)
    expect(failed.join('\n')).toMatch(mutation.caught)
  })

  it('a clock of the machine in a timer › two runs have different journals, and the same without', async () => {
    const { vector } = wallClock
    expect(play(sound, vector).journal).toBe(play(sound, vector).journal)
    const mutant = await build(wallClock)
    expect(play(mutant, vector).journal).not.toBe(play(mutant, vector).journal)
  })

  it(`seed ${foundBySimulation.seed} of the random schedules › breaks ${foundBySimulation.invariant}, and without it nothing`, async () => {
    const { mutation, seed, hours, invariant } = foundBySimulation
    const said = async (wrong?: Build): Promise<string[]> => {
      const lines: string[] = []
      const { simulate } = await loadSource('test/simulation/simulate.ts', wrong) as typeof import('./simulate.js')
      simulate({ from: seed, to: seed, hours, shrink: false, hashes: false, say: line => lines.push(line) })
      return lines
    }
    expect((await said()).at(0)).toMatch(/0 with a broken invariant/)
    expect((await said(mutation)).at(0)).toContain(`first ${invariant} `)
  })

  it('whose place is not in the source any more › is an error', async () => {
    const gone: Mutation = { ...wallClock, name: 'gone', edits: [{ ...wallClock.edits[0]!, from: 'no such text' }] }
    await expect(build(gone)).rejects.toThrow('mutation gone: emulator/physics/ha/vms/planner.ts has 0 times')
  })
})
