import { fileURLToPath } from 'node:url'
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { scenarioFiles } from '../../clients/cli/scenario-files.js'
import { faults } from '../../emulator/faults/index.js'
import { playScenario } from '../../emulator/play-scenario.js'
import { loadScenario } from '../../emulator/scenario/load.js'
import { textReport } from '../../emulator/scenario/report.js'
import { scenarioJsonSchema } from '../../emulator/scenario/telling.js'

const folder = fileURLToPath(new URL('../../scenarios/', import.meta.url))
const files = scenarioFiles([folder]).map(file => relative(folder, file))

describe('scenario that ships', () => {
  it('there are some, also in folders', () => {
    expect(files).toEqual(expect.arrayContaining([
      'host-crash.yaml', 'link-cut.yaml', 'vcenter-appliance-off.yaml', 'oracle/v03-secondary-crash.yaml',
    ]))
    expect(files.some(file => file.startsWith('labs/') || file.endsWith('.schema.json'))).toBe(false)
  })

  it.each(files)('%s › is valid, has a trainer\'s note, passes, and is the same twice', file => {
    const scenario = loadScenario(folder + file)
    expect(scenario.steps.some(step => 'note' in step)).toBe(true)
    expect(readFileSync(folder + file, 'utf8')).toMatch(/^# yaml-language-server: \$schema=(\.\.\/)*scenario\.schema\.json\n/)
    const first = playScenario(scenario)
    expect(first.passed, textReport(first, file)).toBe(true)
    expect(first.expectations).toBe(scenario.steps.filter(step => 'expect' in step || 'never' in step).length)
    expect(first.journal).toMatch(/^[0-9a-f]{64}$/)
    const second = playScenario(scenario)
    expect(second.journal).toBe(first.journal)
    expect(second.timeline).toEqual(first.timeline)
  })

  it.each(files)('%s › passes with another seed, too', file => {
    const other = playScenario({ ...loadScenario(folder + file), seed: 'another' })
    expect(other.passed, textReport(other, file)).toBe(true)
  })

  it('another seed › gives another journal where there is chance', () => {
    const scenario = loadScenario(`${folder}host-crash.yaml`)
    expect(playScenario({ ...scenario, seed: 'another' }).journal).not.toBe(playScenario(scenario).journal)
  })

  it('their JSON Schema is published as it is (npm run update:docs)', () => {
    const published = JSON.parse(readFileSync(`${folder}scenario.schema.json`, 'utf8')) as unknown
    expect(published).toEqual(JSON.parse(JSON.stringify(scenarioJsonSchema(faults.map(fault => fault.name)))))
    const validate = new Ajv2020({ strict: false }).compile(published as object)
    for (const file of files) {
      expect(validate(parse(readFileSync(folder + file, 'utf8'))), `${file}: ${JSON.stringify(validate.errors)}`).toBe(true)
    }
    expect(validate({ scenario: 'x', steps: [{ inject: 'host-crsh' }] })).toBe(false)
  })
})
