/** Shells of a test: a few commands, and files in memory. */
import type { FileStat, FileTrouble, Shell, ShellFiles, ShellIo, Shells, ShellUser } from '../../emulator/shell/shell-model.js'

export class FakeShells implements Shells {
  /** Paths to contents, of all nodes together: `esx-01:/etc/motd`. */
  readonly stored = new Map<string, Uint8Array>()
  readonly opened: FakeShell[] = []

  open(node: string, user: ShellUser): Shell {
    const shell = new FakeShell(node, user)
    this.opened.push(shell)
    return shell
  }

  files(node: string): ShellFiles {
    const at = (path: string): string => `${node}:${path}`
    const isFolder = (path: string): boolean =>
      path === '/' || [...this.stored.keys()].some(key => key.startsWith(`${at(path)}/`))
    const stat = (path: string): FileStat | FileTrouble => {
      const bytes = this.stored.get(at(path))
      if (bytes !== undefined) return { kind: 'file', bytes: bytes.length, modified: Date.UTC(2026, 0, 5, 8) }
      return isFolder(path) ? { kind: 'directory', bytes: 0, modified: Date.UTC(2026, 0, 5, 8) } : 'noSuchFile'
    }
    return {
      stat,
      list: path => {
        if (this.stored.has(at(path))) return 'notDirectory'
        if (!isFolder(path)) return 'noSuchFile'
        const below = path === '/' ? at('/') : `${at(path)}/`
        return [...new Set([...this.stored.keys()].filter(key => key.startsWith(below))
          .map(key => key.slice(below.length).split('/')[0]!))].sort()
      },
      read: path => {
        const bytes = this.stored.get(at(path))
        return bytes ?? { trouble: isFolder(path) ? 'isDirectory' : 'noSuchFile' }
      },
      write: (path, bytes) => {
        if (path.startsWith('/bin/')) return 'readOnly'
        if (path.startsWith('/full/')) return 'noSpace'
        this.stored.set(at(path), bytes)
        return undefined
      },
      remove: path => this.stored.delete(at(path)) ? undefined : 'noSuchFile',
      makeFolder: () => 'readOnly',
      rename: (from, to) => {
        const bytes = this.stored.get(at(from))
        if (bytes === undefined) return 'noSuchFile'
        this.stored.delete(at(from))
        this.stored.set(at(to), bytes)
        return undefined
      },
    }
  }
}

/** Knows `echo`, `fail`, `cat` (its input), `size`, `wait` (until Ctrl-C), `flood N` and `exit`. */
export class FakeShell implements Shell {
  readonly user: ShellUser
  readonly #node: string
  readonly ran: string[] = []
  closed = false
  #left: number | undefined
  #interrupt: (() => void) | undefined

  constructor(node: string, user: ShellUser) {
    this.#node = node
    this.user = user
  }

  get left(): number | undefined {
    return this.#left
  }

  prompt(): string {
    return `[${this.user.name}@${this.#node}:~] `
  }

  greeting(): string {
    return ''
  }

  run(line: string, io: ShellIo): Promise<number> {
    this.ran.push(line)
    const [command, ...words] = line.split(' ')
    switch (command) {
      case 'echo': io.out(`${words.join(' ')}\n`); return Promise.resolve(0)
      case 'fail': io.err('it failed\n'); return Promise.resolve(Number(words[0] ?? 1))
      case 'cat': io.out(io.input); return Promise.resolve(0)
      case 'size': io.out(`${io.terminal?.columns}x${io.terminal?.rows}\n`); return Promise.resolve(0)
      case 'flood': io.out('0123456789abcdef'.repeat(Number(words[0]) * 64)); return Promise.resolve(0)
      case 'wait':
        io.out('waiting\n')
        return new Promise(resolve => { this.#interrupt = () => resolve(130) })
      case 'exit':
        this.#left = Number(words[0] ?? 0)
        return Promise.resolve(this.#left)
      case 'break': return Promise.reject(new Error('a defect of a test'))
      default: io.err(`-sh: ${command}: not found\n`); return Promise.resolve(127)
    }
  }

  interrupt(): void {
    this.#interrupt?.()
    this.#interrupt = undefined
  }

  close(): void {
    this.closed = true
    this.interrupt()
  }
}
