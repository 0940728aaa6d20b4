import { describe, expect, it } from 'vitest'
import { playScenario } from '../../emulator/play-scenario.js'
import { junitReport } from '../../emulator/scenario/junit.js'
import { parseScenario } from '../../emulator/scenario/load.js'
import { textReport } from '../../emulator/scenario/report.js'
import type { ScenarioResult } from '../../emulator/scenario/runner.js'

/** A crash at 10 s: esx-02 is notResponding from 70 to 80 s on; healed at 200 s it boots until 320 s. */
const crash = ['{ inject: host-crash, target: esx-02, at: 10s, as: crash }']
const healed = [...crash, '{ heal: crash, at: 200s, as: heal }']
const host = 'object: host/esx-02, property: runtime.connectionState'
const lost = 'event: HostConnectionLostEvent, host: esx-02'

function play(...steps: string[]): ScenarioResult {
  return playScenario(parseScenario(`scenario: test\nsettle: 5s\nsteps:\n${steps.map(step => `  - ${step}\n`).join('')}`, 'test'))
}

/** True if the last step's expectation was met; the rest of the run must be fine. */
function met(...steps: string[]): boolean {
  const result = play(...steps)
  expect(result.expectations).toBe(1)
  expect(result.failed).toBe(result.passed ? 0 : 1)
  return result.passed
}

describe('by, from, during, never', () => {
  it('by › must become true in time', () => {
    expect(met(...crash, `{ expect: { ${host}, is: notResponding }, by: crash+75s }`)).toBe(true)
    expect(met(...crash, `{ expect: { ${host}, is: notResponding }, by: crash+59s }`)).toBe(false)
    expect(met(...crash, `{ expect: { ${host}, is: disconnected }, by: crash+75s }`)).toBe(false)
  })

  it('from › must not be true before', () => {
    expect(met(...crash, `{ expect: { ${host}, is: notResponding }, from: crash+60s, by: crash+75s }`)).toBe(true)
    expect(met(...crash, `{ expect: { ${host}, is: notResponding }, from: crash+71s, by: crash+90s }`)).toBe(false)
    expect(met(...crash, `{ expect: { ${host}, is: connected }, from: crash+5s, by: crash+10s }`)).toBe(false)
  })

  it('at, and no time at all › must be true at that moment', () => {
    expect(met(...crash, `{ expect: { ${host}, is: notResponding }, at: 80s }`)).toBe(true)
    expect(met(...crash, `{ expect: { ${host}, is: notResponding }, at: 69s }`)).toBe(false)
    expect(met(...crash, `{ expect: { ${host}, is: notResponding }, at: 5s }`)).toBe(false)
    expect(met(...crash, `{ expect: { ${host}, is: connected } }`)).toBe(true)
    expect(met(...crash, `{ expect: { ${host}, is: notResponding } }`)).toBe(false)
  })

  it('during › must hold all the time', () => {
    expect(met(...crash, `{ expect: { ${host}, is: connected }, during: [crash, crash+59s] }`)).toBe(true)
    expect(met(...crash, `{ expect: { ${host}, is: connected }, during: [crash, crash+75s] }`)).toBe(false)
    expect(met(...healed, `{ expect: { ${host}, is: notResponding }, during: [80s, 400s] }`)).toBe(false)
    expect(met(...crash, `{ expect: { ${host}, is: notResponding }, during: [60s, 90s] }`)).toBe(false)
  })

  it('never › must not be true at any time of its span', () => {
    expect(met(...crash, '{ note: end, at: 100s }', '{ never: { event: HostConnectionLostEvent, host: esx-01 } }')).toBe(true)
    expect(met(...crash, '{ note: end, at: 100s }', `{ never: { ${lost} } }`)).toBe(false)
    expect(met(...crash, '{ note: end, at: 50s }', `{ never: { ${lost} } }`)).toBe(true)
    expect(met(...crash, `{ never: { ${lost} }, during: [0s, 60s] }`)).toBe(true)
    expect(met(...crash, `{ never: { ${host}, is: notResponding }, during: [60s, 90s] }`)).toBe(false)
    expect(met(...healed, '{ note: end, at: 400s }', `{ never: { ${lost} }, from: heal }`)).toBe(true)
    expect(met(...healed, '{ note: end, at: 400s }', '{ never: { event: HostConnectedEvent }, from: heal }')).toBe(false)
  })
})

