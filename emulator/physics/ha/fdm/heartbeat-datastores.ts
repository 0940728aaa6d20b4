import type { DatastoreProps } from '../../../schema/generated/types.js'
import type { MoRef } from '../../../schema/model.js'
import type { Reader } from '../../../world/records.js'
import { LAB } from '../../hardware/chassis.js'
import type { Volume } from '../../storage/files.js'
import { volumeOf } from '../../storage/paths.js'

/** A volume that could carry datastore heartbeats. */
export interface HeartbeatCandidate {
  readonly volume: string
  readonly name: string
  readonly vmfs: boolean
  /** False where heartbeats cannot be kept on it. */
  readonly carrier: boolean
  /** Array or NFS server: two volumes behind the same one fail together. */
  readonly array: string
  /** Member hosts that mount it. */
  readonly hosts: readonly string[]
}

/** How vCenter shall choose (ClusterDasConfigInfo.hBDatastoreCandidatePolicy). */
export interface HeartbeatChoice {
  readonly policy: string
  /** Volumes that the user named. */
  readonly preferred: readonly string[]
  readonly perHost: number
}

/** Types of volumes that can carry heartbeats; vSAN cannot (availability.md 1.1). */
const CARRIERS: ReadonlySet<string> = new Set(['VMFS', 'NFS', 'NFS41'])

/** The shared volumes of some hosts, of whatever type, in the order of their names. */
export function sharedVolumes(reader: Reader, hosts: readonly string[]): HeartbeatCandidate[] {
  const found = new Map<string, { name: string, type: string, array: string, hosts: string[] }>()
  for (const host of hosts) {
    for (const slot of reader.ofType(host, 'Datastore')) {
      const props = reader.read<DatastoreProps>(slot)!.props
      const volume = volumeOf(props)
      let known = found.get(volume)
      if (known === undefined) {
        const record = reader.get<Volume>(LAB, volume)?.props
        if (record === undefined || record.local === true) continue
        const nas = (props.info as { nas?: { remoteHost?: string } }).nas
        found.set(volume, known = {
          name: props.name, type: record.type, array: nas?.remoteHost ?? volume, hosts: [],
        })
      }
      known.hosts.push(host)
    }
  }
  return [...found].filter(([, { hosts: mounting }]) => mounting.length > 1 || hosts.length === 1)
    .map(([volume, { name, type, array, hosts: mounting }]) =>
      ({ volume, name, vmfs: type === 'VMFS', array, hosts: mounting, carrier: CARRIERS.has(type) }))
    .sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
}

/**
 * Heartbeat datastores of one host (availability.md 1.1): the user's first, as the policy says; then
 * those that most hosts share, VMFS before NFS, no two of the same array while there is a choice.
 */
export function chooseHeartbeatVolumes(
  candidates: readonly HeartbeatCandidate[], { policy, preferred, perHost }: HeartbeatChoice,
): string[] {
  const named = (each: HeartbeatCandidate): number =>
    policy !== 'allFeasibleDs' && preferred.includes(each.volume) ? 1 : 0
  const ranked = [...candidates]
    .filter(each => policy !== 'userSelectedDs' || preferred.includes(each.volume))
    .sort((a, b) => named(b) - named(a) || b.hosts.length - a.hosts.length || Number(b.vmfs) - Number(a.vmfs))
  const chosen: HeartbeatCandidate[] = []
  for (const sameArray of [false, true]) {
    for (const each of ranked) {
      if (chosen.length >= perHost || chosen.includes(each)) continue
      if (sameArray || !chosen.some(other => other.array === each.array)) chosen.push(each)
    }
  }
  return chosen.map(({ volume }) => volume)
}

/** Volumes behind datastores of a vCenter. */
export function volumesOfRefs(reader: Reader, vcenter: string, refs: readonly MoRef[]): string[] {
  return refs.map(ref => reader.get<DatastoreProps>(vcenter, ref.value)?.props)
    .filter(props => props !== undefined).map(volumeOf)
}
