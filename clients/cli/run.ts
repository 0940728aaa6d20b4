import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { ScenarioResult } from '../../emulator/scenario/runner.js'
import type { ScenarioFile } from '../../emulator/scenario/load.js'
import { play, scenarioProblems } from '../../emulator/main.js'
import { subcommand, type CommandContext } from './command.js'
import { controlUrl } from './control-client.js'
import { CliError, EXIT, jsonLine, type Io } from './io.js'
import { asCliError } from './lab-process.js'
import { runLive } from './run-live.js'
import { scenarioFiles } from './scenario-files.js'

interface RunFlags {
  readonly seed?: string
  readonly seeds?: string
  readonly jitter?: boolean
  readonly junit?: string
  readonly json?: boolean
  readonly check?: boolean
  readonly live?: string | true
}

/** What a run has to show. */
export interface FileResult {
  readonly file: string
  readonly result: ScenarioResult
}

/** Most seeds in one command. */
const SEEDS_AT_MOST = 100_000

/** `fauxsphere run SCENARIO …`: 0 all expectations met, 1 some not, 2 a file is wrong. */
export function addRun(program: Command, { io, exit }: CommandContext): void {
  subcommand(program, 'run', 'run scenarios on a manual clock, as fast as the machine can')
    .argument('<scenario...>', 'scenario files, or folders of them')
    .option('--seed <N>', 'seed instead of the one in the file')
    .option('--seeds <A..B>', 'run under each of these seeds')
    .option('--jitter', 'timers of the product vary by chance, from the seed')
    .option('--junit <file>', 'write a JUnit report')
    .option('--json', 'one line of JSON for each scenario')
    .option('--check', 'only say whether the files are valid')
    .option('--live [control]', 'run on the lab that is running, on its clock')
    .action(async (files: string[], flags: RunFlags) => {
      try {
        exit(await runFiles(files, flags, io))
      } catch (error) {
        throw asCliError(error)
      }
    })
}

async function runFiles(paths: readonly string[], flags: RunFlags, io: Io): Promise<number> {
  if (flags.seed !== undefined && flags.seeds !== undefined) {
    throw new CliError('--seed and --seeds exclude each other', EXIT.usage)
  }
  const seeds = flags.seeds === undefined ? [flags.seed] : seedRange(flags.seeds)
  const files = await readAll(paths)
  if (flags.live !== undefined && flags.check !== true) return report(await runOnLab(files, flags, io), flags)
  await checkNames(files)
  if (flags.check === true) {
    for (const { name, scenario } of files) {
      io.out(flags.json === true ? jsonLine({ file: name, valid: true }) : `${name}: ${scenario.scenario}: valid\n`)
    }
    return EXIT.ok
  }
  return report(await playAll(files, seeds, flags, io), flags)
}

async function runOnLab(files: readonly ScenarioFile[], flags: RunFlags, io: Io): Promise<FileResult[]> {
  if ((flags.seed ?? flags.seeds) !== undefined || flags.jitter === true) {
    throw new CliError('seed and jitter are those of the running lab: they have no place beside --live', EXIT.usage)
  }
  const control = flags.live === true ? undefined : flags.live
  return runLive(files, controlUrl({ control }, io), flags.json === true, io.out)
}

/** Reads every file before one is played; says all that is wrong. */
async function readAll(paths: readonly string[]): Promise<ScenarioFile[]> {
  const { readScenario } = await import('../../emulator/scenario/load.js')
  const files: ScenarioFile[] = []
  const wrong: string[] = []
  for (const path of scenarioFiles(paths)) {
    try {
      files.push(readScenario(path))
    } catch (error) {
      const known = asCliError(error)
      if (!(known instanceof CliError)) throw error
      wrong.push(known.message)
    }
  }
  if (wrong.length > 0) throw new CliError(wrong.join('\n'), EXIT.usage)
  if (files.length === 0) throw new CliError(`no scenario in ${paths.join(', ')}`, EXIT.usage)
  return files
}

async function checkNames(files: readonly ScenarioFile[]): Promise<void> {
  const wrong: string[] = []
  for (const file of files) {
    const text = await scenarioProblems(file)
    if (text !== undefined) wrong.push(text)
  }
  if (wrong.length > 0) throw new CliError(wrong.join('\n'), EXIT.usage)
}

async function playAll(
  files: readonly ScenarioFile[], seeds: readonly (string | undefined)[], flags: RunFlags, io: Io,
): Promise<FileResult[]> {
  const { textReport, summaryLine } = await import('../../emulator/scenario/report.js')
  const results: FileResult[] = []
  for (const file of files) {
    for (const seed of seeds) {
      const { scenario } = file
      const result = await play({
        ...file, scenario: {
          ...scenario, ...seed === undefined ? {} : { seed }, jitter: flags.jitter === true || scenario.jitter,
        },
      })
      results.push({ file: file.name, result })
      if (flags.json === true) io.out(jsonLine({ file: file.name, ...result }))
      // Under many seeds only what went wrong is worth its length.
      else io.out(seeds.length > 1 && result.passed ? summaryLine(result) : textReport(result, file.name))
    }
  }
  return results
}

async function report(results: readonly FileResult[], flags: RunFlags): Promise<number> {
  if (flags.junit !== undefined) {
    const { junitReport } = await import('../../emulator/scenario/junit.js')
    writeFileSync(flags.junit, junitReport(results))
  }
  return results.every(({ result }) => result.passed) ? EXIT.ok : EXIT.failed
}

/** `1..20` as its numbers. @throws CliError */
export function seedRange(text: string): string[] {
  const match = /^(\d+)\.\.(\d+)$/.exec(text)
  const [first, last] = [Number(match?.[1]), Number(match?.[2])]
  if (match === null || last < first || last - first >= SEEDS_AT_MOST) {
    throw new CliError(`--seeds ${text}: write a range such as 1..20, of at most ${SEEDS_AT_MOST} seeds`, EXIT.usage)
  }
  return Array.from({ length: last - first + 1 }, (_, index) => String(first + index))
}
