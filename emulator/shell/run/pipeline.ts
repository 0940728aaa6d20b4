import type { Steps, Wait } from './steps.js'
import { BrokenPipe, Pipe, type Streams } from './streams.js'

/** One command of a pipeline, made to run on given streams. */
export type Stage = (streams: Streams) => Steps<number>

interface Running {
  readonly steps: Steps<number>
  /** What it reads from; undefined for the first. */
  readonly reads: Pipe | undefined
  readonly writes: Pipe | undefined
  wait: Wait | undefined
  status: number | undefined
}

/**
 * Runs commands that feed each other, all at once: each goes on while it has something to read, and one
 * that nobody reads from any more ends. The status is that of the last.
 */
export function * runPipeline(stages: readonly Stage[], streams: Streams): Steps<number> {
  const pipes = stages.slice(1).map(() => new Pipe())
  const running = stages.map((stage, index): Running => {
    const [reads, writes] = [pipes[index - 1], pipes[index]]
    return {
      steps: stage({ in: reads ?? streams.in, out: writes ?? streams.out, err: streams.err }),
      reads, writes, wait: undefined, status: undefined,
    }
  })
  try {
    for (;;) {
      let moved = false
      for (const each of running) while (each.status === undefined && canGo(each)) {
        moved = true
        goOn(each, undefined)
        if (each.wait?.kind === 'turn') break
      }
      endIdleWriters(running)
      const last = running.at(-1)!
      if (running.every(each => each.status !== undefined)) return last.status!
      if (moved) {
        if (running.some(each => each.wait?.kind === 'turn')) yield { kind: 'turn' }
        continue
      }
      yield * waitForAny(running)
    }
  } finally {
    for (const each of running) if (each.status === undefined) each.steps.return(130)
  }
}

/** A `tail -f` that waits for more while nobody reads from it any more would only end with its next line. */
function endIdleWriters(running: readonly Running[]): void {
  for (const each of running) {
    if (each.status !== undefined || each.writes?.broken !== true || each.wait?.kind !== 'change') continue
    each.steps.return(141)
    finish(each, 141)
  }
}

function canGo({ wait, reads }: Running): boolean {
  if (wait === undefined || wait.kind === 'turn') return true
  return wait.kind === 'pipe' && reads?.ready === true
}

/** Every command that lives waits: goes on with the first whose wait ends. */
function * waitForAny(running: readonly Running[]): Steps<void> {
  const waiting = running.filter(each => each.status === undefined && each.wait !== undefined && each.wait.kind !== 'pipe')
  if (waiting.length === 1) {
    const [only] = waiting
    goOn(only!, yield only!.wait!)
    return
  }
  const woken = (yield { kind: 'any', waits: waiting.map(each => each.wait!) }) as { index: number, answer: unknown }
  goOn(waiting[woken.index]!, woken.answer)
}

function goOn(each: Running, answer: unknown): void {
  try {
    const step = each.steps.next(answer)
    each.wait = step.done === true ? undefined : step.value
    if (step.done === true) finish(each, step.value)
  } catch (error) {
    if (!(error instanceof BrokenPipe)) throw error
    finish(each, 141)
  }
}

function finish(each: Running, status: number): void {
  each.status = status
  each.writes?.end()
  if (each.reads !== undefined) each.reads.broken = true
}
