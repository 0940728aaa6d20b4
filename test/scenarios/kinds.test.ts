import { describe, expect, it } from 'vitest'
import { playScenario } from '../../emulator/play-scenario.js'
import { parseScenario } from '../../emulator/scenario/load.js'
import { textReport } from '../../emulator/scenario/report.js'
import type { ScenarioResult } from '../../emulator/scenario/runner.js'

/** The kinds of expectations and of acts that `semantics.test.ts` does not look at. */

const crash = '{ inject: host-crash, target: esx-02, at: 10s, as: crash }'

function play(steps: readonly string[], head = ''): ScenarioResult {
  return playScenario(parseScenario(`scenario: test\n${head}\nsteps:\n${steps.map(step => `  - ${step}\n`).join('')}`, 'test'))
}

function met(...steps: string[]): boolean {
  const result = play(steps)
  expect(result.failed, textReport(result, 'test')).toBeLessThanOrEqual(1)
  return result.passed
}

function check(cases: readonly (readonly [string, boolean])[], wrap: (text: string) => string[]): void {
  for (const [text, result] of cases) expect(met(...wrap(text)), text).toBe(result)
}

describe('comparison', () => {
  it('contains, count, references, amounts in words, paths through references', () => {
    check([
      ['name, contains: "b-0"', true], ['name, contains: "x"', false],
      ['config.hardware.device, contains: { key: 4000 }', true], ['config.hardware.device, contains: { key: 4999 }', false],
      ['config.hardware.device, contains: [{ key: 4000 }, { key: 2000 }]', true],
      ['datastore, count: 1', true], ['datastore, count: 2', false], ['datastore, count: { more: 0, less: 3 }', true],
      ['snapshot, count: 0', true], ['config.hardware.memoryMB, less: 9000', true],
      ['summary.storage.committed, more: 1KiB', true], ['summary.storage.committed, more: 900TiB', false],
      ['runtime.host, is: { ref: host/esx-02 }', true], ['runtime.host, is: { ref: host/esx-01 }', false],
      ['runtime.host, in: [{ ref: host/esx-01 }, { ref: host/esx-02 }]', true],
      ['runtime.host.name, matches: "^esx-02"', true], ['runtime.host.parent.name, unset: true', false],
      ['datastore, is: [{ ref: datastore/shared-01 }]', true],
      ['runtime.bootTime, more: 2025-01-01T00:00:00Z', true], ['runtime.bootTime, more: 2027-01-01T00:00:00Z', false],
    ], text => [`{ expect: { object: vm/db-01, property: ${text} } }`])
  })

  it('objects by inventory path and by glob in any part of it', () => {
    check([
      ['object: /DC-01/vm/Production/db-01, property: name, is: db-01', true],
      ['each: "/DC-01/vm/*/web-0?", property: runtime.powerState, is: poweredOn', true],
      ['object: /DC-01/datastore/shared-01, property: summary.accessible, is: true', true],
      ['object: resource-pool/Resources, property: name, is: Resources', true],
    ], text => [`{ expect: { ${text} } }`])
  })
})

describe('events', () => {
  it('by names, by fields, by bounds of their count', () => {
    check([
      ['event: HostConnectionLostEvent, host: host/esx-02', true], ['event: HostConnectionLostEvent, host: "esx-*"', true],
      ['event: VmDisconnectedEvent, vm: "vm/db-*", count: { more: 0 }', true], ['event: VmDisconnectedEvent, count: { more: 50 }', false],
      ['event: VmDisconnectedEvent, fields: { vm.name: db-01 }', true], ['event: VmDisconnectedEvent, fields: { vm.name: web-09 }', false],
      ['event: VmDisconnectedEvent, fields: { key: { more: 0 } }', true],
    ], text => [crash, `{ expect: { ${text} }, by: crash+80s }`])
  })

  it('order › others may lie between, the order may not be another', () => {
    const [lost, back] = ['{ event: HostConnectionLostEvent, host: esx-02 }', 'HostConnectedEvent']
    const heal = '{ heal: crash, at: crash+3m, as: heal }'
    expect(met(crash, heal, `{ expect: { order: [${lost}, ${back}] }, from: crash, by: heal+4m }`)).toBe(true)
    const wrong = play([crash, heal, `{ expect: { order: [${back}, ${lost}] }, from: crash, by: heal+4m }`])
    expect(wrong.failures[0]?.actual).toBe('1 of 2 in order; HostConnectionLostEvent did not follow')
  })
})

