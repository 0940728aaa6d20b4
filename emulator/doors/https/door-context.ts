import type { Outcome, Request } from '../../dispatch/invoke.js'
import type { DocumentedSchema } from '../../schema/schema.js'
import type { Access } from '../../services/access-log.js'
import type { NodeInfo } from '../../services/nodes.js'

/** The gate as a door sees it: a call in, an outcome out (design.md 4.6). */
export interface DoorGate {
  invoke(node: NodeInfo, request: Request): Outcome
}

/** What a door must know of the sessions beside what the gate does with them. */
export interface DoorSessions {
  /** Cookie value of a session key; undefined when there is no such session. */
  cookieOf(key: string): string | undefined
  /** True when the node takes no further session (protocols.md 4.3): it answers 503 then. */
  isFull(node: string): boolean
  /** The live session of a cookie. */
  find(node: string, cookie: string | undefined): unknown
}

/** A record of what passes a door, for people who look for what a client sends. */
export interface Trace {
  /** Begins with a request; what the returned function is given is written as its bodies. */
  open(node: string, line: string): (bytes: Buffer) => void
}

/** What the routes of one node's HTTPS door share. */
export interface DoorContext {
  readonly node: NodeInfo
  /** `8.0.3`. */
  readonly productVersion: string
  /** What the version file names as newest: the product's own, or a label of the lab's. */
  readonly apiVersion: string
  /** Version id the node speaks at most; always one of the tables (protocols.md 2.1). */
  readonly advertised: string
  readonly schema: DocumentedSchema
  readonly gate: DoorGate
  readonly sessions: DoorSessions
  /** Cookies carry `Secure`. */
  readonly secureCookies: boolean
  /** Largest request body in bytes. */
  readonly maxBodyBytes: number
  /** Answers above this many bytes are compressed when the client asks; Infinity: never. */
  readonly gzipAboveBytes: number
  /** Lab time in milliseconds. */
  now(): number
  /** Makes an operation id for a request that brings none. */
  newOpId(): string
  /** Body of the 503 for a path whose service is stopped; undefined: it answers. */
  outage(path: string): string | undefined
  /** True while the machine is silent: nothing more may be written. */
  frozen(): boolean
  /** Writes requests and answers down; undefined: nobody does. */
  readonly trace: Trace | undefined
  /** Hears of each request that is answered; undefined: nobody keeps account. */
  readonly access: ((access: Access) => void) | undefined
  /** Hears of a defect of ours that a client met. */
  onDefect(error: unknown): void
}
