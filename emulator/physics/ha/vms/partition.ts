import type { Reader } from '../../../world/records.js'
import { lostFiles, lostVolume, objectOfLock } from '../../storage/access.js'
import { agentOf, configOfAgent, fdmConfig, leads, primaryOf } from '../fdm/agent.js'
import { listOwner } from '../fdm/files.js'
import { agentLoss, agentWorks } from '../fdm/links.js'
import { watchOf } from '../fdm/watch.js'
import { vsanOf } from '../../vsan/state.js'
import type { HaCluster } from '../signals.js'

/** Who can do what with VMs in a primary's partition (availability.md 1.5, 1.6). */

/** The lock on a VM's files, which says where they lie. */
type VmLock = { readonly id: string, readonly volume: string }

/** True if a host is a primary that has read its lists and may start VMs (1.4 B). */
export function isActing(reader: Reader, host: string): boolean {
  const state = agentOf(reader, host)?.state
  return state?.kind === 'primary' && state.readyAt === undefined
}

/** True if a primary's requests reach a host of its partition now. */
export function commands(reader: Reader, primary: string, host: string): boolean {
  if (primaryOf(reader, host) !== primary || !agentWorks(reader, host)) return false
  return host === primary || agentLoss(reader, primary, host) < 1
}

/** Hosts that a primary can ask to start VMs, in the cluster's order. */
export function commandedHosts(reader: Reader, primary: string): string[] {
  const members = fdmConfig(reader, primary)?.members ?? []
  return members.map(member => member.host).filter(host => commands(reader, primary, host))
}

/** Primaries of a cluster: one for each partition. */
export function primariesOf(reader: Reader, at: HaCluster): string[] {
  return (watchOf(reader, at)?.hosts ?? []).filter(host => leads(reader, host))
}

/**
 * True if a primary has the list of protected VMs of a volume: it holds the lock on it, or nobody
 * does and some host of its partition gets at it for the primary (1.2: by proxy). A volume of one
 * host only has no shared list; on vSAN what the list says of a VM lies in the VM's own object (1.1).
 */
export function hasList(reader: Reader, primary: string, lock: VmLock | undefined): boolean {
  const agent = agentOf(reader, primary)
  if (agent === undefined) return false
  if (lock === undefined) return true
  const { volume } = lock
  if (vsanOf(reader, volume) !== undefined) {
    return commandedHosts(reader, primary).some(host => lostFiles(reader, host, objectOfLock(lock.id)) === undefined)
  }
  if (!configOfAgent(reader, agent).volumes.includes(volume)) return true
  const owner = listOwner(reader, agent, volume)
  if (owner !== undefined) return owner === primary
  return commandedHosts(reader, primary).some(host => lostVolume(reader, host, volume) === undefined)
}

/** True if a primary answers for the VMs of a volume: vCenter tells it of them, or it has the list (1.5). */
export function answersFor(reader: Reader, primary: string, lock: VmLock | undefined): boolean {
  const agent = agentOf(reader, primary)
  if (agent === undefined) return false
  return watchOf(reader, agent)?.primary === primary || hasList(reader, primary, lock)
}

/** True if some primary has the list that a VM is on, so that it would be started elsewhere. */
export function isOwned(reader: Reader, at: HaCluster, lock: VmLock): boolean {
  return primariesOf(reader, at).some(primary => hasList(reader, primary, lock))
}
