import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const bin = fileURLToPath(new URL('../../bin/', import.meta.url))

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fauxsphere-launcher-'))
  cpSync(bin, join(folder, 'bin'), { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function launch(...argv: string[]): string {
  return execFileSync(process.execPath, [join(folder, 'bin/fauxsphere.mjs'), ...argv], { encoding: 'utf8', stdio: 'pipe' })
}

describe('bin/fauxsphere.mjs', () => {
  it('vcsim uuidgen › answers without the product', () => {
    mkdirSync(join(folder, 'dist'))
    writeFileSync(join(folder, 'dist/main.js'), 'throw new Error("the product was loaded")')
    expect(launch('vcsim', 'uuidgen')).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\n$/)
  })

  it('anything else › hands the words to the product', () => {
    mkdirSync(join(folder, 'dist'))
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    writeFileSync(join(folder, 'dist/main.js'), 'export const start = words => { process.stdout.write(words.join("|")) }')
    expect(launch('vcsim', 'version')).toBe('vcsim|version')
  })

  it('--env-file › is ours, not Node\'s, when the launcher is run by its own first line', () => {
    mkdirSync(join(folder, 'dist'))
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    writeFileSync(join(folder, 'dist/main.js'), 'export const start = words => { process.stdout.write(words.join("|")) }')
    const run = execFileSync(join(folder, 'bin/fauxsphere.mjs'), ['up', '--env-file', 'no-such-file'], { encoding: 'utf8' })
    expect(run).toBe('up|--env-file|no-such-file')
  })

  it('without a build › says what to do', () => {
    expect(() => launch('up')).toThrow(/run `npm run build` first/)
  })
})
