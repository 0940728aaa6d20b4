import { clusterConfig } from '../../physics/ha/config.js'
import {
  healthBook, judgeHost, remedyFor, setHealthBook, watchesHealth, type Health, type JudgedHost, type Remediation,
} from '../../physics/ha/health.js'
import type { ClusterComputeResourceProps, ClusterRecommendation, HostSystemProps } from '../../schema/generated/types.js'
import { requirePrivilege } from '../../services/authorization/check.js'
import type { Call } from '../../services/call.js'
import { postEvent } from '../../services/events.js'
import { invalidArgument } from '../../services/method-fault.js'
import { refOf } from '../../services/refs.js'
import { toDateTime } from '../../world/clock.js'
import type { Slot } from '../../world/records.js'
import { evacuateHost } from '../host-system/evacuate.js'
import { enterMaintenanceByItself } from '../host-system/maintenance.js'
import type { PlanContext } from '../virtual-machine/move-plan.js'

const says: Readonly<Record<Health, readonly [id: string, severity: string]>> = {
  green: ['GreenHealthEvent', 'info'], yellow: ['YellowHealthEvent', 'warning'],
  red: ['RedHealthEvent', 'error'], unknown: ['UnknownHealthEvent', 'warning'],
}

type Operation = 'enterQuarantine' | 'exitQuarantine' | 'enterMaintenance'

const SET: Readonly<Record<Remediation, Operation>> = { QuarantineMode: 'enterQuarantine', MaintenanceMode: 'enterMaintenance' }

/**
 * Proactive HA looks at the hosts of a vCenter's clusters again, after what it knows or wants has
 * changed (availability.md 1.12): an Automated cluster acts, a Manual one recommends.
 */
export function judgeHealth(at: PlanContext): void {
  for (const cluster of at.tx.ofType(at.node.name, 'ClusterComputeResource')) judgeCluster(at, cluster)
}

/** The same for one cluster. */
export function judgeCluster(at: PlanContext, cluster: Slot): void {
  const config = clusterConfig(at.tx, cluster)
  const watches = watchesHealth(config)
  for (const { value } of at.tx.read<ClusterComputeResourceProps>(cluster)!.props.host ?? []) {
    const host = at.tx.find(at.node.name, value)
    const book = healthBook(at.tx, at.node.name)
    const before = book.judged[value]
    if (host === undefined || (!watches && before === undefined)) continue
    const health = watches ? judgeHost(book, config, cluster.address.id, value) : undefined
    if (health !== undefined && health !== (before?.health ?? 'green')) tellHealth(at, cluster, host, health)
    // What nobody can say any more changes nothing.
    const remedy = health === undefined ? undefined : health === 'unknown' ? before?.remedy : remedyFor(config, health)
    if (health !== before?.health || remedy !== before?.remedy) {
      note(at, value, health === undefined ? undefined : { health, ...(remedy === undefined ? {} : { remedy }) })
    }
    treat(at, cluster, host, { remedy, was: before?.remedy, automated: config.infraUpdateHaConfig?.behavior === 'Automated' })
  }
}

interface Change {
  readonly remedy: Remediation | undefined
  readonly was: Remediation | undefined
  readonly automated: boolean
}

/** Does or recommends what a host needs, once; what was recommended is done when the cluster becomes Automated. */
function treat(at: PlanContext, cluster: Slot, host: Slot, { remedy, was, automated }: Change): void {
  const open = (each: ClusterRecommendation): boolean => each.target?.value === host.address.id && isOurs(each)
  const { recommendation = [] } = at.tx.read<ClusterComputeResourceProps>(cluster)!.props
  if (remedy === was && !(automated && recommendation.some(open))) return
  dropRecommendations(at.tx, cluster, open)
  const operation = remedy === undefined ? was === 'QuarantineMode' ? 'exitQuarantine' : undefined : SET[remedy]
  if (operation === undefined) return
  // Whoever is out of quarantine by the providers' word, or by Proactive HA's end, is so at once.
  if (automated || operation === 'exitQuarantine') act(at, host, operation)
  else recommend(at, cluster, host, operation)
}

function note({ tx, node }: PlanContext, host: string, judged: JudgedHost | undefined): void {
  const { [host]: _before, ...rest } = healthBook(tx, node.name).judged
  setHealthBook(tx, node.name, { judged: judged === undefined ? rest : { ...rest, [host]: judged } })
}

