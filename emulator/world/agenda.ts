/** A piece of pending work: data, so that it can be saved, replayed and rewound. */
export interface Job {
  /** Lab time in milliseconds since 1970. */
  readonly due: number
  /** Order among jobs of the same instant; also the job's identity. */
  readonly sequence: number
  readonly kind: string
  readonly payload: unknown
}

/**
 * Pending jobs ordered by (due, sequence): a binary heap with lazy removal, so that adding,
 * cancelling and taking cost O(log n).
 */
export class Agenda {
  #heap: Job[] = []
  readonly #live = new Map<number, Job>()

  get size(): number {
    return this.#live.size
  }

  add(job: Job): void {
    this.#live.set(job.sequence, job)
    this.#heap.push(job)
    this.#up(this.#heap.length - 1)
  }

  /** Takes a job off; returns it, or undefined if it is not there any more. */
  remove(sequence: number): Job | undefined {
    const job = this.#live.get(sequence)
    if (job !== undefined) this.#live.delete(sequence)
    return job
  }

  get(sequence: number): Job | undefined {
    return this.#live.get(sequence)
  }

  /** The next job, without taking it. */
  peek(): Job | undefined {
    while (this.#heap.length > 0) {
      const first = this.#heap[0]!
      if (this.#live.get(first.sequence) === first) return first
      this.#dropFirst()
    }
    return undefined
  }

  /** All pending jobs in the order they will run. */
  list(): Job[] {
    return [...this.#live.values()].sort(compare)
  }

  /** Replaces the whole content, for the image and for rewinding. */
  replace(jobs: Iterable<Job>): void {
    this.#heap = []
    this.#live.clear()
    for (const job of jobs) this.add(job)
  }

  #dropFirst(): void {
    const last = this.#heap.pop()!
    if (this.#heap.length === 0) return
    this.#heap[0] = last
    this.#down(0)
  }

  #up(from: number): void {
    const heap = this.#heap
    let i = from
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (compare(heap[i]!, heap[parent]!) >= 0) return
      swap(heap, i, parent)
      i = parent
    }
  }

  #down(from: number): void {
    const heap = this.#heap
    let i = from
    for (;;) {
      const left = 2 * i + 1
      if (left >= heap.length) return
      const right = left + 1
      const child = right < heap.length && compare(heap[right]!, heap[left]!) < 0 ? right : left
      if (compare(heap[child]!, heap[i]!) >= 0) return
      swap(heap, i, child)
      i = child
    }
  }
}

function compare(a: Job, b: Job): number {
  return a.due - b.due || a.sequence - b.sequence
}

function swap(heap: Job[], i: number, j: number): void {
  const held = heap[i]!
  heap[i] = heap[j]!
  heap[j] = held
}
