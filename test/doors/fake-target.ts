import type {
  ActiveFaultState, Checkpoint, ClockState, ControlTarget, FaultKind, JournalPage, LabState, Metric, ScenarioRunState,
} from '../../emulator/doors/control/target.js'
import { ControlError } from '../../emulator/doors/control/target.js'
import type { OpenedNode } from '../../emulator/doors/opened-node.js'
import type { TargetSpec } from '../../emulator/faults/target.js'

const TIME = '2026-01-05T08:00:00Z'

/** A control target that notes what is asked of it. */
export class FakeTarget implements ControlTarget {
  readonly version = '0.1.0'
  readonly asked: string[] = []
  ready = true
  passes = true
  active: ActiveFaultState[] = []
  listeners = new Set<(line: string) => void>()
  mode: ClockState['mode'] = 'manual'
  readonly list: OpenedNode[] = [{
    name: 'vc-01', kind: 'vcenter', address: '127.0.0.1', hostName: 'vc-01.lab.local',
    sdk: 'https://127.0.0.1:8989/sdk', username: 'administrator@vsphere.local', password: 'VMware1!',
    thumbprint: 'AA:BB',
  }]

  isReady(): boolean { return this.ready }
  lab(): LabState {
    return { name: 'small', seed: '1', revision: 7, time: TIME, nodes: 1, objects: { VirtualMachine: 4 } }
  }
  nodes(): readonly OpenedNode[] { return this.list }
  hostScreen(name: string): Buffer {
    if (name !== 'esx-01') throw new ControlError(404, `no host ${name}`)
    return Buffer.from('89504e47', 'hex')
  }
  hostKeys(name: string, keys: readonly string[]): void {
    if (name !== 'esx-01') throw new ControlError(404, `no host ${name}`)
    this.asked.push(`keys ${keys.join(' ')}`)
  }
  consoles() { return { open: [], vnc: [{ host: 'esx-01', vm: '7', name: 'web-01', wanted: 5901, address: '127.0.0.1:5901' }] } }
  clock(): ClockState {
    return { mode: this.mode, factor: 0, time: TIME, revision: 7, pending: 2, next: TIME }
  }
  changeClock(mode: ClockState['mode'], factor: number | undefined): void {
    this.mode = mode
    this.asked.push(`clock ${mode} ${factor ?? ''}`)
  }
  advance(ms: number): void {
    if (this.mode !== 'manual') throw new ControlError(409, 'the clock is not manual')
    this.asked.push(`advance ${ms}`)
  }
  faultKinds(): readonly FaultKind[] {
    return [{ name: 'host-crash', target: 'host', help: 'dies', example: 'x', heals: true, options: {} }]
  }
  activeFaults(): readonly ActiveFaultState[] { return this.active }
  inject(fault: string, wish: TargetSpec, options: Readonly<Record<string, unknown>>): ActiveFaultState {
    const target = String(wish)
    if (fault !== 'host-crash') throw new ControlError(400, `there is no fault ${fault}`)
    const made = { id: 'fault-1', fault, target, options, since: TIME }
    this.active = [made]
    return made
  }
  heal(id: string): readonly ActiveFaultState[] {
    const found = this.active.find(each => each.id === id)
    if (found === undefined) throw new ControlError(404, `no active fault ${id}`)
    this.active = []
    return [found]
  }
  scenarioRuns(): [] { return [] }
  startScenario(text: string, name: string): ScenarioRunState {
    if (!text.startsWith('scenario:')) throw new ControlError(400, `${name}:1:1: scenario: is missing`)
    this.asked.push(`scenario ${name}`)
    return this.scenarioRun('run-1')
  }
  scenarioRun(id: string): ScenarioRunState {
    if (id !== 'run-1') throw new ControlError(404, `no scenario ${id} was started here`)
    return { id, scenario: 'a test', file: 'a.yaml', state: 'running' }
  }
  abortScenario(id: string): ScenarioRunState { return { ...this.scenarioRun(id), state: 'aborted' } }
  followScenario(id: string, line: (text: string) => void, end: () => void): () => void {
    const { scenario, file } = this.scenarioRun(id)
    line(JSON.stringify({ item: { at: 1500, kind: 'note', text: 'watch this' } }))
    const result = {
      scenario, seed: '1', passed: this.passes, expectations: 1, failed: this.passes ? 0 : 1, journal: '', timeline: [], failures: [],
    }
    line(JSON.stringify({ end: { id, scenario, file, state: this.passes ? 'passed' : 'failed', result } }))
    end()
    return () => {}
  }
  recording(): string { return 'scenario: recorded\n' }
  scenarios(): [] { return [] }
  journal(since: number, limit: number): JournalPage {
    return { revision: 7, forgottenUpTo: 0, entries: [{ revision: since + 1, limit }] }
  }
  requests(): { calls: []; misses: [] } { return { calls: [], misses: [] } }
  coverage(): unknown { return { total: { methods: 955, implemented: 1, partial: 0, tested: 0 }, types: [] } }
  image(): unknown { return { format: 1 } }
  loadImage(image: unknown): void {
    if ((image as { format?: number }).format !== 1) throw new ControlError(400, 'wrong format')
    this.asked.push('load')
  }
  checkpoints(): readonly Checkpoint[] { return [{ name: 'a', revision: 7, time: TIME }] }
  saveCheckpoint(name: string): Checkpoint { return { name, revision: 7, time: TIME } }
  loadCheckpoint(name: string): void { this.asked.push(`load ${name}`) }
  removeCheckpoint(name: string): void { this.asked.push(`remove ${name}`) }
  rewind(to: { revision: number } | { time: number }): void { this.asked.push(`rewind ${JSON.stringify(to)}`) }
  reset(): void { this.asked.push('reset') }
  truth(): unknown { return { runs: {} } }
  metrics(): readonly Metric[] {
    return [{
      name: 'requests_total', help: 'Calls.', type: 'counter',
      samples: [{ labels: { node: 'vc "01"' }, value: 3 }],
    }]
  }
  subscribe(listener: (line: string) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
}
