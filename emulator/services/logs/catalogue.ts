import { filesOfLog, linesOf, type LogFile, type Mark } from '../../physics/logs/files.js'
import { filesOf, programs, type ProgramName } from '../../physics/logs/programs.js'
import { lineText, major } from '../../physics/logs/render.js'
import { headerLine, rotateCount } from '../../physics/logs/rotation.js'
import { logName } from '../../physics/logs/write.js'
import type { World } from '../../world/world.js'
import type { NodeInfo } from '../nodes.js'

/** A file of a node's logs, as its machine has it. */
export interface NodeLog {
  /** Without folder: `hostd.log`, `hostd.0.gz`, `vpxd-1.log`. */
  readonly fileName: string
  /** The whole path: `/var/run/log/hostd.log`, `/var/log/vmware/vpxd/vpxd.log`. */
  readonly path: string
  /** The log that it is a file of: `hostd`. */
  readonly file: string
  /** Undefined: there is only the header with which its process began it. */
  readonly lines: LogFile | undefined
}

/**
 * The log files of a node, older ones after the present one (operations.md 3.1 and 3.4). A host's
 * older files are compressed; a vCenter's are numbered.
 */
export function logsOf(world: World, node: NodeInfo, marks?: ReadonlyMap<string, number>): NodeLog[] {
  // At marks, a log without one had nothing in it.
  return filesOf(node.kind, major(node.product.version)).flatMap(file =>
    filesNamed(world, node, file, marks === undefined ? undefined : marks.get(file) ?? 0))
}

function filesNamed(world: World, node: NodeInfo, file: string, mark: Mark): NodeLog[] {
  const name = programNamed(node, file)
  const folder = folderOf(node, name)
  const files = filesOfLog(world, logName(world, node.name, file), rotateCount(world, node.name, name), mark)
  const present = { fileName: `${file}.log`, path: `${folder}/${file}.log`, file, lines: files[0] }
  return [present, ...files.slice(1).map(lines => {
    const fileName = node.kind === 'esxi' ? `${file}.${lines.age - 1}.gz` : `${file}-${lines.age}.log`
    return { fileName, path: `${folder}/${fileName}`, file, lines }
  })]
}

/** Rows of a log file as text, from a row on, and no more than so many. */
export function * rowsFrom(world: World, node: NodeInfo, log: NodeLog, row = 1): Generator<{ row: number, text: string }> {
  if (log.lines === undefined) {
    const header = headerLine(world, node.name, programNamed(node, log.file), undefined)
    if (row <= 1) yield { row: 1, text: lineText(header, node.product.version) }
    return
  }
  for (const line of linesOf(world, logName(world, node.name, log.file), log.lines, row)) {
    const texts = lineText(line, node.product.version).split('\n')
    for (const [at, text] of texts.entries()) if (line.row + at >= row) yield { row: line.row + at, text }
  }
}

/** Where every log of a node stands now. */
export function marksOf(world: World, node: NodeInfo): Map<string, number> {
  return new Map(filesOf(node.kind, major(node.product.version))
    .map(file => [file, world.log(logName(world, node.name, file)).last]))
}

function folderOf(node: NodeInfo, name: ProgramName): string {
  if (node.kind === 'esxi') return '/var/run/log'
  const { folder } = programs[name] as { folder?: string }
  return `/var/log/vmware/${folder ?? ''}`
}

/** A program of a kind of node that writes to a file. */
function programNamed({ kind }: NodeInfo, file: string): ProgramName {
  return (Object.keys(programs) as ProgramName[]).find(name => programs[name].kind === kind && programs[name].file === file)!
}
