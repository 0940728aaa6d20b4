import type { VirtualMachineProps } from '../../../emulator/schema/generated/types.js'
import type { VmInner } from '../../../emulator/physics/compute/vm.js'
import { agentRuns } from '../../../emulator/physics/hardware/agents.js'
import { agentNetwork } from '../../../emulator/physics/ha/fdm/links.js'
import { LAB, chassis } from '../../../emulator/physics/hardware/chassis.js'
import { passes, path, responds } from '../../../emulator/physics/network/paths.js'
import { hostNodes } from '../../../emulator/physics/storage/files.js'
import type { Reader, Slot } from '../../../emulator/world/records.js'
import type { JournalEntry } from '../../../emulator/world/journal.js'

/** One VM process, as its host's own record knows it. */
export interface Process {
  readonly host: string
  readonly slot: Slot
  readonly name: string
  /** The same for every copy of one VM. */
  readonly identity: string
}

/** All VM processes of the lab. */
export function processes(reader: Reader): Process[] {
  return hostNodes(reader).filter(host => chassis(reader, host)?.power === 'on').flatMap(host =>
    reader.ofType(host, 'VirtualMachine').flatMap(slot => {
      const { props } = reader.read<VirtualMachineProps, VmInner>(slot)!
      if (props.runtime.powerState !== 'poweredOn') return []
      return [{ host, slot, name: props.name, identity: props.config?.instanceUuid ?? props.name }]
    }))
}

/** True if an entry wrote a host's own record of a VM, or a machine's. */
export function touches(entry: JournalEntry, types: ReadonlySet<string>): boolean {
  return entry.changes.some(({ slot }) => types.has(slot.address.type))
}

const links = new Set(['Node', 'NetRule'])

/** True if an entry may have changed who reaches whom. */
export function touchesLinks(entry: JournalEntry): boolean {
  return touches(entry, links)
}

/** True while the HA agent of a host works: without hostd it waits. */
function speaks(reader: Reader, host: string): boolean {
  return responds(reader, host) && agentRuns(reader, host, 'fdm') && agentRuns(reader, host, 'hostd')
}

/** True if HA agents of two hosts hear each other now (management network, with vSAN its own; FDM's port). */
export function hear(reader: Reader, a: string, b: string): boolean {
  const fdm = { network: agentNetwork(reader, a), port: 8182 } as const
  const way = (from: string, to: string): boolean =>
    passes(reader, from, to, { ...fdm, protocol: 'tcp' }) && passes(reader, from, to, { ...fdm, protocol: 'udp' })
  return speaks(reader, a) && speaks(reader, b) && way(a, b) && way(b, a)
}

/** True if each heartbeat between two hosts arrives, none is left to chance. */
export function hearSurely(reader: Reader, a: string, b: string): boolean {
  const fdm = { network: agentNetwork(reader, a), port: 8182 } as const
  const sure = (from: string, to: string): boolean => path(reader, from, to, fdm).loss === 0
  return hear(reader, a, b) && sure(a, b) && sure(b, a)
}

/** Groups of hosts that hear each other, directly or through others. */
export function components(hosts: readonly string[], linked: (a: string, b: string) => boolean): string[][] {
  const left = new Set(hosts)
  const groups: string[][] = []
  for (const first of hosts) {
    if (!left.delete(first)) continue
    const group = [first]
    for (let i = 0; i < group.length; i += 1) {
      for (const other of [...left]) {
        if (!linked(group[i]!, other)) continue
        left.delete(other)
        group.push(other)
      }
    }
    groups.push(group)
  }
  return groups
}

/** Signals of one kind in an entry. */
export function signals<T>(entry: JournalEntry, kind: string): T[] {
  return entry.signals.filter(signal => signal.kind === kind).map(signal => signal.payload as T)
}

export { LAB, hostNodes }
