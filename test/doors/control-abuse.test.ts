import { once } from 'node:events'
import type { Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { parseLab } from '../../emulator/inventory/lab-file.js'
import { WholeLab } from '../support/whole-lab.js'

let lab: WholeLab
let url: string
beforeAll(async () => {
  lab = await WholeLab.open()
  const { host, port } = lab.at('control')
  url = `http://${host}:${port}`
})
afterEach(() => lab.expectCalm())
afterAll(() => lab.close())

async function ask(method: string, path: string, body?: string): Promise<{ status: number, text: string }> {
  const reply = await fetch(url + path, {
    method, headers: { connection: 'close', ...body === undefined ? {} : { 'content-type': 'application/json' } }, ...body === undefined ? {} : { body },
  })
  return { status: reply.status, text: await reply.text() }
}

/** A problem document of the client's own fault, without a stack. */
function expectRefused({ status, text }: { status: number, text: string }): void {
  expect([status >= 400 && status < 500, text]).toEqual([true, text])
  expect(text).not.toMatch(/node_modules|\.(ts|js):\d|TypeError|RangeError/)
}

const words = ['constructor', '__proto__', 'toString', '', '/', '..', '\0', 'x'.repeat(10_000), '[', `${'*a'.repeat(40)}z`, '{}', '-1', '1e999']

describe('control port', () => {
  it.each(words)('word %# in place of a name, a fault, a target, a time › a problem', async word => {
    const quoted = JSON.stringify(word)
    expectRefused(await ask('POST', '/v1/faults', `{"fault":${quoted},"target":"host/esx-02"}`))
    expectRefused(await ask('POST', '/v1/faults', `{"fault":"host-crash","target":${quoted}}`))
    expectRefused(await ask('POST', '/v1/faults', `{"fault":"host-crash","target":${JSON.stringify(`${word}/esx-02`)}}`))
    expectRefused(await ask('DELETE', `/v1/faults/${encodeURIComponent(word) || 'x'}`))
    expectRefused(await ask('GET', `/v1/nodes/${encodeURIComponent(word) || 'x'}/screen`))
    expectRefused(await ask('POST', '/v1/clock/advance', `{"duration":${quoted}}`))
  })

  it('a key that JSON can have and an object cannot › refused as an unknown option, wherever it stands', async () => {
    const bodies = {
      'options.__proto__': '{"fault":"host-crash","target":"host/esx-02","options":{"__proto__":1}}',
      'options.\\u005f_proto__': '{"fault":"host-crash","target":"host/esx-02","options":{"\\u005f_proto__":{"cause":"psod"}}}',
      '__proto__': '{"__proto__":{"fault":"host-crash"},"target":"host/esx-02"}',
      'options.fields.__proto__': '{"fault":"api-fault","target":"host/esx-02","options":{"fault":"InvalidState","fields":{"__proto__":{}}}}',
    }
    for (const [path, body] of Object.entries(bodies)) {
      const { status, text } = await ask('POST', '/v1/faults', body)
      expect([status, (JSON.parse(text) as { detail: string }).detail])
        .toEqual([400, `body.${path.replace('\\u005f', '_')}: there is no option __proto__`])
    }
    for (const key of ['constructor', 'toString', 'hasOwnProperty']) {
      const { status, text } = await ask('POST', '/v1/faults', `{"fault":"host-crash","target":"host/esx-02","options":{"${key}":1}}`)
      expect([status, text]).toEqual([400, expect.stringContaining(`there is no option ${key}`)])
    }
    expect((await ask('GET', '/v1/faults')).text).toContain('"active":[]')
  })

  it('scenarios and labs with such a key › refused, with its place', async () => {
    const steps = 'steps:\n  - at: 0s\n    inject: host-crash\n    target: host/esx-02\n    __proto__: 1\n'
    const { status, text } = await ask('POST', '/v1/scenarios', JSON.stringify({ text: `scenario: x\n${steps}` }))
    expect([status, text]).toEqual([400, expect.stringContaining('steps.0.__proto__: there is no option __proto__')])
    expect(() => parseLab('name: x\n__proto__: {}\n', 'x.yaml')).toThrow('there is no option __proto__')
  })

  it('bodies that are no JSON, too deep, of 10 MB › a problem', async () => {
    for (const body of ['{', '[]', 'null', '"x"', '['.repeat(100_000), `{"fault":"${'x'.repeat(10_000_000)}"}`]) {
      expectRefused(await ask('POST', '/v1/faults', body))
    }
  })

  it('absurd numbers in queries › a problem, or an empty page', async () => {
    for (const query of ['since=-1', 'since=1e999', `since=${'9'.repeat(400)}`, 'since=x', 'limit=-1', 'limit=0', 'limit=1e9', 'since=1&since=2']) {
      const { status, text } = await ask('GET', `/v1/journal?${query}`)
      expect([200, 400]).toContain(status)
      expect(text).not.toMatch(/node_modules|TypeError|RangeError/)
    }
  })

  it('events with frames that are none, without end, and clients that go › leave nothing', async () => {
    for (const since of ['', '?since=0', `?since=${'9'.repeat(400)}`, '?since=-1']) {
      for (const bytes of [Buffer.from([0x82, 0x85, 0, 0, 0, 0, 1, 2, 3, 4, 5]), Buffer.from([0xff, 0xff]), Buffer.from([0x01, 0x81, 0, 0, 0, 0, 0x41]), Buffer.alloc(100_000, 0x82)]) {
        const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/events${since}`)
        socket.on('error', () => {})
        await once(socket, 'open')
        const bare = (socket as unknown as { _socket: Socket })._socket
        await new Promise<void>(resolve => { bare.write(bytes, () => resolve()) })
        bare.resetAndDestroy()
        await once(socket, 'close')
      }
    }
  })
})
