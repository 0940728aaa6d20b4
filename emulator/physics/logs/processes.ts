import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { chassis, LAB } from '../hardware/chassis.js'
import { programOf } from './programs.js'

/** Processes of a node that were started again since its boot; no record: none was. */
interface Processes {
  starts?: Record<string, { count: number, at: number }> | undefined
}

/** How far apart the pids of processes are that follow each other. */
const PID_STEP = 137
/** Pids of two boots are spread so wide. */
const PID_SPREAD = 97

/**
 * The pid of a program: the same until the process or the machine is started again. Undefined where
 * lines of it show none.
 */
export function pidOf(reader: Reader, node: string, program: string): number | undefined {
  const { pid } = programOf(program)
  if (pid === undefined) return undefined
  const starts = startsOf(reader, node, program)?.count ?? 0
  const boot = Math.floor((chassis(reader, node)?.bootTime ?? 0) / 1000)
  return pid + Math.abs(boot) % PID_SPREAD + starts * PID_STEP
}

/** Lab time in milliseconds at which a program was last started: with its machine, or later. */
export function startedAt(reader: Reader, node: string, program: string): number {
  const boot = chassis(reader, node)?.bootTime ?? reader.now()
  return Math.max(boot, startsOf(reader, node, program)?.at ?? boot)
}

/** Notes that a program of a node was started again. */
export function noteStart(tx: Transaction, node: string, program: string): void {
  const id = idOf(node)
  const slot = tx.find(LAB, id) ?? tx.create({ node: LAB, type: 'Processes', id }, { props: {}, inner: {} })
  tx.update<object, Processes>(slot, ({ inner }) => {
    inner.starts ??= {}
    inner.starts[program] = { count: (inner.starts[program]?.count ?? 0) + 1, at: tx.now() }
  })
}

function startsOf(reader: Reader, node: string, program: string): { count: number, at: number } | undefined {
  return reader.get<object, Processes>(LAB, idOf(node))?.inner.starts?.[programOf(program).process ?? program]
}

function idOf(node: string): string {
  return `processes/${node}`
}
