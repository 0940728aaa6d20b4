import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { decodeResponse, encodeRequest, ref, type Ref, type Value } from './soap-xml.js'

export interface SoapClientOptions {
  /** `https://host:port/sdk` */
  readonly url: string
  /** Default `8.0.3.0`; null: no SOAPAction at all. */
  readonly version?: string | null
  readonly namespace?: string
  readonly userAgent?: string
}

/** An answer with its status, for tests that look at HTTP itself. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** A small SOAP client without any knowledge of types: texts in, texts out. */
export class SoapClient {
  readonly url: URL
  readonly #options: SoapClientOptions
  readonly #agent: HttpAgent | HttpsAgent
  cookie: string | undefined

  constructor(options: SoapClientOptions) {
    this.#options = options
    this.url = new URL(options.url)
    this.#agent = this.url.protocol === 'https:'
      ? new HttpsAgent({ keepAlive: true, rejectUnauthorized: false })
      : new HttpAgent({ keepAlive: true })
  }

  /** Calls a method; an array result has many values. @throws SoapFault */
  async callAll(self: Ref, method: string, args: Readonly<Record<string, unknown>> = {}): Promise<Value[]> {
    const namespace = this.#options.namespace ?? 'urn:vim25'
    const answer = await this.post(encodeRequest(self, method, args, namespace))
    if (answer.status !== 200 && answer.status !== 500) throw new Error(`HTTP ${answer.status}: ${answer.body}`)
    return decodeResponse(answer.body)
  }

  /** Calls a method that gives one value or nothing. @throws SoapFault */
  async call(self: Ref, method: string, args: Readonly<Record<string, unknown>> = {}): Promise<Value | undefined> {
    return (await this.callAll(self, method, args))[0]
  }

  /** Logs in; the cookie is kept. */
  async login(userName: string, password: string): Promise<Value | undefined> {
    const content = await this.content()
    return this.call(content['sessionManager'] as Ref, 'Login', { userName, password })
  }

  async content(): Promise<Record<string, Value>> {
    const content = await this.call(ref('ServiceInstance', 'ServiceInstance'), 'RetrieveServiceContent')
    return content as Record<string, Value>
  }

  /** Sends bytes as they are. */
  post(body: string | Buffer, headers: Record<string, string> = {}, path = this.url.pathname): Promise<RawAnswer> {
    const version = this.#options.version === undefined ? '8.0.3.0' : this.#options.version
    const namespace = this.#options.namespace ?? 'urn:vim25'
    return this.request('POST', path, body, {
      'content-type': 'text/xml; charset=utf-8',
      ...(version === null ? {} : { soapaction: `"${namespace}/${version}"` }),
      ...headers,
    })
  }

  request(method: string, path: string, body: string | Buffer | undefined, headers: Record<string, string> = {}): Promise<RawAnswer> {
    const send = this.url.protocol === 'https:' ? httpsRequest : httpRequest
    return new Promise((resolve, reject) => {
      const request = send({
        host: this.url.hostname, port: this.url.port, path, method, agent: this.#agent,
        headers: {
          'user-agent': this.#options.userAgent ?? 'fauxsphere-sdk',
          ...(this.cookie === undefined ? {} : { cookie: this.cookie }),
          ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
          ...headers,
        },
      }, response => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('error', reject)
        response.on('end', () => {
          const set = response.headers['set-cookie']?.[0]
          if (set !== undefined) this.cookie = set.split(';')[0]
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts).toString('utf8') })
        })
      })
      request.on('error', reject)
      request.end(body)
    })
  }

  /** Reads properties of one object, as texts by path. */
  async properties(object: Ref, pathSet: readonly string[]): Promise<Record<string, Value>> {
    const collector = (await this.content())['propertyCollector'] as Ref
    const found = await this.callAll(collector, 'RetrieveProperties', {
      specSet: { propSet: { type: object.type, pathSet }, objectSet: { obj: object } },
    })
    return propertiesOf(found[0])
  }

  close(): void {
    this.#agent.destroy()
  }
}

/** The properties of an ObjectContent by name. */
export function propertiesOf(content: Value | undefined): Record<string, Value> {
  const set = (content as Record<string, unknown> | undefined)?.['propSet']
  const list = (set === undefined ? [] : Array.isArray(set) ? set : [set]) as Array<{ name: string, val: Value }>
  return Object.fromEntries(list.map(({ name, val }) => [name, val]))
}

/** A repeated element that may have come once or not at all. */
export function listOf<T = Value>(value: Value | readonly Value[] | undefined): T[] {
  if (value === undefined || value === '') return []
  return (Array.isArray(value) ? value : [value]) as T[]
}
