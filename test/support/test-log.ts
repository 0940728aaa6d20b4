/** Which methods tests really called: each worker appends what it saw, `global-setup.ts` merges it. */
import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { threadId } from 'node:worker_threads'
import type { CallRecord } from '../../emulator/dispatch/invoke.js'

/**
 * Listener for `Gate.onCall` that writes each new pair of method and outcome to this worker's file
 * in the folder that FAUXSPHERE_TEST_LOG names; undefined when it names none. Only for gates whose
 * definitions are the product's: a stand-in of a test would count as the product's method.
 */
export function testLog(
  folder: string | undefined = process.env['FAUXSPHERE_TEST_LOG'],
): ((record: Pick<CallRecord, 'method' | 'outcome'>) => void) | undefined {
  if (folder === undefined || folder === '') return undefined
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${process.pid}-${threadId}.txt`)
  const seen = new Set<string>()
  return ({ method, outcome }) => {
    const line = `${method} ${outcome}\n`
    if (seen.has(line)) return
    seen.add(line)
    appendFileSync(path, line)
  }
}
