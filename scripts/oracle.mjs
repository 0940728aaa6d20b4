/**
 * Plays the test vectors of availability under many seeds and prints a table: which vector passed how
 * often. They are the scenarios of `scenarios/oracle/`, and those of vCenter HA (V24, V25) beside it.
 *
 *   node scripts/oracle.mjs [--seeds 1..3] [--jitter] [--only v03] [--verbose]
 *
 * Without flags: seeds 1..3 without jitter, then 1..20 with it. Exit status 1 if any run failed.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { loadSource, root } from './load-source.mjs'

const { values: flags } = parseArgs({
  options: {
    seeds: { type: 'string' }, jitter: { type: 'boolean' }, only: { type: 'string' }, verbose: { type: 'boolean' },
  },
})

const { playScenario } = await loadSource('emulator/play-scenario.ts')
const { loadScenario } = await loadSource('emulator/scenario/load.ts')
const { textReport } = await loadSource('emulator/scenario/report.ts')

const files = [...vectors('oracle', ''), ...vectors('', 'vcha-')]
const runs = flags.seeds === undefined && flags.jitter !== true
  ? [{ seeds: range('1..3'), jitter: false }, { seeds: range('1..20'), jitter: true }]
  : [{ seeds: range(flags.seeds ?? (flags.jitter === true ? '1..20' : '1..3')), jitter: flags.jitter === true }]

const width = Math.max(...files.map(file => file.length))
let failed = 0
for (const file of files) {
  const scenario = loadScenario(join(root, 'scenarios', file))
  const cells = runs.map(({ seeds, jitter }) => {
    const results = seeds.map(seed => played(file, { ...scenario, seed, jitter }))
    const bad = results.filter(result => !result.passed)
    failed += bad.length
    if (bad.length > 0) console.error(shown(bad[0], file, jitter))
    return `${results.length - bad.length}/${results.length}${jitter ? ' with jitter' : ''}`
  })
  console.log(`${file.padEnd(width)}  ${cells.join('   ')}`)
}
console.log(failed === 0 ? 'all runs passed' : `${failed} runs failed`)
process.exitCode = failed === 0 ? 0 : 1

/** Scenario files of a folder below `scenarios`, by the beginning of their names. */
function vectors(folder, prefix) {
  return readdirSync(join(root, 'scenarios', folder))
    .filter(file => file.endsWith('.yaml') && file.startsWith(prefix) && file.startsWith(flags.only ?? ''))
    .sort().map(file => join(folder, file))
}

/** A scenario that cannot be played at all is an error of the file: said with its name. */
function played(file, scenario) {
  try {
    return playScenario(scenario)
  } catch (error) {
    throw new Error(`${file}: ${error.message}`, { cause: error })
  }
}

/** The first failing run of a vector: all of its report, or only what failed. */
function shown(result, file, jitter) {
  const report = textReport(result, `scenarios/${file}`)
  if (flags.verbose) return report
  const start = report.indexOf('\nsteps.')
  return `${result.scenario} (seed ${result.seed}${jitter ? ', jitter' : ''})${start < 0 ? `\n${report}` : report.slice(start)}`
}

function range(text) {
  const match = /^(\d+)(?:\.\.(\d+))?$/.exec(text)
  if (match === null) throw new Error(`--seeds ${text}: such as 1..20`)
  const [from, to] = [Number(match[1]), Number(match[2] ?? match[1])]
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
