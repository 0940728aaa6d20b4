import type { Transaction } from '../../world/transaction.js'
import { LAB } from '../hardware/chassis.js'
import { freshPartition, partitionKinds } from './partitions.js'
import { serviceKindsOf } from './service-table.js'
import { applianceId, productVersion, type ApplianceInner, type Service } from './state.js'

const DAY_MS = 86_400_000

/** Age of an installation when a lab begins; as that of its objects (inventory/build.ts). */
const INSTALLED_BEFORE_MS = 60 * DAY_MS

/** Makes the appliance of a vCenter that runs: its partitions, and its services as after a boot. */
export function createAppliance(tx: Transaction, vcenter: string): void {
  const now = tx.now()
  const services: Record<string, Service> = {}
  for (const { id, startup } of serviceKindsOf(productVersion(tx, vcenter))) {
    services[id] = { state: startup === 'AUTOMATIC' ? 'STARTED' : 'STOPPED', since: now, startup }
  }
  const inner: ApplianceInner = {
    partitions: Object.fromEntries(partitionKinds.map(kind => [kind.mount, freshPartition(kind, now)])),
    services,
    judged: {},
    failures: [],
    installed: now - INSTALLED_BEFORE_MS,
    settings: {
      ssh: false, dcui: false, consolecli: false, shell: { enabled: false, until: 0 },
      ntp: ['time.lab.local'], timesync: 'NTP', timezone: 'Etc/UTC',
      policy: { max_days: 90, min_days: 1, warn_days: 7 },
      logForwarding: [],
    },
  }
  tx.create({ node: LAB, type: 'Appliance', id: applianceId(vcenter) }, { props: {}, inner })
}
