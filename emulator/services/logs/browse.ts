import type { DiagnosticManagerLogDescriptor, DiagnosticManagerLogHeader } from '../../schema/generated/types.js'
import type { World } from '../../world/world.js'
import { fault, invalidArgument } from '../method-fault.js'
import type { NodeInfo } from '../nodes.js'
import { logsOf, rowsFrom, type NodeLog } from './catalogue.js'

/** Rows that one call gives at most, as the clients know it (govmomi `object/diagnostic_log.go`). */
const MOST_ROWS = { vcenter: 500, esxi: 1000 } as const

/** The logs of a node that can be browsed: plain files; a vCenter shows those of vpxd (operations.md 3.5). */
export function descriptorsOf(world: World, node: NodeInfo): DiagnosticManagerLogDescriptor[] {
  return browsable(world, node).map(log => ({
    key: keyOf(node, log),
    fileName: log.path,
    creator: creatorOf(node, log),
    format: 'plain',
    mimeType: 'text/plain',
    info: { label: `${log.file} log`, summary: `Log of ${log.file}` },
  }))
}

/**
 * A window of rows of a log (operations.md 3.5). Rows count from 1; `lineEnd` is the last row of the
 * file, whatever the window, so that a client learns the length with a start beyond it.
 * @throws CannotAccessFile for an unknown key, InvalidArgument for a negative number of lines
 */
export function browse(
  world: World, node: NodeInfo, key: string, window: { readonly start?: number | undefined, readonly lines?: number | undefined },
): DiagnosticManagerLogHeader {
  const log = browsable(world, node).find(each => keyOf(node, each) === key)
  if (log === undefined) throw fault('CannotAccessFile', { file: key }, `Unable to access file ${key}`)
  if (window.lines !== undefined && window.lines < 0) throw invalidArgument('lines')
  const rows = log.lines?.rows ?? 1
  const asked = window.start ?? 1
  const most = Math.min(window.lines ?? Infinity, MOST_ROWS[node.kind])
  const found = most === 0 ? [] : rowsIn(world, node, log, Math.max(1, asked), most)
  const lineText = found.map(({ text }) => text)
  if (asked < 1 && most > 0 && found.at(-1)?.row === rows) {
    // A client that wants more rows than there are begins below 1 and goes on by what it was given:
    // counted from there, the file ends with this window.
    return { lineStart: asked, lineEnd: asked + found.length, lineText }
  }
  return { lineStart: found[0]?.row ?? Math.max(1, asked), lineEnd: rows, ...(found.length === 0 ? {} : { lineText }) }
}

function rowsIn(world: World, node: NodeInfo, log: NodeLog, start: number, most: number): Array<{ row: number, text: string }> {
  const found: Array<{ row: number, text: string }> = []
  for (const row of rowsFrom(world, node, log, start)) {
    found.push(row)
    if (found.length >= most) break
  }
  return found
}

function browsable(world: World, node: NodeInfo): NodeLog[] {
  return logsOf(world, node).filter(log => node.kind === 'esxi' ? !log.fileName.endsWith('.gz') : log.file === 'vpxd')
}

/** `hostd` on a host, `vpxd:vpxd.log` on a vCenter. */
function keyOf(node: NodeInfo, log: NodeLog): string {
  return node.kind === 'esxi' ? log.file : `${log.file}:${log.fileName}`
}

function creatorOf(node: NodeInfo, { file }: NodeLog): string {
  if (node.kind === 'vcenter') return 'vpxd'
  return file === 'vpxa' ? 'vpxa' : 'hostd'
}
