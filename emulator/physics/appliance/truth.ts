import type { Reader } from '../../world/records.js'
import { LAB } from '../hardware/chassis.js'
import { bareName, type TruthFact } from '../truth.js'
import { percentAt } from './partitions.js'
import { serviceKind } from './service-table.js'
import { applianceOf, type ApplianceInner } from './state.js'

/** `vcenter/vc-01/vpxd`: STARTED, STARTING, STOPPING or STOPPED. */
export const serviceFact: TruthFact = {
  name: 'service',
  help: 'state of a service of a vCenter\'s appliance: vc-01/vpxd',
  subjects: reader => each(reader, (vcenter, { services }) => Object.keys(services).map(id => `${vcenter}/${id}`)),
  of(reader, subject) {
    const { vcenter, rest } = split(subject)
    const id = serviceKind(rest.slice(1))?.id
    return id === undefined ? undefined : applianceOf(reader, vcenter)?.services[id]?.state
  },
}

/** `vcenter/vc-01/storage/seat`: how full the partition is, in whole percent. */
export const partitionFact: TruthFact = {
  name: 'partition-percent',
  help: 'how full a partition of a vCenter\'s appliance is: vc-01/storage/seat',
  subjects: reader => each(reader, (vcenter, { partitions }) => Object.keys(partitions).map(mount => `${vcenter}${mount}`)),
  of(reader, subject) {
    const { vcenter, rest } = split(subject)
    const partition = applianceOf(reader, vcenter)?.partitions[rest]
    return partition === undefined ? undefined : Math.floor(percentAt(partition, reader.now()))
  },
}

function each(reader: Reader, list: (vcenter: string, appliance: ApplianceInner) => string[]): string[] {
  return reader.ofType(LAB, 'Node').map(slot => slot.address.id).flatMap(node => {
    const appliance = applianceOf(reader, node)
    return appliance === undefined ? [] : list(node, appliance).map(name => `vcenter/${name}`)
  })
}

/** `vc-01` and what comes after it, with its slash. */
function split(subject: string): { vcenter: string, rest: string } {
  const name = bareName(subject)
  const slash = name.indexOf('/')
  return slash < 0 ? { vcenter: name, rest: '' } : { vcenter: name.slice(0, slash), rest: name.slice(slash) }
}
