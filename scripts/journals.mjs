/**
 * Hashes of the journals of random schedules, `test/simulation/journals.json`: what a lab does with a
 * seed is the same on every machine, so each machine on which `verify` runs is compared with the one on
 * which the file was written. `node scripts/journals.mjs update|verify`.
 */
import { hashesOf, modeOf, writeOrCompare } from './load-source.mjs'

const mode = modeOf('journals.mjs')
process.exitCode = await writeOrCompare(mode, {
  'test/simulation/journals.json': `${JSON.stringify(await hashesOf(20), null, 2)}\n`,
}, 'npm run update:journals, if the change was meant to change what happens')
