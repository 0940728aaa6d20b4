import type { Reader } from '../../world/records.js'
import { nodeNow } from '../appliance/facts.js'
import { LAB } from '../hardware/chassis.js'
import { hostOption } from '../options.js'
import type { LogLine } from './line.js'
import { pidOf, startedAt } from './processes.js'
import { programs, type ProgramName } from './programs.js'

const KIB = 1024
/** A vCenter's files are rotated at 50 MiB, 30 are kept; the sheets have no figure: our choice. */
const VCENTER_SIZE = 50 * 1024 * KIB
const VCENTER_ROTATE = 30

interface Node {
  readonly kind: string
  readonly product: { readonly version: string, readonly build: string }
}

/** Size in bytes at which a program's file is rotated: its own, or the usual one (operations.md 3.4). */
export function sizeLimit(reader: Reader, node: string, name: ProgramName): number {
  if (programs[name].kind === 'vcenter') return VCENTER_SIZE
  const usual = hostOption(reader, node, 'Syslog.global.defaultSize', 1024)
  return (hostOption(reader, node, `Syslog.loggers.${programs[name].file}.size`, 0) || usual) * KIB
}

/** How many old files of a program are kept (operations.md 3.4). */
export function rotateCount(reader: Reader, node: string, name: ProgramName): number {
  if (programs[name].kind === 'vcenter') return VCENTER_ROTATE
  const usual = hostOption(reader, node, 'Syslog.global.defaultRotate', 8)
  return hostOption(reader, node, `Syslog.loggers.${programs[name].file}.rotate`, 0) || usual
}

/**
 * First line of a file: when it was begun, when the process was, and what it is (operations.md 3.2).
 * `rotated`: time of the last line of the file before; undefined: this is the first one, begun with
 * the process.
 */
export function headerLine(reader: Reader, node: string, name: ProgramName, rotated: string | undefined): LogLine {
  const product = reader.get<Node>(LAB, node)?.props.product
  const now = nodeNow(reader, node)
  const started = timeText(startedAt(reader, node, name) + now - reader.now())
  const what = programs[name].kind === 'vcenter' ? 'VMware VirtualCenter' : 'VMware ESX'
  const pid = pidOf(reader, node, name)
  return {
    time: rotated === undefined ? started : timeText(now),
    level: 'info', program: name, ...(pid === undefined ? {} : { pid }),
    text: `- last log rotation time, ${rotated ?? started} - time the service was last started ${started}, `
      + `Section for ${what}, pid=${pid ?? 0}, version=${product?.version ?? ''}, `
      + `build=${product?.build ?? ''}, option=Release`,
  }
}

let lastMs = NaN
let lastText = ''

/** ISO 8601 with milliseconds, also where they are zero. Many lines have the same instant. */
export function timeText(ms: number): string {
  if (ms !== lastMs) {
    lastMs = ms
    lastText = new Date(ms).toISOString()
  }
  return lastText
}
