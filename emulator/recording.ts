import { stringify } from 'yaml'
import type { CallRecord, Request, RestRecord } from './dispatch/invoke.js'
import type { Lab } from './lab.js'
import type { MoRef } from './schema/model.js'
import { defaultNode, hostNodeOf } from './scenario/objects.js'
import { durationText } from './world/duration.js'
import type { JournalEntry } from './world/journal.js'
import type { StoredRecord } from './world/records.js'

/** Managed types whose calls change nothing that another user sees: sessions, filters, views. */
const PRIVATE = /^(SessionManager|Property(Collector|Filter)|View(Manager)?|\w+View)$|HistoryCollector$/

/** The cause of what happens to sessions of the REST endpoint (services/vapi-sessions.ts). */
const SESSION_SERVICE = 'com.vmware.cis.session'

/** What stands before the slash of an object's name in a scenario, by its type. */
const kinds: Readonly<Record<string, string>> = {
  HostSystem: 'host', VirtualMachine: 'vm', Datastore: 'datastore', Network: 'network',
  ClusterComputeResource: 'cluster', Datacenter: 'datacenter', DistributedVirtualPortgroup: 'network',
}

interface RecordedStep {
  readonly revision: number
  readonly time: number
  readonly step: Readonly<Record<string, unknown>>
}

/**
 * Notes what is done to a running lab (faults, heals, calls that change something), from the causes
 * in its journal, so that it can be written as a scenario file.
 */
export class Recording {
  readonly #lab: Lab
  /** Name or file of the lab; undefined: it was made in another way. */
  readonly #source: string | undefined
  #start: number
  #steps: RecordedStep[] = []
  /** The entry of a call that is just ending. */
  #open: JournalEntry | undefined

