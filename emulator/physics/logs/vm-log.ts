import type { VmProps } from '../compute/vm.js'
import type { Reader, Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { nodeNow } from '../appliance/facts.js'
import { productVersion } from '../appliance/state.js'
import { lostVolume } from '../storage/access.js'
import { vmHome } from '../storage/vm-files.js'
import type { LineLevel, LogLine } from './line.js'
import { operationOf, operationOn } from './operation.js'
import { major } from './render.js'
import { timeText } from './rotation.js'
import { appendLine, tailOf, writes } from './write.js'

/** Lines kept of a VM's vmware.log and the older ones beside it; our own bound. */
const LINES_KEPT = 500
/** Old files beside vmware.log (operations.md 3.1, `log.keepOld`). */
export const KEPT_OLD = 6

export interface VmLogEntry {
  readonly level: LineLevel
  /** `vmx`, `vcpu-0`, `mks`; default `vmx`. */
  readonly thread?: string
  readonly text: string
  /** The VM's process starts: the file before becomes `vmware-1.log`. */
  readonly starts?: boolean
}

/** What the process of a VM that starts writes. */
export const POWER_ON = 'PowerOn: the virtual machine process runs, guest memory is allocated'

/**
 * The lines of a VM that runs since before the lab began and has written nothing since: they are not
 * kept for each VM of a big lab, but follow from when it was started (`runtime.bootTime`).
 */
export function bootLines(reader: Reader, node: string, bootTime: string): readonly [header: LogLine, start: LogLine] {
  const time = timeText(Date.parse(bootTime))
  return [header(reader, node, time), { time, level: 'info', program: 'vmx', text: POWER_ON }]
}

function header(reader: Reader, node: string, time: string): LogLine {
  return { time, level: 'info', program: 'vmx', text: `Log for VMware ESX version=${productVersion(reader, node)} option=Release` }
}

/** Name of the world's log with the lines of a VM's vmware.log, which lies in the folder of its files. */
export function vmLogName(world: World, volume: string, folder: string): string {
  return world.defineLog(`vmware/${volume}/${folder}`, LINES_KEPT).name
}

/**
 * Writes a line into a VM's vmware.log. `slot` is the VM on its host. The log goes with the folder, to
 * whichever host runs the VM; a host that has lost the volume or is not up writes nothing.
 */
export function writeVmLog(tx: Transaction, slot: Slot, entry: VmLogEntry): void {
  const { node } = slot.address
  if (!writes(tx, node, 'kernel')) return
  const home = vmHome(tx, slot)
  if (home === undefined || lostVolume(tx, node, home.volume) !== undefined) return
  const { opId = '' } = operationOn(tx, node, operationOf(tx))
  const time = timeText(nodeNow(tx, node))
  const log = vmLogName(tx.world, home.volume, home.folder)
  if (entry.starts !== true) beginLog(tx, slot, log)
  appendLine(tx, log, {
    time, level: entry.level, program: entry.thread ?? 'vmx',
    ...(opId === '' ? {} : { origin: `opID=${opId}` }),
    text: entry.text,
  }, {
    limit: entry.starts === true ? 0 : Infinity,
    header: () => header(tx, node, time),
  })
}

/** The first line that is kept of a VM comes behind those of its start. */
function beginLog(tx: Transaction, slot: Slot, log: string): void {
  const before = (slot.record?.props as unknown as VmProps | undefined)?.runtime.bootTime
  if (before === undefined || tailOf(tx, log) !== undefined) return
  const [first, start] = bootLines(tx, slot.address.node, before)
  appendLine(tx, log, start, { limit: Infinity, header: () => first })
}

/** Letters and numbers of vmware.log's levels (operations.md 3.2 gives `I005` and `In(05)`). */
const marks: Readonly<Record<LineLevel, readonly [string, string]>> = {
  error: ['E002', 'Er(02)'], warning: ['W003', 'Wa(03)'], info: ['I005', 'In(05)'],
  verbose: ['D007', 'Db(07)'], trivia: ['D007', 'Db(07)'],
}

/** A line of vmware.log as text, in the format of the host that wrote it (operations.md 3.2). */
export function vmLineText(line: LogLine, version: string): string {
  const [seven, eight] = marks[line.level]
  const operation = line.origin === undefined ? '' : `${line.origin} `
  return major(version) >= 8 ? `${line.time} ${eight} ${line.program} - ${operation}${line.text}`
    : `${line.time}| ${line.program}| ${seven}: ${operation}${line.text}`
}
