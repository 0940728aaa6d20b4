/** A small world made by hand: a vCenter with a tree, on the manual clock, for unit tests. */
import { Gate, type Outcome } from '../../emulator/dispatch/invoke.js'
import { Registry } from '../../emulator/dispatch/registry.js'
import type { Definition } from '../../emulator/objects/define.js'
import { loadSchema } from '../../emulator/schema/schema.js'
import type { MoRef } from '../../emulator/schema/model.js'
import type { Behaviour, Services } from '../../emulator/services/call.js'
import { LAB, type NodeInfo, type NodeKind } from '../../emulator/services/nodes.js'
import { SessionObjects } from '../../emulator/services/session-objects.js'
import type { Session } from '../../emulator/services/sessions.js'
import type { TaskJob } from '../../emulator/services/tasks.js'
import { registerTaskJobs } from '../../emulator/services/tasks/jobs.js'
import { wellKnown } from '../../emulator/services/well-known.js'
import type { Slot } from '../../emulator/world/records.js'
import type { Transaction } from '../../emulator/world/transaction.js'
import { World } from '../../emulator/world/world.js'
import { testLog } from './test-log.js'

export const schema = loadSchema()

const product = { version: '8.0.3', build: '24022515', apiVersion: '8.0.3.0', patchLevel: '00300' }

export function nodeOf(kind: NodeKind): NodeInfo {
  return {
    name: kind === 'vcenter' ? 'vc-01' : 'esx-01',
    kind,
    hostName: kind === 'vcenter' ? 'vc-01.lab' : 'esx-01.lab',
    address: '192.168.10.10',
    product,
    uuid: '11111111-2222-4333-8444-555555555555',
  }
}

/** A user, and whether an object is hidden from them. */
export interface TestUser {
  readonly name: string
  readonly hides?: (slot: Slot, privilege: string) => boolean
}

export const root: TestUser = { name: 'VSPHERE.LOCAL\\Administrator' }

export interface Bench {
  readonly world: World
  readonly services: Services
  readonly node: NodeInfo
  readonly gate: Gate
  readonly objects: SessionObjects
  session(user?: TestUser): Session
  tx<R>(change: (tx: Transaction) => R): R
  call(self: MoRef, method: string, args?: Record<string, unknown>, user?: TestUser): unknown
  outcome(self: MoRef, method: string, args?: Record<string, unknown>, user?: TestUser): Outcome
  props(id: string): Record<string, unknown>
}

export interface BenchOptions {
  readonly kind?: NodeKind
  readonly durations?: Behaviour['durations']
  readonly definitions?: readonly Definition[]
  readonly jobs?: Record<string, TaskJob>
  /** Hears of what a task's work came across that is not emulated. */
  readonly noteMiss?: (method: string, path: string) => void
  /** Runs before any record exists: indexes, listeners. */
  readonly before?: (world: World, services: Services) => void
}

/** Makes the world, the gate with some definitions, and the singletons of ServiceContent. */
export function makeBench(options: BenchOptions = {}): Bench {
  const world = new World({ seed: 'test', clock: { mode: 'manual' } })
  const node = nodeOf(options.kind ?? 'vcenter')
  const registry = new Registry(schema, options.definitions ?? [])
  const objects = new SessionObjects()
  const sessions = new Map<string, { session: Session, user: TestUser }>()
  const jobs = (options.definitions ?? []).flatMap(definition => Object.entries(definition.jobs))
  const services = {
    world, schema, sessionObjects: objects,
    sessions: { find: (_node: string, cookie: string | undefined) => sessions.get(cookie ?? '')?.session },
    authorization: {
      epoch: 1,
      has: (_reader: unknown, principal: { name: string }, slot: Slot, privilege: string) =>
        sessions.get(principal.name)?.user.hides?.(slot, privilege) !== true,
      seesAll: (_reader: unknown, principal: { name: string }) =>
        sessions.get(principal.name)?.user.hides === undefined,
    },
    collectors: { objects, endSession: (at: string, key: string) => objects.endSession(at, key) },
    virtualProperty: (type: string, property: string) => registry.virtual(type, property),
    behaviour: { durations: options.durations ?? 'instant', anyLogin: false, strict: true },
    taskJobs: new Map([...jobs, ...Object.entries(options.jobs ?? {})]),
  } as unknown as Services
  options.before?.(world, services)
  registerTaskJobs(world, services, options.noteMiss)
  const gate = new Gate(services, registry)
  gate.onDefect = error => { throw error }
  gate.onCall = testLog()
  world.transact({ kind: 'lab', what: 'test' }, tx => populate(tx, node))

  const session = (user: TestUser = root): Session => {
    const made = {
      key: `key-of-${user.name}`, node: node.name,
      principal: { name: user.name, groups: [] }, locale: 'en',
    }
    const known = sessions.get(user.name)
    if (known !== undefined) return known.session
    sessions.set(user.name, { session: made, user })
    return made
  }
  const outcome: Bench['outcome'] = (self, method, args = {}, user = root) => gate.invoke(node, {
    self,
    method: schema.method(self.type, method)!,
    args,
    version: schema.versions.newest(),
    cookie: session(user).principal.name,
    opId: 'op-1',
    client: { address: '192.168.10.99', userAgent: 'test' },
  })
  return {
    world, services, node, gate, objects, session, outcome,
    tx: change => world.transact({ kind: 'lab', what: 'test' }, change),
    call: (self, method, args, user) => {
      const done = outcome(self, method, args, user)
      if (done.kind === 'fault') throw done.fault
      return done.kind === 'result' ? done.value : done.later
    },
    props: id => world.get(node.name, id)!.props,
  }
}

