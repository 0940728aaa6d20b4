/**
 * Plays random schedules and checks the invariants after every change:
 * `node scripts/simulate.mjs [--seeds 1..200] [--hosts N] [--hours N] [--shrink] [--hashes]`.
 */
import { parseArgs } from 'node:util'
import { tuneEngine } from '../bin/engine.mjs'
import { loadSource } from './load-source.mjs'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1..50' },
    hosts: { type: 'string' },
    hours: { type: 'string' },
    shrink: { type: 'boolean', default: false },
    hashes: { type: 'boolean', default: false },
  },
})
tuneEngine()
const { simulate } = await loadSource('test/simulation/simulate.ts')
const [from, to = from] = values.seeds.split('..').map(Number)
process.exitCode = simulate({
  from, to, shrink: values.shrink, hashes: values.hashes,
  ...(values.hosts === undefined ? {} : { hosts: Number(values.hosts) }),
  ...(values.hours === undefined ? {} : { hours: Number(values.hours) }),
  say: line => process.stdout.write(`${line}\n`),
}) === 0 ? 0 : 1
