import type { Session, WindowSize } from 'ssh2'
import type { SshLogin } from '../../services/shell-access/ssh-logins.js'
import type { Shell, ShellFiles } from '../../shell/shell-model.js'
import { Interactive } from './interactive.js'
import { OneCommand } from './one-command.js'
import { serveSftp } from './sftp.js'

/** Rows and columns that a terminal has at most; our own bound. */
const LARGEST = 1000

/** Signals that end the command that runs. */
const ENDING = ['INT', 'HUP', 'TERM', 'KILL', 'QUIT']

/** Where the sessions of one connection run. */
export interface SessionPlace {
  readonly login: SshLogin
  readonly home: string
  /** What is said at a terminal before the shell speaks. */
  motd(): string
  openShell(): Shell
  files(): ShellFiles
  /** False: the client takes nothing any more, and the connection was ended. `queued`: bytes that wait on its channel. */
  takes(queued?: number): boolean
  hangUp(): void
  onDefect(error: unknown): void
}

/** A session's channel, as its connection sees it. */
export interface ServedSession {
  /** The node ends an idle terminal; nothing happens when it is another session's. */
  timeOut(terminal: string): void
  stop(): void
}

/** Serves one session of a logged-in client: a shell, a command or SFTP. */
export function serveSession(session: Session, place: SessionPlace): ServedSession {
  let size: WindowSize | undefined
  let running: Interactive | OneCommand | undefined
  session.on('pty', (accept, _reject, wish) => {
    size = sane(wish)
    accept?.()
  })
  session.on('window-change', (accept, _reject, wish) => {
    size = sane(wish)
    if (running instanceof Interactive) running.resize(size)
    accept?.()
  })
  // sshd of the product names no variables that it takes.
  session.on('env', (_accept, reject) => reject?.())
  session.on('signal', (accept, _reject, { name }) => {
    if (ENDING.includes(name)) running?.interrupt()
    accept?.()
  })
  session.on('shell', accept => {
    const channel = accept()
    channel.on('error', () => {})
    const common = { channel, shell: place.openShell(), takes: place.takes, onDefect: place.onDefect }
    running = size === undefined ? new OneCommand({ ...common, terminal: undefined }, undefined)
      : new Interactive({ ...common, login: place.login, size, motd: place.motd() })
  })
  session.on('exec', (accept, _reject, { command }) => {
    const channel = accept()
    channel.on('error', () => {})
    const terminal = size === undefined ? undefined : { columns: size.cols, rows: size.rows }
    running = new OneCommand({ channel, shell: place.openShell(), terminal, takes: place.takes, onDefect: place.onDefect }, command)
  })
  session.on('sftp', accept => {
    const { home, takes, hangUp, onDefect } = place
    serveSftp({ sftp: accept(), files: place.files(), home, takes, hangUp, onDefect })
  })
  session.on('close', () => running?.stop())
  return {
    timeOut: terminal => { if (running instanceof Interactive && running.terminal === terminal) running.timeOut() },
    stop: () => running?.stop(),
  }
}

function sane({ cols, rows }: WindowSize): WindowSize {
  const within = (value: number, usual: number): number => value > 0 ? Math.min(value, LARGEST) : usual
  return { cols: within(cols, 80), rows: within(rows, 24) }
}
