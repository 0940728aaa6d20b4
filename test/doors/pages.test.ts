import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { peerRoutes } from '../../emulator/doors/https/peer-pages.js'
import { servedVersion, vimServiceVersions } from '../../emulator/doors/https/service-versions.js'
import { TraceFile } from '../../emulator/doors/https/trace-file.js'
import { currentTime, openDoors, plain, post, vcNode, withBasics, type TestDoor } from './support.js'

let door: TestDoor
let isServing = true
beforeEach(async () => {
  isServing = true
  door = await openDoors({
    identity: undefined,
    outage: () => isServing ? undefined : 'no healthy upstream',
    routes: peerRoutes({
      methods: () => [{ name: 'Login', namespace: 'vim25' }, { name: 'VsanClusterGetConfig', namespace: 'vsan' }],
      counts: () => ({ VirtualMachine: 4, HostSystem: 4 }),
    }),
  })
})
afterEach(() => door.doors.close('refuse'))

interface Reply { status: number, headers: Record<string, string | string[] | undefined>, body: string }

function get(path: string, options: { port?: number, method?: string, host?: string } = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const req = request({
      host: '127.0.0.1', port: options.port ?? door.port, path, method: options.method ?? 'GET',
      headers: { connection: 'close', ...options.host === undefined ? {} : { host: options.host } },
    }, res => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('end', () => resolve({
        status: res.statusCode!, headers: res.headers, body: Buffer.concat(chunks).toString(),
      }))
    })
    req.on('error', reject)
    req.end()
  })
}

describe('GET on 443', () => {
  it('vimServiceVersions.xml › names the newest version and those before', async () => {
    const { status, headers, body } = await get('/sdk/vimServiceVersions.xml')
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/xml; charset=utf-8')
    expect(body).toContain('<namespaces version="1.0"><namespace><name>urn:vim25</name>'
      + '<version>8.0.3.0</version><priorVersions><version>8.0.2.0</version>')
  })

  it('vsanServiceVersions.xml › names vsan versions', async () => {
    expect((await get('/sdk/vsanServiceVersions.xml')).body).toContain('<name>urn:vsan</name>')
  })

  it('version label unknown to the tables › is advertised and served as the newest', () => {
    expect(vimServiceVersions('uE53DA')).toContain('<version>uE53DA</version><priorVersions>')
    expect(servedVersion('uE53DA')).toMatch(/^\d/)
    expect(servedVersion('6.5')).toBe('6.5')
  })

  it.each(['vimService.wsdl', 'vim.wsdl', 'core-types.xsd', 'vim-messagetypes.xsd', 'vimService?wsdl'])(
    '/sdk/%s › is there', async file => {
      const { status, body } = await get(`/sdk/${file}`)
      expect(status).toBe(200)
      expect(body).toMatch(/^<\?xml/)
    })

  it('HEAD › has the length and no body', async () => {
    const { status, headers, body } = await get('/sdk/vimServiceVersions.xml', { method: 'HEAD' })
    expect(status).toBe(200)
    expect(Number(headers['content-length'])).toBeGreaterThan(100)
    expect(body).toBe('')
  })

  it('landing page and clients.xml › name the product', async () => {
    expect((await get('/')).body).toContain('VMware vCenter Server 8.0.3')
    expect((await get('/client/clients.xml')).body).toContain('<authdPort>902</authdPort>')
  })

  it.each([['/nothing', 'GET'], ['/sdk/none.xsd', 'GET'], ['/sdk', 'GET'], ['/sdk', 'PUT'], ['/sdk/../etc/passwd', 'GET']])(
    '%s with %s › is 404', async (path, method) => {
      expect((await get(path, { method })).status).toBe(404)
    })

  it('stopped services › are 503 on every path', async () => {
    isServing = false
    expect(await get('/sdk/vimServiceVersions.xml')).toMatchObject({ status: 503, body: 'no healthy upstream' })
  })

  it('upgrade that nobody takes › is 404 and closed', async () => {
    const client = await plain(door.port)
    client.send('GET /ticket/x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    expect(await client.closed()).toMatch(/^HTTP\/1.1 404 /)
  })
})

describe('pages of the peer', () => {
  it('/about › lists the methods', async () => {
    expect(JSON.parse((await get('/about')).body)).toEqual({ methods: ['Login', 'VsanClusterGetConfig'] })
  })

  it('/debug/vars › counts the model', async () => {
    const vars = JSON.parse((await get('/debug/vars')).body) as { vcsim: { model: Record<string, number> } }
    expect(vars.vcsim.model).toMatchObject({ machine: 4, host: 4, datacenter: 0 })
  })
})

describe('port 80', () => {
  it('every path › is 301 to https at the real port', async () => {
    const reply = await get('/sdk?x=1', { port: door.httpPort, host: `vc.lab:${door.httpPort}` })
    expect(reply.status).toBe(301)
    expect(reply.headers.location).toBe(`https://vc.lab:${door.port}/sdk?x=1`)
  })

  it('host that is no name › is replaced', async () => {
    const reply = await get('/', { port: door.httpPort, host: 'a/b"<x' })
    expect(reply.headers.location).toBe(`https://${vcNode.hostName}:${door.port}/`)
  })
})

describe('death of a node', () => {
  it('refuse › cuts connections, refuses new ones, and comes back on the same port', async () => {
    const client = await plain(door.port)
    const { port } = door
    await door.doors.close('refuse')
    await client.closed()
    await expect(plain(port)).rejects.toThrow('ECONNREFUSED')
    expect((await door.doors.open()).https.port).toBe(port)
    expect((await get('/')).status).toBe(200)
  })

  it('reset › resets old and new connections', async () => {
    const client = await plain(door.port)
    await door.doors.close('reset')
    await client.closed()
    const later = await plain(door.port).catch(() => undefined)
    await later?.closed()
    await door.doors.open()
    expect((await get('/')).status).toBe(200)
  })

  it('silent › says nothing to old and new connections, which are reset on return', async () => {
    const old = await plain(door.port)
    old.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await old.until(/<\/html>/)
    await door.doors.close('silent')
    const before = old.text.length
    old.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    const fresh = await plain(door.port)
    fresh.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await door.doors.open()
    await Promise.all([old.closed(), fresh.closed()])
    expect(old.text.length).toBe(before)
    expect(fresh.text).toBe('')
    expect((await get('/')).status).toBe(200)
  })
})

describe('trace file', () => {
  it('requests and answers › are written with their bodies', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fauxsphere-trace-'))
    const trace = new TraceFile(join(folder, 'trace'))
    const traced = await openDoors({ identity: undefined, trace })
    withBasics(traced.gate)
    const client = await plain(traced.port)
    await client.send(post(currentTime)).until(/<\/soapenv:Envelope>/)
    client.socket.destroy()
    await traced.doors.close()
    trace.close()
    const text = readFileSync(join(folder, 'trace'), 'utf8')
    expect(text).toMatch(/^== 1 vc-01 POST \/sdk\n-- 1 vc-01, \d+ bytes\n<\?xml[^]*<CurrentTime [^]*-- 1 vc-01, \d+ bytes\n[^]*<CurrentTimeResponse/)
    expect(statSync(join(folder, 'trace')).mode & 0o077).toBe(0)
    rmSync(folder, { recursive: true })
  })
})
