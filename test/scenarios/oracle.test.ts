import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { playScenario } from '../../emulator/play-scenario.js'
import { loadScenario } from '../../emulator/scenario/load.js'
import { textReport } from '../../emulator/scenario/report.js'

const folder = fileURLToPath(new URL('../../scenarios/oracle/', import.meta.url))
const files = readdirSync(folder).filter(file => file.endsWith('.yaml'))

/** Without jitter every scenario is played elsewhere; under many seeds by `npm run oracle`. */
describe('vector of the oracle', () => {
  it.each(files)('%s › passes where timers vary, too', file => {
    const played = playScenario({ ...loadScenario(folder + file), seed: 'jitter', jitter: true })
    expect(played.passed, textReport(played, file)).toBe(true)
  })

  it('with jitter › HA decides at other times, from seed to seed', () => {
    const scenario = loadScenario(`${folder}v05-primary-crash.yaml`)
    const led = (seed: number, jitter: boolean): number =>
      playScenario({ ...scenario, seed, jitter }).timeline.find(item => item.text.startsWith('ha.primaryReady'))!.at
    expect([1, 2, 3].map(seed => led(seed, false))).toEqual([35_000, 35_000, 35_000])
    expect(new Set([1, 2, 3].map(seed => led(seed, true))).size).toBeGreaterThan(1)
  })
})
