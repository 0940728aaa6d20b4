import type { LineLevel, LogLine } from './line.js'
import { programOf } from './programs.js'

/** Syslog severities (RFC 5424) of the levels, and the letters of 8.0 for severities (operations.md 3.2). */
const severities: Readonly<Record<LineLevel, number>> = { error: 3, warning: 4, info: 6, verbose: 7, trivia: 7 }
const letters = ['Em', 'Al', 'Cr', 'Er', 'Wa', 'No', 'In', 'Db'] as const

/** Syslog facility number of a line: 20 (local4) for hostd. */
export function facilityOf(line: LogLine): number {
  return programOf(line.program).facility
}

/** Syslog severity number of a line: 6 for info. */
export function severityOf(line: LogLine): number {
  return programOf(line.program).severity ?? severities[line.level]
}

/** The process as syslog messages name it: `Hostd`, `vmkernel`. */
export function processOf(line: LogLine): string {
  const { name8, process } = programOf(line.program)
  return name8 ?? process ?? line.program
}

/** What a syslog message says after its process: origin and text; may hold line feeds. */
export function messageOf(line: LogLine): string {
  if (line.origin === undefined) return line.text
  return line.origin.endsWith(')') ? line.origin + line.text : `${line.origin} ${line.text}`
}

/**
 * A line as its file shows it, in the format of a product's version (`8.0.3`); further rows of its
 * text follow after line feeds, marked as the product marks them (operations.md 3.2).
 */
export function lineText(line: LogLine, version: string): string {
  const text = oneLine(line, major(version))
  return text.includes('\n') ? text.replaceAll('\n', '\n--> ') : text
}

/** `8` of `8.0.3`. */
export function major(version: string): number {
  return Number.parseInt(version, 10)
}

function oneLine(line: LogLine, version: number): string {
  const program = programOf(line.program)
  if (program.kind === 'vcenter') {
    return program.form === 'vmon' ? `${line.time} ${line.level} ${line.program} ${messageOf(line)}`
      : `${line.time} ${line.level} ${program.process ?? line.program}[${String(line.pid ?? 0).padStart(5, '0')}] ${messageOf(line)}`
  }
  return version >= 8 ? ofEight(line, program.form) : ofSeven(line, program.form)
}

function ofEight(line: LogLine, form: string): string {
  const severity = severityOf(line)
  const pid = line.pid === undefined ? '' : `[${line.pid}]`
  const gap = form === 'vobd' ? '  ' : ' '
  const mark = `${letters[severity]!}(${facilityOf(line) * 8 + severity})`
  return `${line.time} ${mark} ${processOf(line)}${pid}:${gap}${messageOf(line)}`
}

function ofSeven(line: LogLine, form: string): string {
  switch (form) {
    case 'agent': return `${line.time} ${line.level} ${line.program}[${line.pid ?? 0}] ${messageOf(line)}`
    case 'vmkernel': return `${line.time} ${messageOf(line)}`
    case 'vobd': return `${line.time}: ${messageOf(line)}`
    default: return `${line.time} ${line.program}${line.pid === undefined ? '' : `[${line.pid}]`}: ${messageOf(line)}`
  }
}
