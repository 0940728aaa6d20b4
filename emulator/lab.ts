import { Registry } from './dispatch/registry.js'
import { openSession } from './dispatch/session-calls.js'
import { Gate } from './dispatch/invoke.js'
import { Consoles } from './console/consoles.js'
import { FaultBoard } from './faults/active.js'
import { faults } from './faults/index.js'
import { DEFAULT_PASSWORD, buildLab, type BuildOptions } from './inventory/build.js'
import { writePast } from './inventory/past.js'
import type { LabFile } from './inventory/lab-schema.js'
import { definitions } from './objects/index.js'
import { settleFdm } from './physics/ha/fdm/reactions.js'
import { settleHaVms } from './physics/ha/vms/reactions.js'
import { allowJitter } from './physics/jitter.js'
import { beginTls } from './physics/network/tls.js'
import { askRealReceivers } from './physics/syslog/state.js'
import { lockRunningVms } from './physics/storage/locks.js'
import { NodeShells } from './shell/node-shells.js'
import { loadSchema, type DocumentedSchema } from './schema/schema.js'
import { AccessLog } from './services/access-log.js'
import { alarmIndex } from './services/alarms/alarm-index.js'
import { lookAtAll } from './services/alarms/follow.js'
import { AuthorizationService } from './services/authorization/authorization-service.js'
import type { Behaviour, Services } from './services/call.js'
import { ConsoleConnections } from './services/console-connections.js'
import { DoorFacts } from './services/door-facts.js'
import { allNodes, type NodeInfo } from './services/nodes.js'
import { CollectorService } from './services/property-collector/collector-service.js'
import { defineSearchIndexes } from './services/search.js'
import { SessionObjects } from './services/session-objects.js'
import { SessionTable } from './services/sessions/session-table.js'
import { SshLogins } from './services/shell-access/ssh-logins.js'
import type { TaskJob } from './services/tasks.js'
import { showCertificate, type ShownCertificate } from './services/shown-certificate.js'
import { wire } from './wiring.js'
import type { ClockOptions } from './world/clock.js'
import { saveImage, type Image } from './world/image.js'
import { World } from './world/world.js'

/** An instant of a scenario that runs on a lab with others: payload of its agenda job. */
export interface ScenarioStop {
  readonly run: string
  /** Milliseconds since the settled start; undefined: it begins now. */
  readonly stop?: number
}

declare module './world/signals.js' {
  interface JobMap {
    'scenario.stop': ScenarioStop
  }
}

export interface LabOptions {
  readonly lab: LabFile
  readonly seed: string
  readonly clock: ClockOptions
  readonly behaviour?: Partial<Behaviour>
  readonly build?: Partial<BuildOptions>
  /** Write the tasks and events that the lab's making would have left behind; default: none. */
  readonly past?: boolean
  /** Whether a log host takes messages is for who really sends them; default: the network's rules decide. */
  readonly realReceivers?: boolean
  /** Write and hash the journal from the start: replay and comparison of runs. */
  readonly recordJournal?: boolean | ((line: string) => void)
}

/**
 * A lab without doors: world, physics, services, objects and the gate, wired together here and
 * nowhere else. `open-lab.ts` adds the doors.
 */
export class Lab {
  readonly world: World
  readonly schema: DocumentedSchema
  readonly services: Services
  readonly registry: Registry
  readonly gate: Gate
  readonly faults: FaultBoard
  readonly consoles: Consoles
  readonly shells: NodeShells
  readonly options: LabOptions
  /** Told of each instant at which a scenario on this running lab has something to do. */
  onScenarioStop: ((stop: ScenarioStop) => void) | undefined
  readonly #startMs: number
  readonly #cookies = new Map<string, string>()
  #opIds = 0

  constructor(options: LabOptions) {
    this.options = options
    this.schema = loadSchema()
    this.world = new World({ seed: options.seed, clock: options.clock })
    this.#startMs = this.world.now()
    this.registry = new Registry(this.schema, definitions)
    this.services = this.#makeServices(options)
    this.gate = new Gate(this.services, this.registry)
    this.faults = new FaultBoard(this.world, faults)
    this.consoles = new Consoles(this.world)
    this.shells = new NodeShells(this.gate)
    defineSearchIndexes(this.world)
    this.world.genesis(tx => buildLab(tx, options.lab, { seed: options.seed, ...options.build }))
    this.world.genesis(tx => lockRunningVms(tx))
    if (this.services.behaviour.jitter === true) this.world.genesis(allowJitter)
    wire(this.world, this.services, (method, path) => this.gate.misses.note(method, this.world.now(), path))
    this.world.genesis(tx => beginTls(tx))
    this.world.genesis(tx => settleFdm(tx))
    this.world.genesis(tx => settleHaVms(tx))
    this.world.genesis(tx => {
      for (const { name } of this.nodes) lookAtAll(tx, alarmIndex(this.world, this.schema), name)
    })
    this.world.onJob('scenario.stop', () => {}, undefined, stop => this.onScenarioStop?.(stop))
    if (options.realReceivers === true) this.world.genesis(askRealReceivers)
    if (options.past === true) this.world.genesis(tx => writePast(tx, this.services))
    if (options.recordJournal !== undefined && options.recordJournal !== false) {
      this.world.journal.record(options.recordJournal === true ? undefined : options.recordJournal)
    }
    this.world.start()
  }

