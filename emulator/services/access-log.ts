import { nodeNow } from '../physics/appliance/facts.js'
import { productVersion } from '../physics/appliance/state.js'
import { LAB } from '../physics/hardware/chassis.js'
import type { ProgramName } from '../physics/logs/programs.js'
import { major } from '../physics/logs/render.js'
import { writeLog } from '../physics/logs/write.js'
import { forwardingOf } from '../physics/syslog/state.js'
import { soonUnref } from '../world/clock.js'
import { AppendLog } from '../world/logs.js'
import type { Reader } from '../world/records.js'
import type { Transaction } from '../world/transaction.js'
import type { World } from '../world/world.js'
import type { NodeInfo } from './nodes.js'

/** A request that the proxy in front of a node's 443 or 80 answered. */
export interface Access {
  readonly method: string
  /** Path without query. */
  readonly path: string
  readonly httpVersion: string
  readonly status: number
  /** Bytes of the request's body as its head says; undefined: it does not say. */
  readonly bytes: string | undefined
  /** Real milliseconds until the answer began. */
  readonly ms: number
  /** Address of the client. */
  readonly client: string
}

/** Requests of a node that are kept until they are written; the oldest go first. Our own bound. */
const KEPT = 500

const LONGEST_PATH = 512

/** A ticket is good for whoever has it: its path stands in no log. */
const SECRET = /^\/(ticket)\/.*/

/** A request with the node's own time in milliseconds. */
type Timed = Access & { readonly at: number }

/**
 * What the proxies of nodes write of each request (operations.md 3.1). A transaction for each would cost
 * more than a short request itself, and the journal would be full of them: so the newest wait beside the
 * world until somebody looks at the node's logs, or, where it has a log host, until the requests of the
 * moment are done.
 */
export class AccessLog {
  readonly #world: World
  readonly #waiting = new Map<string, AppendLog>()
  readonly #forwarded = new Set<string>()
  #soon: (() => void) | undefined

  constructor(world: World) {
    this.#world = world
  }

  /** Notes a request. `at`: the node's own time in milliseconds. */
  note(node: string, at: number, access: Access): void {
    let waiting = this.#waiting.get(node)
    if (waiting === undefined) this.#waiting.set(node, waiting = new AppendLog(node, KEPT))
    waiting.append({ ...access, path: shortened(access.path), at } satisfies Timed)
    if (!isForwarded(this.#world, node)) return
    this.#forwarded.add(node)
    // Whoever answers a request may be in the middle of a transaction.
    this.#soon ??= soonUnref(() => {
      this.#soon = undefined
      for (const each of this.#forwarded) this.flush(each)
      this.#forwarded.clear()
    })
  }

  /** Writes what waits, of one node or of all; not inside a transaction. */
  flush(node?: string): void {
    const nodes = [...this.#waiting.keys()].filter(each => node === undefined || each === node)
    if (nodes.length === 0) return
    this.#world.transact({ kind: 'lab', what: 'access log' }, tx => { for (const each of nodes) this.#write(tx, each) })
  }

  #write(tx: Transaction, node: string): void {
    const waiting = this.#waiting.get(node)!
    this.#waiting.delete(node)
    const program = proxyOf(tx, node)
    if (program === undefined) return
    const now = nodeNow(tx, node)
    for (const { value } of waiting.since(1)) {
      const access = value as Timed
      // The lab may have been rewound to before it.
      if (access.at <= now) writeLog(tx, node, program, { level: 'info', sub: 'Proxy', at: access.at, text: textOf(access) })
    }
  }
}

/** A long path is cut, and copied, since a part of it would keep the whole. */
function shortened(path: string): string {
  return path.length <= LONGEST_PATH ? path : Buffer.from(path.slice(0, LONGEST_PATH)).toString()
}

/** The program that writes a node's access lines (operations.md 3.1); undefined: this release has none here. */
function proxyOf(reader: Reader, node: string): ProgramName | undefined {
  const version = major(productVersion(reader, node))
  if (reader.get<NodeInfo>(LAB, node)?.props.kind === 'vcenter') return version >= 7 ? 'envoy-access-vc' : undefined
  return version >= 8 ? 'envoy-access' : 'rhttpproxy'
}

/** The sheets have no such line: the form is ours, with the fields that access lines of Envoy begin with. */
function textOf({ method, path, httpVersion, status, bytes, ms, client }: Access): string {
  const shown = path.replace(SECRET, '/$1/-')
  return `${method} ${shown} HTTP/${httpVersion} ${status} ${bytes ?? '-'} ${Math.round(ms)} ${client}`
}

function isForwarded(reader: Reader, node: string): boolean {
  const targets = forwardingOf(reader, node)?.targets
  return targets !== undefined && targets.length > 0
}
