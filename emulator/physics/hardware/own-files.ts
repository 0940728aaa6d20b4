import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { LAB } from './chassis.js'

/**
 * A file or folder that somebody made on a node's own disks or in its memory: props of
 * `{lab, OwnFile, own/<node>/<path>}`. What the product brings with it is no record.
 */
export interface OwnFile {
  readonly node: string
  /** Absolute, without links. */
  readonly path: string
  readonly kind: 'file' | 'directory'
  readonly bytes: number
  /** Lab milliseconds since 1970. */
  readonly modified: number
  /** It lies in memory and is gone when the machine has been without power. */
  readonly volatile?: boolean
}

export interface OwnFileInner {
  /** UTF-8, where the bytes are some. */
  readonly text?: string
  readonly base64?: string
}

/** Bytes that all files of a node in memory may take: the size of a host's /tmp (operations.md 2.1, ramdisks; ours). */
export const OWN_FILES_LIMIT = 256 * 2 ** 20
/** Bytes of one file whose content is kept. */
export const OWN_FILE_LIMIT = 16 * 2 ** 20

/** Index of the files by the folder they lie in: key `<node>/<folder>`. */
const INDEX = 'ownFile'

/** Defines the index, and forgets what lay in memory when a machine begins anew. */
export function reactToOwnFiles(world: World): void {
  world.store.defineIndex({
    name: INDEX, types: ['OwnFile'],
    keys: record => {
      const { node, path } = record.props as unknown as OwnFile
      return [folderKey(node, path.slice(0, Math.max(1, path.lastIndexOf('/')))), node]
    },
  })
  world.on('hardware.powerLost', (tx, { node }) => {
    for (const slot of tx.world.store.lookup(INDEX, LAB, node)) {
      if (tx.read<OwnFile>(slot)?.props.volatile === true) tx.remove(slot)
    }
  })
}

/** A node's own file at a path; undefined: nobody made one. */
export function ownFile(reader: Reader, node: string, path: string): OwnFile | undefined {
  return reader.get<OwnFile>(LAB, idOf(node, path))?.props
}

/** What it holds. */
export function ownContent(reader: Reader, node: string, path: string): Uint8Array | undefined {
  const inner = reader.get<OwnFile, OwnFileInner>(LAB, idOf(node, path))?.inner
  if (inner === undefined) return undefined
  return inner.base64 === undefined ? Buffer.from(inner.text ?? '', 'utf8') : Buffer.from(inner.base64, 'base64')
}

/** Names of what somebody made in a folder, in order. */
export function ownNames(world: World, node: string, folder: string): string[] {
  return world.store.lookup(INDEX, LAB, folderKey(node, folder))
    .flatMap(slot => slot.record === undefined ? [] : [(slot.record.props as unknown as OwnFile).path])
    .map(path => path.slice(path.lastIndexOf('/') + 1)).sort()
}

/** Writes a file; false, with nothing done, when there is not the space. */
export function writeOwnFile(tx: Transaction, node: string, path: string, bytes: Uint8Array, volatile: boolean): boolean {
  const before = ownFile(tx, node, path)?.bytes ?? 0
  if (bytes.length > OWN_FILE_LIMIT || takenBy(tx, node) - before + bytes.length > OWN_FILES_LIMIT) return false
  const text = Buffer.from(bytes).toString('utf8')
  const plain = Buffer.from(text, 'utf8').equals(bytes)
  put(tx, { node, path, kind: 'file', bytes: bytes.length, modified: tx.now(), ...volatile ? { volatile } : {} },
    plain ? { text } : { base64: Buffer.from(bytes).toString('base64') })
  return true
}

export function makeOwnFolder(tx: Transaction, node: string, path: string, volatile: boolean): void {
  if (ownFile(tx, node, path) !== undefined) return
  put(tx, { node, path, kind: 'directory', bytes: 0, modified: tx.now(), ...volatile ? { volatile } : {} }, {})
}

export function removeOwnFile(tx: Transaction, node: string, path: string): void {
  tx.remove({ node: LAB, id: idOf(node, path) })
}

/** Bytes that a node's own files take. */
export function takenBy(reader: Transaction, node: string): number {
  return reader.world.store.lookup(INDEX, LAB, node)
    .reduce((sum, slot) => sum + (reader.read<OwnFile>(slot)?.props.bytes ?? 0), 0)
}

function put(tx: Transaction, props: OwnFile, inner: OwnFileInner): void {
  const id = idOf(props.node, props.path)
  const slot = tx.find(LAB, id)
  if (slot === undefined) tx.create<OwnFile, OwnFileInner>({ node: LAB, type: 'OwnFile', id }, { props, inner })
  else tx.replace(slot, { props, inner } as never)
}

function folderKey(node: string, folder: string): string {
  return `${node}:${folder}`
}

function idOf(node: string, path: string): string {
  return `own/${node}${path}`
}
