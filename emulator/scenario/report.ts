import type { Failure, ScenarioResult, TimelineItem } from './runner.js'

const words: Readonly<Record<TimelineItem['kind'], string>> = {
  act: 'do', note: 'note', signal: 'signal', event: 'event', passed: 'ok', failed: 'FAILED',
}

/** Changes of a value that the text shows; the JSON report has them all. */
const HISTORY_SHOWN = 12

/** The report for a person: a timeline, then what failed with its history, and how to replay. */
export function textReport(result: ScenarioResult, file: string): string {
  return [
    heading(result),
    ...result.timeline.map(itemLine),
    ...result.failures.flatMap(failureLines),
    verdictLine(result, file), '',
  ].join('\n')
}

/** The first line of a report. */
export function heading(result: { readonly scenario: string, readonly seed: string }): string {
  return `${result.scenario} (seed ${result.seed})`
}

/** One line of the timeline. */
export function itemLine(item: TimelineItem): string {
  return `${clock(item.at)}  ${words[item.kind].padEnd(6)} ${item.text}`
}

/** What was expected and what was there instead, from time to time. */
export function failureLines(failure: Failure): string[] {
  const { step, why, when, expected, actual, history } = failure
  const shown = history.slice(-HISTORY_SHOWN)
  const hidden = history.length - shown.length
  return [
    '', `steps.${step}: ${JSON.stringify(expected)} ${when}`.trimEnd(),
    `  ${why}: ${actual}`,
    ...hidden > 0 ? [`  ${hidden} earlier values`] : [],
    ...shown.map(({ at, actual: value }) => `  ${clock(at)}  ${value}`),
  ]
}

/** The last line of a report. */
export function verdictLine(result: ScenarioResult, file: string): string {
  return verdict(result, `replay: ${replayCommand(result, file)}`)
}

/** One line for a run of many that passed. */
export function summaryLine(result: ScenarioResult): string {
  return `${heading(result)}: ${result.passed ? 'passed' : 'FAILED'}\n`
}

/** The last line of a report on a running lab: what else was done to it no command can repeat. */
export function liveVerdictLine(result: ScenarioResult, file: string): string {
  return verdict(result, `on a lab of its own: ${replayCommand(result, file)}`)
}

function verdict({ passed, failed, expectations }: ScenarioResult, again: string): string {
  return passed
    ? `passed: ${expectations} expectations met`
    : `FAILED: ${failed} of ${expectations} expectations not met; ${again}`
}

/** The command that does the same again. */
export function replayCommand(result: { readonly seed: string }, file: string): string {
  return `fauxsphere run ${/[\s']/.test(file) ? JSON.stringify(file) : file} --seed ${result.seed}`
}

function clock(ms: number): string {
  if (ms < 0) return `-${clock(-ms)}`
  const seconds = Math.floor(ms / 1000)
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return `${parts.map(part => String(part).padStart(2, '0')).join(':')}.${String(ms % 1000).padStart(3, '0')}`
}
