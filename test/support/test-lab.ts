import { SoapClient } from '../../clients/sdk/soap-client.js'
import { DoorWatch } from '../../emulator/door-watch.js'
import type { FurtherDoor } from '../../emulator/doors/further-door.js'
import { NodeDoors, type DoorCounts, type NodeDoorsOptions } from '../../emulator/doors/https/node-doors.js'
import { furtherDoors } from '../../emulator/further-doors.js'
import { checkLab } from '../../emulator/inventory/check-lab.js'
import { loadLab } from '../../emulator/inventory/lab-file.js'
import type { LabFileInput } from '../../emulator/inventory/lab-schema.js'
import { Lab } from '../../emulator/lab.js'
import { LogForwarding } from '../../emulator/log-forwarding.js'
import { doorBasics, nodeWeb } from '../../emulator/node-web.js'
import type { Behaviour } from '../../emulator/services/call.js'
import type { NodeInfo } from '../../emulator/services/nodes.js'
import type { ClockMode } from '../../emulator/world/clock.js'
import { testLog } from './test-log.js'

export interface TestLabOptions {
  /** Name of a lab, or a lab file's content. */
  readonly lab?: string | LabFileInput
  readonly seed?: string
  readonly clock?: ClockMode
  readonly behaviour?: Partial<Behaviour>
  readonly recordJournal?: boolean
  /**
   * False: calls do not count as tests of their methods (random calls, calls in bulk whose answers
   * are only looked at for their form).
   */
  readonly counted?: boolean
  /** True: the doors' sockets behave as the physics says (no answer, refused, reset, slow). */
  readonly watched?: boolean
  /** Certificates, PEM, that nodes trust: then nodes really send their log messages. */
  readonly sends?: readonly string[]
  /** Bounds of the doors that a test wants smaller than the product's. */
  readonly doors?: Pick<NodeDoorsOptions, 'limits' | 'maxBodyBytes' | 'gzipAboveBytes' | 'secureCookies'>
}

/**
 * A fresh lab on the manual clock with its doors on free loopback ports, without TLS. Tasks are
 * instant unless asked otherwise, so that a call's task is done at the next look.
 */
export class TestLab {
  readonly lab: Lab
  readonly #options: TestLabOptions
  readonly #doors = new Map<string, NodeDoors>()
  readonly #further: FurtherDoor[] = []
  readonly #urls = new Map<string, string>()
  readonly #clients: SoapClient[] = []
  readonly defects: unknown[] = []
  readonly #watch: DoorWatch | undefined
  readonly #forwarding: LogForwarding | undefined

  constructor(options: TestLabOptions) {
    const { lab = 'small' } = options
    this.#options = options
    this.lab = new Lab({
      lab: typeof lab === 'string' ? loadLab(lab) : checkLab(lab, 'test'),
      seed: options.seed ?? '1',
      clock: { mode: options.clock ?? 'manual' },
      behaviour: { durations: 'instant', ...options.behaviour },
      realReceivers: options.sends !== undefined,
      ...(options.recordJournal === undefined ? {} : { recordJournal: options.recordJournal }),
    })
    if (options.counted !== false) this.lab.gate.onCall = testLog()
    this.lab.gate.onDefect = error => this.defects.push(error)
    this.lab.world.onDefect = error => this.defects.push(error)
    this.lab.gate.onRestDefect = error => this.defects.push(error)
    const { sends } = options
    if (sends !== undefined) {
      this.#forwarding = new LogForwarding(this.lab.world, {
        trust: async () => sends, onDefect: error => this.defects.push(error),
      })
    }
    if (options.watched === true) this.#watch = new DoorWatch(this.lab.world, error => this.defects.push(error))
  }

  get world(): Lab['world'] {
    return this.lab.world
  }

  node(name: string): NodeInfo {
    const found = this.lab.nodes.find(node => node.name === name)
    if (found === undefined) throw new Error(`no node ${name}`)
    return found
  }

  /** URL of a node's SOAP door, opened at the first question. */
  async url(name: string): Promise<string> {
    const known = this.#urls.get(name)
    if (known !== undefined) return known
    const node = this.node(name)
    const onDefect = (error: unknown): void => { this.defects.push(error) }
    const doors = new NodeDoors({
      ...doorBasics(this.lab, node, 443), ...nodeWeb(this.lab, node, onDefect),
      identity: undefined, https: { address: '127.0.0.1', port: 0 }, onDefect,
      ...this.#options.doors,
    })
    const { https } = await doors.open()
    this.#doors.set(name, doors)
    this.#watch?.add(name, 443, { answer: (how, forgets, agentOnly) => doors.answer('https', how, forgets, agentOnly) })
    const url = `http://127.0.0.1:${https.port}/sdk`
    this.#urls.set(name, url)
    return url
  }

  /** Resolves when the sockets behave as the physics says. */
  async doorsSettled(): Promise<void> {
    await this.#watch?.settled()
  }

  /** URL of a vCenter's management door (5480), opened at the first question. */
  async vami(name: string): Promise<string> {
    const key = `${name}:5480`
    const known = this.#urls.get(key)
    if (known !== undefined) return known
    const door = furtherDoors.find(({ role }) => role === 'vami')!.make({
      lab: this.lab, node: this.node(name), at: { address: '127.0.0.1', port: 0 }, hostKey: () => '',
      common: port => ({
        ...doorBasics(this.lab, this.node(name), port),
        identity: undefined, onDefect: error => { this.defects.push(error) },
      }),
    })!
    this.#further.push(door)
    const { port } = await door.open()
    const url = `http://127.0.0.1:${port}`
    this.#urls.set(key, url)
    return url
  }

  /** Requests and open connections of a node's door. */
  counts(name: string): DoorCounts {
    return this.#doors.get(name)!.counts
  }

  /** A client that has not logged in. */
  async anonymous(name: string, version?: string | null): Promise<SoapClient> {
    const client = new SoapClient({ url: await this.url(name), ...(version === undefined ? {} : { version }) })
    this.#clients.push(client)
    return client
  }

  /** A client logged in as the node's administrator, or as a user with the usual password. */
  async client(name: string, user?: string, version?: string): Promise<SoapClient> {
    const client = await this.anonymous(name, version)
    const login = this.lab.loginFor(this.node(name))
    await client.login(user ?? login.userName, login.password)
    return client
  }

  /** Closes everything; throws the first defect that a test met without expecting it. */
  async close(): Promise<void> {
    for (const client of this.#clients) client.close()
    this.#forwarding?.close()
    this.#watch?.stop()
    await this.#watch?.settled()
    for (const doors of this.#doors.values()) await doors.close('refuse')
    for (const door of this.#further) await door.close()
    this.lab.stop()
    const [defect] = this.defects
    if (defect !== undefined) throw defect
  }
}

/** Makes a lab for one test. */
export function createTestLab(options: TestLabOptions = {}): TestLab {
  return new TestLab(options)
}
