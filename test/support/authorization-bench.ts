/** The tree of the authorization vectors (network-security.md 11.6) with the real services. */
import { Gate, type Outcome } from '../../emulator/dispatch/invoke.js'
import { Registry } from '../../emulator/dispatch/registry.js'
import { authorizationManager } from '../../emulator/objects/authorization-manager.js'
import { defineManagedObject, query, type Definition } from '../../emulator/objects/define.js'
import { hostLocalAccountManager } from '../../emulator/objects/host-local-account-manager.js'
import { sessionManager } from '../../emulator/objects/session-manager.js'
import { userDirectory } from '../../emulator/objects/user-directory.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { loadSchema } from '../../emulator/schema/schema.js'
import { createAccounts } from '../../emulator/services/accounts/default-accounts.js'
import { AuthorizationService } from '../../emulator/services/authorization/authorization-service.js'
import { authorizationRecords } from '../../emulator/services/authorization/defaults.js'
import type { Behaviour, Call, Services } from '../../emulator/services/call.js'
import { LAB, type NodeInfo, type NodeKind } from '../../emulator/services/nodes.js'
import type { Session } from '../../emulator/services/sessions.js'
import { SessionTable } from '../../emulator/services/sessions/session-table.js'
import { wellKnown } from '../../emulator/services/well-known.js'
import type { Slot } from '../../emulator/world/records.js'
import type { Transaction } from '../../emulator/world/transaction.js'
import { World } from '../../emulator/world/world.js'
import { testLog } from './test-log.js'

export const schema = loadSchema()

/** References of the tree's objects on vCenter. */
export const at = {
  root: { type: 'Folder', value: 'group-d1' },
  dc: { type: 'Datacenter', value: 'datacenter-2' },
  folder: { type: 'Folder', value: 'group-v3' },
  hosts: { type: 'Folder', value: 'group-h4' },
  storage: { type: 'Folder', value: 'group-s5' },
  cluster: { type: 'ClusterComputeResource', value: 'domain-c6' },
  pool1: { type: 'ResourcePool', value: 'resgroup-7' },
  pool2: { type: 'ResourcePool', value: 'resgroup-8' },
  vmA: { type: 'VirtualMachine', value: 'vm-9' },
  vmB: { type: 'VirtualMachine', value: 'vm-10' },
  datastore: { type: 'Datastore', value: 'datastore-11' },
  sessions: { type: 'SessionManager', value: 'SessionManager' },
  authz: { type: 'AuthorizationManager', value: 'AuthorizationManager' },
  users: { type: 'UserDirectory', value: 'UserDirectory' },
  service: { type: 'ServiceInstance', value: 'ServiceInstance' },
} as const satisfies Record<string, MoRef>

export const PASSWORD = 'VMware1!'
export const ADMIN = 'administrator@vsphere.local'

const product = { version: '8.0.3', build: '24022515', apiVersion: '8.0.3.0', patchLevel: '00300' }

export interface AuthorizationBench {
  readonly world: World
  readonly services: Services & { sessions: SessionTable, authorization: AuthorizationService }
  readonly node: NodeInfo
  readonly registry: Registry
  /** Keys of ended sessions, as the collectors hear them. */
  readonly ended: string[]
  tx<R>(change: (tx: Transaction) => R): R
  /** Logs in through the gate; returns the cookie. */
  login(userName?: string, password?: string, locale?: string): string
  session(cookie: string): Session
  call(cookie: string | undefined, self: MoRef, method: string, args?: object): unknown
  outcome(cookie: string | undefined, self: MoRef, method: string, args?: object): Outcome
  slot(ref: MoRef): Slot
  events(): Array<Record<string, unknown> & { _typeName: string }>
}

export interface Options {
  readonly kind?: NodeKind
  readonly anyLogin?: boolean
  readonly users?: ReadonlyArray<{ name: string, groups?: readonly string[] }>
  readonly definitions?: readonly Definition[]
}

