import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { nodeNow } from '../appliance/facts.js'
import { vpxdServing } from '../appliance/services.js'
import { agentRuns } from '../hardware/agents.js'
import { chassis, isHost, isUp, LAB } from '../hardware/chassis.js'
import { levelWritten } from './levels.js'
import { rowsOf, type LineLevel, type LogLine, type StoredLine } from './line.js'
import { operationOf, operationOn } from './operation.js'
import { noteStart, pidOf } from './processes.js'
import { programs, type Program, type ProgramName, type Writer } from './programs.js'
import { headerLine, sizeLimit, timeText } from './rotation.js'

/**
 * Lines kept of one log, its rotated files included; our own bounds, where the product has megabytes.
 * Hosts of a big lab keep fewer each, so that the lab stays as small with all logs full.
 */
const MOST_KEPT = 10_000
const LEAST_KEPT = 1000
const KEPT_BY_HOSTS = 100_000

/** What a program writes. */
export interface LogEntry {
  readonly level: LineLevel
  /** The part of the program: `Vimsvc`, `Vimsvc.ha-eventmgr`, `vpxLro`. */
  readonly sub?: string | undefined
  /** Operation id of the call or task behind it, and its user; default: the transaction's operation. */
  readonly opId?: string | undefined
  readonly user?: string | undefined
  /** Made only if the line is written, when it is a function. */
  readonly text: string | (() => string)
  /** In place of the usual origin, where the program's lines have another. */
  readonly origin?: string | undefined
  /** The name of the service that a script of the host speaks for. */
  readonly as?: string | undefined
  readonly pid?: number | undefined
  /** The node's own time in milliseconds at which it was said, if that was before now. */
  readonly at?: number | undefined
  /** Written by a process that starts or ends: whether it runs is not asked. */
  readonly lifecycle?: boolean | undefined
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** The newest line of each log that a transaction has written to. */
const tails = new WeakMap<Transaction, Map<string, StoredLine>>()

/** Name of the world's log that holds the lines of a file of a node, oldest first, as `StoredLine`s. */
export function logName(world: World, node: string, file: string): string {
  const name = `logs/${node}/${file}`
  return (world.hasLog(name) ? world.log(name) : world.defineLog(name, linesKept(world, node))).name
}

function linesKept(world: World, node: string): number {
  if (!isHost(world, node)) return MOST_KEPT
  const share = Math.floor(KEPT_BY_HOSTS / Math.max(1, world.store.ofType(LAB, 'Node').size))
  return Math.max(LEAST_KEPT, Math.min(MOST_KEPT, share))
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
  const origin = entry.origin ?? originOf(tx, node, program, entry)
  const line: Mutable<LogLine> = {
    time: timeText(entry.at ?? nodeNow(tx, node)), level: entry.level, program: entry.as ?? name,
    text: typeof entry.text === 'string' ? entry.text : entry.text(),
  }
  if (pid !== undefined) line.pid = pid
  if (origin !== undefined) line.origin = origin
  appendLine(tx, logName(tx.world, node, program.file), line, {
    limit: sizeLimit(tx, node, name), header: rotated => headerLine(tx, node, name, rotated),
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

function originOf(tx: Transaction, node: string, program: Program, entry: LogEntry): string | undefined {
  if (program.form === 'vmkernel') return 'cpu0:2097152)'
  if (program.form !== 'agent') return undefined
  const { opId = '', user = '' } = entry.opId === undefined && entry.user === undefined
    ? operationOn(tx, node, operationOf(tx)) : entry
  // vpxd names no user: the session is in its text (operations.md 3.2).
  const who = user === '' || program.kind === 'vcenter' ? '' : ` user=${user}`
  return `[Originator@6876 sub=${entry.sub ?? 'Default'}${opId === '' ? '' : ` opID=${opId}`}${who}]`
}

/** When a new file begins, and with what. */
export interface FileRule {
  /** Size in characters that no file goes beyond; 0: this line begins a new one in any case. */
  readonly limit: number
  /** The first line of a new file. `rotated`: time of the last line of the file before. */
  header(rotated: string | undefined): LogLine
}

/** Appends a line to a log; the file's header goes before the first one, and before that of a new file. */
export function appendLine(tx: Transaction, log: string, line: LogLine, rule: FileRule): void {
  const tail = tailOf(tx, log)
  const size = (tail?.size ?? 0) + sizeOf(line)
  if (tail !== undefined && size <= rule.limit) {
    store(tx, log, line, { file: tail.file, row: tail.row + rowsOf(tail), size })
    return
  }
  const header = { ...rule.header(tail?.time), header: true } as const
  const file = (tail?.file ?? 0) + 1
  store(tx, log, header, { file, row: 1, size: sizeOf(header) })
  store(tx, log, line, { file, row: 2, size: sizeOf(header) + sizeOf(line) })
}

/**
 * A program of a node was started again: it has another pid, and says in its file what it is. A file
 * that is empty gets its header with its first line.
 */
export function logStart(tx: Transaction, node: string, name: ProgramName): void {
  noteStart(tx, node, name)
  const log = logName(tx.world, node, programs[name].file)
  const tail = tailOf(tx, log)
  if (tail === undefined || !isUp(tx, node)) return
  const header = { ...headerLine(tx, node, name, tail.time), header: true } as const
  store(tx, log, header, { file: tail.file, row: tail.row + rowsOf(tail), size: tail.size + sizeOf(header) })
}

function store(
  tx: Transaction, log: string, line: LogLine & { readonly header?: true }, place: Pick<StoredLine, 'file' | 'row' | 'size'>,
): void {
  // Built by hand: spreading two objects costs more than all the rest of a line.
  const stored: Mutable<StoredLine> = {
    time: line.time, level: line.level, program: line.program, text: line.text,
    file: place.file, row: place.row, size: place.size,
  }
  if (line.pid !== undefined) stored.pid = line.pid
  if (line.origin !== undefined) stored.origin = line.origin
  if (line.header === true) stored.header = true
  tx.append(log, stored)
  let own = tails.get(tx)
  if (own === undefined) tails.set(tx, own = new Map())
  own.set(log, stored)
}

/** The newest line of a log, as a transaction sees it; undefined: it is empty. */
export function tailOf(tx: Transaction, name: string): StoredLine | undefined {
  const own = tails.get(tx)?.get(name)
  if (own !== undefined) return own
  const log = tx.world.log(name)
  return log.at(log.last) as StoredLine | undefined
}

/** What a line adds to its file: its text and about 60 characters before it. */
function sizeOf(line: LogLine): number {
  return line.text.length + (line.origin?.length ?? 0) + 60
}
