/** Parents that some objects have in common, and how many objects that are. */
export interface ParentPair {
  readonly parents: readonly string[]
  count: number
}

/**
 * Which parents occur together: VM folder and resource pool of VMs, pool and folder of vApps. An
 * object that is readable through one of its parents makes the others visible (network-security.md
 * 11.4 rules 5 and 7); there are few pairs where there are many VMs, so nothing has to look at
 * every VM to know.
 */
export class ParentPairs {
  readonly #nodes = new Map<string, Map<string, ParentPair>>()
  /** Grows with every count that changed. */
  #version = 0

  get version(): number {
    return this.#version
  }

  /** The pairs of a node that have objects. */
  of(node: string): Iterable<ParentPair> {
    return this.#nodes.get(node)?.values() ?? []
  }

  /** Notes one object more or less with these parents; true when a pair came or went. */
  count(node: string, parents: readonly string[], by: 1 | -1): boolean {
    if (parents.length < 2) return false
    this.#version += 1
    const pairs = this.#nodes.get(node) ?? new Map<string, ParentPair>()
    this.#nodes.set(node, pairs)
    const key = parents.join()
    const pair = pairs.get(key)
    if (pair === undefined) {
      pairs.set(key, { parents, count: by })
      return true
    }
    pair.count += by
    if (pair.count !== 0) return false
    pairs.delete(key)
    return true
  }
}
