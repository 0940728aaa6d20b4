/** The list of running labs: a small file each in the cache folder, so that commands find them. */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface RunningLab {
  readonly pid: number
  readonly control: string
  /** Name of the lab, for messages. */
  readonly lab: string
}

/** Notes a running lab; returns what takes the note away. A folder that cannot be written is no error. */
export function noteRunning(cache: string, running: RunningLab): () => void {
  const folder = join(cache, 'running')
  const file = join(folder, `${running.pid}.json`)
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, `${JSON.stringify(running)}\n`)
  } catch {
    return () => {}
  }
  return () => rmSync(file, { force: true })
}

/** The labs that run now. Notes of processes that are gone are taken away. */
export function runningLabs(cache: string): RunningLab[] {
  const folder = join(cache, 'running')
  const found: RunningLab[] = []
  for (const name of list(folder)) {
    const running = read(join(folder, name))
    if (running !== undefined && isAlive(running.pid)) found.push(running)
    else rmSync(join(folder, name), { force: true })
  }
  return found
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).filter(name => /^\d+\.json$/.test(name)).sort()
  } catch {
    return []
  }
}

function read(file: string): RunningLab | undefined {
  try {
    const value = JSON.parse(readFileSync(file, 'utf8')) as Partial<RunningLab>
    return typeof value.pid === 'number' && typeof value.control === 'string'
      ? { pid: value.pid, control: value.control, lab: value.lab ?? '' }
      : undefined
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
