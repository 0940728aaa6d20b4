import type { ControlTarget } from './doors/control/target.js'
import type { OpenedNode } from './doors/opened-node.js'
import type { Settings } from './options.js'
import type { PeerModel } from './peer-model.js'

/** What an opener is told beyond the settings. */
export interface OpenRequest {
  readonly settings: Settings
  /** Cache folder for certificates. */
  readonly cache: string
  /** The peer's inventory and manners, for `fauxsphere vcsim`. */
  readonly peer?: PeerModel | undefined
  /** Where defects and notices of the simulator itself go. */
  readonly log: (line: string) => void
}

/** A lab whose doors are open. */
export interface OpenLab {
  readonly nodes: readonly OpenedNode[]
  readonly control: ControlTarget
  /** One line on the choice of ports. */
  readonly note: string
  /** Closes the doors and stops the clock. */
  close(): Promise<void>
}
