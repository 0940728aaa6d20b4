import { create } from 'xmlbuilder2'
import { failureLines, replayCommand } from './report.js'
import type { ScenarioResult } from './runner.js'

/** JUnit XML: one suite for all scenarios, one case each; with several seeds one case for each. */
export function junitReport(results: ReadonlyArray<{ file: string, result: ScenarioResult }>): string {
  const failures = results.filter(({ result }) => !result.passed).length
  const suite = create({ version: '1.0', encoding: 'UTF-8' })
    .ele('testsuite', { name: 'fauxsphere', tests: results.length, failures, errors: 0, skipped: 0 })
  const names = new Map<string, number>()
  for (const { file } of results) names.set(file, (names.get(file) ?? 0) + 1)
  for (const { file, result } of results) {
    const name = names.get(file) === 1 ? result.scenario : `${result.scenario} (seed ${result.seed})`
    const item = suite.ele('testcase', { classname: 'fauxsphere', name, file, time: duration(result) })
    if (result.passed) continue
    const acts = result.timeline.filter(entry => entry.kind === 'failed' && entry.text.startsWith('call '))
    item.ele('failure', { message: `${result.failed} expectations not met` }).txt([
      ...acts.map(entry => entry.text), ...result.failures.flatMap(failureLines),
      '', `replay: ${replayCommand(result, file)}`,
    ].join('\n'))
  }
  return `${suite.end({ prettyPrint: true })}\n`
}

/** Seconds of lab time: what a reader of the report can compare, and the same on every machine. */
function duration(result: ScenarioResult): string {
  return ((result.timeline.at(-1)?.at ?? 0) / 1000).toFixed(3)
}
