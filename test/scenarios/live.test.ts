import { afterEach, describe, expect, it } from 'vitest'
import { LabControl } from '../../emulator/lab-control.js'
import type { LiveScenario } from '../../emulator/live-scenarios.js'
import { playScenario } from '../../emulator/play-scenario.js'
import { parseScenario } from '../../emulator/scenario/load.js'
import type { ScenarioResult } from '../../emulator/scenario/runner.js'
import type { ScenarioLab } from '../../emulator/scenario/scenario-lab.js'
import { saveImage } from '../../emulator/world/image.js'
import { createTestLab, type TestLab } from '../support/test-lab.js'
import { ADMIN, ROOT, rest } from '../vapi/rest.js'

const host = 'object: host/esx-02, property: runtime.connectionState'
const text = `
scenario: crash on a lab that others use
settle: 10s
steps:
  - { inject: host-crash, target: esx-02, at: 5s, as: crash }
  - { expect: { connect: "esx-02:443", is: timeout }, during: [crash, crash+1m] }
  - { expect: { ${host}, is: notResponding }, from: crash+60s, by: crash+75s }
  - { call: PowerOffVM_Task, object: vm/web-01, at: crash+20s, as: "off" }
  - { expect: { task: PowerOffVM_Task, state: success }, by: off+10s }
  - { expect: { event: HostConnectionLostEvent, count: 1 }, by: crash+80s }
  - { expect: { object: vm/web-01, property: runtime.powerState, is: poweredOff }, from: off, by: off+5s }
  - { never: { event: HostConnectionLostEvent, host: esx-01 } }
  - { heal: crash, at: crash+2m, as: heal }
  - { expect: { ${host}, is: connected }, from: heal+100s, by: heal+3m }
  - { expect: { ${host}, is: disconnected }, by: heal+3m }
`

let lab: TestLab
afterEach(() => lab.close())

function control(confirm?: ScenarioLab['confirm']): LabControl {
  lab = createTestLab({ counted: false, behaviour: { durations: 'realistic' } })
  return new LabControl(lab.lab, [], () => [], { source: 'small', confirm })
}

/** Waits for the end of a run that has been started. */
function ended(target: LabControl, id: string): Promise<LiveScenario> {
  return new Promise(resolve => { target.followScenario(id, () => {}, () => resolve(target.scenarioRun(id))) })
}

/** What must be the same whoever runs it: verdicts, values, times; events but for what differs by chance. */
function essence({ timeline, failures, passed }: ScenarioResult): unknown {
  return {
    passed, failures,
    timeline: timeline.filter(item => item.kind !== 'signal').map(({ at, kind, text: line }) => `${at} ${kind} ${line}`),
  }
}

describe('scenario on a running lab', () => {
  it('on a manual clock › moves the clock on; the same as on a lab of its own', async () => {
    const target = control()
    const before = lab.world.now()
    const { id, state } = target.startScenario(text, 'a.yaml')
    expect(state).toBe('waiting')
    const end = await ended(target, id)
    expect(end.state).toBe('failed')
    expect(essence(end.result!)).toEqual(essence(playScenario(parseScenario(text, 'a.yaml'))))
    expect(lab.world.now() - before).toBe(10_000 + 305_001)
  })

  it('when the lab is moved on by others, in steps of any size › has the same outcome', async () => {
    const alone = essence(playScenario(parseScenario(text, 'a.yaml')))
    for (const step of [700, 61_000, 400_000]) {
      const target = control()
      // The run's own drive waits its turn; what others do first is as on a clock that runs by itself.
      const { id } = target.startScenario(text, 'a.yaml')
      for (let moved = 0; moved < 400_000; moved += step) lab.world.advance(step)
      expect(essence((await ended(target, id)).result!)).toEqual(alone)
      await lab.close()
    }
  })

  it('tells its lines as they come, and again to who comes late', async () => {
    const target = control()
    const { id } = target.startScenario(text, 'a.yaml')
    const lines: string[] = []
    target.followScenario(id, line => lines.push(line), () => {})
    const end = await ended(target, id)
    expect(lines.slice(0, -1).map(line => (JSON.parse(line) as { item: unknown }).item)).toEqual(end.result!.timeline)
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ end: { id, state: 'failed' } })
    const again: string[] = []
    target.followScenario(id, line => again.push(line), () => {})
    expect(again).toEqual(lines)
  })

  it('that is wrong, or names what the lab lacks › is refused with file and line', () => {
    const target = control()
    expect(() => target.startScenario('scenario: x\nsteps: []\n', 'a.yaml')).toThrow('a.yaml:2:1: steps:')
    expect(() => target.startScenario('scenario: x\nsteps:\n  - { inject: host-crash, target: esx-09 }\n', 'a.yaml'))
      .toThrow('a.yaml:3:27: steps.0.target: host-crash needs a host; esx-09 is none')
    expect(target.scenarioRuns()).toEqual([])
    expect(() => target.scenarioRun('run-1')).toThrow('no scenario run-1')
  })

  it('is aborted when the lab goes to another state, or on request', () => {
    const target = control()
    const image = saveImage(lab.world)
    const first = target.startScenario(text, 'a.yaml').id
    lab.world.advance(30_000)
    expect(target.scenarioRun(first).state).toBe('running')
    target.loadImage(image)
    expect(target.scenarioRun(first)).toMatchObject({ state: 'aborted', error: 'the lab went to another state (load)' })
    const second = target.startScenario(text, 'a.yaml').id
    expect(target.abortScenario(second).state).toBe('aborted')
    lab.world.advance(400_000)
    expect(target.scenarioRun(second).state).toBe('aborted')
  })

  it('where a real client sees something else than the rule says › fails', async () => {
    const steps = '  - { expect: { connect: "esx-01:443", is: open } }\n  - { expect: { http: "https://esx-01/", status: 200 } }\n'
    const run = async (confirm: ScenarioLab['confirm']): Promise<LiveScenario> => {
      const target = control(confirm)
      return ended(target, target.startScenario(`scenario: x\nsteps:\n${steps}`, 'a.yaml').id)
    }
    const good = { probe: async () => 'open' as const, http: async () => ({ status: 200, body: 'hello' }) }
    expect((await run(good)).state).toBe('passed')
    await lab.close()
    const bad = await run({ probe: async () => 'refused', http: async () => ({ status: 404, body: '' }) })
    expect(bad.result?.failures.map(({ why, actual }) => [why, actual])).toEqual([
      ['a real client sees something else', 'refused'], ['a real client sees something else', '404'],
    ])
  })
})

