import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { playScenario } from '../../emulator/play-scenario.js'
import { loadScenario } from '../../emulator/scenario/load.js'
import { textReport } from '../../emulator/scenario/report.js'

const folder = fileURLToPath(new URL('../../scenarios/', import.meta.url))
const files = readdirSync(folder).filter(file => file.endsWith('.yaml'))

describe('scenario that ships', () => {
  it('there are some', () => {
    expect(files).toEqual(expect.arrayContaining(['host-crash.yaml', 'link-cut.yaml', 'vcenter-appliance-off.yaml']))
  })

  it.each(files)('%s › is valid, has a trainer\'s note, passes, and is the same twice', file => {
    const scenario = loadScenario(folder + file)
    expect(scenario.steps.some(step => 'note' in step)).toBe(true)
    const first = playScenario(scenario)
    expect(first.passed, textReport(first, file)).toBe(true)
    expect(first.expectations).toBe(scenario.steps.filter(step => 'expect' in step || 'never' in step).length)
    expect(first.journal).toMatch(/^[0-9a-f]{64}$/)
    const second = playScenario(scenario)
    expect(second.journal).toBe(first.journal)
    expect(second.timeline).toEqual(first.timeline)
  })

  it('with another seed › passes too, with another journal', () => {
    for (const file of files) {
      const scenario = loadScenario(folder + file)
      const other = playScenario({ ...scenario, seed: 'another' })
      expect(other.passed, textReport(other, file)).toBe(true)
      expect(other.journal).not.toBe(playScenario(scenario).journal)
    }
  })
})
