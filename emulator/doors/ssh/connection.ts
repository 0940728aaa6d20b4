/** One client of a node's sshd, from its first byte to its end. */
import type { Socket } from 'node:net'
import type { Connection as SshConnection } from 'ssh2'
import type { ShellPerson } from '../../services/shell-access/access.js'
import type { LoginEnds, SshLogin } from '../../services/shell-access/ssh-logins.js'
import { afterRealMsUnref, soonUnref } from '../../world/clock.js'
import { Authentication, type LoginDesk, type ParseKey } from './authentication.js'
import { ClientStream } from './client-stream.js'
import { serveSession, type ServedSession, type SessionPlace } from './sessions.js'

/** Bounds against slow and greedy clients; our own defaults where OpenSSH has none. */
export interface SshLimits {
  /** Real milliseconds until a client must have logged in: OpenSSH's LoginGraceTime. */
  readonly loginMs: number
  /** Sessions of one connection: OpenSSH's MaxSessions. */
  readonly sessions: number
  /** Bytes that a client has not taken until it is sent away. */
  readonly unsentBytes: number
}

export const sshLimits: SshLimits = { loginMs: 120_000, sessions: 10, unsentBytes: 16 * 1024 * 1024 }

/** What stands behind sshd for one client. */
export interface SshTalk extends LoginDesk {
  /** What follows `SSH-2.0-`. */
  readonly ident: string
  /** Shown before authentication; undefined: nothing. */
  readonly banner: string | undefined
  /** Somebody was let in. */
  begin(person: ShellPerson, ends: LoginEnds): SshLogin
  place(person: ShellPerson): Pick<SessionPlace, 'home' | 'motd' | 'openShell' | 'files'>
  /** The connection ended before anybody was let in. */
  endedEarly(why: 'closed' | 'timeout' | 'protocol'): void
}

/** What of package ssh2 serves a stream. */
export interface SshKit {
  serve(stream: ClientStream, ident: string, banner: string | undefined, listener: (client: SshConnection) => void): void
  readonly parseKey: ParseKey
}

export interface ConnectionOptions {
  readonly socket: Socket
  readonly kit: SshKit
  readonly talk: SshTalk
  readonly limits: SshLimits
  frozen(): boolean
  slow(): number
  /** The socket is closed. */
  onEnd(): void
  onDefect(error: unknown): void
}

export class Connection {
  readonly #options: ConnectionOptions
  readonly #stream: ClientStream
  readonly #sessions = new Set<ServedSession>()
  #login: SshLogin | undefined
  #patience: (() => void) | undefined
  #early: 'closed' | 'timeout' | 'protocol' = 'closed'
  #over = false

  constructor(options: ConnectionOptions) {
    this.#options = options
    const { socket, kit, talk, frozen, slow, limits, onEnd } = options
    this.#stream = new ClientStream({ socket, frozen, slow })
    this.#stream.on('error', () => {})
    socket.once('close', () => {
      this.#finish()
      onEnd()
    })
    this.#patience = afterRealMsUnref(limits.loginMs, () => {
      this.#early = 'timeout'
      this.close()
    })
    // The package says that there is a client only after its first line: errors before that close the stream.
    kit.serve(this.#stream, talk.ident, talk.banner, client => this.#guarded(() => this.#begin(client)))
  }

  /** True until somebody was let in. */
  get anonymous(): boolean {
    return this.#login === undefined
  }

  thaw(): void {
    this.#stream.thaw()
  }

  close(): void {
    this.#stream.hangUp()
  }

  #begin(client: SshConnection): void {
    const { talk, kit, onDefect, limits } = this.#options
    client.on('error', ({ level, code }) => {
      // A number is the reason that the client itself gave for its leaving.
      if (level !== 'socket' && code === undefined) this.#early = 'protocol'
    })
    const authentication = new Authentication(client, talk, kit.parseKey, onDefect)
    client.on('ready', () => this.#guarded(() => {
      this.#patience?.()
      const { person } = authentication
      if (person === undefined || this.#over) this.close()
      else this.#letIn(client, person, limits.sessions)
    }))
  }

  #letIn(client: SshConnection, person: ShellPerson, most: number): void {
    const { talk, onDefect } = this.#options
    const login = talk.begin(person, { ended: (_why, terminal) => soonUnref(() => this.#guarded(() => this.#endedByNode(terminal))) })
    this.#login = login
    const place: SessionPlace = {
      ...talk.place(person), login, onDefect, takes: queued => this.#takes(queued), hangUp: () => this.close(),
    }
    client.on('session', (accept, reject) => this.#guarded(() => {
      if (this.#sessions.size >= most) {
        reject()
        return
      }
      const session = accept()
      const served = serveSession(session, place)
      this.#sessions.add(served)
      session.on('close', () => this.#sessions.delete(served))
    }))
  }

  #endedByNode(terminal: string | undefined): void {
    if (terminal === undefined) {
      for (const session of this.#sessions) session.stop()
      this.close()
    } else {
      for (const session of this.#sessions) session.timeOut(terminal)
    }
  }

  /** False: the client has left too much on the wire, and is sent away. */
  #takes(queued = 0): boolean {
    if (this.#over) return false
    if (this.#stream.unsent + queued <= this.#options.limits.unsentBytes) return true
    this.close()
    return false
  }

  #finish(): void {
    if (this.#over) return
    this.#over = true
    this.#patience?.()
    // Ends often come while others are being told of a change of the world.
    soonUnref(() => this.#guarded(() => {
      for (const session of this.#sessions) session.stop()
      if (this.#login === undefined) this.#options.talk.endedEarly(this.#early)
      else this.#login.close()
    }))
  }

  #guarded(run: () => void): void {
    try {
      run()
    } catch (error) {
      this.#options.onDefect(error)
      this.close()
    }
  }
}
