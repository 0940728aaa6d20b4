import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { ControlServer } from '../../emulator/doors/control/server.js'
import { clockWish, parseDuration, parsePoint } from '../../emulator/doors/control/units.js'
import { FakeTarget } from './fake-target.js'
import { plain } from './support.js'

let target: FakeTarget
let server: ControlServer
let url: string
let port: number
let defects: unknown[]

beforeEach(async () => {
  target = new FakeTarget()
  defects = []
  server = new ControlServer({
    target, listen: { address: '127.0.0.1', port: 0 }, onDefect: error => defects.push(error),
  })
  port = (await server.open()).port
  url = `http://127.0.0.1:${port}`
})
afterEach(() => server.close())

async function ask(method: string, path: string, body?: unknown): Promise<{ status: number, type: string | null, json: unknown }> {
  const reply = await fetch(url + path, {
    method,
    ...body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
  })
  return { status: reply.status, type: reply.headers.get('content-type'), json: await reply.json() }
}

describe('control API', () => {
  it('probes › answer without the framework', async () => {
    expect(await ask('GET', '/health')).toMatchObject({ status: 200, json: { status: 'ok' } })
    expect(await ask('GET', '/ready')).toMatchObject({ status: 200, json: { ready: true, revision: 7 } })
    target.ready = false
    expect(await ask('GET', '/ready')).toMatchObject({ status: 503, json: { ready: false } })
  })

  it('version, lab, nodes, truth, scenarios, coverage › are JSON', async () => {
    expect(await ask('GET', '/version')).toMatchObject({ json: { name: 'fauxsphere', version: '0.1.0' } })
    expect(await ask('GET', '/v1/lab')).toMatchObject({ status: 200, json: { name: 'small', revision: 7 } })
    expect(await ask('GET', '/v1/nodes')).toMatchObject({ json: [{ name: 'vc-01', thumbprint: 'AA:BB' }] })
    expect(await ask('GET', '/v1/consoles')).toMatchObject({ status: 200, json: { open: [], vnc: [{ name: 'web-01', wanted: 5901 }] } })
    expect(await ask('GET', '/v1/truth')).toMatchObject({ json: { runs: {} } })
    expect(await ask('GET', '/v1/scenarios')).toMatchObject({ json: [] })
    expect(await ask('GET', '/v1/coverage')).toMatchObject({ json: { total: { methods: 955 } } })
  })

  it('screen of a host › is a PNG as it is', async () => {
    const reply = await fetch(`${url}/v1/nodes/esx-01/screen`)
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'image/png'])
    expect(Buffer.from(await reply.arrayBuffer()).toString('hex')).toBe('89504e47')
    expect(await ask('POST', '/v1/nodes/esx-01/keys', { keys: ['F2', 'Alt+F12'] })).toMatchObject({ status: 200, json: {} })
    expect(target.asked.at(-1)).toBe('keys F2 Alt+F12')
    expect(await ask('POST', '/v1/nodes/esx-01/keys', { keys: [] })).toMatchObject({ status: 400 })
    expect(await ask('POST', '/v1/nodes/esx-09/keys', { keys: ['F2'] })).toMatchObject({ status: 404 })
    expect(await ask('GET', '/v1/nodes/esx-09/screen')).toMatchObject({ status: 404, json: { detail: 'no host esx-09' } })
    const document = (await ask('GET', '/openapi.json')).json as { paths: Record<string, { get: { responses: Record<string, { content: object }> } }> }
    expect(Object.keys(document.paths['/v1/nodes/{name}/screen']!.get.responses['200']!.content)).toEqual(['image/png'])
  })

  it('clock › changes, advances and says what is wrong', async () => {
    expect(await ask('POST', '/v1/clock/advance', { duration: '1h30m' })).toMatchObject({ status: 200 })
    expect(await ask('PUT', '/v1/clock', { clock: 'scaled:60' })).toMatchObject({ status: 200, json: { mode: 'scaled' } })
    expect(await ask('POST', '/v1/clock/advance', { duration: '5m' })).toMatchObject({
      status: 409, type: 'application/problem+json',
      json: { type: 'about:blank', title: 'Conflict', status: 409, detail: 'the clock is not manual' },
    })
    expect(await ask('PUT', '/v1/clock', { clock: 'fast' })).toMatchObject({ status: 400 })
    expect(target.asked).toEqual(['advance 5400000', 'clock scaled 60'])
  })

  it('faults › inject, list, heal one and all', async () => {
    expect(await ask('POST', '/v1/faults', { fault: 'host-crash', target: 'esx-01' }))
      .toMatchObject({ status: 200, json: { id: 'fault-1', options: {} } })
    expect(await ask('GET', '/v1/faults')).toMatchObject({ json: { active: [{ id: 'fault-1' }], kinds: [{ name: 'host-crash' }] } })
    expect(await ask('DELETE', '/v1/faults/fault-1')).toMatchObject({ json: { healed: [{ id: 'fault-1' }] } })
    expect(await ask('DELETE', '/v1/faults/fault-1')).toMatchObject({ status: 404 })
    expect(await ask('DELETE', '/v1/faults')).toMatchObject({ status: 200, json: { healed: [] } })
    expect(await ask('POST', '/v1/faults', { fault: 'nothing' })).toMatchObject({ status: 400 })
  })

  it('wrong input › names the place', async () => {
    expect(await ask('POST', '/v1/faults', { fault: 3, more: 1 })).toMatchObject({
      status: 400, json: { detail: expect.stringMatching(/body\.fault: .*; body: .*more/) },
    })
    expect(await ask('GET', '/v1/journal?since=x')).toMatchObject({ status: 400 })
    const broken = await fetch(`${url}/v1/faults`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' })
    expect(broken.status).toBe(400)
    expect(broken.headers.get('content-type')).toBe('application/problem+json')
  })

  it('journal › pages', async () => {
    expect(await ask('GET', '/v1/journal?since=4&limit=2')).toMatchObject({ json: { entries: [{ revision: 5, limit: 2 }] } })
  })

  it('checkpoints, rewind, reset › act on the lab', async () => {
    expect(await ask('POST', '/v1/checkpoints', { name: 'b' })).toMatchObject({ json: { name: 'b' } })
    expect(await ask('GET', '/v1/checkpoints')).toMatchObject({ json: [{ name: 'a' }] })
    expect(await ask('GET', '/v1/checkpoints/current')).toMatchObject({ json: { format: 1 } })
    expect(await ask('PUT', '/v1/checkpoints/current', { format: 1 })).toMatchObject({ status: 200 })
    expect(await ask('PUT', '/v1/checkpoints/current', { format: 9 })).toMatchObject({ status: 400 })
    expect(await ask('POST', '/v1/checkpoints/a/load')).toMatchObject({ status: 200 })
    expect(await ask('DELETE', '/v1/checkpoints/a')).toMatchObject({ status: 200 })
    expect(await ask('POST', '/v1/checkpoints/rewind', { to: '5' })).toMatchObject({ status: 200 })
    expect(await ask('POST', '/v1/checkpoints/rewind', { to: '2026-01-05T08:00:01Z' })).toMatchObject({ status: 200 })
    expect(await ask('POST', '/v1/reset')).toMatchObject({ status: 200 })
    expect(target.asked).toEqual([
      'load', 'load a', 'remove a', 'rewind {"revision":5}', 'rewind {"time":1767600001000}', 'reset',
    ])
  })

  it('metrics › are in the text format', async () => {
    const reply = await fetch(`${url}/metrics`)
    expect(reply.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    const text = await reply.text()
    expect(text).toContain('# TYPE fauxsphere_requests_total counter\nfauxsphere_requests_total{node="vc \\"01\\""} 3\n')
    expect(text).toMatch(/fauxsphere_process_resident_bytes \d+\n/)
  })

  it('openapi.json › describes every route and refers to nothing that is missing', async () => {
    const document = (await ask('GET', '/openapi.json')).json as {
      openapi: string, paths: Record<string, Record<string, { operationId: string, responses: object, parameters?: object[] }>>,
    }
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining([
      '/health', '/ready', '/version', '/metrics', '/openapi.json', '/v1/lab', '/v1/nodes', '/v1/clock',
      '/v1/faults', '/v1/scenarios', '/v1/journal', '/v1/requests', '/v1/coverage', '/v1/checkpoints',
      '/v1/reset', '/v1/truth', '/v1/events', '/v1/faults/{id}',
    ]))
    const operations = Object.values(document.paths).flatMap(path => Object.values(path))
    const ids = operations.map(operation => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const operation of operations) expect(operation.responses).toBeTypeOf('object')
    const text = JSON.stringify(document)
    for (const [, ref] of text.matchAll(/"\$ref":"([^"]+)"/g)) expect(ref).toBe('#/components/schemas/Problem')
    expect(document.paths['/v1/journal']!['get']!.parameters).toHaveLength(2)
  })

  it('unknown path › is a problem document', async () => {
    expect(await ask('GET', '/v1/none')).toMatchObject({ status: 404, type: 'application/problem+json' })
  })

  it('defect › is told without internals', async () => {
    target.truth = () => { throw new Error('secret detail') }
    const { status, json } = await ask('GET', '/v1/truth')
    expect(status).toBe(500)
    expect(JSON.stringify(json)).not.toContain('secret')
    expect(defects).toHaveLength(1)
  })

  it('foreign Host header › is refused on loopback', async () => {
    const client = await plain(port)
    client.send('GET /v1/lab HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n')
    expect(await client.closed()).toMatch(/^HTTP\/1.1 403 /)
  })
})

