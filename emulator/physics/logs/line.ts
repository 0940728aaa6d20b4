/** Levels of the product's logs from silent to everything (operations.md 3.3). */
export const LOG_LEVELS = ['none', 'error', 'warning', 'info', 'verbose', 'trivia'] as const

export type LogLevel = typeof LOG_LEVELS[number]

/** Level of one line: a line cannot be of no level. */
export type LineLevel = Exclude<LogLevel, 'none'>

/**
 * One entry of a log file, as the world's logs `logs/<node>/<file>` hold it. Its form as text depends
 * on who shows it: the file in the format of the product's version, or a syslog message.
 */
export interface LogLine {
  /** The node's own time, ISO 8601 in UTC with milliseconds. */
  readonly time: string
  readonly level: LineLevel
  /** The process as its file names it: `hostd`, `vpxa`, `vmkernel`, `vpxd`, …. */
  readonly program: string
  /** Undefined where the product shows none (vmkernel of 8.0). */
  readonly pid?: number
  /** Between process and text: `[Originator@6876 sub=Vimsvc opID=… user=root]`, `cpu0:2097152)`. */
  readonly origin?: string
  /** May hold further lines after a line feed. */
  readonly text: string
}

/**
 * A line with its place, which tells the files of a rotated log apart: so a rotation needs no record
 * of its own, and a rewind undoes it with the line.
 */
export interface StoredLine extends LogLine {
  /** Number of the file since the log began, from 1; each rotation begins the next. */
  readonly file: number
  /** Number of its first row in that file, from 1; each line feed in the text is one row more. */
  readonly row: number
  /** Size of the file in characters with this line, as its text is before rendering. */
  readonly size: number
  /** The first line of a file, which nobody said: no syslog message is made of it. */
  readonly header?: true
}

/** Rows of a file that a line takes. */
export function rowsOf(line: LogLine): number {
  let rows = 1
  for (let at = line.text.indexOf('\n'); at >= 0; at = line.text.indexOf('\n', at + 1)) rows += 1
  return rows
}
