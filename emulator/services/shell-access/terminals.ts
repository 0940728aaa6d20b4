import type { Reader, Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { LAB } from '../nodes.js'
import type { LoginProps, Terminal } from './records.js'

/** The record of a login that goes on. */
export function loginSlot(reader: Reader, login: string): Slot | undefined {
  return reader.find(LAB, login)
}

/** A terminal of a login; undefined: it has ended. */
export function terminalOf(reader: Reader, login: string, name: string): Terminal | undefined {
  return reader.get<LoginProps>(LAB, login)?.props.terminals.find(each => each.name === name)
}

/** Notes what somebody does at a terminal. */
export function changeTerminal(tx: Transaction, login: string, name: string, to: Pick<Terminal, 'activeAt' | 'busy'>): void {
  const slot = loginSlot(tx, login)
  if (slot === undefined) return
  tx.update<LoginProps>(slot, ({ props }) => {
    Object.assign(props.terminals.find(each => each.name === name) ?? {}, to)
  })
}
