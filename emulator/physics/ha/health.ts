import type {
  ClusterConfigInfoEx, HealthUpdate, HealthUpdateInfo, HostSystemProps,
} from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import '../appliance/signals.js'

/**
 * Proactive HA (availability.md 1.12): what health update providers told a vCenter of its hosts, and
 * what that means for a host of a cluster. Kept as inner facts of the vCenter's HealthUpdateManager.
 */

/** Id of the manager on a vCenter. */
const MANAGER = 'HealthUpdateManager'

/** A program that watches hosts' hardware. */
export interface HealthProvider {
  readonly name: string
  /** Who registered it: nobody else may speak for it. */
  readonly user: string
  readonly infos: readonly HealthUpdateInfo[]
  readonly entities: readonly MoRef[]
  /** The last word on each pair of host and kind of update. */
  readonly updates: readonly HealthUpdate[]
}

/** Updates of a provider that clusters or hosts ignore. */
export interface HealthFilter {
  readonly provider: string
  readonly name: string
  readonly infoIds: readonly string[]
  readonly entities: readonly MoRef[]
}

/** What vCenter holds of a host's health, and what it did about it. */
export interface JudgedHost {
  readonly health: Health
  /** It proposed or did something about it. */
  readonly remedy?: Remediation
}

export type Health = 'green' | 'yellow' | 'red' | 'unknown'
export type Remediation = 'QuarantineMode' | 'MaintenanceMode'

export interface HealthBook {
  readonly providers: Readonly<Record<string, HealthProvider>>
  readonly filters: Readonly<Record<string, HealthFilter>>
  /** By the host's id in vCenter. */
  readonly judged: Readonly<Record<string, JudgedHost>>
}

const EMPTY: HealthBook = Object.freeze({ providers: {}, filters: {}, judged: {} })

/** What a vCenter knows of its hosts' health. */
export function healthBook(reader: Reader, vcenter: string): HealthBook {
  return reader.get<object, { book?: HealthBook }>(vcenter, MANAGER)?.inner.book ?? EMPTY
}

/** Changes what a vCenter knows of its hosts' health. */
export function setHealthBook(tx: Transaction, vcenter: string, change: Partial<HealthBook>): void {
  const slot = tx.find(vcenter, MANAGER)!
  const { props, inner } = tx.read<object, { book?: HealthBook }>(slot)!
  tx.replace(slot, { props: props as never, inner: { ...inner, book: { ...inner.book ?? EMPTY, ...change } } as never })
}

/** A vCenter that restarts has no providers any more: they register again (HealthUpdateManager, API reference). */
export function reactToProviders(world: World): void {
  world.on('appliance.vpxd', (tx, { vcenter, serving }) => {
    if (serving || Object.keys(healthBook(tx, vcenter).providers).length === 0) return
    setHealthBook(tx, vcenter, { providers: {}, filters: {} })
  })
}

/** True while a cluster's Proactive HA works: it needs DRS and a provider. */
export function watchesHealth({ infraUpdateHaConfig: infra, drsConfig }: ClusterConfigInfoEx): boolean {
  return infra?.enabled === true && drsConfig.enabled === true && (infra.providers ?? []).length > 0
}

const rank: Readonly<Record<Health, number>> = { green: 0, unknown: 1, yellow: 2, red: 3 }

/**
 * A host's health as the cluster's providers see it: the worst word that no filter takes away; unknown
 * while one of them is not there or does not watch it.
 */
export function judgeHost(book: HealthBook, config: ClusterConfigInfoEx, cluster: string, host: string): Health {
  let worst: Health = 'green'
  for (const id of config.infraUpdateHaConfig?.providers ?? []) {
    const provider = Object.hasOwn(book.providers, id) ? book.providers[id] : undefined
    const heard: Health[] = provider === undefined || !provider.entities.some(ref => ref.value === host)
      ? ['unknown']
      : provider.updates.filter(update => update.entity.value === host
        && !filtered(book, id, update.healthUpdateInfoId, [host, cluster])).map(update => healthOf(update.status))
    for (const health of heard) if (rank[health] > rank[worst]) worst = health
  }
  return worst
}

function healthOf(status: string): Health {
  return status === 'green' || status === 'yellow' || status === 'red' ? status : 'unknown'
}

function filtered(book: HealthBook, provider: string, info: string, entities: readonly string[]): boolean {
  return Object.values(book.filters).some(filter => filter.provider === provider
    && filter.infoIds.includes(info) && filter.entities.some(ref => entities.includes(ref.value)))
}

/** What a cluster wants done with a host of some health; undefined: nothing. */
export function remedyFor({ infraUpdateHaConfig: infra }: ClusterConfigInfoEx, health: Health): Remediation | undefined {
  const wanted = health === 'red' ? infra?.severeRemediation : health === 'yellow' ? infra?.moderateRemediation : undefined
  if (health !== 'red' && health !== 'yellow') return undefined
  return wanted === 'MaintenanceMode' ? 'MaintenanceMode' : 'QuarantineMode'
}

/** Counted for a host in quarantine where the emptiest is looked for: more VMs than any other has. */
export const QUARANTINE_LOAD = 1e6

/** True for a host that new VMs shall keep away from. */
export function inQuarantine(reader: Reader, vcenter: string, host: string): boolean {
  return reader.get<HostSystemProps>(vcenter, host)?.props.runtime.inQuarantineMode === true
}
