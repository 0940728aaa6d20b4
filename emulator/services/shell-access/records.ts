import { hostOption } from '../../physics/options.js'
import type { Reader, StoredRecord } from '../../world/records.js'
import { LAB, type NodeInfo } from '../nodes.js'
import type { SshClient } from './lines.js'

/** Somebody who is logged in by SSH: one connection. */
export interface LoginProps {
  readonly node: string
  readonly user: string
  readonly client: SshClient
  /** Terminals of the connection, `t0`, that have not ended. */
  readonly terminals: readonly Terminal[]
}

/** A shell at a terminal. */
export interface Terminal {
  readonly name: string
  /** Lab time in milliseconds of the last key, and whether a command runs; kept where an idle time-out asks. */
  readonly activeAt: number
  readonly busy: boolean
  /** Lab milliseconds after which it ends without a key; 0: never. */
  readonly idleMs: number
}

/** Type of the records on the pseudo node `lab`. */
export const LOGIN_TYPE = 'SshLogin'

/** Everybody who is logged in to a node by SSH. */
export function loginsOf(reader: Reader, node: string): StoredRecord<LoginProps, object>[] {
  return reader.ofType(LAB, LOGIN_TYPE)
    .map(slot => reader.read<LoginProps, object>(slot)!)
    .filter(({ props }) => props.node === node)
}

/** Security.SshSessionLimit of a host, which is not for root (network-security.md 12.2). */
export function tooManyLogins(reader: Reader, node: NodeInfo, user: string): boolean {
  if (node.kind !== 'esxi' || user === 'root') return false
  const limit = hostOption(reader, node.name, 'Security.SshSessionLimit', 50)
  return loginsOf(reader, node.name).filter(({ props }) => props.user === user).length >= limit
}

/** The lowest terminal of a node that nobody sits at. */
export function freeTerminal(reader: Reader, node: string): string {
  const taken = new Set(loginsOf(reader, node).flatMap(({ props }) => props.terminals.map(({ name }) => name)))
  for (let number = 0; ; number += 1) if (!taken.has(`t${number}`)) return `t${number}`
}
