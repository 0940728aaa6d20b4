/** A small lab with users, groups and pools, and what tests at the door ask again and again. */
import { expect } from 'vitest'
import { SaxesParser } from 'saxes'
import { SoapFault, type Value } from '../../clients/sdk/soap-xml.js'
import type { RawAnswer, SoapClient } from '../../clients/sdk/soap-client.js'
import type { LabFileInput } from '../../emulator/inventory/lab-schema.js'
import { CollectorService } from '../../emulator/services/property-collector/collector-service.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { envelope, plain, post, type Raw } from '../doors/support.js'
import { createTestLab, type TestLab, type TestLabOptions } from '../support/test-lab.js'

export const END = /<\/soapenv:Envelope>/
export const PASSWORD = 'VMware1!'

const user = (name: string, groups: string[] = [], node = 'vc-01') => ({ node, name, password: PASSWORD, groups })

/** The tree of network-security.md 11.6: two VMs in one folder and in two pools. */
export const frontLab: LabFileInput = {
  lab: 'front-door',
  vcenters: [{
    name: 'vc-01',
    datacenters: [{
      name: 'DC1',
      folders: { vm: ['F'] },
      clusters: [{ name: 'CL', hosts: ['esx-01'], pools: [{ name: 'RP1' }, { name: 'RP2' }] }],
      standaloneHosts: ['esx-02'],
    }],
  }],
  hosts: [{ name: 'esx-01' }, { name: 'esx-02' }],
  datastores: [{ name: 'shared-01', capacity: '1TiB' }],
  vms: [
    { name: 'VM_A', host: 'esx-01', folder: 'F', pool: 'RP1', power: 'off' },
    { name: 'VM_B', host: 'esx-01', folder: 'F', pool: 'RP2', power: 'off' },
    { name: 'VM_ON', host: 'esx-01' },
    { name: 'image', host: 'esx-02', template: true, power: 'off', tools: false },
  ],
  users: [
    user('u', ['g1', 'g2']), user('other'), user('reader'), user('joiner', ['g1']),
    user('viewer', [], 'esx-01'),
  ],
  roles: [{ node: 'vc-01', name: 'PON', privileges: ['VirtualMachine.Interact.PowerOn'] },
    { node: 'vc-01', name: 'SNAP', privileges: ['VirtualMachine.State.CreateSnapshot'] }],
  permissions: [
    { node: 'vc-01', principal: 'VSPHERE.LOCAL\\reader', role: 'ReadOnly' },
    { node: 'esx-01', principal: 'viewer', role: 'ReadOnly' },
  ],
}

/** The lab above on free ports. */
export function openFrontLab(options: TestLabOptions = {}): TestLab {
  return createTestLab({ lab: frontLab, ...options })
}

/** A raw connection to a node's door. */
export async function rawTo(lab: TestLab, name = 'vc-01', halfOpen = false): Promise<Raw> {
  return plain(Number(new URL(await lab.url(name)).port), halfOpen)
}

/** Sends bytes after which the client says no more, and gathers the answer. */
export async function tell(lab: TestLab, bytes: string | Buffer, name = 'vc-01'): Promise<string> {
  const client = await rawTo(lab, name, true)
  client.socket.end(bytes)
  const text = await client.closed()
  client.socket.destroy()
  return text
}

/** A request whose connection is to be closed behind the answer. */
export function once(body: string, headers: readonly string[] = []): string {
  return post(body, ['Connection: close', ...headers])
}

/** What no answer may hold: a stack, a path of ours, the text of an engine's error. */
export const STACK = /node_modules|\bat .{1,80}:\d+:\d+|\.(ts|js|mjs):\d|TypeError|RangeError|ReferenceError|Cannot read prop/

/** Status, type of fault and text of a raw answer. */
export interface Seen {
  readonly status: number
  readonly fault: string | undefined
  readonly text: string
}

/** Checks an answer for what holds of all of them, and takes it apart. */
export function decent(status: number, contentType: string | undefined, body: string): Seen {
  expect(body).not.toMatch(STACK)
  if (contentType?.startsWith('text/xml') !== true) return { status, fault: undefined, text: body }
  wellFormed(body)
  const fault = /<detail><\w+ [^>]*xsi:type="(\w+)"/.exec(body)?.[1]
  return { status, fault, text: /<faultstring>([^<]*)</.exec(body)?.[1] ?? '' }
}

/** The same for an answer read off a raw connection. */
export function decentRaw(answer: string): Seen {
  const [head = '', body = ''] = cut(answer, '\r\n\r\n')
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1] ?? 0)
  return decent(status, /^content-type: (.*)$/im.exec(head)?.[1], body)
}

export function decentAnswer({ status, headers, body }: RawAnswer): Seen {
  return decent(status, String(headers['content-type']), body)
}

function cut(text: string, by: string): string[] {
  const at = text.indexOf(by)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + by.length)]
}

/** Throws what the strict reader finds wrong. */
export function wellFormed(text: string): void {
  const parser = new SaxesParser({ xmlns: true })
  parser.on('error', error => { throw error })
  parser.write(text).close()
}

export const currentTime = envelope('CurrentTime')

/** A fresh connection is served as ever, and nothing went wrong inside. */
export async function stillServes(lab: TestLab): Promise<void> {
  const client = await lab.client('vc-01')
  const answer = await client.post(currentTime)
  expect(answer.status, answer.body).toBe(200)
  await client.call({ type: 'SessionManager', value: 'SessionManager' }, 'Logout')
  client.close()
  expect(lab.defects).toEqual([])
}

/** Type and fields of the fault that a call gives. */
export async function faultOf(call: Promise<unknown>): Promise<{ type: string | undefined, detail: Value | undefined }> {
  try {
    await call
  } catch (error) {
    if (error instanceof SoapFault) return { type: error.type, detail: error.detail }
    throw error
  }
  throw new Error('there was no fault')
}

/** Reference of the object of a type and name on a node. */
export function named(lab: TestLab, type: string, name: string, node = 'vc-01'): MoRef {
  const slot = lab.world.ofType(node, type).find(each => lab.world.read(each)?.props['name'] === name)
  if (slot === undefined) throw new Error(`no ${type} ${name} on ${node}`)
  return { type, value: slot.address.id }
}

/** Counts of what may not pile up. */
export function holdings(lab: TestLab): Record<string, number> {
  const { world, services } = lab.lab
  const { groups, collectors, waits, watched } = (services.collectors as CollectorService).sizes
  const sessions = world.ofType('lab', 'Session').length
  const tickets = world.ofType('lab', 'ServiceTicket').length + world.ofType('lab', 'CloneTicket').length
  return {
    groups, collectors, waits, watched, sessions, tickets,
    sessionObjects: services.sessionObjects.count, jobs: world.agenda.size,
  }
}

/** Waits, turn by turn of the event loop, until something holds; throws after very many turns. */
export async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 20000; turn += 1) {
    if (holds()) return
    await new Promise<void>(resolve => setImmediate(resolve))
  }
  throw new Error('it never came to hold')
}

/** Logs a client in by name. */
export async function loginAs(lab: TestLab, name: string, node = 'vc-01', version?: string): Promise<SoapClient> {
  return lab.client(node, node === 'vc-01' ? `${name}@vsphere.local` : name, version)
}
