/** The SFTP subsystem, version 3 (draft-ietf-secsh-filexfer-02), over a node's files. */
import type { Attributes, Named, Sftp } from 'ssh2'
import type { FileStat, FileTrouble, ShellFiles } from '../../shell/shell-model.js'

/** Status codes of the protocol. */
const OK = 0
const END_OF_FILE = 1
const NO_SUCH_FILE = 2
const PERMISSION_DENIED = 3
const FAILURE = 4
const BAD_MESSAGE = 5

/** Flags of OPEN. */
const READ = 0x01
const WRITE = 0x02
const APPEND = 0x04
const CREATE = 0x08
const TRUNCATE = 0x10
const EXCLUSIVE = 0x20

/** Names of one answer to READDIR, handles that one client has open, bytes of one file: our own bounds. */
const NAMES = 100
const HANDLES = 100
const FILE_BYTES = 64 * 1024 * 1024
/** Answers that wait for the client until it is sent away. */
const ANSWERS = 1024
/** Bytes of one READ: what the protocol's clients expect at most in one packet. */
const PIECE = 32_768

const troubles: Readonly<Record<FileTrouble, readonly [code: number, text: string]>> = {
  noSuchFile: [NO_SUCH_FILE, 'No such file'],
  permissionDenied: [PERMISSION_DENIED, 'Permission denied'],
  isDirectory: [FAILURE, 'Is a directory'],
  notDirectory: [FAILURE, 'Not a directory'],
  readOnly: [PERMISSION_DENIED, 'Read-only file system'],
  noSpace: [FAILURE, 'No space left on device'],
  busy: [FAILURE, 'Device or resource busy'],
  notKept: [FAILURE, 'The lab does not keep the content of this file'],
}

interface OpenFile {
  readonly kind: 'file'
  readonly path: string
  readonly flags: number
  bytes: Uint8Array
  /** Length that counts of `bytes`, which has room for more. */
  length: number
  changed: boolean
}

interface OpenFolder {
  readonly kind: 'folder'
  readonly path: string
  readonly names: readonly string[]
  at: number
}

export interface SftpOptions {
  readonly sftp: Sftp
  readonly files: ShellFiles
  /** Folder that relative paths begin in. */
  readonly home: string
  /** False: the client takes nothing any more, and the connection was ended. `queued`: bytes that wait on its channel. */
  takes(queued?: number): boolean
  hangUp(): void
  onDefect(error: unknown): void
}

