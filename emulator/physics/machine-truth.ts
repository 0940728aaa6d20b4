/** What machines, VMs, paths and locks physically are; read from the hosts' own records only. */
import type { VirtualMachineProps } from '../schema/generated/types.js'
import type { Reader, Slot } from '../world/records.js'
import { LAB, chassis } from './hardware/chassis.js'
import { path } from './network/paths.js'
import type { NetworkName } from './network/rules.js'
import { hostNodes } from './storage/files.js'
import { lockHolder, lockOf } from './storage/locks.js'
import { bareName, type TruthFact } from './truth.js'

/** `on`, or `off`: the power of a machine. */
export const powerFact: TruthFact = {
  name: 'power',
  help: 'power of a host, or of a vCenter\'s appliance: on, off',
  subjects: reader => nodeNames(reader).map(name => `node/${name}`),
  of: (reader, subject) => chassis(reader, bareName(subject))?.power,
}

/** The hosts on which a process of a VM exists. */
export const runsOnFact: TruthFact = {
  name: 'runs-on',
  help: 'hosts on which a process of the VM exists; with a split brain more than one',
  subjects: vmSubjects,
  of: (reader, subject) => runningOn(reader, bareName(subject)),
}

/** The same set, under the name that the test vectors use. */
export const realFact: TruthFact = { ...runsOnFact, name: 'real', help: 'the same as runs-on' }

/** The host that holds the lock on a VM's files. */
export const lockHolderFact: TruthFact = {
  name: 'lock-holder',
  help: 'the host that holds the lock on the VM\'s files; unset: nobody',
  subjects: vmSubjects,
  of: (reader, subject) => {
    const owners = vmsNamed(reader, bareName(subject))
      .map(slot => lockOf(reader, slot)).filter(lock => lock !== undefined)
      .map(lock => lockHolder(reader, lock.id)).filter(owner => owner !== undefined)
    const all = [...new Set(owners)]
    return all.length > 1 ? all : all[0]
  },
}

/** Whether traffic passes: `link` with `esx-01 -> vc-01`, or `esx-01 -> vc-01 storage`. */
export const linkFact: TruthFact = {
  name: 'link',
  help: 'traffic `A -> B` or `A <-> B`, with a network behind it if not management: up, lossy, drop, refuse, reset',
  subjects: reader => nodeNames(reader).flatMap((a, index) =>
    nodeNames(reader).slice(index + 1).map(b => `${a} <-> ${b}`)),
  of: linkState,
}

function nodeNames(reader: Reader): string[] {
  return reader.ofType(LAB, 'Node').map(slot => slot.address.id)
}

/** Every VM of the lab as `vm/<name>`. */
export function vmSubjects(reader: Reader): string[] {
  const all = hostNodes(reader).flatMap(host => reader.ofType(host, 'VirtualMachine'))
  return [...new Set(all.map(slot => `vm/${nameOf(reader, slot)}`))].sort()
}

function nameOf(reader: Reader, slot: Slot): string {
  return reader.read<VirtualMachineProps>(slot)!.props.name
}

/** The records of a VM on its hosts. */
export function vmsNamed(reader: Reader, name: string): Slot[] {
  return hostNodes(reader).flatMap(host => reader.ofType(host, 'VirtualMachine'))
    .filter(slot => nameOf(reader, slot) === name)
}

function runningOn(reader: Reader, name: string): string[] {
  return vmsNamed(reader, name)
    .filter(slot => reader.read<VirtualMachineProps>(slot)!.props.runtime.powerState === 'poweredOn')
    .map(slot => slot.address.node)
}

function linkState(reader: Reader, subject: string): string | undefined {
  const match = /^(\S+)\s*(<->|->)\s*(\S+)(?:\s+(\w+))?$/.exec(subject)
  if (match === null) return undefined
  const [from, to] = [bareName(match[1]!), bareName(match[3]!)]
  const network = (match[4] ?? 'management') as NetworkName
  const ways = [path(reader, from, to, { network })]
  if (match[2] === '<->') ways.push(path(reader, to, from, { network }))
  const cut = ways.find(way => way.cut !== undefined)?.cut
  return cut ?? (ways.some(way => way.loss >= 1) ? 'drop' : ways.some(way => way.loss > 0) ? 'lossy' : 'up')
}
