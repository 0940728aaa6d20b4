/** Random requests over real sockets. A failure prints its seed: FAUXSPHERE_FUZZ_SEED=<seed> repeats it. */
import { readFileSync, readdirSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SoapClient } from '../../clients/sdk/soap-client.js'
import type { MethodInfo, MoRef } from '../../emulator/schema/model.js'
import { envelope } from '../doors/support.js'
import type { TestLab } from '../support/test-lab.js'
import { Generator, diceOf, minimal, random } from './generate.js'
import { currentTime, decentAnswer, decentRaw, holdings, openFrontLab, stillServes, tell } from './front-lab.js'

const seed = Number(process.env['FAUXSPHERE_FUZZ_SEED'] ?? 20260105)
const runs = { numRuns: Number(process.env['FAUXSPHERE_FUZZ_RUNS'] ?? 250), seed }
const STATUSES = [200, 400, 404, 413, 431, 500, 503]
/** One request may not set off a chain of work: so many transactions at most. */
const MAX_TRANSACTIONS = 100

const folder = new URL('corpus/', import.meta.url)
const corpus = readdirSync(folder).filter(name => name.endsWith('.xml')).sort()
  .map(name => ({ name, bytes: readFileSync(new URL(name, folder)) }))

let lab: TestLab
let client: SoapClient
let methods: MethodInfo[]
beforeAll(async () => {
  lab = openFrontLab({ counted: false, doors: { maxBodyBytes: 300000 } })
  client = await lab.client('vc-01')
  const { schema } = lab.lab
  const all = schema.names('managed', 'vim25').flatMap(name => schema.managed(name)!.ownMethods)
  const emulated = all.filter(method => lab.lab.registry.method(method.owner, method.name) !== undefined)
  // Nine of ten calls go where something happens.
  methods = [...all, ...Array.from({ length: Math.ceil(9 * all.length / emulated.length) }, () => emulated).flat()]
})
afterAll(() => lab.close())

/** Live references of a type on the vCenter. */
function refs(type: string): MoRef[] {
  const { world, schema } = lab.lab
  return world.store.typesOn('vc-01')
    .filter(each => schema.managed(each) !== undefined && (type === '' || schema.isA(each, type)))
    .flatMap(each => world.ofType('vc-01', each).slice(0, 3))
    .map(({ address }) => ({ type: address.type, value: address.id }))
}

/** A method of the tables on an object that has it, as XML. */
function requestOf(number: number): { method: MethodInfo, body: string } {
  const dice = diceOf(number)
  const generator = new Generator(lab.lab.schema, dice, refs)
  const method = generator.pick(methods)
  const live = refs(method.owner)
  const self = live.length > 0 && dice(10) > 0 ? generator.pick(live) : { type: method.owner, value: 'nobody' }
  const body = envelope(method.name, generator.parameters(method, dice(3) === 0 ? minimal : random), [self.type, self.value])
  return { method, body }
}

/** Sends a body and checks what must hold for any; a wait for ever is not asked for. */
async function send(body: string | Buffer, headers: Record<string, string> = {}): Promise<void> {
  const { revision } = lab.world
  const text = body.toString('latin1')
  if (/WaitForUpdates\b/.test(text) || (text.includes('WaitForUpdatesEx') && !text.includes('<maxWaitSeconds>0<'))) return
  const answer = await client.post(body, headers)
  const seen = decentAnswer(answer)
  lab.world.runDue()
  expect(STATUSES).toContain(seen.status)
  if (seen.status === 500) expect(seen.fault, answer.body).not.toBe('SystemError')
  expect(lab.defects, text).toEqual([])
  expect(lab.world.revision - revision).toBeLessThan(MAX_TRANSACTIONS)
  await revive()
}

/** The request may have been a logout, or may have changed whom the session acts for. */
async function revive(): Promise<void> {
  const value = /"([^"]+)"/.exec(client.cookie ?? '')?.[1]
  if (lab.lab.services.sessions.find('vc-01', value) !== undefined) return
  client.cookie = undefined
  client = await lab.client('vc-01')
}

