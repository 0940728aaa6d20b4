import type { AuthorizationManagerProps } from '../../schema/generated/types.js'
import type { Reader, Slot, StoredRecord } from '../../world/records.js'
import type { NodeKind } from '../nodes.js'
import { nodeInfo } from '../nodes.js'
import type { Principal } from '../sessions.js'
import { wellKnownId } from '../well-known.js'
import type { AuthorizationInner } from './defaults.js'
import { RightsTable, type Match, type Rights } from './rights.js'

export type ManagerRecord = StoredRecord<AuthorizationManagerProps, AuthorizationInner>

/** A principal's standing on one node, for one state of its permissions. */
export interface Standing {
  readonly table: RightsTable
  readonly matches: ReadonlyMap<string, Match>
  readonly global: Rights | undefined
  /** Admin on the root and nothing less anywhere. */
  readonly seesAll: boolean
  /** Rights that a container hands down, by slot index; of the committed state only. */
  readonly below: Map<number, Rights | null>
  /** Ids of the ancestors of readable objects; undefined: not yet computed. */
  ancestors: ReadonlySet<string> | undefined
  /** State of the tree for which the two above hold. */
  generation: number
  /** State of the parent pairs for which `ancestors` holds. */
  pairs: number
}

/** The AuthorizationManager's slot of a node; undefined when the node has none. */
export function managerSlot(reader: Reader, node: string): Slot | undefined {
  const info = nodeInfo(reader, node)
  return info === undefined ? undefined : reader.find(node, managerId(info.kind))
}

/** Id of the AuthorizationManager on a kind of node. */
export function managerId(kind: NodeKind): string {
  return wellKnownId('authorizationManager', kind)
}

/** The AuthorizationManager's record of a node. */
export function managerRecord(reader: Reader, node: string): ManagerRecord | undefined {
  const slot = managerSlot(reader, node)
  return slot === undefined ? undefined
    : reader.read<AuthorizationManagerProps, AuthorizationInner>(slot)
}

const tables = new WeakMap<ManagerRecord, RightsTable>()

/** The searchable form of a manager's record. */
export function tableOf(record: ManagerRecord): RightsTable {
  let table = tables.get(record)
  if (table === undefined) {
    table = new RightsTable(record)
    tables.set(record, table)
  }
  return table
}

/** Works out a principal's standing: costs as much as there are permissions, once. */
export function standing(table: RightsTable, principal: Principal, rootId: string): Standing {
  const matches = table.matches(principal)
  const global = principal.administrator === true
    ? table.administrator()
    : table.global(principal)
  const top = matches.get(rootId)?.below ?? global
  const seesAll = principal.administrator === true || (top?.all === true
    && [...matches.values()].every(match => match.own.all && match.below?.all !== false))
  return {
    table, matches, global, seesAll, below: new Map(), ancestors: undefined,
    generation: 0, pairs: 0,
  }
}
