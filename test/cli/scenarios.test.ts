import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { main } from '../../clients/cli/program.js'
import { seedRange } from '../../clients/cli/run.js'
import { ControlServer } from '../../emulator/doors/control/server.js'
import { LabControl } from '../../emulator/lab-control.js'
import { createTestLab, type TestLab } from '../support/test-lab.js'
import { TestIo } from './support.js'

const good = `scenario: good
steps:
  - { inject: host-crash, target: esx-02, at: 1s, as: crash }
  - { expect: { truth: power, object: host/esx-02, is: "off" }, by: 5s }
`
const bad = good.replace('scenario: good', 'scenario: bad').replace('"off"', '"on"').replace('by: 5s', 'at: 5s')

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'fauxsphere-run-')) })
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

async function cli(argv: readonly string[], env: Record<string, string> = {}): Promise<{ status: number, out: string, err: string }> {
  const io = new TestIo({ FAUXSPHERE_CACHE: folder, ...env })
  const status = await main(argv, '0.1.0', io)
  return { status, out: io.output, err: io.errors }
}

describe('run', () => {
  it('status › 0 all met, 1 some not, 2 a file is wrong, before anything is played', async () => {
    expect(await cli(['run', file('good.yaml', good)])).toMatchObject({ status: 0, out: expect.stringMatching(/passed: 1 expectations met\n$/) })
    const failed = await cli(['run', file('bad.yaml', bad)])
    expect(failed).toMatchObject({ status: 1, out: expect.stringContaining(`replay: fauxsphere run ${join(folder, 'bad.yaml')} --seed 1`) })
    const wrong = file('wrong.yaml', good.replace('esx-02', 'esx-99'))
    expect(await cli(['run', join(folder, 'good.yaml'), wrong])).toEqual({
      status: 2, out: '', err: expect.stringContaining(`${wrong}:3:27: steps.0.target: host-crash needs a host; esx-99 is none`),
    })
    expect((await cli(['run', join(folder, 'none.yaml')])).status).toBe(2)
  })

  it('a wrong lab › is told with the place of the lab', async () => {
    const path = file('lab.yaml', `${good}lab: nowhere.yaml\n`)
    expect(await cli(['run', path])).toMatchObject({ status: 2, err: expect.stringContaining(`${path}:5:1: lab: nowhere.yaml`) })
  })

  it('folders › all below, without labs and schemas; a lab file is found beside its scenario', async () => {
    mkdirSync(join(folder, 'deep', 'labs'), { recursive: true })
    file('good.yaml', good)
    file('x.schema.json', '{}')
    file('deep/labs/mine.yaml', 'lab: mine\nhosts: [{ name: esx-02 }]\n')
    file('deep/other.yaml', `lab: labs/mine.yaml\n${good}`)
    const { status, out } = await cli(['run', '--check', folder])
    expect({ status, out }).toEqual({
      status: 0, out: `${join(folder, 'deep/other.yaml')}: good: valid\n${join(folder, 'good.yaml')}: good: valid\n`,
    })
  })

  it('--json, --seed, --seeds, --junit › as asked', async () => {
    const path = file('good.yaml', good)
    const one = await cli(['run', '--json', '--seed', '7', path])
    expect(JSON.parse(one.out)).toMatchObject({ file: path, scenario: 'good', seed: '7', passed: true, failures: [] })
    const junit = join(folder, 'report.xml')
    const many = await cli(['run', '--seeds', '3..5', '--jitter', '--junit', junit, path, file('bad.yaml', bad)])
    expect(many.status).toBe(1)
    expect(many.out).toMatch(/^good \(seed 3\): passed\ngood \(seed 4\): passed\ngood \(seed 5\): passed\nbad \(seed 3\)\n/)
    const xml = readFileSync(junit, 'utf8')
    expect(xml).toContain('tests="6" failures="3"')
    expect(xml).toContain('name="bad (seed 5)"')
    expect(xml).toMatch(/00:00:01\.000 {2}off/)
    expect(seedRange('1..3')).toEqual(['1', '2', '3'])
    expect(() => seedRange('3..1')).toThrow('write a range such as 1..20')
    expect((await cli(['run', '--seed', '1', '--seeds', '1..2', path])).status).toBe(2)
  })
})

