import { partitionFact, serviceFact } from './physics/appliance/truth.js'
import { LAB, type NodeInner } from './physics/hardware/chassis.js'
import { fdmStateFact, haPrimariesFact, haPrimaryFact, listOwnerFact } from './physics/ha/fdm/truth.js'
import { consoleFact, screenFact } from './physics/guest-os/truth.js'
import { linkFact, lockHolderFact, powerFact, realFact, runsOnFact } from './physics/machine-truth.js'
import { lostVolumesFact, volumeFreeFact, writersFact, writtenFact } from './physics/storage/truth.js'
import { syslogDroppedFact, syslogTargetsFact } from './physics/syslog/truth.js'
import { TruthFacts, type TruthValue } from './physics/truth.js'
import {
  vchaActiveFact, vchaConflictsFact, vchaDamagedFact, vchaDatabaseFact, vchaLostFact, vchaStateFact, vchaWritersFact,
} from './physics/vcha/truth.js'
import { usableOnFact, votesFact } from './physics/vsan/truth.js'
import { allNodes } from './services/nodes.js'
import type { World } from './world/world.js'

/** Every kind of fact; scenarios ask for them (`truth: runs-on`), `/v1/truth` shows them. */
export const truthFacts = new TruthFacts([
  powerFact,
  runsOnFact,
  realFact,
  lockHolderFact,
  linkFact,
  writersFact,
  writtenFact,
  volumeFreeFact,
  lostVolumesFact,
  serviceFact,
  partitionFact,
  vchaActiveFact,
  vchaStateFact,
  vchaDatabaseFact,
  vchaWritersFact,
  vchaLostFact,
  vchaDamagedFact,
  vchaConflictsFact,
  haPrimaryFact,
  haPrimariesFact,
  fdmStateFact,
  listOwnerFact,
  consoleFact,
  screenFact,
  syslogTargetsFact,
  syslogDroppedFact,
  votesFact,
  usableOnFact,
])

/** What physically is, for checking; the product's own doors never show it (contract.md). */
export interface Truth {
  readonly nodes: ReadonlyArray<{ name: string, kind: string, power: string, management: string | undefined }>
  /** Which host runs which VM processes. */
  readonly runs: Readonly<Record<string, readonly string[]>>
  /** Fill of each volume in bytes. */
  readonly volumes: ReadonlyArray<{ id: string, name: unknown, usedBytes: unknown, capacityBytes: unknown }>
  /** Each fact by its name, and by the name of what it is a fact about. */
  readonly facts: Readonly<Record<string, Readonly<Record<string, TruthValue>>>>
}

/** Reads the truth from the hosts' own records, never from a vCenter's. */
export function truthOfLab(world: World): Truth {
  const nodes = allNodes(world)
  const runs: Record<string, string[]> = {}
  for (const node of nodes.filter(each => each.kind === 'esxi')) {
    runs[node.name] = world.ofType(node.name, 'VirtualMachine')
      .map(slot => world.read<{ name: string, runtime: { powerState: string } }>(slot)!.props)
      .filter(vm => vm.runtime.powerState === 'poweredOn')
      .map(vm => vm.name)
  }
  return {
    runs,
    nodes: nodes.map(node => {
      const inner = world.get<object, NodeInner>(LAB, node.name)!.inner
      const management = inner.managedBy === undefined ? undefined : inner.management
      return { name: node.name, kind: node.kind, power: inner.power, management }
    }),
    volumes: world.ofType(LAB, 'Volume').map(slot => {
      const { props, inner } = world.read(slot)!
      return { id: slot.address.id, name: props['name'], usedBytes: inner['usedBytes'], capacityBytes: props['capacityBytes'] }
    }),
    facts: truthFacts.all(world),
  }
}
