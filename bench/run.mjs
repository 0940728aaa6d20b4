#!/usr/bin/env node
/**
 * Measures the built product against the peer: `npm run build && npm run bench`.
 *
 *   node bench/run.mjs [--sizes 50,1000,10000,100000] [--only viewList,…] [--no-peer] [--no-write]
 *
 * Prints the table and writes docs/benchmarks.md; raw figures go to .cache/bench.json. Exit status
 * 1 when a workload could not be measured (a wrong answer counts as that). Linux only.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { abandonedPolls, powerCycle, watchRename } from './lib/changes.mjs'
import { flagsOf } from './lib/labs.mjs'
import { measure, median } from './lib/measure.mjs'
import { findPeer, peerVersion } from './lib/peer.mjs'
import * as reads from './lib/reads.mjs'
import { availabilityIn, keepAvailability, pageOf, rowsOf, tableOf } from './lib/report.mjs'
import { Server } from './lib/server.mjs'
import { BenchSession } from './lib/session.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values: options } = parseArgs({
  options: {
    'sizes': { type: 'string', default: '50,1000,10000,100000' },
    'only': { type: 'string' },
    'no-peer': { type: 'boolean', default: false },
    'no-write': { type: 'boolean', default: false },
  },
})
const sizes = options.sizes.split(',').map(Number)
const only = options.only?.split(',')
const wants = workload => only === undefined || only.includes(workload)
const peerPath = options['no-peer'] ? undefined : findPeer(join(root, '.cache'))
const commands = {
  ours: [process.execPath, join(root, 'bin', 'fauxsphere.mjs'), 'vcsim'],
  ...(peerPath === undefined ? {} : { peer: [peerPath] }),
}
const results = {}
const errors = []

function note(key, side, figures) {
  (results[key] ??= {})[side] = figures
  console.error(`${key} ${side} ${JSON.stringify(figures, (_, value) =>
    typeof value === 'number' ? Math.round(value * 1000) / 1000 : value)}`)
}

async function attempt(what, action) {
  try {
    return await action()
  } catch (error) {
    errors.push(`${what}: ${error.message.slice(0, 300)}`)
    console.error(`${what}: ${error.stack}`)
    return undefined
  }
}

/** Medians of several rounds of the same figures. */
function combine(rounds) {
  return Object.fromEntries(Object.keys(rounds[0]).map(key => [key,
    typeof rounds[0][key] === 'number' ? median(rounds.map(round => round[key])) : rounds[0][key]]))
}

/** Starts each side `rounds` times in turn, and leaves none running. */
async function startUp(vms, sides, rounds) {
  const found = {}
  for (let round = 0; round < rounds; round += 1) {
    for (const side of sides) {
      await attempt(`start ${side} ${vms}`, async () => {
        const server = await Server.start(side, commands[side], flagsOf(vms))
        const { startMs, startCpuMs } = server
        await server.stop()
        ;(found[side] ??= []).push({ startMs, startCpuMs })
      })
    }
  }
  for (const side of Object.keys(found)) note(`start.${vms}`, side, combine(found[side]))
}

// Both programs run the measured path a thousand times and more first: one of them compiles as it
// goes, and is at its pace after some thousand requests.
const small = { cpuMs: 400, seconds: 5, warmUp: 1000, atLeast: 20 }
const big = { cpuMs: 600, seconds: 15, warmUp: 1, atLeast: 1 }
const workloads = {
  viewList: [reads.viewList, { ...big, warmUp: 30 }],
  viewConfig: [reads.viewConfig, big],
  filterSync: [reads.filterSync, { ...big, warmUp: 3 }],
  vmProps: [reads.vmProps, { ...small, warmUp: 5000 }],
  findByUuid: [reads.findByUuid, small],
  findByPath: [reads.findByPath, small],
  findByDatastorePath: [reads.findByDatastorePath, small],
  powerCycle: [powerCycle, { ...small, warmUp: 1500 }],
  viewAll: [reads.viewAll, big],
}

/** Runs workloads on running servers, each on one side after the other, for some rounds. */
async function compare(sessions, vms, names, rounds) {
  for (const name of names.filter(wants)) {
    const [prepare, limits] = workloads[name]
    const found = {}
    for (let round = 0; round < rounds; round += 1) {
      for (const [side, session] of Object.entries(sessions)) {
        await attempt(`${name} ${side} ${vms}`, async () => {
          (found[side] ??= []).push(await measure(session.server, await prepare(session),
            { ...limits, warmUp: round === 0 ? limits.warmUp : Math.min(limits.warmUp, 20) }))
        })
      }
    }
    for (const side of Object.keys(found)) {
      if (found[side].length > 0) note(`${name}.${vms}`, side, combine(found[side]))
    }
  }
}