describe('recording', () => {
  it('is a scenario that does the same again', async () => {
    const target = control()
    const client = await lab.client('vc-01')
    lab.world.advance(5000)
    target.inject('host-crash', 'esx-02', { cause: 'psod' }, { forMs: 300_000 })
    target.inject('cable-cut', 'esx-01', {}, { as: 'cut' })
    lab.world.advance(20_000)
    target.heal('cut')
    lab.world.advance(20_000)
    const vm = lab.world.ofType('vc-01', 'VirtualMachine').find(slot => slot.record?.props['name'] === 'web-01')!
    await client.call({ type: 'VirtualMachine', value: vm.address.id }, 'Rename_Task', { newName: 'web-renamed' })
    await client.call({ type: 'ServiceInstance', value: 'ServiceInstance' }, 'CurrentTime')
    lab.world.advance(60_500)
    const recorded = target.recording()
    const scenario = parseScenario(recorded, 'recorded.yaml')
    expect(scenario.lab).toBe('small')
    expect(scenario.steps).toEqual([
      { inject: 'host-crash', target: 'esx-02', cause: 'psod', for: '5m', as: 'fault-1', at: '5s' },
      { inject: 'cable-cut', target: 'esx-01', as: 'cut', at: '5s' },
      { heal: 'cut', at: '25s' },
      { call: 'Rename_Task', object: 'vm/web-01', args: { newName: 'web-renamed' }, at: '45s' },
      { note: 'Here the recording ends.', at: '1m45s500ms' },
    ])
    const replayed = playScenario({ ...scenario, steps: [...scenario.steps, { expect: { object: 'vm/web-renamed', property: 'name', is: 'web-renamed' } }] })
    expect(replayed.passed).toBe(true)
  })

  it('has REST operations that changed something › whoever asked, at either door', async () => {
    const target = control()
    const { origin } = new URL(await lab.url('vc-01'))
    const vami = await lab.vami('vc-01')
    const session = (await rest('POST', `${origin}/api/session`, { login: ADMIN })).body as string
    lab.world.advance(120_000)
    await rest('GET', `${origin}/api/appliance/services`, { session })
    await rest('PUT', `${origin}/api/appliance/ntp`, { session, body: { servers: ['ntp.example'] } })
    await rest('PUT', `${origin}/api/appliance/ntp`, { session, body: { servers: 5 } })
    await rest('POST', `${vami}/rest/appliance/services/vmware-stsd/stop`, { login: ROOT })
    lab.world.advance(60_000)
    const scenario = parseScenario(target.recording(), 'recorded.yaml')
    expect(scenario.steps).toEqual([
      { rest: 'PUT /api/appliance/ntp', body: { servers: ['ntp.example'] }, at: '2m' },
      { rest: 'POST /rest/appliance/services/vmware-stsd/stop', user: 'LOCALOS\\root', port: 5480, at: '2m' },
      { note: 'Here the recording ends.', at: '3m' },
    ])
    const check = [
      { rest: 'GET /api/appliance/ntp', port: 5480 as const, user: 'root', result: { is: ['ntp.example'] } },
      { rest: 'GET /api/appliance/services/vmware-stsd', port: 5480 as const, user: 'root', result: { property: 'state', is: 'STOPPED' } },
    ]
    expect(playScenario({ ...scenario, steps: [...scenario.steps, ...check] }).passed).toBe(true)
  })

  it('forgets what was rewound or reset', () => {
    const target = control()
    target.inject('host-crash', 'esx-02', {})
    const { revision } = lab.world
    target.inject('host-crash', 'esx-01', {})
    target.rewind({ revision })
    expect(parseScenario(target.recording(), 'r').steps.filter(step => 'inject' in step)).toHaveLength(1)
    target.reset()
    expect(parseScenario(target.recording(), 'r').steps).toHaveLength(1)
  })
})
