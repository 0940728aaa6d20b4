/**
 * Runs every `verify:*` script of package.json in turn. Exit status 1 when one found a difference,
 * 3 when none did but one could not be checked on this machine.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const failed = []
const unchecked = []
for (const name of Object.keys(scripts).filter(key => key.startsWith('verify:'))) {
  console.log(`== ${name}`)
  const { status } = spawnSync('npm', ['run', '--silent', name], { cwd: root, stdio: 'inherit' })
  if (status === 3) unchecked.push(name)
  else if (status !== 0) failed.push(name)
}
if (unchecked.length > 0) console.error(`could not be checked here: ${unchecked.join(', ')}`)
if (failed.length > 0) console.error(`failed: ${failed.join(', ')}`)
process.exitCode = failed.length > 0 ? 1 : unchecked.length > 0 ? 3 : 0
