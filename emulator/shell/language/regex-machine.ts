import type { Match } from './regex.js'

/** A regular expression taken apart. */
export type Node =
  | { readonly kind: 'char', readonly fits: (char: string) => boolean, readonly only?: string }
  | { readonly kind: 'begin' | 'end' | 'edge' }
  | { readonly kind: 'sequence', readonly items: readonly Node[] }
  | { readonly kind: 'choice', readonly options: readonly Node[] }
  | { readonly kind: 'repeat', readonly node: Node, readonly least: number, readonly most: number }
  | { readonly kind: 'group', readonly index: number, readonly node: Node }

type Step =
  | { readonly kind: 'char', readonly fits: (char: string) => boolean }
  | { readonly kind: 'begin' | 'end' | 'edge' | 'match' }
  | { readonly kind: 'save', readonly slot: number }
  | { kind: 'split', first: number, second: number }
  | { kind: 'jump', to: number }

/** A pattern that means nothing, or too much. */
export class PatternTrouble extends Error {}

interface Thread { readonly at: number, readonly saved: readonly (number | undefined)[] }

const NOTHING: Array<number | undefined> = []

/** Most steps of one expression; numbers of repetitions are written out. */
const MOST_STEPS = 20_000

/** Follows all ways through an expression at once (Thompson): no line makes it slow. */
export class Machine {
  readonly #steps: Step[] = []
  readonly #ignoreCase: boolean
  readonly #groups: number
  /** A character that every match begins with. */
  readonly #begins: string | undefined

  constructor(node: Node, groups: number, ignoreCase: boolean) {
    this.#groups = groups
    this.#ignoreCase = ignoreCase
    this.#write(node)
    this.#steps.push({ kind: 'match' })
    this.#begins = ignoreCase ? undefined : firstOf(node)
  }

  test(line: string): boolean {
    return this.#run(line, 0, true) !== undefined
  }

  find(line: string, from: number): Match | undefined {
    return this.#run(line, from, false)
  }

  #push(step: Step): number {
    if (this.#steps.length >= MOST_STEPS) throw new PatternTrouble('Regular expression too big')
    return this.#steps.push(step) - 1
  }

