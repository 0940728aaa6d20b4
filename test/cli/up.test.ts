import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { environmentFile, quote } from '../../clients/cli/client-environment.js'
import { run } from '../../clients/cli/run-command.js'
import { startFromFlags } from '../../clients/cli/lab-process.js'
import { runningLabs } from '../../clients/cli/running-labs.js'
import { readyLine, welcome } from '../../clients/cli/welcome.js'
import { startLab } from '../../emulator/main.js'
import { OptionError, cacheFolder, readSettings } from '../../emulator/options.js'
import { TestIo, fakeOpener } from './support.js'

let cache: string
beforeEach(() => { cache = mkdtempSync(join(tmpdir(), 'fauxsphere-up-')) })
afterEach(() => rmSync(cache, { recursive: true, force: true }))

const flags = { controlListen: '127.0.0.1:0', ports: 'free' } as const

describe('starting a lab', () => {
  it('ready line › is the one of the contract', async () => {
    const io = new TestIo({ FAUXSPHERE_CACHE: cache })
    const { lab, stop } = await startFromFlags(flags, io, fakeOpener().open)
    expect(readyLine(lab)).toEqual({
      ready: true, control: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/), revision: 7,
      nodes: [expect.objectContaining({ name: 'vc-01', kind: 'vcenter', sdk: 'https://127.0.0.1:8989/sdk', thumbprint: 'AA:BB' })],
    })
    expect(await (await fetch(`${lab.controlUrl}/health`)).json()).toEqual({ status: 'ok' })
    await stop()
  })

  it('welcome › has the table and lines for every client', async () => {
    const io = new TestIo({ FAUXSPHERE_CACHE: cache })
    const { lab, stop } = await startFromFlags(flags, io, fakeOpener().open)
    const text = welcome(lab)
    expect(text).toMatch(/NODE +KIND +URL +USER +PASSWORD +CONSOLES +SSH +THUMBPRINT\nvc-01 +vcenter +https:\/\/127\.0\.0\.1:8989\/sdk/)
    expect(text).toContain('GOVC_URL=https://127.0.0.1:8989/sdk GOVC_USERNAME=administrator@vsphere.local GOVC_PASSWORD=VMware1!')
    expect(text).toContain("SmartConnect(host='127.0.0.1', port=8989, user='administrator@vsphere.local'")
    expect(text).toContain('Connect-VIServer -Server 127.0.0.1 -Port 8989')
    expect(text).toContain('VSPHERE_SERVER=127.0.0.1:8989')
    expect(text).toContain('curl -k https://127.0.0.1:8989/sdk/vimServiceVersions.xml')
    await stop()
  })

  it('running lab › is noted, and forgotten when it stops', async () => {
    const io = new TestIo({ FAUXSPHERE_CACHE: cache })
    const opener = fakeOpener()
    const { lab, stop } = await startFromFlags(flags, io, opener.open)
    expect(runningLabs(cache)).toEqual([{ pid: process.pid, control: lab.controlUrl, lab: 'small' }])
    await stop()
    expect(runningLabs(cache)).toEqual([])
    expect(opener.closed).toBe(1)
  })

  it('--env-file › has the variables of the clients', async () => {
    const io = new TestIo({ FAUXSPHERE_CACHE: cache })
    const file = join(cache, 'env')
    const { stop } = await startFromFlags({ ...flags, envFile: file }, io, fakeOpener().open)
    const text = readFileSync(file, 'utf8')
    for (const line of [
      'GOVC_URL=https://127.0.0.1:8989/sdk', 'GOVC_PASSWORD=VMware1!', 'VSPHERE_USER=administrator@vsphere.local',
      'VMWARE_HOST=127.0.0.1', 'VMWARE_PORT=8989', 'VMWARE_VALIDATE_CERTS=false',
    ]) expect(text).toContain(`${line}\n`)
    await stop()
  })

  it('control port that is taken › gives way to a free one', async () => {
    const other = createServer()
    const port = await new Promise<number>(resolve =>
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port)))
    const settings = readSettings({ ...flags, controlListen: `127.0.0.1:${port}` }, {})
    const lab = await startLab({ settings, cache, log: () => {} }, fakeOpener().open)
    expect(lab.controlUrl).not.toBe(`http://127.0.0.1:${port}`)
    await lab.close()
    other.close()
  })

  it.each([
    ['EACCES', /--ports high/], ['EADDRINUSE', /--ports free/],
  ])('%s at a door › becomes advice', async (code, advice) => {
    const io = new TestIo({ FAUXSPHERE_CACHE: cache })
    const failing = async () => { throw Object.assign(new Error(`listen ${code}`), { code }) }
    await expect(startFromFlags(flags, io, failing)).rejects.toThrow(advice)
  })
})

describe('settings', () => {
  it('flag, variable, default › in this order', () => {
    expect(readSettings({}, {}).lab).toBe('small')
    expect(readSettings({}, { FAUXSPHERE_LAB: 'cluster' }).lab).toBe('cluster')
    expect(readSettings({ lab: 'big:5' }, { FAUXSPHERE_LAB: 'cluster' }).lab).toBe('big:5')
    expect(readSettings({ clock: 'scaled:60' }, {}).clock).toEqual({ mode: 'scaled', factor: 60 })
    expect(readSettings({ anyLogin: true, gzipAbove: '0' }, {})).toMatchObject({ anyLogin: true, gzipAbove: Infinity })
  })

  it('wrong value › names the flag or the variable', () => {
    expect(() => readSettings({ clock: 'fast' }, {})).toThrow(/^--clock fast: /)
    expect(() => readSettings({}, { FAUXSPHERE_STRICT: 'maybe' })).toThrow(/^FAUXSPHERE_STRICT maybe: true or false/)
    expect(() => readSettings({ listen: '1:2:3' }, {})).toThrow(OptionError)
  })

  it('cache folder › the setting, the variable, XDG, home', () => {
    expect(cacheFolder('/a', { FAUXSPHERE_CACHE: '/b' })).toBe('/a')
    expect(cacheFolder(undefined, { FAUXSPHERE_CACHE: '/b', XDG_CACHE_HOME: '/c' })).toBe('/b')
    expect(cacheFolder(undefined, { XDG_CACHE_HOME: '/c' })).toBe('/c/fauxsphere')
    expect(cacheFolder(undefined, {})).toMatch(/\.cache\/fauxsphere$/)
  })
})

describe('exec', () => {
  it('run › gives the exit status, or the signal\'s', async () => {
    const env = { PATH: process.env['PATH'] }
    expect(await run(['sh', '-c', 'exit 3'], env)).toBe(3)
    expect(await run(['sh', '-c', 'kill -9 $$'], env)).toBe(137)
    await expect(run(['no-such-program-here'], env)).rejects.toMatchObject({ exitCode: 127 })
  })

  it('environment file › quotes only what a shell would read otherwise', () => {
    expect(quote('VMware1!')).toBe('VMware1!')
    expect(quote("it's $5")).toBe("'it'\\''s $5'")
    expect(environmentFile({ A: 'b c' })).toBe("A='b c'\n")
  })
})