/** Serves SFTP on a channel until it is closed. What was written is kept when the file is closed. */
export function serveSftp({ sftp, files, home, takes, hangUp, onDefect }: SftpOptions): void {
  const handles = new Map<number, OpenFile | OpenFolder>()
  let last = 0
  const answer = <A extends unknown[]>(run: (id: number, ...args: A) => void) => (id: number, ...args: A): void => {
    if (!takes()) return
    if (sftp._buffer.length > ANSWERS) {
      hangUp()
      return
    }
    // The package hands on what is missing in a request.
    if (args.some(each => each === undefined)) {
      sftp.status(id, BAD_MESSAGE, 'Bad message')
      return
    }
    try {
      run(id, ...args)
    } catch (error) {
      onDefect(error)
      sftp.status(id, FAILURE, 'Failure')
    }
  }
  const trouble = (id: number, why: FileTrouble): void => sftp.status(id, ...troubles[why])
  const find = <K extends 'file' | 'folder'>(id: number, handle: Buffer, kind: K): (OpenFile | OpenFolder) & { kind: K } | undefined => {
    const found = handle.length === 4 ? handles.get(handle.readUInt32BE(0)) : undefined
    if (found?.kind === kind) return found as (OpenFile | OpenFolder) & { kind: K }
    sftp.status(id, FAILURE, 'Invalid handle')
    return undefined
  }
  const keep = (id: number, open: OpenFile | OpenFolder): void => {
    if (handles.size >= HANDLES) {
      sftp.status(id, FAILURE, 'Too many open files')
      return
    }
    last += 1
    handles.set(last, open)
    const handle = Buffer.alloc(4)
    handle.writeUInt32BE(last)
    sftp.handle(id, handle)
  }
  const stat = answer((id, path: string) => {
    const found = files.stat(absolute(home, path))
    if (typeof found === 'string') trouble(id, found)
    else sftp.attrs(id, attributesOf(found))
  })

  sftp.on('OPEN', answer((id, path: string, flags: number) => {
    const opened = openFile(files, absolute(home, path), flags)
    if (typeof opened === 'string') trouble(id, opened)
    else if ('code' in opened) sftp.status(id, opened.code, opened.text)
    else keep(id, opened)
  }))
  sftp.on('READ', answer((id, handle: Buffer, offset: number, length: number) => {
    const file = find(id, handle, 'file')
    if (file === undefined) return
    if ((file.flags & READ) === 0) trouble(id, 'permissionDenied')
    else if (!(offset < file.length)) sftp.status(id, END_OF_FILE, 'End of file')
    else sftp.data(id, Buffer.from(file.bytes.subarray(offset, Math.min(file.length, offset + Math.min(length, PIECE)))))
  }))
  sftp.on('WRITE', answer((id, handle: Buffer, offset: number, data: Buffer) => {
    const file = find(id, handle, 'file')
    if (file === undefined) return
    if ((file.flags & (WRITE | APPEND)) === 0) trouble(id, 'permissionDenied')
    else if (writeAt(file, (file.flags & APPEND) === 0 ? offset : file.length, data)) sftp.status(id, OK)
    else trouble(id, 'noSpace')
  }))
  sftp.on('CLOSE', answer((id, handle: Buffer) => {
    const number = handle.length === 4 ? handle.readUInt32BE(0) : -1
    const open = handles.get(number)
    if (open === undefined) {
      sftp.status(id, FAILURE, 'Invalid handle')
      return
    }
    handles.delete(number)
    done(id, open.kind === 'file' && open.changed ? files.write(open.path, open.bytes.slice(0, open.length)) : undefined)
  }))
  sftp.on('FSTAT', answer((id, handle: Buffer) => {
    const file = find(id, handle, 'file')
    if (file === undefined) return
    const known = files.stat(file.path)
    sftp.attrs(id, attributesOf({ kind: 'file', bytes: file.length, modified: typeof known === 'string' ? 0 : known.modified }))
  }))
  sftp.on('STAT', stat)
  sftp.on('LSTAT', stat)
  sftp.on('OPENDIR', answer((id, path: string) => {
    const at = absolute(home, path)
    const names = files.list(at)
    if (typeof names === 'string') trouble(id, names)
    else keep(id, { kind: 'folder', path: at, names: ['.', '..', ...names], at: 0 })
  }))
  sftp.on('READDIR', answer((id, handle: Buffer) => {
    const folder = find(id, handle, 'folder')
    if (folder === undefined) return
    const names = folder.names.slice(folder.at, folder.at += NAMES)
    if (names.length === 0) sftp.status(id, END_OF_FILE, 'End of file')
    else sftp.name(id, names.map(name => namedOf(files, folder.path, name)))
  }))
  sftp.on('REALPATH', answer((id, path: string) => {
    const real = absolute(home, path)
    sftp.name(id, { filename: real, longname: real, attrs: {} })
  }))
  // Times and modes of files are the node's own: what a copy asks for is accepted and has no effect.
  sftp.on('SETSTAT', answer((id, path: string) => {
    const found = files.stat(absolute(home, path))
    if (typeof found === 'string') trouble(id, found)
    else sftp.status(id, OK)
  }))
  sftp.on('FSETSTAT', answer((id, handle: Buffer) => { if (find(id, handle, 'file') !== undefined) sftp.status(id, OK) }))
  sftp.on('READLINK', answer((id, path: string) => {
    const found = files.stat(absolute(home, path))
    if (typeof found === 'string') trouble(id, found)
    else sftp.status(id, FAILURE, 'Not a symbolic link')
  }))
  const remove = (kind: 'file' | 'directory') => answer((id, path: string) => {
    const at = absolute(home, path)
    const found = files.stat(at)
    if (typeof found === 'string') trouble(id, found)
    else if ((found.kind === 'directory') !== (kind === 'directory')) trouble(id, kind === 'file' ? 'isDirectory' : 'notDirectory')
    else if (kind === 'directory' && files.list(at).length > 0) sftp.status(id, FAILURE, 'Directory not empty')
    else done(id, files.remove(at))
  })
  const done = (id: number, failed: FileTrouble | undefined): void => {
    if (failed === undefined) sftp.status(id, OK)
    else trouble(id, failed)
  }
  sftp.on('REMOVE', remove('file'))
  sftp.on('RMDIR', remove('directory'))
  sftp.on('MKDIR', answer((id, path: string) => {
    const at = absolute(home, path)
    if (typeof files.stat(at) === 'string') done(id, files.makeFolder(at))
    else sftp.status(id, FAILURE, 'File exists')
  }))
  sftp.on('RENAME', answer((id, from: string, to: string) => {
    if (typeof files.stat(absolute(home, to)) === 'string') done(id, files.rename(absolute(home, from), absolute(home, to)))
    else sftp.status(id, FAILURE, 'File exists')
  }))
  sftp.on('error', () => {})
  sftp.on('end', () => {
    // The subsystem's program has ended well: scp fails without its status.
    if (sftp.outgoing.state === 'open') sftp._protocol.exitStatus(sftp.outgoing.id, 0)
    sftp.end()
  })
}

