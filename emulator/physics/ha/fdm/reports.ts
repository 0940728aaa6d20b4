import type { Transaction } from '../../../world/transaction.js'
import type { HaCluster, HaState } from '../signals.js'
import { agentInner, agentOf, configOfAgent, primaryOf, setAgent } from './agent.js'
import { watchOf } from './watch.js'

/** Something that an agent has to tell vCenter; other parts of HA add kinds by merging. */
export interface ReportMap {
  hostFailed: { readonly host: string }
  hostIsolated: { readonly host: string }
  hostPartitioned: { readonly host: string }
  /** A primary's judgement of a host. */
  judged: { readonly host: string, readonly state: HaState, readonly was: HaState | undefined }
}

export type Report = { [K in keyof ReportMap]:
  { readonly kind: K, readonly at: number, readonly by: string } & ReportMap[K] }[keyof ReportMap]

/** What a caller says of a report; time and agent are added. */
export type ReportContent = { [K in keyof ReportMap]: { readonly kind: K } & ReportMap[K] }[keyof ReportMap]

declare module '../../../world/signals.js' {
  interface SignalMap {
    /**
     * An agent's report reached vCenter. `report.at` is when it happened, which is the event's time
     * (availability.md part 5: occurrence time, later key); `late`: it had waited for vCenter.
     */
    'ha.report': HaCluster & { readonly report: Report, readonly late: boolean }
  }
}

/**
 * An agent reports to vCenter: at once where its primary has vCenter's ear, otherwise later. A
 * primary keeps the newest 1000, a secondary 600 (availability.md part 5).
 */
export function report(tx: Transaction, host: string, content: ReportContent): void {
  const agent = agentOf(tx, host)
  if (agent === undefined) return
  const full = { ...content, at: tx.now(), by: host } as Report
  if (heard(tx, host)) {
    tx.emit('ha.report', { vcenter: agent.vcenter, cluster: agent.cluster, report: full, late: false })
    return
  }
  const config = configOfAgent(tx, agent)
  const most = agent.state.kind === 'primary' ? config.maxMasterEvents : config.maxSlaveEvents
  const reports = [...agentInner(tx, host).reports, full].slice(-Math.max(1, most))
  setAgent(tx, host, {}, { reports })
}

/** Hands over what has waited, oldest first, if vCenter listens now. */
export function handOver(tx: Transaction, host: string): void {
  const agent = agentOf(tx, host)
  if (agent === undefined) return
  const { reports } = agentInner(tx, host)
  if (reports.length === 0 || !heard(tx, host)) return
  setAgent(tx, host, {}, { reports: [] })
  for (const each of reports) {
    tx.emit('ha.report', { vcenter: agent.vcenter, cluster: agent.cluster, report: each, late: true })
  }
}

/** True if vCenter is connected to the primary of the host's partition. */
function heard(tx: Transaction, host: string): boolean {
  const agent = agentOf(tx, host)!
  const primary = primaryOf(tx, host)
  return primary !== undefined && watchOf(tx, agent)?.primary === primary
}
