import type { World } from '../../world/world.js'
import type { AppendLog } from '../../world/logs.js'
import { rowsOf, type StoredLine } from './line.js'

/** One file of a log: the present one, or an older one. */
export interface LogFile {
  /** 0: the file that is written to; 1: the one before it; … */
  readonly age: number
  /** Positions of its first and last line in the world's log, as far as lines are kept. */
  readonly first: number
  readonly last: number
  /** Rows of the whole file, those included that are not kept any more. */
  readonly rows: number
}

/** Where a log stood at some time: what was written later is not seen. Undefined: now. */
export type Mark = number | undefined

/** The files of a log, newest first, at most one and `kept` older ones. */
export function filesOfLog(world: World, name: string, kept: number, mark?: Mark): LogFile[] {
  if (!world.hasLog(name)) return []
  const log = world.log(name)
  const files: LogFile[] = []
  let last = Math.min(log.last, mark ?? log.last)
  while (last >= log.first && last > 0 && files.length <= kept) {
    const line = lineAt(log, last)
    const first = firstFrom(log, last, each => each.file >= line.file)
    files.push({ age: files.length, first, last, rows: line.row + rowsOf(line) - 1 })
    last = first - 1
  }
  return files
}

/** The lines of a file, oldest first, from the one that holds a row on. */
export function * linesOf(world: World, name: string, file: LogFile, row = 1): Generator<StoredLine> {
  const log = world.log(name)
  for (let at = positionOfRow(log, file, row); at <= file.last; at += 1) {
    const line = log.at(at) as StoredLine | undefined
    if (line !== undefined) yield line
  }
}

/** Position of the last line of a file that begins at a row or before. */
function positionOfRow(log: AppendLog, file: LogFile, row: number): number {
  const after = firstFrom(log, file.last + 1, at => at.file > lineAt(log, file.last).file || at.row > row, file.first)
  return Math.max(file.first, after - 1)
}

/** First position before `end` from which on a condition holds that never ends once it began. */
function firstFrom(log: AppendLog, end: number, holds: (line: StoredLine) => boolean, begin = log.first): number {
  let low = begin
  let high = end
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(lineAt(log, middle))) high = middle
    else low = middle + 1
  }
  return low
}

function lineAt(log: AppendLog, position: number): StoredLine {
  return log.at(position) as StoredLine
}
