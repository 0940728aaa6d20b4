import type { MethodInfo, Schema, VersionIndex } from '../schema/model.js'
import type { Reader, Slot } from '../world/records.js'
import type { Transaction } from '../world/transaction.js'
import type { World } from '../world/world.js'
import type { Authorization } from './authorization/authorization.js'
import type { AccessLog } from './access-log.js'
import type { ConsoleConnections } from './console-connections.js'
import type { DoorFacts } from './door-facts.js'
import type { NodeInfo } from './nodes.js'
import type { Collectors } from './property-collector/collectors.js'
import type { SessionObjects } from './session-objects.js'
import type { Session, Sessions } from './sessions.js'
import type { SshLogins } from './shell-access/ssh-logins.js'
import type { TaskJob } from './tasks.js'

/** The services of a lab that have a life of their own; made once by `lab.ts`. */
export interface Services {
  readonly world: World
  readonly schema: Schema
  readonly sessions: Sessions
  readonly authorization: Authorization
  readonly collectors: Collectors
  /** Filters, views, history collectors: managed objects that end with their session. */
  readonly sessionObjects: SessionObjects
  /** The consoles that are open. */
  readonly consoles: ConsoleConnections
  /** Who is logged in by SSH. */
  readonly sshLogins: SshLogins
  /** Where hosts' doors are, when the lab has any. */
  readonly doors: DoorFacts
  /** What the proxies before hosts and vCenters write of each request. */
  readonly access: AccessLog
  /** Properties that are computed for the reader, see `objects/define.ts`. */
  readonly virtualProperty: VirtualPropertyLookup
  readonly behaviour: Behaviour
  /** The work of tasks by kind, gathered from the definitions. */
  readonly taskJobs: ReadonlyMap<string, TaskJob>
}

/** Settings of the lab that change how the product behaves. */
export interface Behaviour {
  /** `instant`: tasks take no lab time; `realistic`: they take what `services/timing.ts` says. */
  readonly durations: 'instant' | 'realistic'
  /** Any non-empty user and password may log in, as the peer's simulator allows. */
  readonly anyLogin: boolean
  /**
   * A host of any name can be added to a vCenter, with any thumbprint: the machine is made when a client
   * names it, as the peer's simulator does.
   */
  readonly anyHost?: boolean
  /** Arguments that would be ignored are MethodFaults. */
  readonly strict: boolean
  /** Lab milliseconds for which console tickets of every kind are good; default: `ticketLifeMs`. */
  readonly consoleTicketMs?: number
  /** Timers of the product vary by chance, from the seed (`physics/jitter.ts`). */
  readonly jitter?: boolean
}

/** Who reads, and how; enough to compute a virtual property. */
export interface ReadContext {
  readonly services: Services
  readonly reader: Reader
  readonly node: NodeInfo
  readonly session: Session | undefined
}

/** Computes a property that is not stored; undefined when it is unset. */
export interface VirtualProperty {
  (context: ReadContext, self: Slot): unknown
  /** Computed for readers from whom something is hidden; all others see the stored value. */
  readonly limitedReadersOnly?: boolean
  /** No updates are sent for it: filters report its value with an object that enters, and no more. */
  readonly silent?: boolean
}

/** The virtual property of a type (or of its ancestors) by name, if it has one. */
export type VirtualPropertyLookup = (type: string, property: string) => VirtualProperty | undefined

/** What the client's connection tells. */
export interface ClientInfo {
  readonly address: string
  readonly userAgent: string
  /** A program of the node itself, such as `esxcli` in its shell: nothing that is for clients outside concerns it. */
  readonly local?: boolean
}

interface CallBase {
  readonly services: Services
  readonly node: NodeInfo
  /** Undefined for anonymous calls. */
  readonly session: Session | undefined
  /** The receiver. */
  readonly self: Slot
  readonly method: MethodInfo
  /** API version that the client speaks; what it is shown is filtered by it. */
  readonly version: VersionIndex
  /** Operation id that links a call to its tasks, events and log lines. */
  readonly opId: string
  readonly client: ClientInfo
}

/** A call that may change the world: its handler runs inside one transaction. */
export interface Call extends CallBase {
  readonly tx: Transaction
}

/** A call that only reads, or that waits: its handler runs outside transactions. */
export interface Query extends CallBase {
  readonly reader: Reader
}

/**
 * A result that is not there yet (WaitForUpdatesEx). The gate calls `start`; the returned function
 * abandons the wait when the client has gone.
 */
export class Later {
  readonly start: (done: (result: unknown) => void, failed: (error: unknown) => void) => () => void

  constructor(start: (done: (result: unknown) => void, failed: (error: unknown) => void) => () => void) {
    this.start = start
  }
}
