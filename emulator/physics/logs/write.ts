import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { nodeNow } from '../appliance/facts.js'
import { vpxdServing } from '../appliance/services.js'
import { agentRuns } from '../hardware/agents.js'
import { chassis, isUp } from '../hardware/chassis.js'
import { levelWritten } from './levels.js'
import { rowsOf, type LineLevel, type LogLine, type StoredLine } from './line.js'
import { pidOf } from './processes.js'
import { programs, type Program, type ProgramName, type Writer } from './programs.js'
import { headerText, sizeLimit } from './rotation.js'

/** Lines kept of one log, its rotated files included; our own bound, where the product has megabytes. */
const LINES_KEPT = 5000

/** What a program writes. */
export interface LogEntry {
  readonly level: LineLevel
  /** The part of the program: `Vimsvc`, `Vimsvc.ha-eventmgr`, `vpxLro`. */
  readonly sub?: string | undefined
  /** Operation id of the call or task behind it. */
  readonly opId?: string | undefined
  readonly user?: string | undefined
  /** Made only if the line is written, when it is a function. */
  readonly text: string | (() => string)
  /** In place of the usual origin, where the program's lines have another. */
  readonly origin?: string | undefined
  /** The name of the service that a script of the host speaks for. */
  readonly as?: string | undefined
  readonly pid?: number | undefined
  /** Written by a process that starts or ends: whether it runs is not asked. */
  readonly lifecycle?: boolean | undefined
}

/** The newest line of each log that a transaction has written to. */
const tails = new WeakMap<Transaction, Map<string, StoredLine>>()

/** Name of the world's log that holds the lines of a file of a node, oldest first, as `StoredLine`s. */
export function logName(world: World, node: string, file: string): string {
  return world.defineLog(`logs/${node}/${file}`, LINES_KEPT).name
}

/**
 * Writes a line to a node's log, if the program runs and its level lets it through: both are looked
 * up before anything is made. The time is the node's own.
 */
export function writeLog(tx: Transaction, node: string, name: ProgramName, entry: LogEntry): void {
  if (!levelWritten(tx, node, name, entry.level, entry.sub)) return
  const program: Program = programs[name]
  if (entry.lifecycle === true ? !isUp(tx, node) : !writes(tx, node, program.writer)) return
  const pid = entry.pid ?? pidOf(tx, node, name)
  const origin = entry.origin ?? originOf(program, entry)
  append(tx, node, name, {
    time: timeText(nodeNow(tx, node)),
    level: entry.level,
    program: entry.as ?? name,
    ...(pid === undefined ? {} : { pid }),
    ...(origin === undefined ? {} : { origin }),
    text: typeof entry.text === 'string' ? entry.text : entry.text(),
  })
}

/** True while a program of a node can write. */
export function writes(reader: Reader, node: string, writer: Writer): boolean {
  switch (writer) {
    case 'kernel': {
      const machine = chassis(reader, node)
      return machine?.power === 'on' && machine.hung !== true
    }
    case 'vpxd': return isUp(reader, node) && vpxdServing(reader, node)
    case 'appliance': return isUp(reader, node)
    default: return agentRuns(reader, node, writer)
  }
}

function originOf(program: Program, { sub, opId, user }: LogEntry): string | undefined {
  if (program.form === 'vmkernel') return 'cpu0:2097152)'
  if (program.form !== 'agent') return undefined
  return `[Originator@6876 sub=${sub ?? 'Default'}${opId === undefined || opId === '' ? '' : ` opID=${opId}`}`
    + `${user === undefined || user === '' ? '' : ` user=${user}`}]`
}

/** Appends a line; the file's header goes before the first one, and before that of a new file. */
function append(tx: Transaction, node: string, name: ProgramName, line: LogLine): void {
  const log = logName(tx.world, node, programs[name].file)
  const tail = tailOf(tx, log)
  const size = (tail?.size ?? 0) + sizeOf(line)
  if (tail !== undefined && size <= sizeLimit(tx, node, name)) {
    store(tx, log, line, tail.file, tail.row + rowsOf(tail), size)
    return
  }
  const text = headerText(tx, node, name, line, tail?.time)
  const header = { ...line, level: 'info', text, header: true } as const
  const file = (tail?.file ?? 0) + 1
  store(tx, log, header, file, 1, sizeOf(header))
  store(tx, log, line, file, 2, sizeOf(header) + sizeOf(line))
}

function store(
  tx: Transaction, log: string, line: LogLine & { readonly header?: true }, file: number, row: number, size: number,
): void {
  const stored: StoredLine = { ...line, file, row, size }
  tx.append(log, stored)
  let own = tails.get(tx)
  if (own === undefined) tails.set(tx, own = new Map())
  own.set(log, stored)
}

function tailOf(tx: Transaction, name: string): StoredLine | undefined {
  const own = tails.get(tx)?.get(name)
  if (own !== undefined) return own
  const log = tx.world.log(name)
  return log.at(log.last) as StoredLine | undefined
}

/** What a line adds to its file: its text and about 60 characters before it. */
function sizeOf(line: LogLine): number {
  return line.text.length + (line.origin?.length ?? 0) + 60
}

let lastMs = NaN
let lastText = ''

/** Many lines have the same instant. */
function timeText(ms: number): string {
  if (ms !== lastMs) {
    lastMs = ms
    lastText = new Date(ms).toISOString()
  }
  return lastText
}
