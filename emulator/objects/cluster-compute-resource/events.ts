import type { ClusterConfigInfoEx, EventName } from '../../schema/generated/types.js'
import { postEvent } from '../../services/events.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { configChanges } from './config-changes.js'

/** Who changed a cluster, for the events. */
export interface Changer {
  readonly userName: string
  readonly chainId?: number
}

/** Posts that a cluster was reconfigured, and what that switched on or off (availability.md 1.13). */
export function tellReconfigured(
  tx: Transaction, cluster: Slot, before: ClusterConfigInfoEx, now: ClusterConfigInfoEx, by: Changer,
): void {
  const changes = configChanges('configurationEx', before, now)
  post(tx, cluster, by, 'ClusterReconfiguredEvent', { configChanges: changes })
  tellSwitched(tx, cluster, before, now, by)
}

/** Posts what differs between two configurations as far as it has events of its own. */
export function tellSwitched(
  tx: Transaction, cluster: Slot, before: ClusterConfigInfoEx, now: ClusterConfigInfoEx, by: Changer,
): void {
  const tell = (type: EventName, fields?: Record<string, unknown>): void => post(tx, cluster, by, type, fields)
  if (before.dasConfig.enabled !== now.dasConfig.enabled) {
    tell(now.dasConfig.enabled === true ? 'DasEnabledEvent' : 'DasDisabledEvent')
  }
  if (before.dasConfig.admissionControlEnabled !== now.dasConfig.admissionControlEnabled) {
    tell(now.dasConfig.admissionControlEnabled === true
      ? 'DasAdmissionControlEnabledEvent' : 'DasAdmissionControlDisabledEvent')
  }
  const { hostMonitoring, vmMonitoring } = now.dasConfig
  if (before.dasConfig.hostMonitoring !== hostMonitoring) {
    tell('HostMonitoringStateChangedEvent', { state: hostMonitoring, prevState: before.dasConfig.hostMonitoring })
  }
  if (before.dasConfig.vmMonitoring !== vmMonitoring) {
    tell('VmHealthMonitoringStateChangedEvent', { state: vmMonitoring, prevState: before.dasConfig.vmMonitoring })
  }
  if (before.drsConfig.enabled !== now.drsConfig.enabled) {
    if (now.drsConfig.enabled === true) tell('DrsEnabledEvent', { behavior: now.drsConfig.defaultVmBehavior ?? '' })
    else tell('DrsDisabledEvent')
  }
}

function post(
  tx: Transaction, cluster: Slot, by: Changer, type: EventName, fields?: Record<string, unknown>,
): void {
  postEvent(tx, cluster.address.node, {
    type, computeResource: cluster, userName: by.userName, chainId: by.chainId,
    ...(fields === undefined ? {} : { fields }),
  })
}
