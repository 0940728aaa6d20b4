import type { FeedEnd, Picture, Rectangle, ScreenFeed } from '../wire/rfb/screen-feed.js'
import type { TextScreen } from '../physics/text-screen.js'
import type { World } from '../world/world.js'
import { Canvas } from './canvas.js'

/** What is behind a screen: where its text comes from and where its keys go. */
export interface ScreenSource {
  readonly name: string
  /** What it shows now; undefined: nothing any more. */
  read(): TextScreen | undefined
  key(scanCode: number, down: boolean): void
  wish(width: number, height: number): void
}

/**
 * One screen that several feeds may show. Drawn when somebody asks or listens, and again only where
 * it differs; `disused` is called when nobody listens any more.
 */
export class ConsoleScreen implements ScreenFeed {
  readonly #world: World
  readonly #source: ScreenSource
  readonly #canvas = new Canvas()
  readonly #changed = new Set<() => void>()
  readonly #ended = new Set<(why: FeedEnd) => void>()
  readonly #used: (used: boolean) => void
  #fresh = false
  #cancelInstant: (() => void) | undefined
  #over = false

  constructor(world: World, source: ScreenSource, used: (used: boolean) => void) {
    this.#world = world
    this.#source = source
    this.#used = used
  }

  get name(): string {
    return this.#source.name
  }

  get version(): number {
    this.#refresh()
    return this.#canvas.version
  }

  picture(): Picture {
    this.#refresh()
    return this.#canvas.picture()
  }

  changedSince(version: number): readonly Rectangle[] {
    this.#refresh()
    return this.#canvas.changedSince(version)
  }

  onChange(changed: () => void): () => void {
    const own = (): void => changed()
    return this.#listen(this.#changed, own)
  }

  onEnd(ended: (why: FeedEnd) => void): () => void {
    const own = (why: FeedEnd): void => ended(why)
    return this.#listen(this.#ended, own)
  }

  key(scanCode: number, down: boolean): void {
    if (!this.#over) this.#source.key(scanCode, down)
  }

  /** A text screen has no pointer. */
  pointer(): void {}

  wish(width: number, height: number): void {
    if (!this.#over) this.#source.wish(width, height)
  }

  /** Something that the screen may follow has changed. */
  look(): void {
    this.#fresh = false
    if (this.#over || this.#changed.size === 0) return
    const before = this.#canvas.version
    this.#refresh()
    if (this.#canvas.version !== before) for (const changed of [...this.#changed]) changed()
  }

  /** Nothing comes any more. */
  end(why: FeedEnd): void {
    if (this.#over) return
    this.#over = true
    this.#cancelInstant?.()
    const ended = [...this.#ended]
    this.#ended.clear()
    this.#changed.clear()
    this.#used(false)
    for (const each of ended) each(why)
  }

  #listen<T>(list: Set<T>, listener: T): () => void {
    if (this.#over) return () => {}
    if (this.#listeners === 0) this.#used(true)
    list.add(listener)
    this.#fresh = false
    this.#refresh()
    return () => {
      if (!list.delete(listener) || this.#listeners > 0) return
      this.#cancelInstant?.()
      this.#cancelInstant = undefined
      this.#used(false)
    }
  }

  get #listeners(): number {
    return this.#changed.size + this.#ended.size
  }

  /** While somebody listens, changes are told; else each question looks anew. */
  #refresh(): void {
    if (this.#over || (this.#fresh && this.#changed.size > 0)) return
    const screen = this.#source.read()
    if (screen === undefined) return
    this.#fresh = true
    this.#canvas.show(screen)
    this.#cancelInstant?.()
    this.#cancelInstant = undefined
    if (screen.changesAt !== undefined && this.#changed.size > 0) {
      this.#cancelInstant = this.#world.instants.at(screen.changesAt, () => this.look())
    }
  }
}
