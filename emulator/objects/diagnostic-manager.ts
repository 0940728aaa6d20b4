import { writeLog } from '../physics/logs/write.js'
import type {
  DiagnosticManagerAuditRecordResult, DiagnosticManagerBundleInfo, DiagnosticManagerLogDescriptor,
  DiagnosticManagerLogHeader, DiagnosticManagerMethods,
} from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import type { Call, Query } from '../services/call.js'
import { auditRecords } from '../services/logs/audit.js'
import { browse, descriptorsOf } from '../services/logs/browse.js'
import { createBundle } from '../services/logs/bundles.js'
import { MethodFault, fault } from '../services/method-fault.js'
import { nodeInfo, type NodeInfo } from '../services/nodes.js'
import { refOf } from '../services/refs.js'
import { createTask, isFinal, type TaskProps, type TaskRun } from '../services/tasks.js'
import { taskDurationMs } from '../services/timing.js'
import type { Reader } from '../world/records.js'
import { defineManagedObject, query } from './define.js'
import { slotOf, truthOf, userOf } from './truth.js'

type Args<M extends keyof DiagnosticManagerMethods> = DiagnosticManagerMethods[M]['args']

const GENERATE = 'DiagnosticManager.generateLogBundles'

interface Wanted {
  /** True: the node's own bundle. */
  readonly own: boolean
  readonly hosts: readonly MoRef[]
}

function queryDescriptions(call: Query, { host }: Args<'QueryDescriptions'>): DiagnosticManagerLogDescriptor[] {
  return descriptorsOf(call.services.world, nodeOf(call.reader, call.node, host))
}

function browseLog(call: Query, { host, key, start, lines }: Args<'BrowseDiagnosticLog'>): DiagnosticManagerLogHeader {
  return browse(call.services.world, nodeOf(call.reader, call.node, host), key, { start, lines })
}

/**
 * The machine whose logs are meant: on a vCenter the host named, which must answer.
 * @throws HostNotConnected, HostNotReachable, ManagedObjectNotFound
 */
function nodeOf(reader: Reader, node: NodeInfo, host: MoRef | undefined): NodeInfo {
  if (host === undefined) return node
  const slot = slotOf({ tx: reader, node }, host)
  return node.kind === 'esxi' ? node : nodeInfo(reader, truthOf(reader, slot).address.node)!
}

/**
 * GenerateLogBundles_Task. A host bundles itself, whatever is asked; so does a vCenter that is asked
 * for nothing.
 * @throws TaskInProgress while the node makes others
 */
function startBundles(call: Call, { includeDefault, host = [] }: Args<'GenerateLogBundles_Task'>): MoRef {
  const { tx, node } = call
  const running = tx.ofType(node.name, 'Task').find(slot => {
    const { info } = tx.read<TaskProps>(slot)!.props
    return info.descriptionId === GENERATE && !isFinal(info)
  })
  if (running !== undefined) throw fault('TaskInProgress', { task: { type: 'Task', value: running.address.id } })
  for (const ref of host) slotOf(call, ref)
  const hosts = node.kind === 'esxi' ? [] : host
  const payload: Wanted = { own: includeDefault || hosts.length === 0, hosts }
  return refOf(createTask(tx, call.services, node, {
    descriptionId: GENERATE, entity: undefined, job: 'logs.bundle', payload, durationMs: taskDurationMs.logBundle,
    name: call.method.name, userName: userOf(call), opId: call.opId,
  }))
}

function generate({ tx, node }: TaskRun, { own, hosts }: Wanted): unknown {
  const made: DiagnosticManagerBundleInfo[] = own ? [{ url: `https://*${createBundle(tx, node.name, node)}` }] : []
  for (const host of hosts) {
    made.push({ system: host, url: `https://*${createBundle(tx, node.name, reachable(tx, node, host))}` })
  }
  return { _typeName: 'ArrayOfDiagnosticManagerBundleInfo', _value: made }
}

/** @throws LogBundlingFailed for a host that does not answer, or is gone */
function reachable(reader: Reader, node: NodeInfo, host: MoRef): NodeInfo {
  try {
    return nodeOf(reader, node, host)
  } catch (error) {
    if (!(error instanceof MethodFault)) throw error
    throw fault('LogBundlingFailed', {}, `The log bundle of ${host.value} could not be made: ${error.message}`)
  }
}

function fetchAudit(call: Query, { token }: Args<'FetchAuditRecords'>): DiagnosticManagerAuditRecordResult {
  return auditRecords(call.services.world, call.node, token)
}

/** A line that tells where somebody stands in the logs of a host (operations.md 3.5). */
function emitMark(call: Call, { message }: Args<'EmitSyslogMark'>): void {
  writeLog(call.tx, call.node.name, 'vmsyslogd', { level: 'info', text: `-- MARK -- ${message}` })
}

/** DiagnosticManager (operations.md 3.5). */
export const diagnosticManager = defineManagedObject('DiagnosticManager', {
  methods: {
    QueryDescriptions: query(queryDescriptions),
    BrowseDiagnosticLog: query(browseLog),
    GenerateLogBundles_Task: startBundles,
    FetchAuditRecords: query(fetchAudit),
    EmitSyslogMark: emitMark,
  },
  jobs: { 'logs.bundle': generate },
})
