import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { vcsim } from '../../clients/cli/vcsim/main.js'
import { SoapClient } from '../../clients/sdk/soap-client.js'
import { ref, type Ref } from '../../clients/sdk/soap-xml.js'
import { TestIo, fakeOpener } from './support.js'

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'fauxsphere-vcsim-')) })
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Sends a signal as soon as somebody listens to it. */
function signalWhenHeard(signal: NodeJS.Signals): void {
  const before = process.listenerCount(signal)
  const look = () => {
    if (process.listenerCount(signal) > before) process.emit(signal, signal)
    else setImmediate(look)
  }
  look()
}

/** Runs until the line is out, then sends the signal by which the suite ends it. */
async function serve(argv: string[], env: Record<string, string> = {}): Promise<{ io: TestIo, opener: ReturnType<typeof fakeOpener>, status: number }> {
  const io = new TestIo({ FAUXSPHERE_CACHE: folder, ...env })
  const opener = fakeOpener()
  io.onOutput = () => process.emit('SIGTERM', 'SIGTERM')
  const status = await vcsim(argv, io, '0.1.0', opener.open)
  return { io, opener, status }
}

describe('fauxsphere vcsim', () => {
  it('line › names URL and process, with any login', async () => {
    const { io, opener, status } = await serve(['-l', '127.0.0.1:0'])
    expect(io.output).toBe(`export GOVC_URL=https://user:pass@127.0.0.1:8989/sdk GOVC_SIM_PID=${process.pid}\n`)
    expect(status).toBe(0)
    expect(opener.closed).toBe(1)
    expect(opener.requests[0]?.settings).toMatchObject({
      ports: 'fixed', listen: '127.0.0.1:0', anyLogin: true, tls: true, durations: 'instant',
    })
  })

  it('end › a signal that comes twice ends it in order, as `timeout` sends it', async () => {
    const io = new TestIo({ FAUXSPHERE_CACHE: folder })
    const opener = fakeOpener()
    const before = process.listenerCount('SIGTERM')
    io.onOutput = () => {
      process.emit('SIGTERM', 'SIGTERM')
      expect(process.listenerCount('SIGTERM')).toBe(before + 1)
      process.emit('SIGTERM', 'SIGTERM')
    }
    expect(await vcsim(['-l', '127.0.0.1:0'], io, '0.1.0', opener.open)).toBe(0)
    expect(opener.closed).toBe(1)
    expect(process.listenerCount('SIGTERM')).toBe(before)
  })

  it('model › comes from the flags', async () => {
    const { opener } = await serve([
      '-dc', '2', '-cluster=3', '-host', '4', '-standalone-host=0', '-vm', '0', '-ds', '5', '-pool', '1',
      '-app', '1', '-folder', '1', '-pod', '1', '-nsx', '1', '-autostart=false', '-api-version', 'uE53DA',
      '-tls=false',
    ], { VCSIM_SECURE_COOKIES: 'true' })
    expect(opener.requests[0]?.peer).toMatchObject({
      esx: false, datacenters: 2, clusters: 3, hosts: 4, standaloneHosts: 0, vms: 0, datastores: 5,
      pools: 1, apps: 1, folders: 1, pods: 1, opaqueNetworks: 1, portgroups: 1, autostart: false,
      apiVersion: 'uE53DA', secureCookies: true, login: undefined,
    })
    expect(opener.requests[0]?.settings.tls).toBe(false)
  })

  it('login › may stand in a file', async () => {
    const file = join(folder, 'password')
    writeFileSync(file, 'secret\n')
    const { opener, io } = await serve(['-username', 'me', '-password', file])
    expect(opener.requests[0]?.peer?.login).toEqual({ username: 'me', password: 'secret' })
    expect(opener.requests[0]?.settings.anyLogin).toBe(false)
    expect(io.output).toContain('https://me:secret@127.0.0.1')
  })

  it('delays › add up', async () => {
    const { opener } = await serve(['-delay', '10', '-method-delay', 'Login:5,Logout:7'])
    const delay = opener.requests[0]!.peer!.delayMs
    expect([delay('Login'), delay('CurrentTime')]).toEqual([15, 10])
  })

  it('-E FILE › gets the line', async () => {
    const io = new TestIo({ FAUXSPHERE_CACHE: folder })
    const file = join(folder, 'env')
    const opener = fakeOpener()
    const look = () => {
      if (existsSync(file) && readFileSync(file, 'utf8') !== '') process.emit('SIGINT', 'SIGINT')
      else setImmediate(look)
    }
    const ended = vcsim(['-E', file], io, '0.1.0', opener.open)
    look()
    expect(await ended).toBe(0)
    expect(readFileSync(file, 'utf8')).toMatch(/^export GOVC_URL=.*\n$/)
    expect(io.output).toBe('')
  })

  it('-E FIFO without a reader › does not keep a signal from ending it', async () => {
    const fifo = join(folder, 'fifo')
    execFileSync('mkfifo', [fifo])
    const io = new TestIo({ FAUXSPHERE_CACHE: folder })
    const opener = fakeOpener()
    const ended = vcsim(['-E', fifo], io, '0.1.0', opener.open)
    signalWhenHeard('SIGQUIT')
    expect(await ended).toBe(0)
  })

  it('command after the flags › runs with the environment', async () => {
    const file = join(folder, 'out')
    const { status } = await serve(['-dc', '1', 'sh', '-c', `echo "$GOVC_URL" > ${file}; exit 7`], { PATH: process.env['PATH']! })
    expect(status).toBe(7)
    expect(readFileSync(file, 'utf8')).toBe('https://user:pass@127.0.0.1:8989/sdk\n')
  })

  it('hosts of any name › are added as the peer does it, without a thumbprint', async () => {
    const io = new TestIo({ FAUXSPHERE_CACHE: folder })
    const url = new Promise<string>(resolve => {
      io.onOutput = () => resolve(/GOVC_URL=(\S+)/.exec(io.output)![1]!)
    })
    const ended = vcsim(['-l', '127.0.0.1:0', '-tls=false'], io, '0.1.0')
    const { origin, username, password } = new URL(await url)
    const client = new SoapClient({ url: `${origin}/sdk` })
    await client.login(username, password)
    const search = ref('SearchIndex', 'SearchIndex')
    const spec = (hostName: string): object => ({ hostName, userName: 'u', password: 'p', force: false })
    const find = async (inventoryPath: string): Promise<Ref> =>
      await client.call(search, 'FindByInventoryPath', { inventoryPath }) as unknown as Ref
    await client.call(await find('/DC0/host/DC0_C0'), 'AddHost_Task', { spec: spec('10.0.0.1'), asConnected: true })
    await client.call(await find('/DC0/host'), 'AddStandaloneHost_Task', { spec: spec('esx.example.org'), addConnected: true })
    for (const path of ['/DC0/host/DC0_C0/10.0.0.1', '/DC0/host/esx.example.org/esx.example.org']) {
      expect(await client.properties(await find(path), ['runtime.connectionState']), path).toEqual({ 'runtime.connectionState': 'connected' })
    }
    client.close()
    process.emit('SIGTERM', 'SIGTERM')
    expect(await ended).toBe(0)
    expect(io.errors).toBe('')
  })

  it('version › needs no server', async () => {
    const other = new TestIo()
    await vcsim(['version'], other, '0.1.0')
    expect(other.output.split('\n')[0]).toBe('Build Version: 0.1.0')
  })

  it('errors › say what is wrong and end with a status', async () => {
    const io = new TestIo()
    expect(await vcsim(['-nope'], io, '0.1.0')).toBe(2)
    expect(io.errors).toMatch(/^flag provided but not defined: -nope\nUsage of vcsim:\n/)
    const help = new TestIo()
    expect(await vcsim(['-help'], help, '0.1.0')).toBe(0)
    const load = new TestIo()
    expect(await vcsim(['-load', '/x'], load, '0.1.0')).toBe(1)
    expect(load.errors).toBe('vcsim: -load: a saved model cannot be loaded yet\n')
    const range = new TestIo({ FAUXSPHERE_CACHE: folder })
    expect(await vcsim(['-dc', '-1'], range, '0.1.0', fakeOpener().open)).toBe(2)
  })
})
