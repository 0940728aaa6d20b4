/**
 * `/about` and `/debug/vars`, which the peer's users read (peer-measured.md part 1, "What the tests
 * take for granted"). Served only by a lab that stands in for it.
 */
import { send, type Route } from './exchange.js'
import { isRead } from './service-versions.js'

/** What the pages show. */
export interface PeerFacts {
  /** WSDL names of the methods that have a handler, by namespace. */
  methods(): ReadonlyArray<{ readonly name: string, readonly namespace: string }>
  /** Number of live records of a node by managed type: `VirtualMachine` to 4. */
  counts(node: string): Readonly<Record<string, number>>
}

/** How /debug/vars names the counts of its model, and the managed types they count. */
const MODEL: ReadonlyArray<readonly [string, readonly string[]]> = [
  ['datacenter', ['Datacenter']],
  ['portgroup', ['DistributedVirtualPortgroup']],
  ['opaqueNetwork', ['OpaqueNetwork']],
  ['host', ['HostSystem']],
  ['cluster', ['ClusterComputeResource']],
  ['pool', ['ResourcePool']],
  ['datastore', ['Datastore']],
  ['machine', ['VirtualMachine']],
  ['app', ['VirtualApp']],
  ['folder', ['Folder']],
  ['pod', ['StoragePod']],
]

/** Both pages. */
export function peerRoutes(facts: PeerFacts): Route[] {
  return [
    {
      matches: (method, path) => isRead(method) && path === '/about',
      handle: exchange => send(exchange, 200, 'application/json', aboutJson(facts)),
    },
    {
      matches: (method, path) => isRead(method) && path === '/debug/vars',
      handle: exchange => send(exchange, 200, 'application/json; charset=utf-8', varsJson(facts, exchange.door.node.name)),
    },
  ]
}

function aboutJson(facts: PeerFacts): string {
  const methods = facts.methods().map(({ name }) => name).sort()
  return `${JSON.stringify({ methods: [...new Set(methods)] }, undefined, 2)}\n`
}

function varsJson(facts: PeerFacts, node: string): string {
  const counts = facts.counts(node)
  const model = Object.fromEntries(MODEL.map(([key, types]) => [
    key, types.reduce((sum, type) => sum + (counts[type] ?? 0), 0),
  ]))
  const { heapUsed, heapTotal } = process.memoryUsage()
  return `${JSON.stringify({
    cmdline: process.argv,
    memstats: { Alloc: heapUsed, Sys: heapTotal },
    vcsim: { model, registry: counts },
  })}\n`
}
