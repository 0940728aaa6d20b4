import type { ScenarioResult, TimelineItem } from './runner.js'

const words: Readonly<Record<TimelineItem['kind'], string>> = {
  act: 'do', note: 'note', event: 'event', passed: 'ok', failed: 'FAILED',
}

/** The report for a person: a timeline, then the verdict and how to replay. */
export function textReport(result: ScenarioResult, file: string): string {
  const lines = result.timeline.map(item => `${clock(item.at)}  ${words[item.kind].padEnd(6)} ${item.text}`)
  const verdict = result.passed
    ? `passed: ${result.expectations} expectations met`
    : `FAILED: ${result.failed} of ${result.expectations} expectations not met; `
      + `replay: fauxsphere run ${file} --seed ${result.seed}`
  return [`${result.scenario} (seed ${result.seed})`, ...lines, verdict, ''].join('\n')
}

function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return `${parts.map(part => String(part).padStart(2, '0')).join(':')}.${String(ms % 1000).padStart(3, '0')}`
}
