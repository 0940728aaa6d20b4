/** Collects the test log of a whole run into `.cache/tested-methods.json` (see test-log.ts). */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'

const cache = fileURLToPath(new URL('../../.cache/', import.meta.url))

/** What `scripts/coverage.mjs` reads. `calls` are sorted `Owner.Method outcome` lines. */
export interface TestedMethodsFile {
  /** Test files of the run in which something failed. */
  readonly failedFiles: number
  readonly calls: readonly string[]
}

/** Merges the files of all workers; lines come sorted and once. */
export function mergeTestLog(folder: string): string[] {
  const lines = readdirSync(folder)
    .flatMap(name => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter(line => line !== '')
  return [...new Set(lines)].sort()
}

/** Called by vitest before the first test; what it returns is called after the last one. */
export function setup(project: TestProject): () => Promise<void> {
  const folder = join(cache, `test-log-${process.pid}`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  process.env['FAUXSPHERE_TEST_LOG'] = folder
  return async () => {
    if (await isWhole(project)) {
      const file: TestedMethodsFile = {
        failedFiles: project.vitest.state.getFiles().filter(({ result }) => result?.state === 'fail').length,
        calls: mergeTestLog(folder),
      }
      writeFileSync(join(cache, 'tested-methods.json'), `${JSON.stringify(file, undefined, 1)}\n`)
    }
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A run of some files or some titles says nothing of what the others test. */
async function isWhole(project: TestProject): Promise<boolean> {
  const { config, state } = project.vitest
  if ((config.cliExclude ?? []).length > 0) return false
  if (config.testNamePattern !== undefined || config.shard !== undefined || config.watch) return false
  const { testFiles } = await project.globTestFiles()
  return state.getFiles().length === testFiles.length
}
