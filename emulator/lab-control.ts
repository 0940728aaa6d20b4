import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { coverage } from './coverage.js'
import type { CallRecord } from './dispatch/invoke.js'
import {
  ControlError, type ActiveFaultState, type Checkpoint, type ClockState, type ControlTarget,
  type FaultKind, type JournalPage, type LabState, type Metric, type ScenarioState,
  type VncServerState,
} from './doors/control/target.js'
import type { OpenedNode } from './doors/opened-node.js'
import { faultKind } from './fault-kinds.js'
import { FaultError, type ActiveFault, type InjectExtras } from './faults/active.js'
import type { TargetSpec } from './faults/target.js'
import { pressHostKeys } from './host-keys.js'
import type { Lab } from './lab.js'
import { LiveScenarios, type LiveScenario } from './live-scenarios.js'
import { packageFolder, packageVersion } from './package.js'
import { Recording } from './recording.js'
import { ScenarioError } from './scenario/error.js'
import type { ScenarioLab } from './scenario/scenario-lab.js'
import { truthOfLab } from './truth.js'
import { toDateTime } from './world/clock.js'
import { ImageError, loadImage, revisionAt, rewind, saveImage, type Image } from './world/image.js'
import { journalLine } from './world/journal.js'

/** Finished calls that /v1/requests still shows. */
const CALLS_KEPT = 1000

interface DoorCount {
  readonly node: string
  readonly requests: number
  readonly connections: number
}

/** What the control API acts on: this lab. */
export class LabControl implements ControlTarget {
  readonly version = packageVersion()
  readonly #lab: Lab
  readonly #nodes: readonly OpenedNode[]
  readonly #doorCounts: () => readonly DoorCount[]
  readonly #calls: CallRecord[] = []
  readonly #checkpoints = new Map<string, { image: Image, info: Checkpoint }>()
  readonly #vnc: () => readonly VncServerState[]
  readonly #scenarios: LiveScenarios
  readonly #recording: Recording
  #callCount = 0

