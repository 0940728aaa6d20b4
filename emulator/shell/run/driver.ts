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
  readonly #waiting = new Map<number, () => void>()
  #last = 0

  constructor(world: World) {
    this.#world = world
    world.onJob('shell.wake', () => {}, undefined, ({ wake }) => {
      const run = this.#waiting.get(wake)
      this.#waiting.delete(wake)
      run?.()
    })
  }

  /** Runs something at an instant of lab time; returns the cancel. */
  at(until: number, run: () => void): () => void {
    const wake = this.#last += 1
    this.#waiting.set(wake, run)
    const job = this.#world.transact({ kind: 'lab', what: 'a shell waits' }, tx =>
      tx.after(Math.max(0, until - tx.now()), 'shell.wake', { wake }))
    return () => {
      if (!this.#waiting.delete(wake)) return
      this.#world.transact({ kind: 'lab', what: 'a shell waits no more' }, tx => tx.cancel(job))
    }
  }
}

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
  #over = false

  constructor(world: World, alarms: Alarms, steps: Steps<number>, done: (status: number) => void, failed: (error: unknown) => void) {
    this.#world = world
    this.#alarms = alarms
    this.#steps = steps
    this.#done = done
    this.#failed = failed
  }

  start(): void {
    this.#goOn(undefined)
  }

  /** Ends the command where it is; its status is that of one that was interrupted. */
  stop(): void {
    if (this.#over) return
    this.#cancel?.()
    this.#over = true
    try {
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
        this.#over = true
        this.#failed(error)
        return
      }
      if (step.done === true) {
        this.#over = true
        this.#done(step.value)
        return
      }
      const now = step.value.kind === 'turn' && turns < TURNS_AT_ONCE
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
      case 'later': return later(wait, go)
      case 'any': return this.#any(wait.waits, go)
      case 'pipe': return () => {}
    }
  }

  #change(ready: () => boolean, go: () => void): () => void {
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
