/** A hand-made inventory with the property collector's objects behind the gate, and no doors. */
import { Gate, type Outcome } from '../../emulator/dispatch/invoke.js'
import { Registry } from '../../emulator/dispatch/registry.js'
import { defineManagedObject } from '../../emulator/objects/define.js'
import { managedObject } from '../../emulator/objects/managed-object.js'
import { propertyCollector, propertyFilter } from '../../emulator/objects/property-collector.js'
import { viewManager } from '../../emulator/objects/view-manager.js'
import { inventoryView, listView, managedObjectView, view } from '../../emulator/objects/views.js'
import { bulkKind, isEnteredObject, isObjectContents, type BulkItem } from '../../emulator/schema/bulk.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { loadSchema } from '../../emulator/schema/schema.js'
import type { Services } from '../../emulator/services/call.js'
import type { NodeInfo } from '../../emulator/services/nodes.js'
import { CollectorService } from '../../emulator/services/property-collector/collector-service.js'
import { SessionObjects } from '../../emulator/services/session-objects.js'
import type { Session } from '../../emulator/services/sessions.js'
import type { Slot } from '../../emulator/world/records.js'
import type { Transaction } from '../../emulator/world/transaction.js'
import { World } from '../../emulator/world/world.js'
import { testLog } from './test-log.js'

export const schema = loadSchema()
export const NODE = 'vc-01'

const definitions = [
  managedObject,
  propertyCollector, propertyFilter, viewManager, view, managedObjectView, listView, inventoryView,
  defineManagedObject('SessionManager', {
    virtual: { defaultLocale: () => 'en', currentSession: ({ session }) =>
      session === undefined ? undefined : { key: session.key, userName: session.principal.name } },
  }),
]

export const root: MoRef = { type: 'Folder', value: 'group-d1' }
export const datacenter: MoRef = { type: 'Datacenter', value: 'datacenter-2' }
export const vmFolder: MoRef = { type: 'Folder', value: 'group-v3' }
export const hostFolder: MoRef = { type: 'Folder', value: 'group-h4' }
export const cluster: MoRef = { type: 'ClusterComputeResource', value: 'domain-c7' }
export const pool: MoRef = { type: 'ResourcePool', value: 'resgroup-8' }
export const host: MoRef = { type: 'HostSystem', value: 'host-9' }
export const collectorRef: MoRef = { type: 'PropertyCollector', value: 'propertyCollector' }
export const viewManagerRef: MoRef = { type: 'ViewManager', value: 'ViewManager' }

export function vmRef(number: number): MoRef {
  return { type: 'VirtualMachine', value: `vm-${100 + number}` }
}

/** Rules of a test: what principals other than `root` may not do. */
export type Denies = (user: string, slot: Slot, privilege: string) => boolean

interface Inner { [key: string]: unknown }

export interface VmProps {
  name: string
  parent: MoRef
  runtime: { powerState: string, host: MoRef, bootTime?: string }
  config?: { hardware: { numCPU: number, memoryMB: number, device: Device[] }, extraConfig: Option[] }
  guest?: { ipAddress?: string, toolsStatus?: string }
}

interface Device {
  _typeName: string
  key: number
  backing?: { _typeName: string, fileName?: string, deviceName?: string }
  unitNumber?: number
}

interface Option { key: string, value: unknown }

export class CollectorLab {
  readonly world = new World({ seed: 'lab', clock: { mode: 'manual' } })
  readonly services: Services
  readonly gate: Gate
  readonly collectors: CollectorService
  readonly #sessions = new Map<string, Session>()
  denies: Denies = () => false
  epoch = 0
  /** The user from whom nothing is hidden. */
  allSeeing = 'root'
  /** Waits that keep their session alive. */
  held = 0
  readonly node: NodeInfo = {
    name: NODE, kind: 'vcenter', hostName: 'vc-01.lab', address: '10.0.0.1', uuid: 'u',
    product: { version: '8.0.3', build: '1', apiVersion: '8.0.3.0', patchLevel: '0' },
  }