  /** `extras`: where the lab came from, how to ask its real doors, and the VNC servers among them. */
  constructor(
    lab: Lab, nodes: readonly OpenedNode[], doorCounts: () => readonly DoorCount[],
    extras: {
      readonly source?: string | undefined, readonly confirm?: ScenarioLab['confirm'],
      readonly vnc?: () => readonly VncServerState[],
    } = {},
  ) {
    this.#vnc = extras.vnc ?? (() => [])
    this.#lab = lab
    this.#nodes = nodes
    this.#doorCounts = doorCounts
    this.#scenarios = new LiveScenarios(lab, extras.confirm)
    this.#recording = new Recording(lab, extras.source)
    lab.gate.onRest = record => this.#recording.hearRest(record)
    lab.gate.onCall = (record, request) => {
      this.#recording.hearCall(record, request)
      this.#callCount += 1
      this.#calls.push(record)
      if (this.#calls.length >= CALLS_KEPT * 2) this.#calls.splice(0, CALLS_KEPT)
    }
  }

  isReady(): boolean {
    return true
  }

  lab(): LabState {
    const { world, options } = this.#lab
    return {
      name: options.lab.lab,
      seed: world.random.seed,
      revision: world.revision,
      time: toDateTime(world.now()),
      nodes: this.#lab.nodes.length,
      objects: this.#lab.countObjects(),
    }
  }

  nodes(): readonly OpenedNode[] {
    return this.#nodes
  }

  hostScreen(name: string): Buffer {
    if (!this.#lab.nodes.some(node => node.name === name && node.kind === 'esxi')) throw new ControlError(404, `no host ${name}`)
    const picture = this.#lab.consoles.hostPng(name)
    if (picture === 'off') throw new ControlError(409, `${name} is without power`)
    return picture
  }

  hostKeys(name: string, keys: readonly string[]): void {
    pressHostKeys(this.#lab, name, keys)
  }

  consoles(): ReturnType<ControlTarget['consoles']> {
    const open = this.#lab.services.consoles.all()
      .map(({ host, vm, kind, client, userName }) => ({ host, vm, kind, client, userName }))
    return { open, vnc: this.#vnc() }
  }

  clock(): ClockState {
    const { world } = this.#lab
    world.runDue()
    const next = world.agenda.peek()
    return {
      mode: world.clock.mode,
      factor: world.clock.mode === 'manual' ? 0 : world.clock.factor,
      time: toDateTime(world.now()),
      revision: world.revision,
      pending: world.agenda.size,
      next: next === undefined ? undefined : toDateTime(next.due),
    }
  }

  changeClock(mode: 'real' | 'scaled' | 'manual', factor: number | undefined): void {
    this.#lab.world.changeClock(mode, factor)
  }

  advance(ms: number): void {
    if (this.#lab.world.clock.mode !== 'manual') {
      throw new ControlError(409, 'the clock runs by itself; set it to manual first')
    }
    this.#lab.world.advance(ms)
  }

  faultKinds(): readonly FaultKind[] {
    return this.#lab.faults.definitions().map(faultKind)
  }

  activeFaults(): readonly ActiveFaultState[] {
    return this.#lab.faults.active().map(faultState)
  }

  inject(
    fault: string, target: TargetSpec, options: Readonly<Record<string, unknown>>, extras: InjectExtras = {},
  ): ActiveFaultState {
    return faultState(refusing(() => this.#lab.faults.inject(fault, target, { ...options }, extras)))
  }

  heal(id: string): readonly ActiveFaultState[] {
    return refusing(() => this.#lab.faults.healNamed(id)).map(faultState)
  }

  healAll(): readonly ActiveFaultState[] {
    return this.#lab.faults.healAll().map(faultState)
  }

  scenarios(): readonly ScenarioState[] {
    const folder = join(packageFolder(), 'scenarios')
    return readdirSync(folder).filter(file => file.endsWith('.yaml')).sort().map(file => ({
      name: /^scenario:\s*(.+)$/m.exec(readFileSync(join(folder, file), 'utf8'))?.[1] ?? file,
      file: join(folder, file),
    }))
  }

  scenarioRuns(): readonly LiveScenario[] {
    return this.#scenarios.all()
  }

  startScenario(text: string, name: string): LiveScenario {
    return refusing(() => this.#scenarios.start(text, name))
  }

  scenarioRun(id: string): LiveScenario {
    return this.#found(this.#scenarios.get(id), id)
  }

  abortScenario(id: string): LiveScenario {
    return this.#found(this.#scenarios.abort(id), id)
  }

  followScenario(id: string, line: (text: string) => void, end: () => void): () => void {
    return this.#found(this.#scenarios.follow(id, news => {
      line(JSON.stringify(news))
      if ('end' in news) end()
    }), id)
  }

  recording(): string {
    return this.#recording.text()
  }

  journal(since: number, limit: number): JournalPage {
    const { world } = this.#lab
    world.runDue()
    const oldest = world.journal.oldestReachable()
    return {
      revision: world.revision,
      forgottenUpTo: Number.isFinite(oldest) ? oldest : world.revision,
      entries: world.journal.since(since).slice(0, limit).map(entry => JSON.parse(journalLine(entry)) as unknown),
    }
  }

  requests(): ReturnType<ControlTarget['requests']> {
    return { calls: this.#calls.slice(-CALLS_KEPT), misses: this.#lab.gate.misses.list() }
  }

  coverage(): unknown {
    return coverage()
  }

  image(): unknown {
    return saveImage(this.#lab.world)
  }

  loadImage(image: unknown): void {
    refusing(() => this.#put(image as Image))
  }

  checkpoints(): readonly Checkpoint[] {
    return [...this.#checkpoints.values()].map(({ info }) => info)
  }

  saveCheckpoint(name: string): Checkpoint {
    const image = saveImage(this.#lab.world)
    const info = { name, revision: image.revision, time: toDateTime(image.time) }
    this.#checkpoints.set(name, { image, info })
    return info
  }

  loadCheckpoint(name: string): void {
    const found = this.#checkpoints.get(name)
    if (found === undefined) throw this.#noCheckpoint(name)
    refusing(() => this.#put(found.image))
  }

  removeCheckpoint(name: string): void {
    if (!this.#checkpoints.delete(name)) throw this.#noCheckpoint(name)
  }

  rewind(to: { readonly revision: number } | { readonly time: number }): void {
    const { world } = this.#lab
    world.runDue()
    const revision = 'revision' in to ? to.revision : revisionAt(world, to.time)
    if (revision === undefined || revision > world.revision) {
      throw new ControlError(409, `there is no revision to go back to; the newest is ${world.revision}`)
    }
    refusing(() => rewind(world, revision, 'time' in to ? Math.min(to.time, world.now()) : undefined))
  }

  reset(): void {
    refusing(() => this.#put(this.#lab.firstState()))
    this.#recording.restart()
  }

  truth(): unknown {
    this.#lab.world.runDue()
    return truthOfLab(this.#lab.world)
  }

  metrics(): readonly Metric[] {
    const { world, services } = this.#lab
    const doors = this.#doorCounts()
    const perNode = (value: (each: DoorCount) => number): Metric['samples'] =>
      doors.map(each => ({ labels: { node: each.node }, value: value(each) }))
    return [
      gauge('revision', 'Number of the newest transaction', world.revision),
      gauge('agenda_jobs', 'Jobs on the agenda', world.agenda.size),
      gauge('lab_time_seconds', 'Lab time in seconds since 1970', world.now() / 1000),
      { name: 'calls_total', help: 'Calls that reached the gate', type: 'counter', samples: [{ value: this.#callCount }] },
      { name: 'http_requests_total', help: 'Requests at the doors', type: 'counter', samples: perNode(each => each.requests) },
      { name: 'connections', help: 'Open connections', type: 'gauge', samples: perNode(each => each.connections) },
      {
        name: 'sessions', help: 'Logged-in sessions', type: 'gauge',
        samples: this.#lab.nodes.map(node => ({ labels: { node: node.name }, value: services.sessions.all(node.name).length })),
      },
      gauge('active_faults', 'Faults in force', this.#lab.faults.active().length),
    ]
  }

  subscribe(listener: (line: string) => void): () => void {
    return this.#lab.world.subscribe(entry => listener(journalLine(entry)))
  }

  #found<R>(run: R | undefined, id: string): R {
    if (run !== undefined) return run
    const known = this.#scenarios.all().map(each => each.id).join(', ')
    throw new ControlError(404, `no scenario ${id} was started here; there are: ${known || 'none'}`)
  }

  #put(image: Image): void {
    loadImage(this.#lab.world, image)
  }

  #noCheckpoint(name: string): ControlError {
    return new ControlError(404, `no checkpoint ${name}; there are: ${[...this.#checkpoints.keys()].join(', ') || 'none'}`)
  }
}

function gauge(name: string, help: string, value: number): Metric {
  return { name, help, type: 'gauge', samples: [{ value }] }
}

function faultState(active: ActiveFault): ActiveFaultState {
  return {
    id: active.id, fault: active.fault, target: active.on, options: active.options,
    since: toDateTime(active.since),
    ...active.until === undefined ? {} : { until: toDateTime(active.until) },
    ...active.as === undefined ? {} : { as: active.as },
  }
}

/** Turns the lab's own refusals into answers with a status. */
function refusing<R>(run: () => R): R {
  try {
    return run()
  } catch (error) {
    if (error instanceof FaultError) throw new ControlError(400, error.message)
    if (error instanceof ScenarioError) throw new ControlError(400, error.message)
    if (error instanceof ImageError) throw new ControlError(409, error.message)
    throw error
  }
}