/** A file as a handle of it begins, or why there is none. */
function openFile(
  files: ShellFiles, path: string, flags: number,
): OpenFile | FileTrouble | { readonly code: number, readonly text: string } {
  const writes = (flags & (WRITE | APPEND)) !== 0
  const found = files.stat(path)
  if (found === 'noSuchFile') {
    if (!writes || (flags & CREATE) === 0) return found
    // The file is there from now on, as an empty one.
    return files.write(path, new Uint8Array()) ?? fresh(path, flags, new Uint8Array())
  }
  if (typeof found === 'string') return found
  if (found.kind === 'directory') return 'isDirectory'
  if (writes && (flags & CREATE) !== 0 && (flags & EXCLUSIVE) !== 0) return { code: FAILURE, text: 'File exists' }
  if (found.bytes > FILE_BYTES) return { code: FAILURE, text: 'File too large' }
  if (writes && (flags & TRUNCATE) !== 0) return files.write(path, new Uint8Array()) ?? fresh(path, flags, new Uint8Array())
  const bytes = files.read(path)
  return 'trouble' in bytes ? bytes.trouble : fresh(path, flags, bytes)
}

function fresh(path: string, flags: number, bytes: Uint8Array): OpenFile {
  return { kind: 'file', path, flags, bytes, length: bytes.length, changed: false }
}

/** False: the file would be too large. */
function writeAt(file: OpenFile, offset: number, data: Buffer): boolean {
  const end = offset + data.length
  if (!(end <= FILE_BYTES)) return false
  if (end > file.bytes.length || !file.changed) {
    const grown = new Uint8Array(Math.max(end, Math.min(FILE_BYTES, file.bytes.length * 2)))
    grown.set(file.bytes.subarray(0, file.length))
    file.bytes = grown
  }
  file.bytes.set(data, offset)
  file.length = Math.max(file.length, end)
  file.changed = true
  return true
}

/** An absolute path without `.`, `..` and doubled slashes. */
export function absolute(home: string, path: string): string {
  const parts: string[] = []
  for (const part of (path.startsWith('/') ? path : `${home}/${path}`).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

const modes: Readonly<Record<FileStat['kind'], readonly [mode: number, letters: string]>> = {
  file: [0o100644, '-rw-r--r--'], directory: [0o040755, 'drwxr-xr-x'], link: [0o120777, 'lrwxrwxrwx'],
}

function attributesOf({ kind, bytes, modified }: FileStat): Attributes {
  const seconds = Math.floor(modified / 1000)
  return { mode: modes[kind][0], uid: 0, gid: 0, size: bytes, atime: seconds, mtime: seconds }
}

/** One line of a listing, as `ls -l` shows it. */
function namedOf(files: ShellFiles, folder: string, name: string): Named {
  const known = files.stat(absolute(folder, name))
  // It was there when the folder was opened.
  const found: FileStat = typeof known === 'string' ? { kind: 'file', bytes: 0, modified: 0 } : known
  const date = new Date(found.modified).toUTCString().slice(5, 11).split(' ').reverse().join(' ')
  const time = new Date(found.modified).toISOString().slice(11, 16)
  return {
    filename: name, attrs: attributesOf(found),
    longname: `${modes[found.kind][1]}    1 root     root     ${String(found.bytes).padStart(12)} ${date} ${time} ${name}`,
  }
}
