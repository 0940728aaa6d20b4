import type { Transaction } from '../../../world/transaction.js'
import type { HaCluster } from '../signals.js'
import type { FdmConfig } from './agent.js'

/** What HA misses on a host that it is configured on. */
export type Shortcoming = 'isolationAddresses' | 'datastores'

declare module '../../../world/signals.js' {
  interface SignalMap {
    /** A host lacks something that HA wants of it, or has it again. */
    'ha.hostLacks': HaCluster & { readonly host: string, readonly what: Shortcoming, readonly missing: boolean }
  }
}

const lacks: Readonly<Record<Shortcoming, (config: FdmConfig, host: string) => boolean>> = {
  isolationAddresses: config => config.isolationAddresses.length === 0,
  datastores: (config, host) => config.withoutDatastores?.includes(host) === true,
}

/** Says what HA lacks on which hosts since its last configuration, and what it lacks no more. */
export function tellShortcomings(
  tx: Transaction, { vcenter, cluster }: HaCluster, before: FdmConfig | undefined, next: FdmConfig,
): void {
  for (const { host } of next.members) {
    const known = before?.members.some(member => member.host === host) === true ? before : undefined
    for (const what of Object.keys(lacks) as Shortcoming[]) {
      const missing = lacks[what](next, host)
      if (missing === (known !== undefined && lacks[what](known, host))) continue
      tx.emit('ha.hostLacks', { vcenter, cluster, host, what, missing })
    }
  }
}
