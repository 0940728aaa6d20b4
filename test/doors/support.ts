import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Outcome, Request } from '../../emulator/dispatch/invoke.js'
import type { DoorGate, DoorSessions } from '../../emulator/doors/https/door-context.js'
import { NodeDoors, type NodeDoorsOptions } from '../../emulator/doors/https/node-doors.js'
import { loadSchema } from '../../emulator/schema/schema.js'
import { Certificates } from '../../emulator/services/certificates.js'
import type { NodeInfo } from '../../emulator/services/nodes.js'

export const schema = loadSchema()
export const NOW = Date.UTC(2026, 0, 5, 8)

export const vcNode: NodeInfo = {
  name: 'vc-01', kind: 'vcenter', hostName: 'vc-01.lab.local', address: '127.0.1.1', uuid: 'u',
  product: { version: '8.0.3', build: '24022515', apiVersion: '8.0.3.0', patchLevel: '00000' },
}

const authority = new Certificates({
  folder: undefined, keyType: 'p256', organization: 'vc-01.lab.local', era: 'present',
  now: () => NOW,
})

/** A gate that answers from a table of outcomes by method name. */
export class FakeGate implements DoorGate {
  readonly requests: Request[] = []
  readonly answers = new Map<string, (request: Request) => Outcome>()

  on(method: string, answer: (request: Request) => Outcome): this {
    this.answers.set(method, answer)
    return this
  }

  invoke(_node: NodeInfo, request: Request): Outcome {
    this.requests.push(request)
    const answer = this.answers.get(request.method.name)
    if (answer === undefined) throw new Error(`no answer for ${request.method.name}`)
    return answer(request)
  }
}

export class FakeSessions implements DoorSessions {
  full = false
  readonly live = new Set<string>()
  cookieOf(key: string): string | undefined {
    return key === 'key-1' ? '0123456789abcdef0123456789abcdef01234567' : undefined
  }

  isFull(): boolean {
    return this.full
  }

  find(_node: string, cookie: string | undefined): unknown {
    return cookie !== undefined && this.live.has(cookie) ? {} : undefined
  }
}

export interface TestDoor {
  readonly doors: NodeDoors
  readonly gate: FakeGate
  readonly sessions: FakeSessions
  readonly defects: unknown[]
  port: number
  httpPort: number
}

/** Doors of a vCenter on free ports; TLS unless `identity: undefined` is given. */
export async function openDoors(options: Partial<NodeDoorsOptions> = {}): Promise<TestDoor> {
  const gate = new FakeGate()
  const sessions = new FakeSessions()
  const defects: unknown[] = []
  const doors = new NodeDoors({
    node: vcNode, gate, sessions, schema,
    identity: () => authority.ensure(vcNode),
    https: { address: '127.0.0.1', port: 0 },
    http: { address: '127.0.0.1', port: 0 },
    now: () => NOW,
    newOpId: () => 'ab12',
    onDefect: error => defects.push(error),
    ...options,
  })
  const opened = await doors.open()
  return { doors, gate, sessions, defects, port: opened.https.port, httpPort: opened.http?.port ?? 0 }
}

/** A raw connection that gathers what it receives. */
export class Raw {
  readonly socket: Socket
  #received = Buffer.alloc(0)
  #ended = false
  #waiters: Array<() => void> = []

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk])
      this.#wake()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#ended = true
      this.#wake()
    })
    socket.on('end', () => {
      this.#ended = true
      this.#wake()
    })
  }

  get text(): string {
    return this.#received.toString('latin1')
  }

  send(text: string | Buffer): this {
    this.socket.write(text)
    return this
  }

  /** Waits until the text so far matches. Rejects when the connection ends without it. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.text)) {
      if (this.#ended) throw new Error(`closed with: ${this.text}`)
      await new Promise<void>(resolve => this.#waiters.push(resolve))
    }
    return this.text
  }

  /** Waits for the end of the connection. */
  async closed(): Promise<string> {
    while (!this.#ended) await new Promise<void>(resolve => this.#waiters.push(resolve))
    return this.text
  }

  #wake(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const waiter of waiters) waiter()
  }
}

export function plain(port: number, allowHalfOpen = false): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen }, () => resolve(raw))
    const raw = new Raw(socket)
    socket.once('error', reject)
  })
}

export function secure(port: number, options: { maxVersion?: 'TLSv1.1' | 'TLSv1.2', ALPNProtocols?: string[] } = {}): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      host: '127.0.0.1', port, rejectUnauthorized: false, ...options,
      ...options.maxVersion === 'TLSv1.1' ? { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } : {},
    }, () => resolve(raw))
    const raw = new Raw(socket)
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('closed')))
  })
}

/** A call as pyVmomi words it. */
export function envelope(method: string, params = '', self = ['ServiceInstance', 'ServiceInstance'], header = ''): string {
  return '<?xml version="1.0" encoding="UTF-8"?>\n'
    + '<soapenv:Envelope xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/" '
    + 'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
    + 'xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
    + `xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">${header}<soapenv:Body>`
    + `<${method} xmlns="urn:vim25"><_this type="${self[0]}">${self[1]}</_this>${params}</${method}>`
    + '</soapenv:Body></soapenv:Envelope>'
}

/** A POST of an envelope, as text. */
export function post(body: string, headers: readonly string[] = [], version = '1.1', path = '/sdk'): string {
  return [
    `POST ${path} HTTP/${version}`, 'Host: vc', 'Content-Type: text/xml; charset=UTF-8',
    'SOAPAction: "urn:vim25/8.0.3.0"', `Content-Length: ${Buffer.byteLength(body)}`, ...headers,
  ].join('\r\n') + `\r\n\r\n${body}`
}

export const currentTime = envelope('CurrentTime')
export const login = envelope('Login', '<userName>u</userName><password>p</password>', ['SessionManager', 'SessionManager'])
export const TIME = '2026-01-05T08:00:00Z'

/** Outcomes of the calls most tests make. */
export function withBasics(gate: FakeGate): FakeGate {
  return gate
    .on('CurrentTime', () => ({ kind: 'result', value: TIME }))
    .on('Login', () => ({ kind: 'result', value: userSession() }))
}

export function userSession(): Record<string, unknown> {
  return {
    key: 'key-1', userName: 'VSPHERE.LOCAL\\u', fullName: 'u', loginTime: TIME, lastActiveTime: TIME,
    locale: 'en', messageLocale: 'en',
  }
}