describe('on a running lab', () => {
  let lab: TestLab
  let server: ControlServer
  let env: Record<string, string>
  beforeEach(async () => {
    lab = createTestLab({ counted: false })
    server = new ControlServer({
      target: new LabControl(lab.lab, [], () => [], { source: 'small' }), listen: { address: '127.0.0.1', port: 0 },
      onDefect: error => { throw error },
    })
    env = { FAUXSPHERE_CONTROL: `http://127.0.0.1:${(await server.open()).port}` }
  })
  afterEach(async () => {
    await server.close()
    await lab.close()
  })

  it('run --live › shows the lines as they come, and ends as a run of its own', async () => {
    const done = await cli(['run', '--live', env['FAUXSPHERE_CONTROL']!, file('good.yaml', good)])
    expect(done).toMatchObject({ status: 0, err: '' })
    expect(done.out).toMatch(/^good \(run-1 on http[^]*00:00:01\.000 {2}do +inject host-crash on esx-02\n[^]*passed: 1 expectations met\n$/)
    // That scenario healed nothing: on this lab the host stays off, and the next one meets it so.
    const failed = await cli(['run', file('bad.yaml', bad), '--live'], env)
    expect(failed).toMatchObject({ status: 1, out: expect.stringContaining('on a lab of its own: fauxsphere run') })
    const json = await cli(['run', '--json', join(folder, 'good.yaml'), '--live'], env)
    expect(JSON.parse(json.out)).toMatchObject({ scenario: 'good', passed: true })
  })

  it('run --live › what the lab does not have, and --seed, end with 2', async () => {
    const wrong = file('wrong.yaml', good.replace('esx-02', 'esx-99'))
    expect(await cli(['run', wrong, '--live'], env)).toMatchObject({ status: 2, err: expect.stringContaining(`${wrong}:3:27: `) })
    expect((await cli(['run', file('good.yaml', good), '--seed', '3', '--live'], env)).status).toBe(2)
  })

  it('inject for=, targets, heal by name, faults, record › go together', async () => {
    expect((await cli(['inject', 'host-crash', 'esx-*', 'for=10m'], env)).out).toMatch(
      /^fault-1: host-crash on esx-\* since .*\nit ends at 2026-01-05T08:10:00Z\n$/)
    expect((await cli(['inject', 'cable-cut', 'one-of:host/*'], env)).out).toMatch(/^fault-2: cable-cut on one-of:host/)
    expect((await cli(['faults'], env)).out).toMatch(/fault-1 +host-crash +esx-\* +\S+ +2026-01-05T08:10:00Z\nfault-2 +cable-cut/)
    expect(await cli(['heal', 'cable-cut'], env)).toMatchObject({ out: 'healed fault-2: cable-cut on one-of:host/*\n' })
    expect(await cli(['heal', 'host-crsh'], env)).toMatchObject({ status: 2, err: expect.stringContaining('did you mean host-crash?') })
    expect((await cli(['inject', 'host-crash', 'esx-01', 'for=soon'], env)).status).toBe(2)
    const recorded = join(folder, 'recorded.yaml')
    expect((await cli(['record', recorded], env)).status).toBe(0)
    expect(await cli(['run', '--check', recorded])).toMatchObject({ status: 0, out: expect.stringContaining('valid') })
    expect((await cli(['record'], env)).out).toBe(readFileSync(recorded, 'utf8'))
  })
})

describe('faults', () => {
  it('without a lab › lists all with options and an example; one by name', async () => {
    const all = await cli(['faults'])
    expect(all).toMatchObject({ status: 0, out: expect.stringMatching(/FAULT +TARGET +WHAT HAPPENS\nhost-crash +host +the host loses power[^]*no lab is running\n$/) })
    expect(all.out).toMatch(/host-crash +\[cause=power\|psod\] +fauxsphere inject host-crash esx-02 cause=power\n/)
    const one = await cli(['faults', 'api-fault'])
    expect(one.out).toMatch(/^api-fault: [^]*options:\n {2}method +string[^]*probability +number +default 1[^]*example: fauxsphere inject api-fault/)
    expect(await cli(['faults', 'api-falt'])).toMatchObject({ status: 2, err: 'fauxsphere: there is no fault api-falt; did you mean api-fault?\n' })
    const json = JSON.parse((await cli(['faults', '--json'])).out) as { kinds: { name: string, options: unknown }[] }
    expect(json.kinds[0]).toMatchObject({ name: 'host-crash', options: { type: 'object' } })
  })
})