  #write(node: Node): void {
    switch (node.kind) {
      case 'char': {
        const { fits } = node
        this.#push({ kind: 'char', fits: this.#ignoreCase ? char => fits(char.toLowerCase()) || fits(char.toUpperCase()) : fits })
        return
      }
      case 'begin': case 'end': case 'edge':
        this.#push({ kind: node.kind })
        return
      case 'sequence':
        for (const item of node.items) this.#write(item)
        return
      case 'group':
        this.#push({ kind: 'save', slot: node.index * 2 })
        this.#write(node.node)
        this.#push({ kind: 'save', slot: node.index * 2 + 1 })
        return
      case 'choice': this.#choice(node.options); return
      case 'repeat': this.#repeat(node)
    }
  }

  #choice(options: readonly Node[]): void {
    const ends: number[] = []
    for (const [index, option] of options.entries()) {
      if (index === options.length - 1) this.#write(option)
      else {
        const split = this.#push({ kind: 'split', first: this.#steps.length + 1, second: 0 })
        this.#write(option)
        ends.push(this.#push({ kind: 'jump', to: 0 }))
        ;(this.#steps[split] as { second: number }).second = this.#steps.length
      }
    }
    for (const end of ends) (this.#steps[end] as { to: number }).to = this.#steps.length
  }

  #repeat({ node, least, most }: Extract<Node, { kind: 'repeat' }>): void {
    for (let times = 0; times < least; times += 1) this.#write(node)
    if (most === Infinity) {
      const split = this.#push({ kind: 'split', first: this.#steps.length + 1, second: 0 })
      this.#write(node)
      this.#push({ kind: 'jump', to: split })
      ;(this.#steps[split] as { second: number }).second = this.#steps.length
      return
    }
    const splits: number[] = []
    for (let times = least; times < most; times += 1) {
      splits.push(this.#push({ kind: 'split', first: this.#steps.length + 1, second: 0 }))
      this.#write(node)
    }
    for (const split of splits) (this.#steps[split] as { second: number }).second = this.#steps.length
  }

  #run(line: string, from: number, any: boolean): Match | undefined {
    let threads: Thread[] = []
    let best: Thread | undefined
    let bestEnd = 0
    const marks = new Int32Array(this.#steps.length).fill(-1)
    for (let at = from; at <= line.length; at += 1) {
      if (threads.length === 0) {
        if (best !== undefined) break
        if (this.#begins !== undefined) {
          at = line.indexOf(this.#begins, at)
          if (at < 0) return undefined
        }
      }
      const now: Thread[] = []
      // The mark of this place: a step is followed once at each.
      for (const thread of threads) this.#follow(line, at, thread.at, thread.saved, now, marks)
      if (best === undefined) this.#follow(line, at, 0, any ? NOTHING : [at], now, marks)
      const next: Thread[] = []
      const char = line[at]
      for (const thread of now) {
        const step = this.#steps[thread.at]!
        if (step.kind === 'match') {
          if (any) return { start: 0, end: 0, groups: [] }
          // The leftmost wins, and of those the longest.
          if (best === undefined || thread.saved[0]! <= best.saved[0]!) [best, bestEnd] = [thread, at]
        } else if (step.kind === 'char' && char !== undefined && step.fits(char)) next.push({ at: thread.at + 1, saved: thread.saved })
      }
      threads = best === undefined ? next : next.filter(thread => thread.saved[0]! <= best!.saved[0]!)
    }
    return best === undefined ? undefined : this.#match(line, best, bestEnd)
  }

  #match(line: string, { saved }: Thread, end: number): Match {
    const groups: Array<string | undefined> = []
    for (let index = 1; index <= this.#groups; index += 1) {
      const [start, stop] = [saved[index * 2], saved[index * 2 + 1]]
      groups.push(start === undefined || stop === undefined ? undefined : line.slice(start, stop))
    }
    return { start: saved[0]!, end, groups }
  }

  /** Adds the steps that are reached from one without reading a character. */
  #follow(line: string, at: number, first: number, saved: Thread['saved'], into: Thread[], marks: Int32Array): void {
    const open: Thread[] = [{ at: first, saved }]
    for (let thread = open.pop(); thread !== undefined; thread = open.pop()) {
      if (marks[thread.at] === at) continue
      marks[thread.at] = at
      const step = this.#steps[thread.at]!
      if (step.kind === 'jump') open.push({ at: step.to, saved: thread.saved })
      else if (step.kind === 'split') open.push({ at: step.second, saved: thread.saved }, { at: step.first, saved: thread.saved })
      else if (step.kind === 'save') {
        // Who only asks whether it fits keeps no places.
        const next = thread.saved === NOTHING ? NOTHING : [...thread.saved]
        if (next !== NOTHING) next[step.slot] = at
        open.push({ at: thread.at + 1, saved: next })
      } else if (step.kind === 'char' || step.kind === 'match') into.push(thread)
      else if (holds(step.kind, line, at)) open.push({ at: thread.at + 1, saved: thread.saved })
    }
  }
}

function holds(kind: 'begin' | 'end' | 'edge', line: string, at: number): boolean {
  if (kind === 'begin') return at === 0
  if (kind === 'end') return at === line.length
  return /\w/.test(line[at - 1] ?? ' ') !== /\w/.test(line[at] ?? ' ')
}

function firstOf(node: Node): string | undefined {
  switch (node.kind) {
    case 'char': return node.only
    case 'sequence': return node.items[0] === undefined ? undefined : firstOf(node.items[0])
    case 'group': return firstOf(node.node)
    case 'repeat': return node.least > 0 ? firstOf(node.node) : undefined
    default: return undefined
  }
}
