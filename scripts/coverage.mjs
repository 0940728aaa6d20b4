/**
 * `docs/api-coverage.md` and `.json` from the tables, the definitions and the log of the last whole
 * test run: `node scripts/coverage.mjs update|verify`. `npm test` must have run before.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { loadSource, modeOf, root, writeOrCompare } from './load-source.mjs'

const mode = modeOf('coverage.mjs')

function testRun() {
  const path = join(root, '.cache', 'tested-methods.json')
  let text
  try { text = readFileSync(path, 'utf8') } catch {
    console.error('no log of a whole test run (.cache/tested-methods.json); run: npm test')
    process.exit(1)
  }
  const run = JSON.parse(text)
  if (run.failedFiles > 0) {
    console.error(`the last whole test run failed in ${run.failedFiles} test files; nothing it called counts as tested`)
    process.exit(1)
  }
  return run.calls.map(line => ({ method: line.split(' ')[0], outcome: line.split(' ')[1] }))
}

const calls = testRun()
const { loadSchema } = await loadSource('emulator/schema/schema.ts')
const { NAMESPACES } = await loadSource('emulator/schema/versions.ts')
const { coverage, testedMethods } = await loadSource('emulator/dispatch/coverage.ts')
const { coverageFile, coveragePage } = await loadSource('emulator/dispatch/coverage-page.ts')
const { restOperationNames } = await loadSource('emulator/dispatch/rest.ts')
const { Registry } = await loadSource('emulator/dispatch/registry.ts')
const { definitions } = await loadSource('emulator/objects/index.ts')

const schema = loadSchema(new URL('emulator/schema/generated/', pathToFileURL(root)))
const joined = coverage(
  schema, new Registry(schema, definitions), testedMethods(schema, calls), NAMESPACES)
const { all, implemented, partial, tested } = joined.totals
console.log(`methods: ${all}, implemented ${implemented} (${partial} partly), tested ${tested}`)
process.exitCode = await writeOrCompare(mode, {
  'docs/api-coverage.md': coveragePage(joined, restOperationNames()),
  'docs/api-coverage.json': `${JSON.stringify(coverageFile(joined), undefined, 1)}\n`,
}, 'npm test && npm run update:coverage')
