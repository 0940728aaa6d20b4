/** Scenarios on a running lab: the control API runs them, this command shows their lines as they come. */
import { readFileSync } from 'node:fs'
import type { ScenarioFile } from '../../emulator/scenario/load.js'
import type { ScenarioResult, TimelineItem } from '../../emulator/scenario/runner.js'
import { callControl, streamControl } from './control-client.js'
import { CliError, EXIT, jsonLine } from './io.js'
import type { FileResult } from './run.js'

interface Run {
  readonly id: string
  readonly state: string
  readonly error?: string
  readonly result?: ScenarioResult
}

type News = { readonly item: TimelineItem } | { readonly end: Run }

/** Runs one after the other. @throws CliError when one cannot be run, or is aborted */
export async function runLive(
  files: readonly ScenarioFile[], url: string, json: boolean, out: (text: string) => void,
): Promise<FileResult[]> {
  const results: FileResult[] = []
  for (const file of files) results.push({ file: file.name, result: await runOne(file, url, json, out) })
  return results
}

async function runOne(
  file: ScenarioFile, url: string, json: boolean, out: (text: string) => void,
): Promise<ScenarioResult> {
  const { failureLines, itemLine, liveVerdictLine } = await import('../../emulator/scenario/report.js')
  const text = readFileSync(file.name, 'utf8')
  const started = await callControl<Run>(url, 'POST', '/v1/scenarios', { text, name: file.name })
  if (!json) out(`${file.scenario.scenario} (${started.id} on ${url})\n`)
  let end: Run | undefined
  for await (const line of streamControl(url, `/v1/scenarios/${started.id}/timeline`)) {
    const news = JSON.parse(line) as News
    if ('end' in news) end = news.end
    else if (!json) out(`${itemLine(news.item)}\n`)
  }
  if (end?.result === undefined) {
    throw new CliError(`${file.name}: ${end?.error ?? 'the lab ended before the scenario did'}`, EXIT.failed)
  }
  const { result } = end
  if (json) out(jsonLine({ file: file.name, ...result }))
  else out([...result.failures.flatMap(failureLines), liveVerdictLine(result, file.name), ''].join('\n'))
  return result
}
