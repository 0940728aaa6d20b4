/**
 * Updates or verifies emulator/schema/generated.
 *
 *   node emulator/schema/build/schema.mjs update
 *   node emulator/schema/build/schema.mjs verify
 *
 * Exit codes: 0 done or equal, 1 different or failed, 2 wrong usage, 3 cannot be checked because
 * python3, pip or the package registry is not available.
 */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const UNAVAILABLE = 3
const build = fileURLToPath(new URL('.', import.meta.url))
const generated = fileURLToPath(new URL('../generated', import.meta.url))
const python = process.env.PYTHON ?? 'python3'

/** Run the generator; gives the process exit code. */
function generate(folder) {
  const run = spawnSync(python, ['-B', join(build, 'extract.py'), folder], { stdio: 'inherit' })
  if (run.error !== undefined) {
    say(`cannot run ${python}: ${run.error.message}`)
    return UNAVAILABLE
  }
  return run.status === 0 || run.status === UNAVAILABLE ? run.status : 1
}

/** Names of the files that one folder lacks or that differ between the two. */
function differences(expected, actual) {
  const names = new Set([...readdirSync(expected), ...readdirSync(actual)])
  return [...names].sort().filter((name) => {
    const [left, right] = [expected, actual].map((folder) => readIfThere(join(folder, name)))
    return left === undefined || right === undefined || !left.equals(right)
  })
}

function readIfThere(path) {
  try {
    return readFileSync(path)
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

function verify() {
  const folder = mkdtempSync(join(tmpdir(), 'fauxsphere-schema-'))
  try {
    const code = generate(folder)
    if (code === UNAVAILABLE) say('schema: not verified, the generator cannot run here')
    if (code !== 0) return code
    const found = differences(folder, generated)
    for (const name of found) say(`schema: generated/${name} differs; run npm run update:schema`)
    if (found.length === 0) say('schema: generated files are up to date')
    return found.length === 0 ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function say(text) {
  process.stderr.write(`${text}\n`)
}

const tasks = { update: () => generate(generated), verify }
const task = tasks[process.argv[2]]
if (task === undefined) {
  say('usage: schema.mjs update | verify')
  process.exitCode = 2
} else {
  process.exitCode = task()
}