describe('tasks', () => {
  it('by method, entity, state, error, user and count', () => {
    const off = ['{ call: PowerOffVM_Task, object: vm/db-01, at: 5s, as: off }', '{ call: PowerOnVM_Task, object: vm/base-image, at: 5s, fault: NotSupported }']
    check([
      ['task: PowerOffVM_Task, entity: vm/db-01, state: success', true], ['task: PowerOffVM_Task, entity: vm/db-01, state: error', false],
      ['task: VirtualMachine.powerOff, count: 1', true], ['task: PowerOffVM_Task, entity: vm/web-01', false],
      ['task: PowerOffVM_Task, user: nobody', false], ['task: PowerOnVM_Task, count: 0', true],
    ], text => [...off.slice(0, 1), `{ expect: { ${text} }, from: off, by: off+1m }`])
  })
})

describe('logs, addresses, facts', () => {
  it('log › lines since the span began; http › the proxy\'s 503', () => {
    const fill = '{ inject: appliance-disk-fill, target: vc-01, partition: /storage/seat, to: 95%, at: 10s, as: full }'
    check([
      ['log: vpxd.log, node: vc-01, pattern: "error threshold of 95%"', true], ['log: vpxd, node: vc-01, pattern: nonsense', false],
      ['http: "https://vc-01/sdk", status: 503, body: { matches: "." }', true], ['http: "https://vc-01/sdk", status: 200', false],
      ['connect: "vc-01:443", is: open', true],
    ], text => [fill, `{ expect: { ${text} }, from: full+1s, by: full+2m }`].map(step => step.replace(/from: full\+1s, /, text.startsWith('connect') ? '' : 'from: full, ')))
    expect(met(crash, '{ expect: { http: "https://esx-02/", is: timeout }, at: 11s }')).toBe(true)
    expect(met('{ expect: { http: "https://esx-02/", status: 200 } }')).toBe(true)
  })

  it('truth › locks, links, sets', () => {
    check([
      ['truth: real, object: vm/db-01, is: [esx-02]', true], ['truth: real, object: vm/db-01, count: 1', true],
      ['truth: real, object: vm/db-01, contains: esx-01', false], ['truth: lock-holder, object: vm/db-01, is: esx-02', true],
      ['truth: link, object: esx-01 <-> vc-01, is: up', true], ['truth: link, object: esx-01 <-> vc-01, is: drop', false],
      ['truth: runs-on, object: vm/win-01, unset: true', true],
    ], text => [`{ expect: { ${text} } }`])
  })

  it('alarm › its status on an entity and anywhere', () => {
    const alarm = 'alarm: alarm.HostConnectionStateAlarm'
    check([
      [`${alarm}, entity: host/esx-02, status: red`, true], [`${alarm}, entity: host/esx-01, status: green`, true],
      [`${alarm}, status: red`, true], [`${alarm}, entity: host/esx-01, status: red`, false],
    ], text => [crash, `{ expect: { ${text} }, by: crash+2m }`])
  })
})

