import { reflectorOf } from '../../inventory/host-managers.js'
import type { HostSystemProps } from '../../schema/generated/types.js'
import type { Query } from '../../services/call.js'
import type { StoredRecord } from '../../world/records.js'
import { defineManagedObject, partial, query, type Definition } from '../define.js'
import { connectionJobs, startDisconnect, startReconnect } from './connection.js'
import { queryHostConnectionInfo } from './connection-info.js'
import { maintenanceJobs, startEnterMaintenance, startExitMaintenance } from './maintenance.js'
import {
  hostPowerJobs, retrieveUptime, startPowerUp, startReboot, startShutdown, startStandby,
} from './power.js'

/**
 * The properties of a host that repeat others: `summary.runtime` is `runtime`, and the colour, which
 * alarms give (availability.md 4.2: red when the connection is lost).
 */
function deriveHostSystem(record: StoredRecord): StoredRecord {
  const props = record.props as unknown as HostSystemProps
  const { summary, runtime, overallStatus } = props
  if (summary.runtime === runtime && summary.overallStatus === overallStatus) return record
  return {
    props: { ...record.props, summary: { ...summary, runtime, overallStatus } },
    inner: record.inner,
  }
}

export const hostSystem: Definition = defineManagedObject('HostSystem', {
  derive: deriveHostSystem,
  methods: {
    // vCenter asks the TPM of a host; the lab's hosts have no measurements to report.
    QueryTpmAttestationReport: query((): undefined => undefined, 'the report of a host with a TPM'),
    RetrieveManagedMethodExecuter: query(({ self }: Query) => reflectorOf(self.address.id, 'ReflectManagedMethodExecuter')),
    RetrieveDynamicTypeManager: query(({ self }: Query) => reflectorOf(self.address.id, 'InternalDynamicTypeManager')),
    QueryHostConnectionInfo: query(queryHostConnectionInfo),
    RetrieveHardwareUptime: query(retrieveUptime),
    DisconnectHost_Task: startDisconnect,
    ReconnectHost_Task: startReconnect,
    EnterMaintenanceMode_Task: partial(startEnterMaintenance, 'maintenanceSpec: a vSAN host keeps its components'),
    ExitMaintenanceMode_Task: startExitMaintenance,
    ShutdownHost_Task: startShutdown,
    RebootHost_Task: startReboot,
    PowerDownHostToStandBy_Task: partial(startStandby, 'evacuation: its virtual machines must be off or gone before'),
    PowerUpHostFromStandBy_Task: startPowerUp,
  },
  jobs: { ...maintenanceJobs, ...connectionJobs, ...hostPowerJobs },
})