  constructor(vms = 3) {
    const { world } = this
    const registry = new Registry(schema, definitions)
    const authorization = {
      has: (_reader: unknown, principal: { name: string }, slot: Slot, privilege: string) =>
        !this.denies(principal.name, slot, privilege),
      seesAll: (_reader: unknown, principal: { name: string }) => principal.name === this.allSeeing,
      get epoch() { return lab.epoch },
    }
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const lab = this
    const services = {
      world, schema, authorization, sessionObjects: new SessionObjects(),
      sessions: {
        find: (_node: string, cookie: string | undefined) => this.#sessions.get(cookie ?? ''),
        hold: () => {
          this.held += 1
          return () => { this.held -= 1 }
        },
      },
      virtualProperty: (type: string, property: string) => registry.virtual(type, property),
      behaviour: { durations: 'instant', anyLogin: true, strict: false }, taskJobs: new Map(),
    }
    this.collectors = new CollectorService(services as unknown as Services)
    this.services = Object.assign(services, { collectors: this.collectors }) as unknown as Services
    this.gate = new Gate(this.services, registry)
    this.gate.onCall = testLog()
    this.gate.onDefect = error => { throw error }
    world.genesis(tx => buildTree(tx, vms))
  }

  /** A new session; its methods are what a client can do. */
  login(user = 'root'): Client {
    const key = `key-${this.#sessions.size + 1}`
    this.#sessions.set(key, { key, node: NODE, principal: { name: user, groups: [] }, locale: 'en' } as unknown as Session)
    return new Client(this, key)
  }

  logout(client: Client): void {
    this.collectors.endSession(NODE, client.cookie!)
    this.#sessions.delete(client.cookie!)
  }

  anonymous(): Client {
    return new Client(this, undefined)
  }

  transact(change: (tx: Transaction) => void): void {
    this.world.transact({ kind: 'lab', what: 'test' }, change)
  }

  update(ref: MoRef, change: (props: Record<string, any>) => void): void {
    this.transact(tx => tx.update<Record<string, any>, Inner>(this.slot(ref), draft => change(draft.props)))
  }

  rename(ref: MoRef, name: string): void {
    this.update(ref, props => { props['name'] = name })
  }

  slot(ref: MoRef): Slot {
    const slot = this.world.find(NODE, ref.value)
    if (slot === undefined) throw new Error(`no ${ref.value}`)
    return slot
  }

  addVm(number: number, folder = vmFolder): void {
    this.transact(tx => createVm(tx, number, folder))
  }

  removeVm(number: number): void {
    const ref = vmRef(number)
    this.transact(tx => {
      const { parent } = tx.get<VmProps>(NODE, ref.value)!.props
      for (const holder of [parent, pool, host]) {
        tx.update<Record<string, any>, Inner>({ node: NODE, id: holder.value }, draft => {
          for (const list of ['childEntity', 'vm']) {
            const refs = draft.props[list] as MoRef[] | undefined
            if (refs !== undefined) draft.props[list] = refs.filter(each => each.value !== ref.value)
          }
        })
      }
      tx.remove({ node: NODE, id: ref.value })
    })
  }
}

/** One client session. */
export class Client {
  constructor(readonly lab: CollectorLab, readonly cookie: string | undefined) {}

  invoke(self: MoRef, name: string, args: Record<string, unknown> = {}, version = '8.0.3.0'): Outcome {
    const method = schema.method(self.type, name)
    if (method === undefined) throw new Error(`no method ${self.type}.${name}`)
    return this.lab.gate.invoke(this.lab.node, {
      self, method, args, version: schema.versions.index(version)!, cookie: this.cookie, opId: 'op',
      client: { address: '127.0.0.1', userAgent: 'test' },
    })
  }

  /** The result; throws the MethodFault. */
  call(self: MoRef, name: string, args: Record<string, unknown> = {}, version?: string): any {
    const outcome = this.invoke(self, name, args, version)
    if (outcome.kind === 'fault') throw outcome.fault
    if (outcome.kind === 'later') throw new Error('the call waits')
    return outcome.value
  }

