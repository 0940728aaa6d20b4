import { listOf, propertiesOf, SoapClient } from '../../clients/sdk/soap-client.js'
import { SoapFault, type Ref, type Value } from '../../clients/sdk/soap-xml.js'
import { createTestLab, type TestLab, type TestLabOptions } from '../support/test-lab.js'

export type Fields = Readonly<Record<string, Value>>

/** A task's info as it came over the wire. */
export interface WireTask {
  readonly state: string
  readonly result?: Value
  readonly error?: { readonly fault: Fields & { readonly _typeName: string }, readonly localizedMessage: string }
  readonly [field: string]: unknown
}

/** An event as it came over the wire. */
export type WireEvent = Readonly<Record<string, string>> & { readonly _typeName: string }

/** One logged-in client of one node, with what behaviour tests ask again and again. */
export class Door {
  readonly soap: SoapClient
  readonly #lab: TestLab
  #content: Record<string, Value> | undefined

  constructor(lab: TestLab, soap: SoapClient) {
    this.#lab = lab
    this.soap = soap
  }

  async content(name: string): Promise<Ref> {
    this.#content ??= await this.soap.content()
    return this.#content[name] as Ref
  }

  call(self: Ref, method: string, args: object = {}): Promise<Value | undefined> {
    return this.soap.call(self, method, args as Record<string, unknown>)
  }

  /** Type of the MethodFault of a call; undefined: it went well. */
  async faultOf(self: Ref, method: string, args: object = {}): Promise<string | undefined> {
    return (await this.fault(self, method, args))?.type
  }

  async fault(self: Ref, method: string, args: object = {}): Promise<SoapFault | undefined> {
    try {
      await this.call(self, method, args)
      return undefined
    } catch (error) {
      if (error instanceof SoapFault) return error
      throw error
    }
  }

  props(object: Ref, ...paths: string[]): Promise<Record<string, Value>> {
    return this.soap.properties(object, paths)
  }

  async get<T = string>(object: Ref, path: string): Promise<T> {
    return (await this.props(object, path))[path] as T
  }

  async list(object: Ref, path: string): Promise<string[]> {
    const array = await this.get<Fields | string | undefined>(object, path)
    if (array === undefined || typeof array === 'string') return []
    return listOf<Ref>(Object.entries(array).find(([name]) => name !== '_typeName')?.[1]).map(ref => ref.value)
  }

  /** All objects of a type by name, as the client finds them in a view. */
  async names(type: string): Promise<Map<string, Ref>> {
    const found = await this.viewed(type, ['name'])
    return new Map(found.map(({ ref, props }) => [props['name'] as string, ref]))
  }

  async viewed(type: string, pathSet: readonly string[]): Promise<{ ref: Ref, props: Record<string, Value> }[]> {
    const view = await this.call(await this.content('viewManager'), 'CreateContainerView', {
      container: await this.content('rootFolder'), type: [type], recursive: true,
    }) as Ref
    const answer = await this.soap.callAll(await this.content('propertyCollector'), 'RetrieveProperties', {
      specSet: {
        propSet: { type, pathSet },
        objectSet: { obj: view, skip: true, selectSet: { _typeName: 'TraversalSpec', type: 'ContainerView', path: 'view', skip: false } },
      },
    })
    await this.call(view, 'DestroyView')
    return answer.map(item => ({ ref: (item as Fields)['obj'] as Ref, props: propertiesOf(item) }))
  }

  /** The object of a type with a name. */
  async named(type: string, name: string): Promise<Ref> {
    const names = await this.names(type)
    const found = names.get(name)
    if (found === undefined) throw new Error(`no ${type} ${name}; there are ${[...names.keys()].join(', ')}`)
    return found
  }

  vm(name: string): Promise<Ref> {
    return this.named('VirtualMachine', name)
  }

  async info(task: Ref): Promise<WireTask> {
    return this.get<never>(task, 'info')
  }

  /** Runs a `_Task` method of an instant lab to its end. */
  async task(self: Ref, method: string, args: object = {}): Promise<WireTask> {
    const task = await this.call(self, method, args) as Ref
    this.#lab.world.advance(0)
    return this.info(task)
  }

  /** Like `task`, for one that must succeed: gives its result. */
  async done(self: Ref, method: string, args: object = {}): Promise<Value | undefined> {
    const info = await this.task(self, method, args)
    if (info.state !== 'success') throw new Error(`${method}: ${info.state} ${JSON.stringify(info.error)}`)
    return info.result
  }

  /** The fault with which a task ends. */
  async failed(self: Ref, method: string, args: object = {}): Promise<Fields & { _typeName: string } | undefined> {
    return (await this.task(self, method, args)).error?.fault
  }

  async events(since = 0, filter: object = {}): Promise<WireEvent[]> {
    const events = await this.soap.callAll(await this.content('eventManager'), 'QueryEvents', { filter })
    return (events as unknown as WireEvent[])
      .filter(event => Number(event['key']) > since)
      .sort((a, b) => Number(a['key']) - Number(b['key']))
  }

  /** Key of the newest event. */
  async mark(): Promise<number> {
    return Number((await this.get<WireEvent>(await this.content('eventManager'), 'latestEvent'))['key'])
  }

  async types(since = 0): Promise<string[]> {
    return (await this.events(since)).map(event => event._typeName)
  }

  async texts(since = 0): Promise<string[]> {
    return (await this.events(since)).map(event => `${event._typeName}: ${event['fullFormattedMessage']}`)
  }
}

/** A test lab with doors by name of node. */
export class Doors {
  readonly lab: TestLab

  constructor(options: TestLabOptions = {}) {
    this.lab = createTestLab(options)
  }

  async open(node = 'vc-01', user?: string): Promise<Door> {
    return new Door(this.lab, await this.lab.client(node, user))
  }

  advance(seconds: number): void {
    this.lab.world.advance(seconds * 1000)
  }

  inject(fault: string, target: string): () => void {
    const { id } = this.lab.lab.faults.inject(fault, target, {})
    return () => { this.lab.lab.faults.heal(id) }
  }

  close(): Promise<void> {
    return this.lab.close()
  }
}

/** Runs a test with doors that are closed after it, whatever happens. */
export function withDoors(run: (doors: Doors) => Promise<void>, options: TestLabOptions = {}): () => Promise<void> {
  return async () => {
    const doors = new Doors(options)
    try {
      await run(doors)
    } finally {
      await doors.close()
    }
  }
}

/** A small VM for CreateVM_Task. */
export function newVm(name: string, datastore = 'shared-01', more: object = {}): object {
  return { name, numCPUs: 1, memoryMB: 512, guestId: 'otherLinux64Guest', files: { vmPathName: `[${datastore}]` }, ...more }
}

/** The folder, pool and host for a new VM on a node's door. */
export async function places(door: Door, host = 'esx-02'): Promise<{ folder: Ref, pool: Ref, host: Ref }> {
  const folders = await door.names('Folder')
  const hosts = await door.viewed('HostSystem', ['name', 'parent'])
  const at = hosts.find(({ props }) => props['name'] === host) ?? hosts[0]!
  const pool = await door.get<Ref>(at.props['parent'] as Ref, 'resourcePool')
  return { folder: folders.get('Production') ?? folders.get('vm')!, pool, host: at.ref }
}
