import type { World } from '../../world/world.js'
import { soon, soonUnref } from '../../world/clock.js'
import type { LaterAnswer, Steps, Wait } from './steps.js'

declare module '../../world/signals.js' {
  interface JobMap {
    /** A command of somebody's shell goes on: it waited for this instant. */
    'shell.wake': { readonly wake: number }
  }
}

/** Wakes commands at instants of lab time, inside the instant. One for each world. */
export class Alarms {
  readonly #world: World
  readonly #waiting: Map<number, () => void>
  /** What ends each command that runs. */
  readonly #running: Set<() => void>
  /** Nothing is waited for outside lab time: what else a command waits for is looked at so often, in milliseconds. */
  readonly pollMs: number | undefined
  /** The same, for commands that must wait for nothing but lab time. */
  readonly strict: Alarms

  constructor(world: World, strictFor?: Alarms) {
    this.#world = world
    this.pollMs = strictFor === undefined ? undefined : STRICT_POLL_MS
    this.#waiting = strictFor === undefined ? new Map() : strictFor.#waiting
    this.#running = strictFor === undefined ? new Set() : strictFor.#running
    this.strict = strictFor === undefined ? new Alarms(world, this) : this
    if (strictFor !== undefined) return
    world.onJob('shell.wake', () => {}, undefined, ({ wake }) => {
      const run = this.#waiting.get(wake)
      this.#waiting.delete(wake)
      run?.()
    })
    world.subscribe(({ cause }) => {
      if (cause.kind === 'lab' && (cause['what'] === 'load' || cause['what'] === 'rewind')) this.#endAll()
    })
  }

  /** A command runs, until the answer is called; `end` is called when the lab is put into another state. */
  runs(end: () => void): () => void {
    this.#running.add(end)
    return () => { this.#running.delete(end) }
  }

  /** What was waited for is of another state of the lab; numbers of jobs and wakes are given anew in this one. */
  #endAll(): void {
    this.#waiting.clear()
    const ends = [...this.#running]
    this.#running.clear()
    for (const end of ends) end()
  }

  /** Runs something at an instant of lab time; returns the cancel. */
  at(until: number, run: () => void): () => void {
    const { wake, job } = this.#world.transact({ kind: 'lab', what: 'a shell waits' }, tx => {
      const number = tx.count('shellWake')
      return { wake: number, job: tx.after(Math.max(0, until - tx.now()), 'shell.wake', { wake: number }) }
    })
    this.#waiting.set(wake, run)
    return () => {
      if (this.#waiting.get(wake) !== run) return
      this.#waiting.delete(wake)
      this.#world.transact({ kind: 'lab', what: 'a shell waits no more' }, tx => tx.cancel(job))
    }
  }
}

/** How often commands of a scenario look for what they wait for. */
const STRICT_POLL_MS = 250

/** How often a command may ask for its turn before others in the process get theirs. */
const TURNS_AT_ONCE = 20

/** Carries out a command step by step: runs it up to its first wait at once, and on when that has ended. */
export class Driver {
  readonly #world: World
  readonly #alarms: Alarms
  readonly #steps: Steps<number>
  readonly #done: (status: number) => void
  readonly #failed: (error: unknown) => void
  #cancel: (() => void) | undefined
  #forget = (): void => {}
  #over = false

  constructor(world: World, alarms: Alarms, steps: Steps<number>, done: (status: number) => void, failed: (error: unknown) => void) {
    this.#world = world
    this.#alarms = alarms
    this.#steps = steps
    this.#done = done
    this.#failed = failed
  }

  start(): void {
    this.#forget = this.#alarms.runs(() => {
      this.#over = true
      // While others are told of the new state nothing may be changed.
      soonUnref(() => this.#abandon())
    })
    this.#goOn(undefined)
  }

  /** Ends the command where it is; its status is that of one that was interrupted. */
  stop(): void {
    if (this.#over) return
    this.#end()
    this.#abandon()
  }

  #end(): void {
    this.#over = true
    this.#forget()
  }

  #abandon(): void {
    try {
      this.#cancel?.()
      this.#steps.return(130)
    } finally {
      this.#done(130)
    }
  }

  #goOn(answer: unknown): void {
    for (let turns = 0; !this.#over; turns += 1) {
      this.#cancel = undefined
      let step: IteratorResult<Wait, number>
      try {
        step = this.#steps.next(answer)
      } catch (error) {
        this.#end()
        this.#failed(error)
        return
      }
      if (step.done === true) {
        this.#end()
        this.#done(step.value)
        return
      }
      const now = step.value.kind === 'turn' && (turns < TURNS_AT_ONCE || this.#alarms.pollMs !== undefined)
      if (!now) {
        this.#cancel = this.#await(step.value, given => this.#goOn(given))
        return
      }
      answer = undefined
    }
  }

  /** Calls `go` once, when the wait has ended and never before this returns; returns the cancel. */
  #await(wait: Wait, go: (answer: unknown) => void): () => void {
    switch (wait.kind) {
      case 'time': return this.#alarms.at(wait.until, () => go(undefined))
      case 'turn': return turn(() => go(undefined))
      case 'change': return this.#change(wait.ready, () => go(undefined))
      case 'later': return this.#later(wait, go)
      case 'any': return this.#any(wait.waits, go)
      case 'pipe': return () => {}
    }
  }

  #change(ready: () => boolean, go: () => void): () => void {
    if (this.#alarms.pollMs !== undefined) return this.#poll(ready, go)
    let soonCancel: (() => void) | undefined
    const look = (): void => {
      if (!ready()) return
      forget()
      soonCancel = soonUnref(go)
    }
    const forget = this.#world.subscribe(look)
    look()
    return () => {
      forget()
      soonCancel?.()
    }
  }

  /** Looks in lab time whether something is so. */
  #poll(ready: () => boolean, go: () => void): () => void {
    let cancel = (): void => {}
    const wait = (): void => {
      cancel = this.#alarms.at(this.#world.now() + this.#alarms.pollMs!, () => ready() ? go() : wait())
    }
    wait()
    return () => cancel()
  }

  #later(wait: Extract<Wait, { kind: 'later' }>, go: (answer: LaterAnswer) => void): () => void {
    if (this.#alarms.pollMs === undefined) return later(wait, go)
    let answer: LaterAnswer | undefined
    const abandon = wait.later.start(value => { answer ??= { value } }, error => { answer ??= { error } })
    const cancel = this.#poll(() => answer !== undefined, () => go(answer!))
    return () => {
      cancel()
      if (answer === undefined) abandon()
    }
  }

  #any(waits: readonly Wait[], go: (answer: unknown) => void): () => void {
    let over = false
    const cancels: Array<() => void> = []
    const cancel = (): void => {
      over = true
      for (const each of cancels) each()
    }
    waits.forEach((wait, index) => cancels.push(this.#await(wait, answer => {
      if (over) return
      cancel()
      go({ index, answer })
    })))
    return cancel
  }
}

function turn(go: () => void): () => void {
  let over = false
  soon(() => { if (!over) go() })
  return () => { over = true }
}

function later(wait: Extract<Wait, { kind: 'later' }>, go: (answer: LaterAnswer) => void): () => void {
  let over = false
  const give = (answer: LaterAnswer): void => {
    if (over) return
    over = true
    soon(() => go(answer))
  }
  const abandon = wait.later.start(value => give({ value }), error => give({ error }))
  return () => {
    over = true
    abandon()
  }
}