describe('comparison', () => {
  const now = (text: string): boolean => met(`{ expect: { object: vm/db-01, property: ${text} } }`)

  it('is, not, in, matches, less, more, unset', () => {
    const cases: [string, boolean][] = [
      ['name, is: db-01', true], ['name, is: db-02', false], ['config.hardware.numCPU, is: 4', true], ['config.template, is: false', true],
      ['config.template, is: true', false], ['name, not: db-02', true], ['name, not: db-01', false],
      ['name, in: [a, db-01]', true], ['name, in: [a, b]', false], ['name, in: []', false],
      ['name, matches: "^db-\\\\d+$"', true], ['name, matches: "^web"', false],
      ['config.hardware.numCPU, less: 5', true], ['config.hardware.numCPU, less: 4', false],
      ['config.hardware.numCPU, more: 3', true], ['config.hardware.numCPU, more: 4', false], ['config.hardware.numCPU, more: 3, less: 4', false],
      ['snapshot, unset: true', true], ['snapshot, unset: false', false], ['name, unset: true', false], ['snapshot, less: 5', false],
      ['"config.hardware.device[4000].key", is: 4000', true], ['"config.hardware.device[4999].key", unset: true', true],
      ['name, is: null', false], ['name, on: esx-02', true], ['name, on: esx-01', false], ['name, on: { not: esx-01 }', true], ['name, on: { not: esx-02 }', false],
    ]
    for (const [text, result] of cases) expect(now(text), text).toBe(result)
  })

  it('of several objects › holds for all; of none › does not hold', () => {
    expect(met('{ expect: { each: vm/web-*, property: runtime.powerState, is: poweredOn } }')).toBe(true)
    expect(met('{ expect: { each: "vm/*", property: runtime.powerState, is: poweredOn } }')).toBe(false)
    expect(() => met('{ expect: { node: esx-01, object: vm/db-01, property: name, is: db-01 } }')).toThrow('there is no vm/db-01 on esx-01')
    expect(met('{ expect: { node: esx-02, object: vm/db-01, property: name, is: db-01 } }')).toBe(true)
  })

  it('events › type, id, object, user, text, exact count', () => {
    const event = (text: string): boolean => met(...healed, `{ expect: { ${text} }, from: crash, by: 400s }`)
    const cases: [string, boolean][] = [
      [lost, true], ['event: HostConnectionLostEvent, host: esx-01', false], [`${lost}, count: 1`, true], [`${lost}, count: 2`, false],
      ['event: HostConnectionLostEvent, count: 0, host: esx-01', true], ['event: VmDisconnectedEvent, vm: db-01', true],
      ['event: VmDisconnectedEvent, vm: web-01', false], ['node: esx-02, event: esx.audit.host.boot', true],
      [`${lost}, text: nonsense`, false], [`${lost}, text: esx-02`, true], [`${lost}, user: somebody`, false],
    ]
    for (const [text, result] of cases) expect(event(text), text).toBe(result)
    expect(met(...healed, `{ expect: { ${lost}, count: 1 }, by: 400s }`)).toBe(false)
  })

  it('connect and truth', () => {
    expect(met(...crash, '{ expect: { connect: "esx-02:443", is: timeout }, during: [crash, crash+1m] }')).toBe(true)
    expect(met(...crash, '{ expect: { connect: "esx-02:443", is: open }, at: 11s }')).toBe(false)
    expect(met(...crash, '{ expect: { truth: power, object: host/esx-02, is: "off" }, at: 11s }')).toBe(true)
    expect(met(...crash, '{ expect: { truth: runs-on, object: vm/db-01, is: esx-02 }, at: 9s }')).toBe(true)
    expect(met(...crash, '{ expect: { truth: runs-on, object: vm/db-01, is: esx-02 }, at: 11s }')).toBe(false)
  })
})

describe('act', () => {
  it('call › tells the fault that is expected from any other', () => {
    expect(play('{ call: ShutdownGuest, object: vm/win-01, fault: InvalidPowerState }').passed).toBe(true)
    expect(play('{ call: ShutdownGuest, object: vm/win-01 }').passed).toBe(false)
    expect(play('{ call: ShutdownGuest, object: vm/db-01, fault: InvalidPowerState }').passed).toBe(false)
    expect(play('{ call: ShutdownGuest, object: vm/nobody, fault: ManagedObjectNotFound }').passed).toBe(true)
    expect(play('{ call: Nonsense, object: vm/db-01, fault: MethodNotFound }').passed).toBe(true)
    expect(play(...crash, '{ call: CurrentTime, node: esx-02, object: ServiceInstance, fault: timeout }').passed).toBe(true)
    expect(play('{ call: PowerOffVM_Task, object: vm/db-01, user: nobody@vsphere.local, fault: NotAuthenticated }').passed).toBe(true)
  })

  it('that cannot be done › ends the run with the place and what there is', () => {
    expect(() => play('{ inject: host-crsh, target: esx-02 }')).toThrow(/steps\.0\.inject: there is no fault host-crsh; did you mean host-crash/)
    expect(() => play('{ inject: host-crash, target: esx-09 }')).toThrow(/steps\.0\.target: .*There are: esx-01, esx-02/)
    expect(() => play('{ inject: host-crash, target: esx-02, casue: psod }')).toThrow(/steps\.0\.casue: wrong options for host-crash/)
    expect(() => play('{ heal: nothing }')).toThrow(/steps\.0\.heal: no active fault nothing/)
  })
})

describe('report', () => {
  it('of a failure › says what was expected, what was found and how to replay it', () => {
    const result = play(...crash, `{ expect: { ${host}, is: notResponding }, by: crash+5s }`)
    expect(result.passed).toBe(false)
    const text = textReport(result, 'a.yaml')
    expect(text).toMatch(/00:00:15\.000 {2}FAILED .*notResponding.*not in time; esx-02.*: connected/)
    expect(text).toContain('replay: fauxsphere run a.yaml --seed 1')
    expect(junitReport([{ file: 'a.yaml', result }])).toMatch(/failures="1"[^]*<failure message="1 expectations not met">/)
  })
})