describe('act', () => {
  it('call › fields of the fault, references in arguments, the result', () => {
    expect(met('{ call: PowerOnVM_Task, object: vm/db-01, args: { host: { ref: host/esx-02 } }, result: { property: type, is: Task } }')).toBe(true)
    const state = 'call: ShutdownGuest, object: vm/win-01, fault: InvalidPowerState'
    expect(met(`{ ${state}, fields: { existingState: poweredOff } }`)).toBe(true)
    expect(met(`{ ${state}, fields: { existingState: poweredOn } }`)).toBe(false)
    expect(met('{ call: CurrentTime, object: ServiceInstance, result: { matches: "^2026-01-05" } }')).toBe(true)
    expect(met('{ call: CurrentTime, object: ServiceInstance, result: { is: now } }')).toBe(false)
  })

  it('heal › a step, all of a fault\'s name, everything; for › by itself', () => {
    const open = (at: string): string => `{ expect: { truth: power, object: host/esx-02, is: "on" }, at: ${at} }`
    const off = open('1m').replace('"on"', '"off"')
    expect(met(crash, off)).toBe(true)
    expect(met(crash, '{ heal: host-crash, at: 20s }', open('4m'))).toBe(true)
    expect(met(crash, '{ heal: all, at: 20s }', open('4m'))).toBe(true)
    expect(met('{ inject: host-crash, target: esx-02, at: 10s, for: 30s }', open('4m'))).toBe(true)
    expect(met('{ inject: host-crash, target: "esx-*", at: 10s, as: both }', '{ heal: both, at: 1m }', open('4m'))).toBe(true)
  })

  it('one-of › is drawn from the seed', () => {
    const one = '{ inject: host-crash, target: { one-of: host/* }, at: 1s }'
    const drawn = (seed: number): string | undefined =>
      play([one], `lab: cluster\nseed: ${seed}`).timeline.find(item => item.kind === 'act')?.text
    expect(drawn(3)).toBe(drawn(3))
    expect(new Set([1, 2, 3, 4, 5, 6].map(drawn)).size).toBeGreaterThan(1)
  })

  it('advance › moves what comes after it', () => {
    const result = play(['{ note: a }', '{ advance: 90s }', '{ note: b }', '{ advance: 30s }', '{ note: c, as: c }', '{ note: d, at: c+1s }'])
    expect(result.timeline.filter(item => item.kind === 'note').map(item => item.at / 1000)).toEqual([0, 90, 120, 121])
  })

  it('workload › is a signal to the VMs\' hosts', () => {
    const result = play(['{ workload: "vm/web-*", writes: 10MiB/s, at: 1s }'])
    expect(result.timeline.filter(item => item.text.startsWith('workload.set')).map(item => item.text)).toEqual([
      expect.stringContaining('writeBytesPerSecond 10485760'), expect.stringContaining('writeBytesPerSecond 10485760'),
    ])
  })
})

describe('lab of a scenario', () => {
  it('can stand in the file itself', () => {
    const lab = 'lab: { lab: mine, hosts: [{ name: alone }], vms: [{ name: solo }] }'
    expect(play(['{ expect: { truth: runs-on, object: vm/solo, is: alone } }'], lab).passed).toBe(true)
  })
})

describe('report of what failed', () => {
  it('has the history of the value with its times', () => {
    const state = 'object: host/esx-02, property: runtime.connectionState'
    const result = play([crash, '{ heal: crash, at: 200s }', `{ expect: { ${state}, is: disconnected }, by: 400s }`])
    expect(result.failures).toEqual([expect.objectContaining({
      step: 2, why: 'not in time', when: 'by 400s',
      history: [
        { at: 0, actual: 'esx-02: connected' }, { at: expect.any(Number), actual: 'esx-02: notResponding' },
        { at: expect.any(Number), actual: 'esx-02: connected' },
      ],
    })])
    const text = textReport(result, 'a b.yaml')
    expect(text).toMatch(/00:01:\d\d\.\d{3} {2}esx-02: notResponding\n/)
    expect(text).toContain('replay: fauxsphere run "a b.yaml" --seed 1')
    expect(text).toContain('signal hardware.powerLost: node esx-02, cause power')
  })
})