describe(`random requests (seed ${seed})`, () => {
  it.each(corpus.map(({ name }) => name))('corpus › %s', async name => {
    await send(corpus.find(each => each.name === name)!.bytes)
  })

  it('any method with arguments by its schema', async () => {
    await fc.assert(fc.asyncProperty(fc.integer(), async number => send(requestOf(number).body)), { ...runs, numRuns: 2 * runs.numRuns })
  })

  it('any method with elements lost, doubled, renamed and moved', async () => {
    const damage = fc.record({
      number: fc.integer(), what: fc.constantFrom('lose', 'double', 'rename', 'move', 'retype', 'retext' as const), at: fc.nat(),
      text: fc.constantFrom('', '-1', '99999999999', 'true', '\u{1F680}', 'x'.repeat(5000), '1e5', '2026-01-05', '__proto__'),
    })
    await fc.assert(fc.asyncProperty(damage, async ({ number, what, at, text }) => {
      await send(damaged(requestOf(number).body, what, at, text))
    }), runs)
  })

  it('bodies of the corpus with bytes changed', async () => {
    const damage = fc.record({
      which: fc.nat(corpus.length - 1), at: fc.nat(3000), cut: fc.nat(30), insert: fc.uint8Array({ maxLength: 12 }),
    })
    await fc.assert(fc.asyncProperty(damage, async ({ which, at, cut, insert }) => {
      const { bytes } = corpus[which]!
      const from = at % bytes.length
      await send(Buffer.concat([bytes.subarray(0, from), insert, bytes.subarray(Math.min(from + cut, bytes.length))]))
    }), runs)
  })

  it('corpus spliced with corpus', async () => {
    const splice = fc.record({ a: fc.nat(corpus.length - 1), b: fc.nat(corpus.length - 1), at: fc.nat(1000), from: fc.nat(1000) })
    await fc.assert(fc.asyncProperty(splice, async ({ a, b, at, from }) => {
      await send(Buffer.concat([corpus[a]!.bytes.subarray(0, at), corpus[b]!.bytes.subarray(from)]))
    }), runs)
  })

  it('random headers around a sound body', async () => {
    const name = fc.constantFrom(
      'SOAPAction', 'Cookie', 'Content-Type', 'Accept-Encoding', 'Expect', 'Connection', 'Transfer-Encoding', 'Content-Length',
      'Content-Encoding', 'X-Forwarded-For', 'Authorization', 'vmware-api-session-id', 'Upgrade', 'TE', 'Range', 'If-None-Match',
      'User-Agent', 'Accept-Language', 'X-\u00e9',
    )
    const value = fc.oneof(
      fc.string({ maxLength: 40 }).map(text => text.replace(/[\r\n]/g, ' ')),
      fc.constantFrom('chunked', 'gzip', '*', 'close', '100-continue', 'upgrade, websocket', 'websocket', 'h2c', '"urn:vim25/5.5"',
        'urn:pbm', 'gzip;q=0', 'deflate, gzip;q=1.0', 'bytes=0-1', 'x'.repeat(9000), 'vmware_soap_session="', '0', '7'),
    )
    const headers = fc.array(fc.tuple(name, value), { maxLength: 6 })
    await fc.assert(fc.asyncProperty(headers, async list => {
      const lines = list.map(([key, text]) => `${key}: ${text}\r\n`).join('')
      const head = `POST /sdk HTTP/1.1\r\nHost: vc\r\nContent-Length: ${currentTime.length}\r\n${lines}\r\n`
      const text = await tell(lab, Buffer.from(head + currentTime, 'latin1'))
      if (text === '') return
      expect(STATUSES).toContain(decentRaw(text.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '')).status)
      expect(lab.defects).toEqual([])
    }), runs)
  })

  it('afterwards the lab serves, and nothing has piled up', async () => {
    await stillServes(lab)
    expect(holdings(lab)).toMatchObject({ waits: 0 })
    expect(lab.counts('vc-01').connections).toBeLessThan(20)
  })
})

type Damage = 'lose' | 'double' | 'rename' | 'move' | 'retype' | 'retext'

/** A request with one of its elements damaged. */
function damaged(body: string, what: Damage, at: number, text: string): string {
  const start = body.indexOf('<soapenv:Body>')
  const elements = [...body.matchAll(/<(\w+)([^>]*)>([^<]*)<\/\1>/g)].filter(({ index }) => index > start)
  const chosen = elements[at % Math.max(1, elements.length)]
  if (chosen === undefined) return body
  const [whole, name, attributes, content] = chosen as unknown as [string, string, string, string]
  const others: Record<Damage, string> = {
    lose: '', double: whole + whole, rename: `<${name}x${attributes}>${content}</${name}x>`,
    move: '', retype: `<${name} xsi:type="xsd:int"${attributes.replace(/ xsi:type="[^"]*"/, '')}>${content}</${name}>`,
    retext: `<${name}${attributes}>${text}</${name}>`,
  }
  const rest = body.slice(0, chosen.index) + others[what] + body.slice(chosen.index + whole.length)
  return what === 'move' ? rest.replace('</soapenv:Body>', `${whole}</soapenv:Body>`) : rest
}
