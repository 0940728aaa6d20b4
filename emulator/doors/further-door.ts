/** A door of a node beside its HTTP doors: what `lab-doors.ts` opens, watches and closes. */
import type { DoorAnswer, ListenAt } from './https/listener.js'
import type { OpenedNode } from './opened-node.js'

export interface FurtherDoor {
  /** Opens the port. Rejects with the system's error if it is taken. */
  open(): Promise<ListenAt>
  /** Behaves like that from now on; see `NodeDoors.answer`. */
  answer(how: DoorAnswer, forgets: boolean, agentOnly: boolean): Promise<void>
  /** The node's certificate changed: another one from the next handshake on. */
  renew?(): Promise<void>
  close(): Promise<void>
  /** What the table of nodes says of it. */
  tell(at: ListenAt): Partial<OpenedNode>
}
