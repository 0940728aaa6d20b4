/** Every method that has behaviour, on every kind of object, with odd arguments: results or proper faults. */
import { afterAll, describe, expect, it } from 'vitest'
import type { MethodInfo, MoRef } from '../../emulator/schema/model.js'
import type { SoapClient } from '../../clients/sdk/soap-client.js'
import type { Slot } from '../../emulator/world/records.js'
import type { Session } from '../../emulator/services/sessions.js'
import { envelope } from '../doors/support.js'
import { chassis } from '../../emulator/physics/hardware/chassis.js'
import type { TestLab } from '../support/test-lab.js'
import { Generator, diceOf, minimal, random, type Shape } from './generate.js'
import { decentAnswer, holdings, loginAs, openFrontLab, until, type Seen } from './front-lab.js'

/** What ends sessions, objects or rights goes last, so that the others find a whole lab. */
const LAST = [
  /^Reset|^Mark/, /^SetEntity|^Move|^UpdateAuthorization/, /^Destroy|^Unregister|^Delete/, /^Remove|^Merge/, /^ImpersonateUser/,
  /^UpdateUser|^ChangePassword/, /^TerminateSession/, /^Logout/,
]
/**
 * What a user with nothing but Read-only may leave behind: sessions, tickets, refused logins, and
 * tasks that only look (System.View in the tables).
 */
const HARMLESS = new RegExp('^Login|^Logout|^CloneSession|^Acquire.*Ticket|^SetLocale|^ChangePassword|^Refresh|^Reload'
  + '|^Check(Migrate|Relocate|Compatibility)_Task|^QueryVMotionCompatibilityEx_Task')
const WAITS = /^WaitForUpdates/

interface Sweep {
  readonly lab: TestLab
  readonly node: string
  readonly user: string | undefined
  readonly shape: Shape
  readonly seed: number
}

interface Outcome extends Seen {
  readonly method: MethodInfo
  readonly self: MoRef
}

/** Receivers of a node: two of each type of its records, and the session's own objects. */
function receivers(lab: TestLab, node: string, session: Session): MoRef[] {
  const { world, services } = lab.lab
  const slots: Slot[] = world.store.typesOn(node).flatMap(type => world.ofType(node, type).slice(0, 2))
  return [...slots, ...services.sessionObjects.list(session)]
    .map(({ address: { type, id } }) => ({ type, value: id }))
    .filter(ref => lab.lab.schema.managed(ref.type) !== undefined)
}

function methodsOf(lab: TestLab, type: string): MethodInfo[] {
  const found: MethodInfo[] = []
  for (let at = lab.lab.schema.managed(type); at !== undefined; at = at.base) found.push(...at.ownMethods)
  const fetch = lab.lab.schema.method(type, 'Fetch')
  return [...found, ...(fetch === undefined ? [] : [fetch])]
    .filter((method, i, all) => all.indexOf(method) === i)
    .filter(method => lab.lab.registry.method(type, method.name) !== undefined)
}

function rank(name: string): number {
  return LAST.findIndex(pattern => pattern.test(name)) + 1
}

function refsOf(lab: TestLab, node: string, session: () => Session | undefined): (type: string) => MoRef[] {
  const { world, schema, services } = lab.lab
  return type => {
    const own = session()
    const slots = world.store.typesOn(node)
      .filter(each => schema.managed(each) !== undefined && (type === '' || schema.isA(each, type)))
      .flatMap(each => world.ofType(node, each).slice(0, 3))
    const mine = own === undefined ? [] : services.sessionObjects.list(own)
      .filter(slot => schema.isA(slot.address.type, type))
    return [...slots, ...mine].map(({ address }) => ({ type: address.type, value: address.id }))
  }
}

/** Gives the session one object of each kind that a session can have. */
async function furnish(client: SoapClient, node: string): Promise<void> {
  const content = await client.content() as Record<string, MoRef>
  const make = async (manager: MoRef | undefined, method: string, args = {}) => {
    if (manager !== undefined) await client.call(manager, method, args)
  }
  await make(content['viewManager'], 'CreateContainerView', { container: content['rootFolder'], recursive: true })
  await make(content['viewManager'], 'CreateListView', { obj: content['rootFolder'] })
  await make(content['viewManager'], 'CreateInventoryView')
  await make(content['propertyCollector'], 'CreatePropertyCollector')
  await make(content['propertyCollector'], 'CreateFilter', {
    spec: { propSet: { type: 'Folder', all: false, pathSet: 'name' }, objectSet: { obj: content['rootFolder'] } },
    partialUpdates: false,
  })
  await make(content['eventManager'], 'CreateCollectorForEvents', { filter: {} })
  if (node.startsWith('vc')) await make(content['taskManager'], 'CreateCollectorForTasks', { filter: {} })
}

class Walker {
  readonly wrong: string[] = []
  readonly outcomes: Outcome[] = []
  readonly #sweep: Sweep
  #client!: SoapClient
  #session: Session | undefined

  constructor(sweep: Sweep) {
    this.#sweep = sweep
  }