/** Opens servers of the sides and hands their sessions to `work`; closes all of them. */
async function withServers(vms, sides, work) {
  const servers = []
  const sessions = {}
  try {
    for (const side of sides) {
      const server = await Server.start(side, commands[side], flagsOf(vms))
      servers.push(server)
      if (results[`start.${vms}`]?.[side] === undefined) note(`start.${vms}`, side, { startMs: server.startMs })
      await delay(2000)
      note(`memory.${vms}`, side, { rssMb: server.rssMb() })
      const before = server.cpuMs()
      await delay(4000)
      note(`idle.${vms}`, side, { idle: (server.cpuMs() - before) / 4 })
      sessions[side] = await BenchSession.open(server, vms)
    }
    await work(sessions)
    for (const [side, { server }] of Object.entries(sessions)) {
      note(`memory.${vms}`, side, { ...results[`memory.${vms}`][side], peakMb: server.peakMb() })
    }
  } finally {
    await Promise.all(Object.values(sessions).map(session => session.close().catch(() => {})))
    await Promise.all(servers.map(server => server.stop()))
  }
}

const isPeer = ({ server }) => server.name === 'peer'

/** Each abandoned poll makes every later change of the peer dearer, so it gets fewer of them. */
const abandonedPlan = {
  abandoned: session => abandonedPolls(session, {
    polls: 100, seconds: 3, ...(isPeer(session) ? { rounds: 1, changes: 3 } : { rounds: 4, changes: 100 }),
  }),
}

const watchPlan = {
  watchOne: session => watchRename(session, { watchers: 100, everything: false, changes: 40, warmUp: 30 }),
  watchAll: session => watchRename(session,
    { watchers: 100, everything: true, ...(isPeer(session) ? { changes: 1, warmUp: 0 } : { changes: 20, warmUp: 10 }) }),
}

async function runPlans(plans, sessions, vms) {
  for (const [name, plan] of Object.entries(plans).filter(([key]) => wants(key))) {
    for (const [side, session] of Object.entries(sessions)) {
      await attempt(`${name} ${side} ${vms}`, async () => note(`${name}.${vms}`, side, await plan(session)))
    }
  }
}

async function main() {
  if (!existsSync(commands.ours[1])) throw new Error('not built; run: npm run build')
  if (peerPath === undefined) console.error('without the peer: only published figures beside ours')
  const both = Object.keys(commands)
  const every = Object.keys(workloads)
  const plan = {
    50: async () => {
      if (wants('start')) await startUp(50, both, 3)
      await withServers(50, both, async sessions => {
        await compare(sessions, 50, every.filter(name => !/^(view|filter)/.test(name)), 3)
        await runPlans(abandonedPlan, sessions, 50)
      })
    },
    1000: async () => {
      if (wants('start')) await startUp(1000, ['ours'], 3)
      await withServers(1000, both, async sessions => {
        await compare(sessions, 1000, every, 2)
        await runPlans(watchPlan, sessions, 1000)
      })
    },
    10000: async () => {
      if (wants('start')) await startUp(10_000, ['ours'], 3)
      await withServers(10_000, ['ours'], sessions => compare(sessions, 10_000, every, 2))
    },
    100000: () => startUp(100_000, ['ours'], 1),
  }
  for (const vms of sizes) await attempt(`${vms} VMs`, plan[vms])
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const page = {
    results, errors, date: new Date().toISOString().slice(0, 10),
    versions: { peer: peerPath === undefined ? '(not run)' : peerVersion(peerPath), ours: version },
  }
  mkdirSync(join(root, '.cache'), { recursive: true })
  writeFileSync(join(root, '.cache', 'bench.json'), `${JSON.stringify(page, undefined, 1)}\n`)
  const file = join(root, 'docs', 'benchmarks.md')
  const availability = availabilityIn(readFileSync(file, 'utf8'))
  if (!options['no-write']) {
    writeFileSync(file, availability === '' ? pageOf(page) : keepAvailability(pageOf(page), availability))
  }
  console.log(tableOf(rowsOf(results)))
  for (const text of errors) console.log(`not measured: ${text}`)
  process.exitCode = errors.length === 0 ? 0 : 1
}

await main()
