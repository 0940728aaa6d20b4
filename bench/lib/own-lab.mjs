/** A lab of the built product in a process of its own, for benches of the running lab. Linux only. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const command = fileURLToPath(new URL('../../bin/fauxsphere.mjs', import.meta.url))

/**
 * Starts a lab file, given as text, with all doors open on free ports and the real clock; runs something
 * with its process id and its line of `up --json`, and stops it whatever comes of that.
 */
export async function withOwnLab(text, run) {
  const folder = mkdtempSync(join(tmpdir(), 'fauxsphere-bench-'))
  const file = join(folder, 'lab.yaml')
  writeFileSync(file, text)
  const child = spawn(process.execPath, [command, 'up', '--lab', file, '--ports', 'free', '--json'],
    { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const line = await new Promise((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', resolve)
      child.once('exit', code => reject(new Error(`the lab ended with ${code}`)))
    })
    return await run(child.pid, JSON.parse(line))
  } finally {
    child.removeAllListeners('exit')
    child.kill('SIGTERM')
    rmSync(folder, { recursive: true })
  }
}
