import type { Reader } from '../../world/records.js'
import { LAB } from '../hardware/chassis.js'
import { bareName, type TruthFact, type TruthValue } from '../truth.js'
import { diskOf } from './disk-state.js'
import { servingNode, vchaOf, writersOf, type VchaInner } from './state.js'

function fact(name: string, help: string, of: (vcha: VchaInner, reader: Reader, vcenter: string) => TruthValue): TruthFact {
  return {
    name, help,
    subjects: reader => reader.ofType(LAB, 'Vcha').map(slot => `vcenter/${slot.address.id.slice('vcha/'.length)}`),
    of: (reader, subject) => {
      const vcenter = bareName(subject)
      const vcha = vchaOf(reader, vcenter)
      return vcha === undefined ? undefined : of(vcha, reader, vcenter)
    },
  }
}

/** The node that answers clients. */
export const vchaActiveFact = fact('vcha-active', 'the node of a vCenter HA cluster that serves; unset: nobody', vcha => {
  const key = servingNode(vcha)
  return key === undefined ? undefined : vcha.nodes[key].name
})

export const vchaStateFact = fact('vcha-state', 'state of a vCenter HA cluster: healthy, degraded, isolated',
  vcha => vcha.cluster)

export const vchaDatabaseFact = fact('vcha-database', 'how a vCenter HA cluster replicates its database: sync, async, noReplication',
  vcha => vcha.database)

/** More than one: a split brain. */
export const vchaWritersFact = fact('vcha-writers', 'nodes of a vCenter HA cluster that serve clients and write', vcha =>
  writersOf(vcha).map(key => vcha.nodes[key].name).join(','))

export const vchaLostFact = fact('vcha-lost-commits', 'commits of users that the last failover of a vCenter HA cluster lost',
  vcha => vcha.lost)

export const vchaDamagedFact = fact('vcha-damaged', 'whether two nodes of a vCenter HA cluster have damaged their shared disk',
  (_vcha, reader, vcenter) => diskOf(reader, vcenter)?.damaged)

export const vchaConflictsFact = fact('vcha-conflicts', 'pages of a shared disk that a second writer wrote over',
  (_vcha, reader, vcenter) => diskOf(reader, vcenter)?.conflicts)
