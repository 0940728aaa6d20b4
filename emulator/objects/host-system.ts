import type { HostSystemProps } from '../schema/generated/types.js'
import type { StoredRecord } from '../world/records.js'
import { defineManagedObject, query, type Definition } from './define.js'

/**
 * The properties of a host that repeat others: `summary.runtime` is `runtime`, and the host's
 * colour follows its connection until alarms say more (availability.md 4.2: red when lost).
 */
export function deriveHostSystem(record: StoredRecord): StoredRecord {
  const props = record.props as unknown as HostSystemProps
  const { summary, runtime } = props
  const overallStatus = runtime.connectionState === 'notResponding' ? 'red' : 'green'
  const same = summary.runtime === runtime && summary.overallStatus === overallStatus
    && props.overallStatus === overallStatus
  if (same) return record
  return {
    props: { ...record.props, overallStatus, summary: { ...summary, runtime, overallStatus } },
    inner: record.inner,
  }
}

/** Calls on hosts come with the cluster and host operations; its repeated properties are here. */
export const hostSystem: Definition = defineManagedObject('HostSystem', {
  derive: deriveHostSystem,
  methods: {
    // vCenter asks the TPM of a host; the lab's hosts have no measurements to report.
    QueryTpmAttestationReport: query((): undefined => undefined, 'the report of a host with a TPM'),
  },
})