  async login(): Promise<void> {
    const { lab, node, user } = this.#sweep
    this.#client = user === undefined ? await lab.client(node) : await loginAs(lab, user, node)
    this.#session = this.#find()
    await furnish(this.#client, node)
  }

  #find(): Session | undefined {
    const value = /="?([^";]+)/.exec(this.#client.cookie ?? '')?.[1]
    return this.#sweep.lab.lab.services.sessions.find(this.#sweep.node, value)
  }

  async walk(): Promise<void> {
    const { lab, node, seed, shape } = this.#sweep
    await this.login()
    const generator = new Generator(lab.lab.schema, diceOf(seed), refsOf(lab, node, () => this.#session))
    const work = receivers(lab, node, this.#session!)
      .flatMap(self => methodsOf(lab, self.type).map(method => ({ self, method })))
      .sort((a, b) => rank(a.method.name) - rank(b.method.name))
    for (const { self, method } of work) {
      const body = envelope(method.name, generator.parameters(method, shape), [self.type, self.value])
      await this.#one(self, method, body)
      revive(lab)
      if (this.#find() === undefined) await this.login()
    }
  }

  async #one(self: MoRef, method: MethodInfo, body: string): Promise<void> {
    const { lab, user } = this.#sweep
    const { revision } = lab.world
    const answer = this.#client.post(body)
    if (WAITS.test(method.name)) await this.#release(self, answer)
    const seen = decentAnswer(await answer)
    lab.world.runDue()
    this.outcomes.push({ ...seen, method, self })
    const complain = (what: string): void => {
      this.wrong.push(`${user ?? 'administrator'}: ${self.type}.${method.name}: ${what}\n${body.slice(body.indexOf('<soapenv:Body>'))}`)
    }
    for (const defect of lab.defects.splice(0)) {
      complain(defect instanceof Error ? `${defect.stack?.split('\n').slice(0, 4).join('\n')}` : String(defect))
    }
    if (user !== undefined && !HARMLESS.test(method.name)) {
      for (const change of changesSince(lab, revision)) complain(`changed ${change}`)
    }
    if (![200, 500].includes(seen.status)) complain(`status ${seen.status}`)
    if (seen.status === 500 && !isProper(lab, method, seen.fault)) complain(`${seen.fault}: ${seen.text}`)
  }

  /** A wait that parks is cancelled by another connection of the session. */
  async #release(self: MoRef, answer: Promise<unknown>): Promise<void> {
    const { lab, node } = this.#sweep
    let answered = false
    void answer.then(() => { answered = true })
    await until(() => answered || holdings(lab)['waits']! > 0)
    if (answered) return
    const other = await lab.anonymous(node)
    other.cookie = this.#client.cookie
    await other.call({ type: self.type, value: self.value }, 'CancelWaitForUpdates')
    other.close()
  }
}

/** A call that shuts a machine down leaves nobody to answer the next one: power comes back. */
function revive(lab: TestLab): void {
  const off = lab.lab.nodes.filter(({ name }) => chassis(lab.world, name)?.power !== 'on')
  if (off.length === 0) return
  lab.world.transact({ kind: 'lab', what: 'test' }, tx => {
    for (const { name } of off) tx.emit('hardware.powerRestored', { node: name })
  })
  lab.world.advance(BOOT_MS)
}

/** Long enough for any machine to boot. */
const BOOT_MS = 600_000

/** Faults that a method declares, and those every method may give. */
function isProper(lab: TestLab, method: MethodInfo, fault: string | undefined): boolean {
  const { schema } = lab.lab
  if (fault === undefined || fault === 'SystemError') return false
  if (method.name === 'Fetch' && fault === 'InvalidProperty') return true
  // Declares none, and answers for a VM that does not run as AcquireTicket does, which replaced it.
  if (method.name === 'AcquireMksTicket' && fault === 'InvalidPowerState') return true
  // Declares none either, and a VM that does not run has no keyboard.
  if (method.name === 'PutUsbScanCodes' && fault === 'InvalidPowerState') return true
  return schema.isA(fault, 'RuntimeFault') || method.faults.some(declared => schema.isA(fault, declared))
}

/** Records that were written since a revision. */
function changesSince(lab: TestLab, revision: number): string[] {
  return lab.world.journal.since(revision)
    .flatMap(entry => entry.changes.map(({ slot: { address } }) => `${address.type} ${address.id}`))
}

/** Types of the errors that tasks ended with. */
function taskErrors(lab: TestLab, node: string): string[] {
  const infos = lab.world.ofType(node, 'Task').map(slot => lab.world.read(slot)!.props['info'])
  return (infos as Array<{ descriptionId: string, error?: { fault: { _typeName: string } } }>)
    .filter(({ error }) => error?.fault._typeName === 'SystemError')
    .map(({ descriptionId }) => descriptionId)
}

const seed = Number(process.env['FAUXSPHERE_FUZZ_SEED'] ?? 20260105)

describe(`every method with behaviour (seed ${seed})`, () => {
  const called = new Map<string, Set<string>>()
  const sweeps = (['vc-01', 'esx-01'] as const).flatMap(node => [undefined, node === 'vc-01' ? 'reader' : 'viewer']
    .flatMap(user => [['minimal', minimal, 1], ['random', random, 2], ['random again', random, 3]] as const)
    .map(([title, shape, add], i) => ({
      node, user: i < 3 ? undefined : node === 'vc-01' ? 'reader' : 'viewer', title, shape, seed: seed + 100 * i + add,
    })))

  for (const { node, user, title, shape, seed: own } of sweeps) {
    it(`${node} › ${user ?? 'administrator'} › ${title} arguments`, async () => {
      const lab = openFrontLab({ counted: false })
      const walker = new Walker({ lab, node, user, shape, seed: own })
      await walker.walk()
      for (const { method, status, fault } of walker.outcomes) {
        const key = `${method.owner}.${method.name}`
        called.set(key, (called.get(key) ?? new Set()).add(status === 200 ? 'ok' : fault ?? ''))
      }
      expect(walker.wrong).toEqual([])
      expect(taskErrors(lab, node)).toEqual([])
      expect(holdings(lab)['waits']).toBe(0)
      await lab.close()
    })
  }

  afterAll(() => {
    if (process.env['FAUXSPHERE_FUZZ_SHOW'] === undefined) return
    for (const [key, outcomes] of [...called].sort()) process.stderr.write(`${key}: ${[...outcomes].join(' ')}\n`)
  })
})
