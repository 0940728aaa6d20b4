import { create } from 'xmlbuilder2'
import type { ScenarioResult } from './runner.js'

/** JUnit XML: one suite for all scenarios, one case each. */
export function junitReport(results: ReadonlyArray<{ file: string, result: ScenarioResult }>): string {
  const failures = results.filter(({ result }) => !result.passed).length
  const suite = create({ version: '1.0', encoding: 'UTF-8' })
    .ele('testsuite', { name: 'fauxsphere', tests: results.length, failures })
  for (const { file, result } of results) {
    const item = suite.ele('testcase', { classname: 'fauxsphere', name: result.scenario, file })
    if (result.passed) continue
    const failed = result.timeline.filter(entry => entry.kind === 'failed').map(entry => entry.text)
    item.ele('failure', { message: `${result.failed} expectations not met` }).txt(failed.join('\n'))
  }
  return `${suite.end({ prettyPrint: true })}\n`
}
