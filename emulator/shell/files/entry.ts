import type { TreePlace } from '../../physics/storage/file-tree.js'
import type { FileTrouble } from '../shell-model.js'

/** Copies or moves something within volumes to a folder there, under a name. */
export type CopyTo = (folder: TreePlace, name: string, moves: boolean) => FileTrouble | undefined

/** What a path of a node leads to. */
export type Entry = FileEntry | FolderEntry | LinkEntry

export interface FileEntry {
  readonly kind: 'file'
  readonly bytes: number
  readonly modified: number
  /** Rights as `ls -l` shows them; default: readable by all, writable by root. */
  readonly rights?: string
  /** Only root may read it. */
  readonly secret?: boolean
  /** True: it can be run. */
  readonly program?: boolean
  /** What it holds; a trouble when the lab has only its name and size. */
  content(): Uint8Array | FileTrouble
  /** Its lines from a number on (1: all), without making the whole text; absent: made from the content. */
  rows?(from: number): Iterable<string>
  /** How many lines there are; with `rows`. */
  readonly rowCount?: number
  /** Replaces what it holds; absent: nobody can. */
  write?(bytes: Uint8Array): FileTrouble | undefined
  remove?(): FileTrouble | undefined
  readonly copyTo?: CopyTo
}

export interface FolderEntry {
  readonly kind: 'directory'
  readonly modified: number
  /** Anybody may write into it, not only root. */
  readonly open?: boolean
  names(): readonly string[]
  child(name: string): Entry | undefined
  makeFile?(name: string, bytes: Uint8Array): FileTrouble | undefined
  makeFolder?(name: string): FileTrouble | undefined
  remove?(): FileTrouble | undefined
  readonly copyTo?: CopyTo
  /** Where on a volume it is. */
  readonly place?: TreePlace
}

export interface LinkEntry {
  readonly kind: 'link'
  readonly modified: number
  readonly target: string
}

const encoder = new TextEncoder()

/** A file with a fixed text. */
export function textFile(text: string, modified: number, more: Partial<FileEntry> = {}): FileEntry {
  const bytes = encoder.encode(text)
  return { kind: 'file', bytes: bytes.length, modified, content: () => bytes, ...more }
}

/** A folder with fixed members, which are made when they are asked for. */
export function fixedFolder(modified: number, members: Readonly<Record<string, () => Entry>>): FolderEntry {
  return {
    kind: 'directory', modified,
    names: () => Object.keys(members).sort(),
    child: name => Object.hasOwn(members, name) ? members[name]!() : undefined,
  }
}

/** A link to a path. */
export function link(target: string, modified: number): LinkEntry {
  return { kind: 'link', target, modified }
}

/** Bytes as a program reads them: UTF-8, and what is none of it stays recognisable. */
export function asText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8')
}

export function asBytes(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Lines of a text, the last one also when nothing ends it. */
export function linesOfText(text: string): string[] {
  if (text === '') return []
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
}
