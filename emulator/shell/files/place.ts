import type { NodeInfo } from '../../services/nodes.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'

/** What the folders of a node are made from. */
export interface FilePlace {
  readonly world: World
  readonly node: NodeInfo
  /** Lab milliseconds at which the machine began: the time of what it brought with it. */
  readonly since: number
  /** Names and paths of the machine's programs. */
  readonly programs: readonly string[]
  /** To be called before logs are looked at: lines that are written late are written then. */
  freshLogs(): void
  /** Changes the lab for the user whose files these are. */
  change<T>(what: (tx: Transaction) => T): T
}