/** Adds an object to the bench's node. */
export function add(tx: Transaction, node: string, ref: MoRef, props: object, inner: object = {}): Slot {
  return tx.create({ node, type: ref.type, id: ref.value }, { props, inner })
}

/** Reference of an object of the hand-made tree, by id. */
export const tree = {
  root: { type: 'Folder', value: 'group-d1' },
  datacenter: { type: 'Datacenter', value: 'datacenter-3' },
  vmFolder: { type: 'Folder', value: 'group-v4' },
  hostFolder: { type: 'Folder', value: 'group-h5' },
  cluster: { type: 'ClusterComputeResource', value: 'domain-c8' },
  pool: { type: 'ResourcePool', value: 'resgroup-9' },
  host: { type: 'HostSystem', value: 'host-10' },
  vm: { type: 'VirtualMachine', value: 'vm-20' },
  other: { type: 'VirtualMachine', value: 'vm-21' },
} as const satisfies Record<string, MoRef>

function populate(tx: Transaction, node: NodeInfo): void {
  tx.create({ node: LAB, type: 'Node', id: node.name }, { props: node, inner: { power: 'on', bootTime: 0 } })
  add(tx, node.name, { type: 'ServiceInstance', value: 'ServiceInstance' }, {})
  for (const item of wellKnown) {
    const id = node.kind === 'vcenter' ? item.vcenter : item.esxi
    if (id === undefined || item.field === 'rootFolder') continue
    const type = node.kind === 'esxi' ? item.esxiType ?? item.type : item.type
    add(tx, node.name, { type, value: id }, type === 'TaskManager' ? { recentTask: [] } : {})
  }
  if (node.kind === 'vcenter') populateTree(tx, node.name)
}

function populateTree(tx: Transaction, node: string): void {
  const common = { recentTask: [], permission: [], tag: [], value: [], customValue: [], availableField: [] }
  const entity = (ref: MoRef, name: string, parent: MoRef | undefined, props: object = {}): Slot =>
    add(tx, node, ref, { ...common, name, ...(parent === undefined ? {} : { parent }), ...props })
  entity(tree.root, 'Datacenters', undefined, { childEntity: [tree.datacenter] })
  entity(tree.datacenter, 'DC0', tree.root, { vmFolder: tree.vmFolder, hostFolder: tree.hostFolder })
  entity(tree.vmFolder, 'vm', tree.datacenter, { childEntity: [tree.vm, tree.other] })
  entity(tree.hostFolder, 'host', tree.datacenter, { childEntity: [tree.cluster] })
  entity(tree.cluster, 'C0', tree.hostFolder, { host: [tree.host], resourcePool: tree.pool })
  entity(tree.pool, 'Resources', tree.cluster, { vm: [tree.vm, tree.other], owner: tree.cluster })
  entity(tree.host, 'esx-01.lab', tree.cluster, {
    vm: [tree.vm, tree.other],
    hardware: { systemInfo: { uuid: '44454c4c-0000-1000-8000-000000000001' } },
    summary: { hardware: { uuid: '44454c4c-0000-1000-8000-000000000001' } },
  })
  vm(entity, tree.vm, 'web-01', 1)
  vm(entity, tree.other, 'web-02', 2)
}

function vm(
  entity: (ref: MoRef, name: string, parent: MoRef, props: object) => Slot,
  ref: MoRef,
  name: string,
  number: number,
): void {
  entity(ref, name, tree.vmFolder, {
    config: {
      template: false,
      uuid: `4201cccc-0000-4000-8000-00000000000${number}`,
      instanceUuid: `5001cccc-0000-4000-8000-00000000000${number}`,
      files: { vmPathName: `[LocalDS_0] ${name}/${name}.vmx` },
    },
    summary: { config: { name } },
    guest: { ipAddress: `10.0.0.${number}`, hostName: `${name}.example.com` },
    runtime: { host: tree.host, powerState: 'poweredOn' },
    resourcePool: tree.pool,
  })
}
