import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MoRef } from '../../../emulator/schema/model.js'
import { parsePath } from '../../../emulator/services/property-collector/paths.js'
import {
  CollectorLab, NODE, createVm, datacenter, root, valuesOf, viewSpec, vmFolder, vmRef,
  type Client, type Updates,
} from '../../support/collector-lab.js'

/** A tree of folders and VMs under random hands; updates added up must give the present state. */

const folders = [vmFolder, ...[1, 2, 3].map(i => ({ type: 'Folder', value: `group-v9${i}` }))]

type Step =
  | { do: 'add' | 'remove', vm: number, folder: number }
  | { do: 'move', vm: number, folder: number }
  | { do: 'rename', vm: number, name: string }
  | { do: 'cpu', vm: number, count: number }
  | { do: 'device', vm: number, key: number }
  | { do: 'option', vm: number, key: string, value: string }
  | { do: 'guest', vm: number, address: string | undefined }
  | { do: 'poll' | 'lose', client: number }

const vm = fc.nat(5)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('add' as const, 'remove' as const, 'move' as const), vm, folder: fc.nat(3) }),
  fc.record({ do: fc.constant('rename' as const), vm, name: fc.constantFrom('a', 'b', 'c') }),
  fc.record({ do: fc.constant('cpu' as const), vm, count: fc.nat(3) }),
  fc.record({ do: fc.constant('device' as const), vm, key: fc.constantFrom(600, 2000, 2001, 4000) }),
  fc.record({ do: fc.constant('option' as const), vm, key: fc.constantFrom('guestinfo.x', 'y'), value: fc.constantFrom('1', '2') }),
  fc.record({ do: fc.constant('guest' as const), vm, address: fc.option(fc.constantFrom('10.0.0.1', '10.0.0.2'), { nil: undefined }) }),
  fc.record({ do: fc.constantFrom('poll' as const, 'lose' as const), client: fc.nat(5) }),
)

const paths = ['name', 'parent', 'config', 'config.hardware.numCPU', 'config.hardware.device[2001]',
  'config.extraConfig["y"].value', 'guest', 'guest.ipAddress', 'runtime']

function folderSpec(): object {
  return {
    propSet: [{ type: 'VirtualMachine', pathSet: paths }, { type: 'Folder', pathSet: ['name', 'childEntity'] }],
    objectSet: [{
      obj: datacenter, skip: true, selectSet: [
        { type: 'Datacenter', path: 'vmFolder', skip: true, selectSet: [{ name: 'visit' }] },
        { name: 'visit', type: 'Folder', path: 'childEntity', selectSet: [{ name: 'visit' }] },
      ],
    }],
  }
}

function makeLab(): CollectorLab {
  const lab = new CollectorLab(2)
  lab.transact(tx => {
    for (const folder of folders.slice(1)) {
      tx.create({ node: NODE, type: 'Folder', id: folder.value }, { props: { name: folder.value, parent: vmFolder, childEntity: [] }, inner: {} })
    }
    tx.update<Record<string, any>, object>({ node: NODE, id: vmFolder.value }, draft => {
      draft.props['childEntity'].push(...folders.slice(1))
    })
  })
  return lab
}

function has(lab: CollectorLab, number: number): boolean {
  return lab.world.find(NODE, vmRef(number).value) !== undefined
}

function move(lab: CollectorLab, number: number, folder: MoRef): void {
  const ref = vmRef(number)
  lab.transact(tx => {
    const from = tx.get<{ parent: MoRef }>(NODE, ref.value)!.props.parent
    tx.update<Record<string, any>, object>({ node: NODE, id: from.value }, draft => {
      draft.props['childEntity'] = draft.props['childEntity'].filter((each: MoRef) => each.value !== ref.value)
    })
    tx.update<Record<string, any>, object>({ node: NODE, id: folder.value }, draft => {
      draft.props['childEntity'].push(ref)
    })
    tx.update<Record<string, any>, object>({ node: NODE, id: ref.value }, draft => { draft.props['parent'] = folder })
  })
}

