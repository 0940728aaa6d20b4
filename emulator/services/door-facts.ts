/** Where a node's doors really are. */
export interface OpenPorts {
  /** Address that clients connect to. */
  readonly address: string
  /** Ports of 443/tcp and 902/tcp; undefined: that door is closed. */
  readonly https?: number
  readonly authd?: number
  /** Port of 902/udp, of a vCenter. */
  readonly heartbeats?: number
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
  readonly #doors = new Map<string, OpenPorts>()
  /** Thumbprints of a node's certificate, at once when they are known. */
  thumbprints: ((node: string) => Thumbprints | Promise<Thumbprints>) | undefined

  /** Adds to what is known of a node's doors. */
  note(node: string, ports: OpenPorts): void {
    this.#doors.set(node, { ...this.#doors.get(node), ...ports })
  }

  /** Undefined in a lab without doors. */
  of(node: string): OpenPorts | undefined {
    return this.#doors.get(node)
  }
}
