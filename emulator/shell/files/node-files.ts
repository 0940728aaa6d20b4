import type { FileStat, FileTrouble, ShellFiles, ShellUser } from '../shell-model.js'
import { asText, linesOfText, type Entry, type FileEntry, type FolderEntry } from './entry.js'
import { absolute, inFolder, splitPath } from './paths.js'

/** Links in a path that are followed at most. */
const MOST_LINKS = 8

/** Where an entry was found. */
export interface Found {
  /** Without links, except the entry itself where asked for. */
  readonly path: string
  readonly entry: Entry
}

export type Trouble = { readonly trouble: FileTrouble }

export function isTrouble<T extends object>(found: T | Trouble): found is Trouble {
  return 'trouble' in found
}

/** The files of one node as one user sees them. */
export class NodeFiles implements ShellFiles {
  readonly #root: FolderEntry
  readonly #isRoot: boolean

  constructor(root: FolderEntry, user: ShellUser) {
    this.#root = root
    this.#isRoot = user.name === 'root'
  }

  /** What a path leads to; with `linkItself` a link at its end is not followed. */
  find(path: string, linkItself = false, links = 0): Found | Trouble {
    let found: Found = { path: '/', entry: this.#root }
    const parts = absolute('/', path).split('/').filter(part => part !== '')
    for (const [index, part] of parts.entries()) {
      if (found.entry.kind !== 'directory') return { trouble: 'notDirectory' }
      const entry = found.entry.child(part)
      if (entry === undefined) return { trouble: 'noSuchFile' }
      const at = inFolder(found.path, part)
      if (entry.kind !== 'link' || (linkItself && index === parts.length - 1)) {
        found = { path: at, entry }
        continue
      }
      if (links >= MOST_LINKS) return { trouble: 'noSuchFile' }
      const target = this.find(absolute(found.path, entry.target), false, links + 1)
      if (isTrouble(target)) return target
      found = target
    }
    return found
  }

  /** A file that the user may read. */
  readable(path: string): FileEntry | Trouble {
    const found = this.find(path)
    if (isTrouble(found)) return found
    if (found.entry.kind !== 'file') return { trouble: 'isDirectory' }
    if (found.entry.secret === true && !this.#isRoot) return { trouble: 'permissionDenied' }
    return found.entry
  }

  /** The text of a file that the user may read. */
  text(path: string): string | Trouble {
    const bytes = this.read(path)
    return 'trouble' in bytes ? bytes : asText(bytes)
  }

  /** Why a file cannot be written; undefined: it can. */
  whyNotWritable(path: string): FileTrouble | undefined {
    const target = this.#target(path)
    return 'trouble' in target ? target.trouble : undefined
  }

  stat(path: string): FileStat | FileTrouble {
    const found = this.find(path)
    return isTrouble(found) ? found.trouble : statOf(found.entry)
  }

  list(path: string): readonly string[] | FileTrouble {
    const found = this.find(path)
    if (isTrouble(found)) return found.trouble
    return found.entry.kind === 'directory' ? found.entry.names() : 'notDirectory'
  }

  read(path: string): Uint8Array | Trouble {
    const file = this.readable(path)
    if (isTrouble(file)) return file
    const content = file.content()
    return typeof content === 'string' ? { trouble: content } : content
  }

  write(path: string, bytes: Uint8Array): FileTrouble | undefined {
    const target = this.#target(path)
    return 'trouble' in target ? target.trouble : target.put(bytes)
  }

  remove(path: string): FileTrouble | undefined {
    const found = this.find(path, true)
    if (isTrouble(found)) return found.trouble
    const { entry } = found
    if (entry.kind === 'link' || entry.remove === undefined) return this.#isRoot ? 'readOnly' : 'permissionDenied'
    return this.#mayChange(splitPath(found.path).folder) ? entry.remove() : 'permissionDenied'
  }

  rename(from: string, to: string): FileTrouble | undefined {
    const found = this.find(from)
    if (isTrouble(found)) return found.trouble
    const { path, entry } = found
    const goal = absolute('/', to)
    const whole = this.onVolume(entry, goal)
    if (whole !== undefined) return this.#mayChange(splitPath(path).folder) ? whole(true) : 'permissionDenied'
    const bytes = this.read(path)
    return 'trouble' in bytes ? bytes.trouble : this.write(goal, bytes) ?? this.remove(path)
  }

  /**
   * Copies or moves what lies on a volume as a whole, contents that the lab does not keep too; undefined:
   * the entry or its goal is elsewhere, and is copied file by file.
   */
  onVolume(entry: Entry, goal: string): ((moves: boolean) => FileTrouble | undefined) | undefined {
    if (entry.kind === 'link' || entry.copyTo === undefined) return undefined
    const { folder, name } = splitPath(goal)
    const found = this.find(folder)
    if (isTrouble(found) || found.entry.kind !== 'directory' || found.entry.place === undefined) return undefined
    const { place } = found.entry
    return moves => this.#mayChange(found.path) ? entry.copyTo!(place, name, moves) : 'permissionDenied'
  }

  makeFolder(path: string): FileTrouble | undefined {
    const { folder, name } = splitPath(absolute('/', path))
    const found = this.find(folder)
    if (isTrouble(found)) return found.trouble
    if (found.entry.kind !== 'directory') return 'notDirectory'
    if (!this.#mayChange(found.path)) return 'permissionDenied'
    return found.entry.makeFolder === undefined ? 'readOnly' : found.entry.makeFolder(name)
  }

  #target(path: string): { put(bytes: Uint8Array): FileTrouble | undefined } | Trouble {
    const found = this.find(path)
    if (!isTrouble(found)) {
      const { entry } = found
      if (entry.kind !== 'file') return { trouble: 'isDirectory' }
      if (!this.#mayChange(splitPath(found.path).folder)) return { trouble: 'permissionDenied' }
      return entry.write === undefined ? { trouble: 'readOnly' } : { put: bytes => entry.write!(bytes) }
    }
    if (found.trouble !== 'noSuchFile') return found
    const { folder, name } = splitPath(absolute('/', path))
    const above = this.find(folder)
    if (isTrouble(above)) return above
    const { entry } = above
    if (entry.kind !== 'directory') return { trouble: 'notDirectory' }
    if (!this.#mayChange(above.path)) return { trouble: 'permissionDenied' }
    return entry.makeFile === undefined ? { trouble: 'readOnly' } : { put: bytes => entry.makeFile!(name, bytes) }
  }

  #mayChange(folder: string): boolean {
    if (this.#isRoot) return true
    const found = this.find(folder)
    return !isTrouble(found) && found.entry.kind === 'directory' && found.entry.open === true
  }
}

export function statOf(entry: Entry): FileStat {
  const { kind, modified } = entry
  return { kind, bytes: kind === 'file' ? entry.bytes : kind === 'directory' ? 512 : entry.target.length, modified }
}

/** The lines of a file from a number on; a trouble when there is nothing to read. */
export function rowsOf(file: FileEntry, from = 1): Iterable<string> | Trouble {
  if (file.rows !== undefined) return file.rows(from)
  const content = file.content()
  if (typeof content === 'string') return { trouble: content }
  const lines = linesOfText(asText(content))
  return from > 1 ? lines.slice(from - 1) : lines
}

/** What programs say of a trouble. */
export const troubleTexts: Readonly<Record<FileTrouble, string>> = {
  noSuchFile: 'No such file or directory', permissionDenied: 'Permission denied', isDirectory: 'Is a directory',
  notDirectory: 'Not a directory', readOnly: 'Operation not permitted', noSpace: 'No space left on device',
  busy: 'Device or resource busy', notKept: 'Input/output error (the lab keeps no content of this file)',
}
