import { describe, expect, it } from 'vitest'
import { durationMs } from '../../emulator/world/duration.js'
import { parseScenario } from '../../emulator/scenario/load.js'
import { timeline } from '../../emulator/scenario/timeline.js'

function problem(...steps: string[]): string {
  return problemOf(`scenario: test\nsteps:\n${steps.map(step => `  - ${step}\n`).join('')}`)
}

function problemOf(source: string): string {
  try {
    parseScenario(source, 'a.yaml')
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

describe('message about a wrong file', () => {
  it('names file, line and path', () => {
    expect(problemOf('scenario: x\nlab: small\n')).toBe('a.yaml:1:1: steps: is missing')
    expect(problemOf('scenario: x\nsteps: []\n')).toMatch(/^a\.yaml:2:1: steps: /)
    expect(problemOf('scenario: x\nsteps:\n  - note: [\n')).toMatch(/^a\.yaml:\d:\d+: /)
    expect(problem('note: fine', '{ note: bad, at: soon! }')).toMatch(/^a\.yaml:4:18: steps\.1\.at: a time such as/)
  })

  it('gives the nearest spelling of an unknown key', () => {
    expect(problemOf('scenario: x\nsetle: 5s\nsteps:\n  - note: x\n')).toBe('a.yaml:2:1: setle: unknown key setle; did you mean settle?')
    expect(problem('{ expect: { object: vm/x, proprty: name, is: y } }')).toBe(
      'a.yaml:3:31: steps.0.expect.proprty: needs one of property, event, order, task, alarm, log, connect, http, shell, truth; did you mean property?')
    expect(problem('{ expect: { object: vm/x, property: name, iz: y } }')).toBe('a.yaml:3:47: steps.0.expect.iz: unknown key iz; did you mean is?')
    expect(problem('{ expect: { event: X, hots: esx-01 } }')).toBe('a.yaml:3:27: steps.0.expect.hots: unknown key hots; did you mean host?')
    expect(problem('{ expct: { event: X } }')).toMatch(/^a\.yaml:3:7: steps\.0\.expct: needs one of inject, .*; did you mean expect\?$/)
    expect(problem('{ never: { event: X }, durng: [0s, 1s] }')).toBe('a.yaml:3:28: steps.0.durng: unknown key durng; did you mean during?')
    expect(problem('{ call: X, object: y, zzzzzzzz: 1 }')).toBe('a.yaml:3:27: steps.0.zzzzzzzz: unknown key zzzzzzzz')
    expect(problemOf('scenario: x\nlab: { lab: a, hosts: [{ nam: esx-01 }] }\nsteps:\n  - note: x\n')).toBe(
      'a.yaml:2:26: lab.hosts.0.nam: unknown key nam; did you mean name?')
  })

  it('says what is missing or of the wrong kind in the step that is meant', () => {
    expect(problem('{ inject: host-crash, target: 5 }')).toMatch(/^a\.yaml:3:27: steps\.0\.target: a name or glob/)
    expect(problem('{ call: X }')).toBe('a.yaml:3:5: steps.0.object: is missing')
    expect(problem('{ expect: { connect: "esx-01", is: open } }')).toMatch(/steps\.0\.expect\.connect: NODE:PORT/)
    expect(problem('{ expect: { connect: "esx-01:443", is: opened } }')).toMatch(/steps\.0\.expect\.is: /)
    expect(problem('{ expect: { event: X, count: -1 } }')).toMatch(/steps\.0\.expect\.count: /)
    expect(problem('just text')).toMatch(/^a\.yaml:3:5: steps\.0: needs one of/)
  })

  it('refuses an expectation that could not fail, or not be understood', () => {
    expect(problem('{ expect: { object: vm/x, property: name } }')).toMatch(/steps\.0\.expect: needs a comparison: is, not, in/)
    expect(problem('{ expect: { property: name, is: x } }')).toMatch(/needs one of object, each/)
    expect(problem('{ expect: { object: a, each: b, property: name, is: x } }')).toMatch(/needs one of object, each/)
    expect(problem('{ expect: { object: a, property: name, matches: "(" } }')).toMatch(/steps\.0\.expect\.matches: a regular expression/)
    expect(problem('{ expect: { truth: power, object: a } }')).toMatch(/needs a comparison/)
  })

  it('refuses times that cannot be', () => {
    const cases: [string[], string][] = [
      [['{ expect: { event: X }, by: crash+5s }'], '3:29: steps.0.by: crash+5s is neither a time nor a step named before; named steps: none'],
      [['{ note: a, as: crash }', '{ note: b, at: crsh+5s }'], '4:16: steps.1.at: crsh+5s is neither a time nor a step named before; did you mean crash?'],
      [['{ note: a, at: 5s, as: a }', '{ expect: { event: X }, during: [a+9s, a+2s] }'], '4:29: steps.1.during: ends before it begins'],
      [['{ note: a, at: 5s, as: a }', '{ expect: { event: X }, from: a+9s, by: a+2s }'], '4:41: steps.1.by: ends before it begins'],
      [['{ note: a, at: 5s, as: a }', '{ note: b, at: a-6s }'], '4:16: steps.1.at: begins before the scenario does'],
      [['{ note: a, as: a }', '{ note: b, as: a }'], '4:16: steps.1.as: there is a step a already'],
      [['{ note: a, at: b }', '{ note: b, as: b }'], '3:16: steps.0.at: b is neither'],
      [['{ expect: { event: X }, from: 5s }'], '3:29: steps.0.from: from needs by'],
      [['{ expect: { event: X }, at: 5s, by: 9s }'], '3:29: steps.0.at: at is one moment'],
      [['{ expect: { event: X }, during: [1s, 2s], by: 9s }'], '3:29: steps.0.during: during says from when to when'],
      [['{ inject: host-crash, target: a, by: 5s }'], '3:5: steps.0: an injection acts at one time'],
      [['{ heal: x, by: 5s }'], '3:16: steps.0.by: unknown key by'],
    ]
    for (const [steps, text] of cases) expect(problem(...steps)).toContain(`a.yaml:${text}`)
  })
})

describe('time', () => {
  it('is a sum of amounts with units', () => {
    const cases: [string, number | undefined][] = [
      ['90s', 90_000], ['5m', 300_000], ['1h30m', 5_400_000], ['500ms', 500], ['1.5s', 1500], ['1d', 86_400_000],
      ['2m30s250ms', 150_250], ['0s', 0], ['', undefined], ['5', undefined], ['s', undefined], ['5x', undefined], ['-5s', undefined],
    ]
    for (const [text, ms] of cases) expect(durationMs(text), text).toBe(ms)
  })

  it('counts from the start, from a named step, or from the step before', () => {
    const { steps, end } = timeline(parseScenario(`
scenario: x
steps:
  - { note: a, at: 10s, as: a }
  - { note: b }
  - { note: c, at: a+1m, as: c }
  - { note: d, at: c-30s }
  - { expect: { event: X } }
  - { expect: { event: X }, by: c+2m }
  - { expect: { event: X }, from: a+5s, by: c }
  - { expect: { event: X }, during: [a, 2m] }
  - { never: { event: X } }
  - { never: { event: X }, from: c }
  - { never: { event: X }, during: [a, c] }
`, 'a.yaml'))
    expect(steps.slice(0, 4).map(step => step.at / 1000)).toEqual([10, 10, 70, 40])
    expect(steps.slice(4).map(({ watchedFrom, from, until }) => [watchedFrom, from, until].map(ms => ms / 1000))).toEqual([
      [40, 40, 40], [40, 40, 190], [10, 15, 70], [10, 10, 120], [40, 0, 190], [70, 70, 190], [10, 10, 70],
    ])
    expect(end / 1000).toBe(190)
  })
})