  /** Type and fields of the MethodFault that a call ends with. */
  faultOf(self: MoRef, name: string, args: Record<string, unknown> = {}, version?: string): unknown {
    const outcome = this.invoke(self, name, args, version)
    return outcome.kind === 'fault' ? outcome.fault.value : outcome
  }

  retrieve(specs: object[], options: object = {}, version?: string): any {
    return this.call(collectorRef, 'RetrievePropertiesEx', { specSet: specs, options }, version)
  }

  createFilter(spec: object, partialUpdates = false, collector = collectorRef): MoRef {
    return this.call(collector, 'CreateFilter', { spec, partialUpdates }) as MoRef
  }

  /** WaitForUpdatesEx that never waits; undefined: nothing new. */
  poll(version = '', options: object = {}, collector = collectorRef): Updates | undefined {
    return readUpdates(this.call(collector, 'WaitForUpdatesEx', {
      version, options: { maxWaitSeconds: 0, ...options },
    }))
  }

  /** Parks a WaitForUpdatesEx; `outcome` is filled in when it ends. */
  park(version: string, options: object = {}, method = 'WaitForUpdatesEx'): Parked {
    const outcome = this.invoke(collectorRef, method, { version, options })
    if (outcome.kind !== 'later') throw new Error(`not parked: ${outcome.kind}`)
    const parked: Parked = { ended: false, value: undefined, error: undefined, abandon: () => {} }
    parked.abandon = outcome.later.start(
      value => Object.assign(parked, { ended: true, value: readUpdates(value) }),
      error => Object.assign(parked, { ended: true, error }),
    )
    return parked
  }

  containerView(container = root, type: string[] = ['VirtualMachine'], recursive = true): MoRef {
    return this.call(viewManagerRef, 'CreateContainerView', { container, type, recursive }) as MoRef
  }
}

export interface Parked {
  ended: boolean
  value: Updates | undefined
  error: unknown
  abandon: () => void
}

export interface Update {
  kind: string
  filter: string
  /** `name op` or, for values, `name op value`. */
  changes: Array<{ name: string, op: string, val?: unknown }>
  missing?: unknown
}

export interface Updates {
  version: string
  truncated: boolean
  objects: Array<Update & { id: string }>
  missing: string[]
}

/** The values of an item as a client reads them. */
export function valuesOf(item: BulkItem): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const path of item.paths.paths) {
    const value = path.read(item.props)
    if (value !== undefined) values[path.path] = value
  }
  return values
}

/** A result of a Retrieve call as id → values. */
export function readContents(result: unknown): Record<string, Record<string, unknown>> {
  if (result === undefined) return {}
  if (!isObjectContents(result)) throw new Error('not contents')
  return Object.fromEntries([...result.items].map(item => [item.ref.value, valuesOf(item)]))
}

function readUpdates(result: unknown): Updates | undefined {
  if (result === undefined) return undefined
  const set = result as { version: string, truncated?: boolean, filterSet?: any[] }
  const objects = (set.filterSet ?? []).flatMap(filter =>
    (filter.objectSet ?? []).map((update: any) => readUpdate(filter.filter.value as string, update)))
  const missing = (set.filterSet ?? []).flatMap(filter =>
    (filter.missingSet ?? []).map((entry: any) => entry.obj.value as string))
  return { version: set.version, truncated: set.truncated === true, objects, missing }
}

function readUpdate(filter: string, update: any): Update & { id: string } {
  if (!isEnteredObject(update)) {
    return { filter, kind: update.kind, id: update.obj.value, changes: update.changeSet ?? [] }
  }
  const changes = Object.entries(valuesOf(update)).map(([name, val]) => ({ name, op: 'assign', val }))
  return { filter, kind: update[bulkKind], id: update.ref.value, changes, ...(update.missing ? { missing: update.missing } : {}) }
}

/** The usual view filter: ObjectSpec skips the view and traverses `view`. */
export function viewSpec(view: MoRef, paths: string[], type = 'VirtualMachine'): object {
  return {
    propSet: [{ type, pathSet: paths }],
    objectSet: [{
      obj: view, skip: true,
      selectSet: [{ _typeName: 'TraversalSpec', name: 'view', type: view.type, path: 'view', skip: false }],
    }],
  }
}