/** Makes the bench; users all have PASSWORD. */
export function authorizationBench(options: Options = {}): AuthorizationBench {
  const kind = options.kind ?? 'vcenter'
  const world = new World({ seed: 'authorization', clock: { mode: 'manual' } })
  const node: NodeInfo = {
    name: kind === 'vcenter' ? 'vc-01' : 'esx-01', kind, hostName: `${kind}.lab.test`,
    address: '192.168.10.10', product, uuid: '11111111-2222-4333-8444-555555555555',
  }
  const registry = new Registry(schema, [
    authorizationManager, sessionManager, userDirectory, hostLocalAccountManager, ...doers,
    ...options.definitions ?? [],
  ])
  const ended: string[] = []
  const sessions = new SessionTable(world)
  sessions.onEnd = (_node, key) => ended.push(key)
  const behaviour: Behaviour = {
    durations: 'instant', anyLogin: options.anyLogin === true, strict: true,
  }
  const services = {
    world, schema, sessions, behaviour,
    authorization: new AuthorizationService(world, schema),
    virtualProperty: (type: string, property: string) => registry.virtual(type, property),
  } as unknown as AuthorizationBench['services']
  world.genesis(tx => populate(tx, node, options))
  const gate = new Gate(services, registry)
  const log = testLog()
  const standIns = new Set([...doers, ...options.definitions ?? []].map(({ type }) => type))
  gate.onCall = record => {
    if (!standIns.has(record.method.split('.')[0]!)) log?.(record)
  }
  gate.onDefect = error => { throw error }
  const outcome: AuthorizationBench['outcome'] = (cookie, self, method, args = {}) => gate.invoke(node, {
    self, method: schema.method(self.type, method)!, args: args as Record<string, unknown>,
    version: schema.versions.newest(), cookie, opId: 'op',
    client: { address: '10.0.0.7', userAgent: 'test/1.0' },
  })
  const call: AuthorizationBench['call'] = (cookie, self, method, args) => {
    const done = outcome(cookie, self, method, args)
    if (done.kind === 'fault') throw done.fault
    return done.kind === 'result' ? done.value : done.later
  }
  const manager = world.ofType(node.name, 'SessionManager')[0]!.address
  const self = { type: 'SessionManager', value: manager.id }
  return {
    world, services, node, registry, ended, outcome, call,
    tx: change => world.transact({ kind: 'lab', what: 'test' }, change),
    login: (userName = kind === 'vcenter' ? ADMIN : 'root', password = PASSWORD, locale) => {
      const args = { userName, password, ...(locale === undefined ? {} : { locale }) }
      const { key } = call(undefined, self, 'Login', args) as { key: string }
      return sessions.cookieOf(key)!
    },
    session: cookie => sessions.find(node.name, cookie)!,
    slot: ref => world.find(node.name, ref.value)!,
    events: () => [...world.log(`events/${node.name}`).since(1)].map(item => item.value as never),
  }
}

/** Stand-ins for the behaviour of other objects; the gate's checks are the subject here. */
const doers: readonly Definition[] = [
  defineManagedObject('VirtualMachine', {
    methods: { PowerOnVM_Task: (call: Call) => ({ type: 'Task', value: `task-${call.tx.count('t')}` }) },
  }),
  defineManagedObject('ServiceInstance', {
    methods: { CurrentTime: query(() => 'now'), RetrieveServiceContent: query(() => ({})) },
  }),
  defineManagedObject('Folder', { methods: { CreateFolder: () => ({ type: 'Folder', value: 'x' }) } }),
]

function populate(tx: Transaction, node: NodeInfo, options: Options): void {
  tx.create({ node: LAB, type: 'Node', id: node.name }, { props: node, inner: {} })
  const { manager, rootPermissions } = authorizationRecords(node)
  tx.create(manager.address, { props: manager.props, inner: manager.inner })
  createAccounts(tx, node, {
    password: PASSWORD,
    users: (options.users ?? []).map(user => ({ ...user, password: PASSWORD })),
  })
  const single = (type: string, id: string, props: object = {}): Slot =>
    tx.create({ node: node.name, type, id }, { props, inner: {} })
  single('ServiceInstance', 'ServiceInstance')
  for (const item of wellKnown) {
    const id = node.kind === 'vcenter' ? item.vcenter : item.esxi
    if (id === undefined || ['rootFolder', 'authorizationManager'].includes(item.field)) continue
    single(node.kind === 'esxi' ? item.esxiType ?? item.type : item.type, id)
  }
  if (node.kind === 'esxi') {
    single('Folder', 'ha-folder-root', { name: 'ha-folder-root', permission: rootPermissions })
    return
  }
  plant(tx, node.name, rootPermissions)
}

function plant(tx: Transaction, node: string, rootPermissions: object[]): void {
  const entity = (ref: MoRef, name: string, parent?: MoRef, more: object = {}): void => {
    tx.create({ node, type: ref.type, id: ref.value }, {
      props: { name, permission: [], ...(parent === undefined ? {} : { parent }), ...more }, inner: {},
    })
  }
  entity(at.root, 'Datacenters', undefined, { permission: rootPermissions })
  entity(at.dc, 'DC1', at.root)
  entity(at.folder, 'F', at.dc)
  entity(at.hosts, 'host', at.dc)
  entity(at.storage, 'datastore', at.dc)
  entity(at.cluster, 'CL', at.hosts)
  entity(at.pool1, 'RP1', at.cluster)
  entity(at.pool2, 'RP2', at.cluster)
  entity(at.vmA, 'VM_A', at.folder, { resourcePool: at.pool1 })
  entity(at.vmB, 'VM_B', at.folder, { resourcePool: at.pool2 })
  entity(at.datastore, 'ds', at.storage)
}
