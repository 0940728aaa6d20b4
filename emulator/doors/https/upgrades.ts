import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { sayGoodbye } from '../goodbye.js'

/** What somebody who takes an upgrade is told of the door it came through. */
export interface UpgradeDoor {
  /** Address of the client. */
  readonly client: string
  /** Must be told with what status an upgrade was answered: 101, or a refusal. */
  answered(status: number): void
  /** True while the machine behind the door says nothing. */
  frozen(): boolean
  /** Real milliseconds by which the network delays what comes. */
  slow(): number
}

/** Somebody who takes WebSocket upgrades on a path of 443. */
export interface UpgradeRoute {
  matches(path: string): boolean
  handle(req: IncomingMessage, socket: Duplex, head: Buffer, door: UpgradeDoor): void
  /** The door answers again after a silence. */
  thaw?(): void
}

/** Refuses an upgrade as the proxy of 443 does with paths that nobody serves. */
export function refuseUpgrade(socket: Duplex): void {
  sayGoodbye(socket, 'HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
}
