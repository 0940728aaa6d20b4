/** What vSAN physically is: where a VM's object lies, and who can use it. */
import type { Reader } from '../../world/records.js'
import type { VmProps } from '../compute/vm.js'
import { hostNodes } from '../storage/files.js'
import { bareName, type TruthFact } from '../truth.js'
import { usable } from './rules.js'
import { componentsOf, dataHosts, hasVsan, objectOf, sight, vsanOf } from './state.js'

/** The components of a VM's object with their votes, as `esx-01 replica 1`; `stale` misses writes. */
export const votesFact: TruthFact = {
  name: 'votes',
  help: 'components of a VM\'s object on vSAN, such as `esx-01 replica 1`, with `stale` behind what misses writes',
  subjects: vsanVms,
  of: (reader, subject) => {
    const found = objectNamed(reader, bareName(subject))
    return found === undefined ? undefined : componentsOf(reader, found.cluster, found.key)
      .map(({ host, kind, votes, staleSince }) => `${host} ${kind} ${votes}${staleSince === undefined ? '' : ' stale'}`)
  },
}

/** The hosts that have the majority of an object's votes and a full copy of its data. */
export const usableOnFact: TruthFact = {
  name: 'usable-on',
  help: 'hosts that can use a VM\'s object on vSAN: more than half of its votes and a full replica; none: it is inaccessible',
  subjects: vsanVms,
  of: (reader, subject) => {
    const found = objectNamed(reader, bareName(subject))
    if (found === undefined) return undefined
    const sees = sight(reader, found.cluster)
    const parts = componentsOf(reader, found.cluster, found.key)
    return dataHosts(found.cluster).filter(host => usable(parts, host, sees)).sort()
  },
}

function vsanVms(reader: Reader): string[] {
  if (!hasVsan(reader)) return []
  const all = hostNodes(reader).flatMap(host => reader.ofType(host, 'VirtualMachine'))
  const names = all.filter(vm => objectOf(reader, vm) !== undefined).map(vm => reader.read<VmProps>(vm)!.props.name)
  return [...new Set(names)].map(name => `vm/${name}`).sort()
}

function objectNamed(reader: Reader, name: string) {
  for (const host of hostNodes(reader)) {
    for (const vm of reader.ofType(host, 'VirtualMachine')) {
      if (reader.read<VmProps>(vm)!.props.name !== name) continue
      const object = objectOf(reader, vm)
      if (object !== undefined) return { key: object.key, cluster: vsanOf(reader, object.volume)! }
    }
  }
  return undefined
}