function editVm(lab: CollectorLab, step: Extract<Step, { vm: number }>): void {
  lab.update(vmRef(step.vm), props => {
    if (step.do === 'rename') props['name'] = step.name
    if (step.do === 'cpu') {
      if (step.count === 0) delete props['config']
      else if (props['config'] !== undefined) props['config'].hardware.numCPU = step.count
    }
    if (step.do === 'device' && props['config'] !== undefined) {
      const list = props['config'].hardware.device as Array<{ key: number }>
      const at = list.findIndex(device => device.key === step.key)
      if (at >= 0) list.splice(at, 1)
      else list.push({ _typeName: 'VirtualDisk', key: step.key } as { key: number })
    }
    if (step.do === 'option' && props['config'] !== undefined) {
      const list = props['config'].extraConfig as Array<{ key: string, value: string }>
      const known = list.find(option => option.key === step.key)
      if (known === undefined) list.push({ key: step.key, value: step.value })
      else known.value = step.value
    }
    if (step.do === 'guest') props['guest'] = step.address === undefined ? undefined : { ipAddress: step.address, toolsStatus: 'toolsOk' }
    if (props['guest'] === undefined) delete props['guest']
  })
}

function run(lab: CollectorLab, step: Exclude<Step, { client: number }>): void {
  if (step.do === 'add') {
    if (!has(lab, step.vm)) lab.transact(tx => createVm(tx, step.vm, folders[step.folder]!))
  } else if (!has(lab, step.vm)) return
  else if (step.do === 'remove') lab.removeVm(step.vm)
  else if (step.do === 'move') move(lab, step.vm, folders[step.folder]!)
  else editVm(lab, step)
}

type State = Record<string, Record<string, unknown>>

/** What a client knows: asked paths of objects, with updates applied as a client would. */
class Watcher {
  state: Map<string, Record<string, unknown>> = new Map()
  version = ''

  constructor(
    readonly client: Client, readonly partial: boolean, readonly asked: string[],
    readonly spec: (client: Client) => object,
  ) {
    client.createFilter(spec(client), partial)
  }

  poll(): void {
    for (;;) {
      const updates = this.client.poll(this.version, { maxObjectUpdates: 3 })
      if (updates === undefined) return
      this.version = updates.version
      this.#apply(updates)
      if (!updates.truncated) return
    }
  }

  /** An answer that never arrives. */
  lose(): void {
    const set = this.client.call({ type: 'PropertyCollector', value: 'propertyCollector' }, 'CheckForUpdates', { version: this.version })
    expect(set === undefined || set.version !== this.version).toBe(true)
  }

  #apply(updates: Updates): void {
    for (const { id, kind, changes } of updates.objects) {
      if (kind === 'leave') {
        expect(this.state.delete(id)).toBe(true)
        continue
      }
      expect(kind === 'enter').toBe(!this.state.has(id))
      const values = kind === 'enter' ? {} : this.state.get(id)!
      for (const { name, op, val } of changes) {
        if (kind === 'enter') values[name] = unwrap(val)
        else applyChange(this.asked, values, name, op, unwrap(val))
      }
      this.state.set(id, values)
    }
  }

  get known(): State {
    return normal(Object.fromEntries(this.state))
  }

  /** What a fresh client is told. */
  get present(): State {
    const fresh = this.client.lab.login()
    const { items } = fresh.retrieve([this.spec(fresh)]) ?? { items: [] }
    const state: State = {}
    for (const item of items) state[item.ref.value] = Object.fromEntries(
      Object.entries(valuesOf(item)).map(([name, value]) => [name, unwrap(value)]))
    this.client.lab.logout(fresh)
    return normal(state)
  }
}

/** A name counts for the asked path that it is, and for those that enclose it. */
function applyChange(
  asked: string[], values: Record<string, unknown>, name: string, op: string, val: unknown,
): void {
  let known = false
  for (const path of asked) {
    if (name !== path && !name.startsWith(`${path}.`) && !name.startsWith(`${path}[`)) continue
    known = true
    const rest = parsePath(name)!.slice(parsePath(path)!.length)
    if (rest.length > 0) {
      if (values[path] !== undefined) values[path] = setAt(structuredClone(values[path]), rest, op, val)
    } else if (val === undefined) delete values[path]
    else values[path] = val
  }
  expect(known).toBe(true)
}