export function objectSpec(obj: MoRef, paths: string[] | 'all', type = obj.type): object {
  return {
    propSet: [paths === 'all' ? { type, all: true } : { type, pathSet: paths }],
    objectSet: [{ obj }],
  }
}

const devices: readonly Device[] = [
  { _typeName: 'VirtualKeyboard', key: 600 },
  { _typeName: 'VirtualDisk', key: 2000, unitNumber: 0,
    backing: { _typeName: 'VirtualDiskFlatVer2BackingInfo', fileName: '[ds] vm/vm.vmdk' } },
  { _typeName: 'VirtualVmxnet3', key: 4000, unitNumber: 7,
    backing: { _typeName: 'VirtualEthernetCardNetworkBackingInfo', deviceName: 'VM Network' } },
]

export function createVm(tx: Transaction, number: number, folder: MoRef): void {
  const ref = vmRef(number)
  const props: VmProps = {
    name: `vm${number}`, parent: folder,
    runtime: { powerState: 'poweredOff', host },
    config: {
      hardware: { numCPU: 2, memoryMB: 1024, device: [...devices] },
      extraConfig: [{ key: 'guestinfo.x', value: 'a' }, { key: 'svga.present', value: 'TRUE' }],
    },
  }
  tx.create({ node: NODE, type: 'VirtualMachine', id: ref.value }, { props, inner: {} })
  for (const [holder, list] of [[folder, 'childEntity'], [pool, 'vm'], [host, 'vm']] as const) {
    tx.update<Record<string, MoRef[]>, Inner>({ node: NODE, id: holder.value }, draft => {
      draft.props[list] = [...draft.props[list] ?? [], ref] as never
    })
  }
}

function buildTree(tx: Transaction, vms: number): void {
  const create = (ref: MoRef, props: object): void => {
    tx.create({ node: NODE, type: ref.type, id: ref.value }, { props, inner: {} })
  }
  const folder = (value: string): MoRef => ({ type: 'Folder', value })
  create(root, { name: 'Datacenters', childEntity: [datacenter] })
  create(datacenter, {
    name: 'DC', parent: root, vmFolder, hostFolder, datastoreFolder: folder('group-s5'),
    networkFolder: folder('group-n6'),
  })
  create(vmFolder, { name: 'vm', parent: datacenter, childEntity: [] })
  create(hostFolder, { name: 'host', parent: datacenter, childEntity: [cluster] })
  create(folder('group-s5'), { name: 'datastore', parent: datacenter, childEntity: [] })
  create(folder('group-n6'), { name: 'network', parent: datacenter, childEntity: [] })
  create(cluster, { name: 'cluster', parent: hostFolder, host: [host], resourcePool: pool })
  create(pool, { name: 'Resources', parent: cluster, owner: cluster, resourcePool: [], vm: [] })
  create(host, { name: 'esx', parent: cluster, vm: [], runtime: { connectionState: 'connected' } })
  create(collectorRef, {})
  create(viewManagerRef, {})
  create({ type: 'SessionManager', value: 'SessionManager' }, { messageLocaleList: ['en'] })
  const refs = Array.from({ length: vms }, (_, i) => vmRef(i))
  for (let i = 0; i < Math.min(vms, 50); i += 1) createVm(tx, i, vmFolder)
  if (vms > 50) createMany(tx, 50, vms, refs)
}

/** Creates without rewriting the lists each time. */
function createMany(tx: Transaction, from: number, to: number, refs: MoRef[]): void {
  const first = tx.get<VmProps>(NODE, vmRef(0).value)!.props
  for (let i = from; i < to; i += 1) {
    tx.create({ node: NODE, type: 'VirtualMachine', id: vmRef(i).value }, {
      props: { ...first, name: `vm${i}`, config: { ...first.config } }, inner: {},
    })
  }
  for (const [holder, list] of [[vmFolder, 'childEntity'], [pool, 'vm'], [host, 'vm']] as const) {
    tx.update<Record<string, MoRef[]>, Inner>({ node: NODE, id: holder.value }, draft => {
      draft.props[list] = refs as never
    })
  }
}
