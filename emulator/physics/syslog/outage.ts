import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { LAB } from '../hardware/chassis.js'
import type { LogHost } from './log-hosts.js'

/** Props of `{lab, LogHostDown, …}`: a receiver outside the lab that does not take messages. */
interface LogHostDown {
  /** Name or address as the nodes' settings have it; undefined: every log host. */
  readonly host?: string
  readonly port?: number
}

/** A log host goes down; `name` is the injected fault's id or any other that the lab uses once. */
export function takeLogHostDown(tx: Transaction, name: string, which: LogHostDown): void {
  tx.create({ node: LAB, type: 'LogHostDown', id: idOf(name) }, { props: which, inner: {} })
}

/** It is back; nothing happens when it was. */
export function bringLogHostBack(tx: Transaction, name: string): void {
  const slot = tx.find(LAB, idOf(name))
  if (slot !== undefined) tx.remove(slot)
}

/** True while a log host is down. */
export function logHostDown(reader: Reader, { host, port }: LogHost): boolean {
  return reader.ofType(LAB, 'LogHostDown').some(slot => {
    const down = reader.read<LogHostDown>(slot)!.props
    return (down.host === undefined || down.host.toLowerCase() === host.toLowerCase())
      && (down.port === undefined || down.port === port)
  })
}

function idOf(name: string): string {
  return `log-host-down/${name}`
}
