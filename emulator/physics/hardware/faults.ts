/** A fault in force, as its record on the pseudo node `lab` shows it. */
export interface ActiveFaultRecord {
  readonly id: string
  readonly fault: string
  /** The name that a scenario's step gave it. */
  readonly as?: string
  /** The first of what it acts on, and all of it. */
  readonly target: FaultedThing
  readonly targets: readonly FaultedThing[]
  /** The target in the words of who asked for it. */
  readonly on: string
  readonly options: Readonly<Record<string, unknown>>
  /** Lab time of the injection in milliseconds. */
  readonly since: number
  /** Lab time at which it ends by itself; undefined: when somebody heals it. */
  readonly until?: number
}

/** What a fault acts on. */
export interface FaultedThing {
  readonly kind: string
  readonly node: string
  readonly id: string
  readonly name: string
}

/** What an `api-fault` in force says; the gate reads it from the fault's record. */
export interface ApiFaultOptions {
  /** `PowerOnVM_Task`, `VirtualMachine.PowerOnVM_Task`, or with `*`. */
  readonly method: string
  /** Id of the receiver; undefined: any. */
  readonly object?: string | undefined
  /** Share of the matching calls that fault, 0 to 1. */
  readonly probability: number
  /** WSDL name of the MethodFault. */
  readonly fault: string
  /** The fault's own properties. */
  readonly fields: Readonly<Record<string, unknown>>
  /** Ends by itself after so many faults; undefined: never. */
  readonly count?: number | undefined
}

/** What an `api-delay` in force says; the doors hold matching calls so long. */
export interface ApiDelayOptions {
  readonly method: string
  /** Real milliseconds: it is the client's patience that is tried. */
  readonly delay: number
}

/** What a `database-slow` in force says. */
export interface DatabaseSlowOptions {
  /** Real milliseconds that each call of vpxd to its database takes longer. */
  readonly delay: number
}
