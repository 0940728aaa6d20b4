/** Where a host's doors really are, and the thumbprints of its certificate. */
export interface HostDoors {
  /** Address that clients connect to. */
  readonly address: string
  /** Ports of 443 and 902; undefined: that door is closed. */
  readonly https?: number
  readonly authd?: number
}

/** Thumbprints of a certificate in the API's form, `AA:BB:…`. */
export interface Thumbprints {
  readonly sha1: string
  readonly sha256: string
}

/**
 * Facts of this machine, not of the lab: where its doors listen, and what certificates they show.
 * They are kept beside the world, so that a lab without doors is the same everywhere, and are not
 * touched by rewind and reset.
 */
export class DoorFacts {
  readonly #doors = new Map<string, HostDoors>()
  /** Thumbprints of a node's certificate, at once when they are known. */
  thumbprints: ((node: string) => Thumbprints | Promise<Thumbprints>) | undefined

  /** Adds to what is known of a host's doors. */
  note(host: string, doors: Partial<HostDoors> & Pick<HostDoors, 'address'>): void {
    this.#doors.set(host, { ...this.#doors.get(host), ...doors })
  }

  /** Undefined in a lab without doors. */
  of(host: string): HostDoors | undefined {
    return this.#doors.get(host)
  }
}
