/** What a door of shells (SSH, a scenario's step) and the shells of nodes know of each other. */

/** Who sits at a shell, as its door found out. */
export interface ShellUser {
  /** Account of the node's own: `root`; on a vCenter also one of single sign-on. */
  readonly name: string
  /** Address that the user came from; for the lines of the logs. */
  readonly address: string
}

/** Where the output of a command goes. Text may end anywhere; line ends are `\n`. */
export interface ShellIo {
  out(text: string): void
  err(text: string): void
  /** What came on standard input of a command that was run without a terminal; empty with one. */
  readonly input: string
  /** Size of the terminal in characters; undefined without one. */
  readonly terminal?: { readonly columns: number, readonly rows: number }
}

/** One session of a node's shell: a working folder, variables, an end. */
export interface Shell {
  /** What the shell prints before it reads a line: `[root@esx-01:~] `. */
  prompt(): string
  /** What the shell says once, before its first prompt. */
  greeting(): string
  /**
   * Runs one line and resolves with its exit status when it has ended; commands that wait, such as
   * `tail -f` or `ping`, end on the lab's time. Never rejects: what goes wrong is said on `err`.
   */
  run(line: string, io: ShellIo): Promise<number>
  /** Ends the command that runs (Ctrl-C): its `run` resolves with 130. With none, what was begun on a line before is dropped. */
  interrupt(): void
  /** Status that `exit` left with; undefined while the shell goes on. */
  readonly left: number | undefined
  /** The user has gone: ends what runs, gives back what was taken (sessions at hostd). */
  close(): void
}

/**
 * Why a path cannot be read or written, as SFTP and programs tell it. `busy`: a VM that runs has it
 * locked; `notKept`: the lab has its name and size, not what it holds.
 */
export type FileTrouble =
  | 'noSuchFile' | 'permissionDenied' | 'isDirectory' | 'notDirectory' | 'readOnly' | 'noSpace' | 'busy' | 'notKept'

export interface FileStat {
  readonly kind: 'file' | 'directory' | 'link'
  readonly bytes: number
  /** Lab milliseconds since 1970. */
  readonly modified: number
}

/** The files of a node as its shell and SFTP see them; absolute paths with `/`. */
export interface ShellFiles {
  stat(path: string): FileStat | FileTrouble
  /** Names in a folder, in order. */
  list(path: string): readonly string[] | FileTrouble
  read(path: string): Uint8Array | { readonly trouble: FileTrouble }
  /** Creates or replaces a file; undefined when it went well. */
  write(path: string, bytes: Uint8Array): FileTrouble | undefined
  /** Removes a file or an empty folder; undefined when it went well. */
  remove(path: string): FileTrouble | undefined
  makeFolder(path: string): FileTrouble | undefined
  /** Gives a file, or what lies on a volume, another path where nothing is; undefined when it went well. */
  rename(from: string, to: string): FileTrouble | undefined
}

/** What a door asks for a user who was let in. */
export interface Shells {
  /** Opens a shell on a node. */
  open(node: string, user: ShellUser): Shell
  files(node: string, user: ShellUser): ShellFiles
}