function tellHealth({ tx, node }: PlanContext, cluster: Slot, host: Slot, health: Health): void {
  const [id, severity] = says[health]
  tell({ tx, node }, host, id, severity, cluster)
}

function tell({ tx, node }: Pick<PlanContext, 'tx' | 'node'>, host: Slot, id: string, severity: string, cluster?: Slot): void {
  postEvent(tx, node, {
    type: 'EventEx', host, ...(cluster === undefined ? {} : { computeResource: cluster }),
    fields: { eventTypeId: `com.vmware.vc.infraUpdateHa.${id}`, severity },
  })
}

function act(at: PlanContext, host: Slot, operation: Operation): void {
  if (operation === 'enterMaintenance') {
    quarantine(at, host, false)
    if (!at.tx.read<HostSystemProps>(host)!.props.runtime.inMaintenanceMode) enterMaintenanceByItself(at, host)
    return
  }
  quarantine(at, host, operation === 'enterQuarantine')
  // VMs leave for hosts that are well as long as there are some; those that cannot stay.
  if (operation === 'enterQuarantine') evacuateHost(at, { host, off: false })
}

function quarantine({ tx, node }: PlanContext, host: Slot, on: boolean): void {
  if ((tx.read<HostSystemProps>(host)!.props.runtime.inQuarantineMode ?? false) === on) return
  tx.update<HostSystemProps>(host, ({ props }) => { props.runtime.inQuarantineMode = on })
  tell({ tx, node }, host, on ? 'QuarantineEvent' : 'QuarantineRemovedEvent', on ? 'warning' : 'info')
}

function recommend({ tx }: PlanContext, cluster: Slot, host: Slot, operationType: Operation): void {
  const target = refOf(host)
  const made: ClusterRecommendation = {
    key: String(tx.count(`recommendation/${cluster.address.node}`)), type: 'V1', time: toDateTime(tx.now()), rating: 5,
    reason: 'hostInDegradation', reasonText: 'The health of the host is degraded', target,
    action: [{ _typeName: 'ClusterHostInfraUpdateHaModeAction', type: 'HostInfraUpdateHaV1', target, operationType } as never],
  }
  tx.update<ClusterComputeResourceProps>(cluster, ({ props }) => {
    props.recommendation = [...props.recommendation ?? [], made]
  })
}

function isOurs(recommendation: ClusterRecommendation): boolean {
  return recommendation.action?.some(action => action._typeName === 'ClusterHostInfraUpdateHaModeAction') === true
}

function dropRecommendations(tx: PlanContext['tx'], cluster: Slot, gone: (each: ClusterRecommendation) => boolean): void {
  const { recommendation = [] } = tx.read<ClusterComputeResourceProps>(cluster)!.props
  if (!recommendation.some(gone)) return
  tx.update<ClusterComputeResourceProps>(cluster, ({ props }) => {
    props.recommendation = recommendation.filter(each => !gone(each)) as never
  })
}

/** ApplyRecommendation: what Proactive HA proposed is done. @throws NoPermission, InvalidArgument for a key that is none */
export function applyRecommendation(call: Call, { key }: { key: string }): void {
  requirePrivilege(call, call.self, 'Resource.ApplyRecommendation')
  const found = recommendationOf(call, key)
  dropRecommendations(call.tx, call.self, each => each.key === key)
  for (const { target, operationType } of (found.action ?? []) as Array<{ target?: { value: string }, operationType?: Operation }>) {
    const host = target === undefined ? undefined : call.tx.find(call.node.name, target.value)
    if (host !== undefined && operationType !== undefined) act(call, host, operationType)
  }
}

/** CancelRecommendation: it is not proposed again for the same reason. @throws InvalidArgument */
export function cancelRecommendation(call: Call, { key }: { key: string }): void {
  recommendationOf(call, key)
  dropRecommendations(call.tx, call.self, each => each.key === key)
}

function recommendationOf(call: Call, key: string): ClusterRecommendation {
  const { recommendation = [] } = call.tx.read<ClusterComputeResourceProps>(call.self)!.props
  const found = recommendation.find(each => each.key === key)
  if (found === undefined) throw invalidArgument('key')
  return found
}
