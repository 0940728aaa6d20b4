import type { Reader } from '../../../world/records.js'
import { LAB } from '../../hardware/chassis.js'
import { hostNodes, type Volume } from '../../storage/files.js'
import { bareName, type TruthFact } from '../../truth.js'
import { agentOf, leads, primaryOf } from './agent.js'
import { listOwner } from './files.js'
import { watchedClusters } from './watch.js'

/** The primary of a host's partition, as the host itself knows it. */
export const haPrimaryFact: TruthFact = {
  name: 'ha-primary-of',
  help: 'the HA primary that a host leads or follows; unset: none at present',
  subjects: agentSubjects,
  of: (reader, subject) => primaryOf(reader, bareName(subject)),
}

/** What a host's own HA agent is doing, whatever others think of it. */
export const fdmStateFact: TruthFact = {
  name: 'fdm-state',
  help: 'what a host\'s HA agent does: stopped, uninitialized, election, primary, secondary, isolated',
  subjects: agentSubjects,
  of: (reader, subject) => agentOf(reader, bareName(subject))?.state.kind,
}

/** All hosts that lead; more than one only while the network is split. */
export const haPrimariesFact: TruthFact = {
  name: 'ha-primaries',
  help: 'the hosts of a cluster (by name) that lead an HA partition',
  // Every cluster: HA may be switched on later.
  subjects: reader => reader.ofType(LAB, 'Node')
    .flatMap(node => reader.ofType(node.address.id, 'ClusterComputeResource'))
    .map(slot => `cluster/${clusterName(reader, { vcenter: slot.address.node, cluster: slot.address.id })}`),
  of: (reader, subject) => {
    const watch = watchedClusters(reader).find(each => clusterName(reader, each) === bareName(subject))
    return watch?.hosts.filter(host => leads(reader, host))
  },
}

/** The primary that holds the list of protected VMs of a datastore. */
export const listOwnerFact: TruthFact = {
  name: 'protectedlist-owner',
  help: 'the HA primary that holds the list of protected VMs on a datastore; unset: nobody',
  subjects: reader => reader.ofType(LAB, 'Volume').map(slot => `datastore/${nameOf(reader, slot.address.id)}`),
  of: (reader, subject) => {
    const volume = reader.ofType(LAB, 'Volume').find(slot => nameOf(reader, slot.address.id) === bareName(subject))
    if (volume === undefined) return undefined
    return watchedClusters(reader).map(each => listOwner(reader, each, volume.address.id)).find(owner => owner !== undefined)
  },
}

/** Every host: it may get an agent later. */
function agentSubjects(reader: Reader): string[] {
  return hostNodes(reader).map(host => `host/${host}`)
}

function clusterName(reader: Reader, { vcenter, cluster }: { vcenter: string, cluster: string }): string {
  return reader.get<{ name: string }>(vcenter, cluster)?.props.name ?? cluster
}

function nameOf(reader: Reader, volume: string): string {
  return reader.get<Volume>(LAB, volume)!.props.name
}
