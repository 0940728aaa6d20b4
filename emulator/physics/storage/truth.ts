/** What storage physically is: who writes, how full volumes are, which hosts have lost which. */
import type { Reader } from '../../world/records.js'
import { writtenBytes, type DiskWriter } from '../compute/disk-writers.js'
import type { VmProps } from '../compute/vm.js'
import { LAB } from '../hardware/chassis.js'
import { bareName, type TruthFact } from '../truth.js'
import type { HostStorage } from './access.js'
import { hostNodes } from './files.js'
import { freeBytes, type Volume } from './volume.js'

/** The hosts whose instance of a VM writes to its disks at present. */
export const writersFact: TruthFact = {
  name: 'writers',
  help: 'hosts whose instance of the VM writes to its disks now; more than one is a corruption',
  subjects: reader => names(reader, vm => [vm.name]),
  of: (reader, subject) => [...new Set(writersOf(reader, bareName(subject))
    .filter(writer => writer.rate > 0).map(writer => writer.host))].sort(),
}

/** Bytes that a VM's instances have written: of all hosts, or with ` on <host>` of one. */
export const writtenFact: TruthFact = {
  name: 'written',
  help: 'bytes that the VM\'s guest has written; `vm/db-01 on esx-02`: those of the instance there',
  subjects: reader => names(reader, vm => [vm.name, `${vm.name} on ${vm.host}`]),
  of: (reader, subject) => {
    const [name, host] = bareName(subject).split(' on ') as [string, string | undefined]
    return writersOf(reader, name).filter(writer => host === undefined || writer.host === host)
      .reduce((bytes, writer) => bytes + writtenBytes(reader, writer), 0)
  },
}

/** Free bytes of a volume, as they are now and not as a host saw them last. */
export const volumeFreeFact: TruthFact = {
  name: 'volume-free',
  help: 'bytes free on a datastore\'s volume',
  subjects: reader => reader.ofType(LAB, 'Volume').map(slot => `datastore/${reader.read<Volume>(slot)!.props.name}`),
  of: (reader, subject) => {
    const volume = reader.ofType(LAB, 'Volume')
      .find(slot => reader.read<Volume>(slot)!.props.name === bareName(subject))
    return volume === undefined ? undefined : freeBytes(reader, volume.address.id)
  },
}

/** The datastores that a host cannot use, as `ds1 apd`. */
export const lostVolumesFact: TruthFact = {
  name: 'lost-volumes',
  help: 'datastores that the host cannot use, each with apd or pdl behind it',
  subjects: reader => hostNodes(reader).map(host => `host/${host}`),
  of: (reader, subject) => {
    const lost = reader.get<HostStorage>(LAB, `storage/${bareName(subject)}`)?.props.lost ?? {}
    return Object.entries(lost)
      .map(([volume, { loss }]) => `${reader.get<Volume>(LAB, volume)?.props.name ?? volume} ${loss}`).sort()
  },
}

function writers(reader: Reader): DiskWriter[] {
  return reader.ofType(LAB, 'DiskWriter').map(slot => reader.read<DiskWriter>(slot)!.props)
}

function writersOf(reader: Reader, name: string): DiskWriter[] {
  return writers(reader).filter(writer => writer.name === name)
}

/** Subjects of all VMs: of their names and hosts, registered or that wrote once. */
function names(reader: Reader, of: (vm: { name: string, host: string }) => string[]): string[] {
  const registered = hostNodes(reader).flatMap(host => reader.ofType(host, 'VirtualMachine')
    .map(slot => ({ host, name: reader.read<VmProps>(slot)!.props.name })))
  return [...new Set([...registered, ...writers(reader)].flatMap(of))].map(name => `vm/${name}`).sort()
}