  constructor(lab: Lab, source: string | undefined) {
    this.#lab = lab
    this.#source = source
    this.#start = lab.world.now()
    lab.world.subscribe(entry => this.#hear(entry))
  }

  /** Hears of a finished call: its arguments are in no journal. */
  hearCall(record: CallRecord, request: Request): void {
    const entry = this.#open
    this.#open = undefined
    if (entry === undefined || entry.cause['method'] !== record.method || record.outcome !== 'ok') return
    if (PRIVATE.test(record.method.split('.')[0]!)) return
    this.#add(entry, this.#callStep(entry, record, request))
  }

  /** Hears of a REST operation that was run: its path and body are in no journal. */
  hearRest({ node, door, method, path, query, body, user, status }: RestRecord): void {
    const entry = this.#open
    this.#open = undefined
    if (entry === undefined || entry.cause['method'] === SESSION_SERVICE || method === 'GET' || status >= 400) return
    this.#add(entry, {
      rest: `${method} ${path}${query === '' ? '' : `?${query}`}`, ...this.#where(node, user),
      ...door === 'api' ? {} : { port: 5480 }, ...body === undefined ? {} : { body },
    })
  }

  /** The state right after the start is back: what was recorded is void. */
  restart(): void {
    this.#steps = []
    this.#start = this.#lab.world.now()
  }

  /** The scenario file. */
  text(): string {
    const { world } = this.#lab
    const name = this.#source ?? this.#lab.options.lab.lab
    const end = world.now()
    const steps = this.#steps.map(({ time, step }) => ({ ...step, at: durationText(time - this.#start) }))
    const note = { note: 'Here the recording ends.', at: durationText(end - this.#start) }
    const file = {
      scenario: `recorded on ${name}`, lab: name, seed: world.random.seed, steps: [...steps, note],
    }
    return `# Recorded by fauxsphere; put expectations between the steps.\n${stringify(file, { lineWidth: 100 })}`
  }

  #hear(entry: JournalEntry): void {
    const { kind, what } = entry.cause
    if (kind === 'call') this.#open = entry.changes.length > 0 ? entry : undefined
    else if (kind === 'fault') this.#hearFault(entry)
    else if (kind === 'lab' && what === 'rewind') this.#forgetAfter(Number(entry.cause['revision']))
    else if (kind === 'lab' && what === 'load') {
      this.#add(entry, { note: 'Here another state was loaded; a scenario cannot do that.' })
    } else if (kind === 'lab' && what === 'workload') {
      this.#add(entry, { workload: entry.cause['vms'], writes: entry.cause['writes'] })
    }
  }

  #hearFault(entry: JournalEntry): void {
    const { what, fault, target, options, as, forMs, id } = entry.cause
    if (what === 'heal') {
      const known = entry.changes.find(({ slot }) => slot.address.type === 'Fault')?.before?.props as { as?: string } | undefined
      this.#add(entry, { heal: known?.as ?? id })
    } else if (what === 'inject') {
      const made = entry.changes.find(({ slot, before }) => slot.address.type === 'Fault' && before === undefined)
      this.#add(entry, {
        inject: fault, ...target === '' ? {} : { target }, ...options as object,
        ...forMs === undefined ? {} : { for: durationText(Number(forMs)) },
        as: as ?? made?.slot.address.id,
      })
    }
  }

  #callStep(entry: JournalEntry, { node, user }: CallRecord, { self, method, args }: Request): Record<string, unknown> {
    const given = this.#plain(entry, node, args) as Record<string, unknown>
    return {
      call: method.name,
      object: this.#nameOf(entry, node, self),
      ...this.#where(node, user),
      ...Object.keys(given).length === 0 ? {} : { args: given },
    }
  }

  /** Node and user of a step, where they are not what a step without them means. */
  #where(node: string, user: string): { node?: string, user?: string } {
    const info = this.#lab.nodes.find(each => each.name === node)
    const admin = info === undefined ? '' : this.#lab.loginFor(info).userName
    const isAdmin = user.toLowerCase().includes(admin.split('@')[0]!.toLowerCase())
    return { ...node === defaultNode(this.#lab.world) ? {} : { node }, ...isAdmin ? {} : { user } }
  }

  /** Arguments with names in place of references. */
  #plain(entry: JournalEntry, node: string, value: unknown): unknown {
    if (Array.isArray(value)) return value.map(item => this.#plain(entry, node, item))
    if (typeof value !== 'object' || value === null) return value
    const { type, value: id } = value as Partial<MoRef>
    if (typeof type === 'string' && typeof id === 'string' && Object.keys(value).length === 2) {
      return { ref: this.#nameOf(entry, node, { type, value: id }) }
    }
    return Object.fromEntries(Object.entries(value)
      .filter(([, item]) => item !== undefined).map(([key, item]) => [key, this.#plain(entry, node, item)]))
  }

  /** `vm/db-01` where that means one object only, else the id. */
  #nameOf(entry: JournalEntry, node: string, ref: MoRef): string {
    const { world } = this.#lab
    const change = entry.changes.find(({ slot }) => slot.address.node === node && slot.address.id === ref.value)
    const slot = change?.slot ?? world.find(node, ref.value)
    // What it was called before the call: afterwards it may have another name, or be gone.
    const record = change === undefined ? slot?.record : change.before ?? change.after
    const kind = kinds[slot?.address.type ?? '']
    if (slot === undefined || record === undefined || kind === undefined) return ref.value
    const name = kind === 'host' ? hostNodeOf(world, slot) ?? nameIn(record) : nameIn(record)
    const alike = world.ofType(node, slot.address.type)
      .filter(other => other !== slot && other.record !== undefined && nameIn(other.record) === name)
    return name === '' || alike.length > 0 ? ref.value : `${kind}/${name}`
  }

  #forgetAfter(revision: number): void {
    this.#steps = this.#steps.filter(step => step.revision <= revision)
  }

  #add(entry: JournalEntry, step: Readonly<Record<string, unknown>>): void {
    this.#steps.push({ revision: entry.revision, time: entry.time, step })
  }
}

function nameIn(record: StoredRecord): string {
  return String((record.props as { name?: string }).name ?? '')
}
