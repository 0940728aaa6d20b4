import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const elsewhere = mkdtempSync(join(tmpdir(), 'fauxsphere-elsewhere-'))

/** What two machines may differ in; a process of its own stands in for each of them. */
const machines = [
  { TZ: 'UTC', LANG: 'C', LC_ALL: 'C', cwd: root },
  { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8', cwd: elsewhere },
] as const

function hashesOn({ cwd, ...settings }: typeof machines[number], seeds: string): string[] {
  const script = join(root, 'scripts/simulate.mjs')
  // The status tells of broken invariants, which are for the simulation's own test.
  const { stdout, stderr } = spawnSync(process.execPath,
    [script, '--seeds', seeds, '--hosts', '4', '--hours', '6', '--hashes'],
    { cwd, env: { PATH: process.env['PATH'], HOME: elsewhere, ...settings }, encoding: 'utf8' })
  expect(stderr).toBe('')
  return stdout.split('\n').filter(line => /^\d+ [0-9a-f]{16,}$/.test(line))
}

afterAll(() => { rmSync(elsewhere, { recursive: true, force: true }) })

describe('a random schedule', () => {
  it('has the same journal hash › in another time zone, locale and folder', { timeout: 120_000 }, () => {
    const [first, second] = machines.map(machine => hashesOn(machine, '1..3'))
    expect(first).toHaveLength(3)
    expect(new Set(first!.map(line => line.split(' ')[1])).size).toBe(3)
    expect(second).toEqual(first)
  })
})
