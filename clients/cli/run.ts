import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { subcommand, type CommandContext } from './command.js'
import { EXIT, jsonLine } from './io.js'
import { asCliError } from './lab-process.js'
import { play } from '../../emulator/main.js'

interface RunFlags {
  readonly seed?: string
  readonly junit?: string
  readonly json?: boolean
  readonly check?: boolean
}

/** `fauxsphere run SCENARIO …`: 0 all expectations met, 1 some not, 2 a file is wrong. */
export function addRun(program: Command, { io, exit }: CommandContext): void {
  subcommand(program, 'run', 'run scenarios on a manual clock, as fast as the machine can')
    .argument('<scenario...>', 'scenario files, or folders of them')
    .option('--seed <N>', 'seed instead of the one in the file')
    .option('--junit <file>', 'write a JUnit report')
    .option('--json', 'one line of JSON for each scenario')
    .option('--check', 'only say whether the files are valid')
    .action(async (files: string[], flags: RunFlags) => {
      try {
        exit(await runFiles(files, flags, io.out))
      } catch (error) {
        throw asCliError(error)
      }
    })
}

/** Scenario files; of a folder, those that lie in it. */
function scenarioFiles(paths: readonly string[]): string[] {
  return paths.flatMap(path => {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path]
    return readdirSync(path).filter(name => /\.(ya?ml|json)$/.test(name)).sort().map(name => join(path, name))
  })
}

async function runFiles(paths: readonly string[], flags: RunFlags, out: (text: string) => void): Promise<number> {
  const { loadScenario } = await import('../../emulator/scenario/load.js')
  const files = scenarioFiles(paths)
  const scenarios = files.map(file => ({ file, scenario: loadScenario(file) }))
  if (flags.check === true) {
    for (const { file, scenario } of scenarios) {
      out(flags.json === true ? jsonLine({ file, valid: true }) : `${file}: ${scenario.scenario}: valid\n`)
    }
    return EXIT.ok
  }
  const { textReport } = await import('../../emulator/scenario/report.js')
  const results = []
  for (const { file, scenario } of scenarios) {
    const result = await play(flags.seed === undefined ? scenario : { ...scenario, seed: flags.seed })
    results.push({ file, result })
    out(flags.json === true ? jsonLine({ file, ...result }) : textReport(result, file))
  }
  if (flags.junit !== undefined) {
    const { junitReport } = await import('../../emulator/scenario/junit.js')
    writeFileSync(flags.junit, junitReport(results))
  }
  return results.every(({ result }) => result.passed) ? EXIT.ok : EXIT.failed
}