function setAt(value: any, steps: ReturnType<typeof parsePath> & object, op: string, val: unknown): any {
  const [step, ...rest] = steps
  if (step === undefined) return val
  if ('name' in step) {
    const next = setAt(value[step.name], rest, op, val)
    if (next === undefined) delete value[step.name]
    else value[step.name] = next
    return value
  }
  const at = value.findIndex((item: { key: unknown }) => String(item.key) === step.key)
  if (rest.length > 0) {
    if (at >= 0) setAt(value[at], rest, op, val)
  } else if (op === 'remove') {
    if (at >= 0) value.splice(at, 1)
  } else if (at < 0) value.push(val)
  else value[at] = val
  return value
}

/** Without the wrappers of any slots and without type names, which need not be repeated. */
function unwrap(value: any): any {
  if (Array.isArray(value)) return value.map(unwrap)
  if (typeof value !== 'object' || value === null) return value
  if ('_value' in value) return unwrap(value._value)
  return Object.fromEntries(Object.entries(value).filter(([key, item]) => key !== '_typeName' && item !== undefined)
    .map(([key, item]) => [key, unwrap(item)]))
}

/** Keyed arrays have no order of their own. */
function normal(value: any): any {
  if (Array.isArray(value)) {
    const items = value.map(normal)
    return items[0]?.key === undefined ? items : items.sort((a, b) => String(a.key) < String(b.key) ? -1 : 1)
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.keys(value).sort().map(key => [key, normal(value[key])]))
}

/** The folder spec worked out the slow way, from the records alone. */
function naive(lab: CollectorLab): State {
  const state: State = {}
  const visit = (ref: MoRef, report: boolean): void => {
    const record = lab.world.get<Record<string, any>>(NODE, ref.value)
    if (record === undefined || state[ref.value] !== undefined) return
    const wanted = ref.type === 'Folder' ? ['name', 'childEntity'] : paths
    if (report) {
      state[ref.value] = {}
      for (const path of wanted) {
        let value: any = record.props
        for (const part of parsePath(path)!) {
          value = 'name' in part ? value?.[part.name] : value?.find((item: { key: unknown }) => String(item.key) === part.key)
        }
        if (value !== undefined) state[ref.value]![path] = unwrap(value)
      }
    }
    for (const child of record.props['childEntity'] ?? []) visit(child, true)
  }
  visit(vmFolder, false)
  return normal(state)
}

/** Six watchers of several kinds under the same random hands. */
function addsUp(steps: readonly Step[]): void {
  const lab = makeLab()
  const all = [...paths, 'childEntity']
  const onView = (user: string, partial: boolean, container: MoRef, type: string, asked: string[]) =>
    new Watcher(lab.login(user), partial, asked, client => viewSpec(client.containerView(container, [type]), asked, type))
  const watchers = [
    new Watcher(lab.login(), false, all, () => folderSpec()),
    new Watcher(lab.login(), true, all, () => folderSpec()),
    onView('root', false, root, 'VirtualMachine', ['name', 'config']),
    onView('root', true, root, 'VirtualMachine', ['name', 'config']),
    onView('limited', true, datacenter, 'VirtualMachine', ['guest', 'parent']),
    onView('root', true, folders[1]!, 'ManagedEntity', ['name']),
  ]
  for (const step of steps) {
    if (step.do === 'poll') watchers[step.client]!.poll()
    else if (step.do === 'lose') watchers[step.client]!.lose()
    else run(lab, step as Exclude<Step, { client: number }>)
  }
  for (const watcher of watchers) {
    watcher.poll()
    expect(watcher.known).toEqual(watcher.present)
    expect(watcher.client.poll(watcher.version)).toBeUndefined()
  }
  expect(watchers[0]!.present).toEqual(naive(lab))
  for (const watcher of watchers) lab.logout(watcher.client)
  expect(lab.collectors.sizes).toEqual({ groups: 0, collectors: 0, waits: 0, logged: 0, watched: 0 })
}

describe('updates › random changes', () => {
  it('add up to the present state, partial or whole, shared or alone, with answers lost', () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 40 }), addsUp), { numRuns: 100 })
  }, 120000)

  it('add up when clients stay away so long that logs are compacted', () => {
    const change = step.filter(each => !('client' in each))
    const rare = fc.record({ do: fc.constantFrom('poll' as const, 'lose' as const), client: fc.nat(5) })
    const long = fc.array(fc.oneof({ weight: 60, arbitrary: change }, { weight: 1, arbitrary: rare }), {
      minLength: 1200, maxLength: 1500,
    })
    fc.assert(fc.property(long, addsUp), { numRuns: 3, endOnFailure: true })
  }, 120000)
})