  /** The nodes in the order of the lab file. */
  get nodes(): NodeInfo[] {
    return allNodes(this.world)
  }

  /** The state right after building: built again from the same file and seed. */
  firstState(): Image {
    const { lab, seed } = this.options
    const fresh = new Lab({ ...this.options, lab, seed, recordJournal: false, clock: { mode: 'manual', startMs: this.#startMs } })
    try {
      return saveImage(fresh.world)
    } finally {
      fresh.stop()
    }
  }

  /** Live records by managed type, all nodes together. */
  countObjects(nodes: readonly string[] = this.nodes.map(node => node.name)): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const name of nodes) {
      for (const type of this.world.store.typesOn(name)) {
        const size = this.world.store.ofType(name, type).size
        if (size > 0) counts[type] = (counts[type] ?? 0) + size
      }
    }
    return counts
  }

  /** Who may log in to a node from the start, for the table of nodes. */
  loginFor(node: NodeInfo): { userName: string, password: string } {
    return node.kind === 'vcenter'
      ? { userName: 'administrator@vsphere.local', password: DEFAULT_PASSWORD }
      : { userName: 'root', password: DEFAULT_PASSWORD }
  }

  /**
   * Notes hosts' certificates where the API shows them. They are facts of this machine, so only labs
   * with doors have them: a scenario's lab stays the same everywhere.
   */
  noteCertificates(certificates: ReadonlyMap<string, ShownCertificate>): void {
    this.world.genesis(tx => {
      for (const [host, shown] of certificates) showCertificate(tx, host, shown)
    })
  }

  /** An operation id for a request that brings none: 8 hexadecimal digits, as the product's. */
  newOpId(): string {
    this.#opIds += 1
    return this.#opIds.toString(16).padStart(8, '0')
  }

  /**
   * Opens a session without a door, for scenarios: as the node's administrator, or as a named user.
   * Gives the cookie; undefined when that user cannot log in.
   */
  openSession(node: NodeInfo, user?: string): string | undefined {
    const key = `${node.name}/${user ?? ''}`
    const known = this.#cookies.get(key)
    if (known !== undefined && this.services.sessions.find(node.name, known) !== undefined) return known
    const login = this.loginFor(node)
    const origin = { opId: this.newOpId(), client: { address: '127.0.0.1', userAgent: 'fauxsphere' } }
    const opened = openSession(this.gate, node, origin, user ?? login.userName, login.password)
    if ('fault' in opened) return undefined
    this.#cookies.set(key, opened.cookie)
    return opened.cookie
  }

  /** Stops the clock's timer; the state stays readable. */
  stop(): void {
    this.world.stop()
  }

  #makeServices(options: LabOptions): Services {
    const { world, schema, registry } = this
    const taskJobs = new Map<string, TaskJob>()
    for (const definition of definitions) {
      for (const [kind, job] of Object.entries<TaskJob>(definition.jobs)) {
        if (taskJobs.has(kind)) throw new Error(`task job defined twice: ${kind}`)
        taskJobs.set(kind, job)
      }
    }
    const authorization = new AuthorizationService(world, schema)
    const sessions = new SessionTable(world)
    const services: Services = {
      world, schema, sessions, authorization, taskJobs,
      collectors: undefined as never,
      sessionObjects: new SessionObjects(),
      consoles: new ConsoleConnections(world), sshLogins: new SshLogins(world), doors: new DoorFacts(),
      access: new AccessLog(world),
      virtualProperty: (type, property) => registry.virtual(type, property),
      behaviour: { durations: 'realistic', anyLogin: false, strict: false, ...options.behaviour },
    }
    const collectors = new CollectorService(services)
    sessions.onEnd = (node, key) => collectors.endSession(node, key)
    return Object.assign(services, { collectors })
  }
}
