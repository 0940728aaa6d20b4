/** A vim25 client for measuring: keep-alive, and answers looked at as text, not parsed into trees. */
import https from 'node:https'
import { performance } from 'node:perf_hooks'

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
  + '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
  + 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>'
const TAIL = '</soapenv:Body></soapenv:Envelope>'

/** Text for an element or attribute. */
export const escape = text => String(text)
  .replace(/[&<>"]/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c])

/** The first reference in an element of that name: `<returnval type="Task">task-1</returnval>`. */
export function reference(xml, element = 'returnval') {
  const found = new RegExp(`<${element}\\b[^>]*\\stype="([A-Za-z]+)"[^>]*>([^<]+)<`).exec(xml)
  if (found === null) throw new Error(`no reference in <${element}>: ${xml.slice(0, 300)}`)
  return { type: found[1], value: found[2] }
}

/** Text of the first element of that name; undefined if there is none. */
export function textOf(xml, element) {
  return new RegExp(`<${element}(?:\\s[^>]*)?>([^<]*)<`).exec(xml)?.[1]
}

/** How often a string occurs in a text. */
export function count(xml, needle) {
  let found = 0
  for (let at = xml.indexOf(needle); at !== -1; at = xml.indexOf(needle, at + needle.length)) found += 1
  return found
}

/** Throws when an answer is not what was asked for: every measured answer is checked. */
export function must(holds, text) {
  if (!holds) throw new Error(`wrong answer: ${typeof text === 'function' ? text() : text}`)
}

/** Counts strings in a stream of chunks without keeping it. */
export class StreamScan {
  #needles
  #carry = Buffer.alloc(0)
  #longest
  counts
  head = ''
  tail = ''

  constructor(needles) {
    this.#needles = needles.map(text => Buffer.from(text))
    this.#longest = Math.max(...this.#needles.map(({ length }) => length), 64)
    this.counts = needles.map(() => 0)
  }

  write(chunk) {
    if (this.head.length < 4096) this.head += chunk.toString('latin1', 0, 4096)
    const data = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk])
    const keep = Math.min(data.length, this.#longest - 1)
    this.#needles.forEach((needle, i) => {
      for (let at = data.indexOf(needle); at !== -1; at = data.indexOf(needle, at + needle.length)) {
        // What lies wholly in the part that is kept is counted with the next chunk.
        if (at < data.length - keep) this.counts[i] += 1
      }
    })
    this.#carry = data.subarray(data.length - keep)
  }

  end() {
    this.tail = this.#carry.toString('latin1')
    this.#needles.forEach((needle, i) => { this.counts[i] += count(this.tail, needle.toString()) })
  }
}

/** One connection with its own session. */
export class Client {
  #url
  #agent
  #cookie
  #open = new Set()
  refs = {}
  timeoutMs = 300_000

  constructor(url) {
    this.#url = new URL(url)
    this.#agent = new https.Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false })
  }

  /** Ends the connection at once, an open long poll with it. */
  close() {
    for (const request of this.#open) request.destroy()
    this.#agent.destroy()
  }

  #send(method, self, args, onChunk) {
    const body = `${HEAD}<${method} xmlns="urn:vim25"><_this type="${self.type}">${escape(self.value)}</_this>`
      + `${args}</${method}>${TAIL}`
    const headers = {
      'Content-Type': 'text/xml; charset=utf-8', 'SOAPAction': '"urn:vim25/6.5"',
      'Content-Length': Buffer.byteLength(body), ...(this.#cookie ? { Cookie: this.#cookie } : {}),
    }
    const { hostname, port, pathname } = this.#url
    return new Promise((resolve, reject) => {
      const request = https.request(
        { hostname, port, path: pathname, method: 'POST', headers, agent: this.#agent },
        response => {
          response.on('data', onChunk)
          response.on('error', reject)
          response.on('aborted', () => reject(new Error('the answer was cut off')))
          response.on('end', () => {
            this.#open.delete(request)
            const cookie = response.headers['set-cookie']?.find(text => /^vmware_soap_session=/i.test(text))
            if (cookie !== undefined) this.#cookie = cookie.split(';')[0]
            resolve(response.statusCode)
          })
        })
      this.#open.add(request)
      request.setTimeout(this.timeoutMs, () => request.destroy(new Error(`no answer in ${this.timeoutMs} ms`)))
      request.on('error', error => { this.#open.delete(request); reject(error) })
      request.end(body)
    })
  }

  /** Calls a method and returns the answer's text; throws with the fault's name and text. */
  async call(method, self, args = '') {
    const chunks = []
    const status = await this.#send(method, self, args, chunk => chunks.push(chunk))
    const xml = Buffer.concat(chunks).toString('utf8')
    if (status !== 200) throw faultOf(method, status, xml)
    must(xml.includes(`<${method}Response`), () => `${method}: ${xml.slice(0, 300)}`)
    must(/Envelope>\s*$/.test(xml), `${method}: the answer has no end`)
    return xml
  }

  /** As `call`, but the answer runs through the scan; returns its size and times in ms. */
  async stream(method, self, args, scan) {
    const start = performance.now()
    let firstByteMs
    let bytes = 0
    const status = await this.#send(method, self, args, chunk => {
      firstByteMs ??= performance.now() - start
      bytes += chunk.length
      scan.write(chunk)
    })
    scan.end()
    if (status !== 200) throw faultOf(method, status, scan.head)
    must(/Envelope>\s*$/.test(scan.tail), `${method}: the answer has no end`)
    return { bytes, firstByteMs, wallMs: performance.now() - start }
  }

  /** Opens a session as the user in the URL and learns the references of ServiceContent. */
  async login() {
    const content = await this.call(
      'RetrieveServiceContent', { type: 'ServiceInstance', value: 'ServiceInstance' })
    for (const name of ['rootFolder', 'propertyCollector', 'viewManager', 'sessionManager', 'searchIndex']) {
      this.refs[name] = reference(content, name)
    }
    const { username, password } = this.#url
    const answer = await this.call('Login', this.refs.sessionManager,
      `<userName>${escape(decodeURIComponent(username))}</userName>`
      + `<password>${escape(decodeURIComponent(password))}</password>`)
    must(textOf(answer, 'key') !== undefined, 'Login gave no session')
    return this
  }

  logout() {
    return this.call('Logout', this.refs.sessionManager)
  }
}

function faultOf(method, status, xml) {
  const type = /<detail>\s*<[^>]*?type="(?:\w+:)?(\w+)"/.exec(xml)?.[1] ?? ''
  return new Error(`${method}: HTTP ${status} ${type} ${textOf(xml, 'faultstring') ?? xml.slice(0, 200)}`)
}
