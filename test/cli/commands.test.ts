import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { main } from '../../clients/cli/program.js'
import { parsePairs } from '../../clients/cli/inject.js'
import { noteRunning, runningLabs } from '../../clients/cli/running-labs.js'
import { ControlServer } from '../../emulator/doors/control/server.js'
import { FakeTarget } from '../doors/fake-target.js'
import { TestIo } from './support.js'

let target: FakeTarget
let server: ControlServer
let url: string
let cache: string

beforeEach(async () => {
  cache = mkdtempSync(join(tmpdir(), 'fauxsphere-cli-'))
  target = new FakeTarget()
  server = new ControlServer({ target, listen: { address: '127.0.0.1', port: 0 }, onDefect: () => {} })
  url = `http://127.0.0.1:${(await server.open()).port}`
})
afterEach(async () => {
  await server.close()
  rmSync(cache, { recursive: true, force: true })
})

async function cli(...argv: string[]): Promise<{ status: number, out: string, err: string }> {
  const io = new TestIo({ FAUXSPHERE_CACHE: cache, FAUXSPHERE_CONTROL: url })
  const status = await main(argv, '0.1.0', io)
  return { status, out: io.output, err: io.errors }
}

describe('commands on a running lab', () => {
  it('inject, faults, heal › go through the control API', async () => {
    expect(await cli('inject', 'host-crash', 'esx-01', 'cause=psod', 'count=2')).toEqual({
      status: 0, err: '',
      out: 'fault-1: host-crash on esx-01 since 2026-01-05T08:00:00Z\nend it with: fauxsphere heal fault-1\n',
    })
    expect(target.active[0]?.options).toEqual({ cause: 'psod', count: 2 })
    expect((await cli('faults')).out).toMatch(/host-crash +host +dies[^]*fault-1 +host-crash +esx-01/)
    expect(await cli('heal', '--all')).toMatchObject({ out: 'healed fault-1: host-crash on esx-01\n' })
    expect(await cli('heal', 'fault-9')).toEqual({ status: 2, out: '', err: 'fauxsphere: no active fault fault-9\n' })
    expect((await cli('heal')).status).toBe(2)
  })

  it('--json › answers in one line', async () => {
    const { out } = await cli('faults', '--json')
    expect(JSON.parse(out)).toMatchObject({ active: [], kinds: [{ name: 'host-crash' }] })
    expect(JSON.parse((await cli('clock', '--json')).out)).toMatchObject({ mode: 'manual' })
  })

  it('clock and advance › show where the lab is', async () => {
    expect((await cli('clock')).out).toBe(
      '2026-01-05T08:00:00Z (manual, revision 7, 2 jobs pending, next 2026-01-05T08:00:00Z)\n')
    await cli('clock', 'pause')
    await cli('advance', '90s')
    expect(target.asked).toEqual(['clock manual ', 'advance 90000'])
    expect(await cli('advance', 'soon')).toMatchObject({ status: 2, err: expect.stringContaining('no duration') })
    await cli('clock', 'real')
    expect(await cli('advance', '1s')).toMatchObject({ status: 1, err: 'fauxsphere: the clock is not manual\n' })
  })

  it('save and load › use a file', async () => {
    const file = join(cache, 'image.json')
    expect((await cli('save', file)).status).toBe(0)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ format: 1 })
    expect(await cli('load', file)).toMatchObject({ status: 0, out: 'small is at 2026-01-05T08:00:00Z, revision 7\n' })
    writeFileSync(file, '{')
    expect((await cli('load', file)).status).toBe(2)
    expect((await cli('load', join(cache, 'none'))).status).toBe(2)
  })

  it('rewind and reset › go back', async () => {
    await cli('rewind', '5')
    await cli('reset')
    expect(target.asked).toEqual(['rewind {"revision":5}', 'reset'])
  })
})

describe('finding the lab', () => {
  const ask = async (...argv: string[]) => {
    const io = new TestIo({ FAUXSPHERE_CACHE: cache })
    return { status: await main(argv, '0.1.0', io), out: io.output, err: io.errors }
  }

  it('no lab › says how to start one', async () => {
    expect(await ask('clock')).toMatchObject({ status: 1, err: expect.stringContaining('fauxsphere up') })
  })

  it('one lab › is found by its note', async () => {
    const forget = noteRunning(cache, { pid: process.pid, control: url, lab: 'small' })
    expect((await ask('clock')).status).toBe(0)
    forget()
    expect((await ask('clock')).status).toBe(1)
  })

  it('two labs › are listed', async () => {
    noteRunning(cache, { pid: process.pid, control: url, lab: 'small' })
    noteRunning(cache, { pid: process.ppid, control: 'http://127.0.0.1:1', lab: 'other' })
    expect(await ask('clock')).toMatchObject({ status: 1, err: expect.stringContaining('http://127.0.0.1:1  (other') })
    expect((await ask('clock', '--control', url)).status).toBe(0)
  })

  it('notes of dead processes and damaged ones › are taken away', () => {
    noteRunning(cache, { pid: 2 ** 22 + 1, control: url, lab: 'gone' })
    writeFileSync(join(cache, 'running', '1.json'), '{')
    expect(runningLabs(cache)).toEqual([])
  })

  it('nobody there › names the URL', async () => {
    expect(await ask('clock', '--control', 'http://127.0.0.1:1')).toMatchObject({
      status: 1, err: expect.stringMatching(/^fauxsphere: no answer from http:\/\/127\.0\.0\.1:1/),
    })
  })
})

describe('command line', () => {
  it('unknown command and flag › end with 2 and a hint', async () => {
    expect(await cli('injekt')).toMatchObject({ status: 2, err: expect.stringContaining("Did you mean inject?") })
    expect((await cli('up', '--nope')).status).toBe(2)
    expect(await cli('up', '--ports', 'all')).toMatchObject({
      status: 2, err: 'fauxsphere: --ports all: one of auto, real, high, free, fixed\n',
    })
  })

  it('help and version › end with 0', async () => {
    expect(await cli('--version')).toEqual({ status: 0, out: '0.1.0\n', err: '' })
    const { status, out } = await cli('up', '--help')
    expect(status).toBe(0)
    expect(out).toMatch(/--lab <name or file> +small, cluster/)
  })

  it('key=value › numbers and booleans are such', () => {
    expect(parsePairs(['a=1', 'b=true', 'c=x=y', 'd=1.5', 'e='])).toEqual({ a: 1, b: true, c: 'x=y', d: 1.5, e: '' })
    expect(() => parsePairs(['a'])).toThrow(/key=value/)
  })
})