describe('/v1/events', () => {
  it('WebSocket › brings what was missed, then what comes', async () => {
    const client = new WebSocket(`ws://127.0.0.1:${port}/v1/events?since=3`)
    const seen: string[] = []
    await new Promise<void>((resolve, reject) => {
      client.on('error', reject)
      client.on('message', data => {
        seen.push(String(data))
        if (seen.length === 1) for (const listener of target.listeners) listener('{"revision":8}')
        else resolve()
      })
    })
    expect(seen).toEqual(['{"revision":4,"limit":100000}', '{"revision":8}'])
    const gone = new Promise(resolve => client.on('close', resolve))
    client.close()
    await gone
  })

  it('another path › is refused', async () => {
    const client = await plain(port)
    client.send('GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    expect(await client.closed()).toMatch(/^HTTP\/1.1 404 /)
  })
})

describe('units', () => {
  it.each([['90s', 90000], ['1h30m', 5400000], ['250ms', 250], ['2d', 172800000], ['1.5s', 1500], ['5', 5000], ['1h 5s', 3605000]])(
    'duration %s', (text, ms) => expect(parseDuration(text)).toBe(ms))
  it.each(['', 's', '5x', '-5s', '5s5'])('duration %s › is refused', text => {
    expect(() => parseDuration(text)).toThrow(/no duration/)
  })
  it('clock › real, scaled, manual, pause', () => {
    expect(clockWish('real')).toEqual({ mode: 'real', factor: undefined })
    expect(clockWish('scaled:60')).toEqual({ mode: 'scaled', factor: 60 })
    expect(clockWish('pause')).toEqual({ mode: 'manual', factor: undefined })
    expect(() => clockWish('scaled:0')).toThrow(/no clock/)
  })
  it('point › revision or time', () => {
    expect(parsePoint('12')).toEqual({ revision: 12 })
    expect(() => parsePoint('yesterday')).toThrow(/neither/)
  })
})
