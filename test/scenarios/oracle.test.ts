import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { playScenario } from '../../emulator/play-scenario.js'
import { loadScenario } from '../../emulator/scenario/load.js'
import { textReport } from '../../emulator/scenario/report.js'

const folder = fileURLToPath(new URL('../../scenarios/oracle/', import.meta.url))
const files = readdirSync(folder).filter(file => file.endsWith('.yaml'))

describe('vector of the oracle', () => {
  it.each(files)('%s › passes under three seeds', file => {
    const scenario = loadScenario(folder + file)
    for (const seed of [scenario.seed, 'second', 'third']) {
      const played = playScenario({ ...scenario, seed })
      expect(played.passed, textReport(played, file)).toBe(true)
    }
  })
})
