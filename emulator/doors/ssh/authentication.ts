import type { AuthContext, Connection, KeyAuth, ParsedKey } from 'ssh2'
import type { ShellPerson } from '../../services/shell-access/access.js'
import type { LoginMethod } from '../../services/shell-access/lines.js'

/** Failed tries until sshd hangs up, as OpenSSH's MaxAuthTries has it. */
const TRIES = 6
/** Characters of a name or a password; our own bound. */
const LONGEST = 1024

/** Who is asked whether somebody may log in. */
export interface LoginDesk {
  /** In the order in which clients are told of them. */
  readonly methods: readonly LoginMethod[]
  password(userName: string, method: 'keyboard-interactive' | 'password', password: string): ShellPerson | undefined
  /** Keys that a user has said are his, in the form of the protocol; asked before anything is proved. */
  keys(userName: string): readonly Buffer[]
  key(userName: string): ShellPerson | undefined
  /** A client that only tries was sent away. */
  tooManyTries(userName: string): void
}

/** What of package ssh2 reads keys. */
export type ParseKey = (text: Buffer) => ParsedKey | Error | readonly ParsedKey[]

/** Asks a client who he is until he is let in or sent away. */
export class Authentication {
  readonly #desk: LoginDesk
  readonly #connection: Connection
  readonly #parseKey: ParseKey
  #failed = 0
  #person: ShellPerson | undefined

  constructor(connection: Connection, desk: LoginDesk, parseKey: ParseKey, onDefect: (error: unknown) => void) {
    this.#desk = desk
    this.#connection = connection
    this.#parseKey = parseKey
    connection.on('authentication', context => {
      try {
        this.#ask(context)
      } catch (error) {
        onDefect(error)
        context.reject()
      }
    })
  }

  /** Who was let in. */
  get person(): ShellPerson | undefined {
    return this.#person
  }

  #ask(context: AuthContext): void {
    const { methods } = this.#desk
    if (context.username.length > LONGEST || !methods.includes(context.method as LoginMethod)) {
      // The first question of every client is which methods there are, and counts for nothing.
      if (context.method === 'none') context.reject(methods)
      else this.#refuse(context)
      return
    }
    switch (context.method) {
      case 'password':
        this.#decide(context, this.#passwordOf(context.username, 'password', context.password))
        break
      case 'keyboard-interactive':
        context.prompt([{ prompt: 'Password: ', echo: false }], answers => {
          if (answers instanceof Error) return
          this.#decide(context, this.#passwordOf(context.username, 'keyboard-interactive', answers[0] ?? ''))
        })
        break
      case 'publickey':
        this.#key(context)
        break
    }
  }

  #passwordOf(userName: string, method: 'keyboard-interactive' | 'password', password: string): ShellPerson | undefined {
    return password.length > LONGEST ? undefined : this.#desk.password(userName, method, password)
  }

  #key(context: KeyAuth): void {
    const { key, signature, blob, hashAlgo, username } = context
    if (!this.#desk.keys(username).some(known => known.equals(key.data))) this.#refuse(context)
    else if (signature === undefined) context.accept()
    else {
      const parsed = this.#parseKey(key.data)
      const proved = !(parsed instanceof Error) && 'verify' in parsed && blob !== undefined
        && parsed.verify(blob, signature, hashAlgo) === true
      this.#decide(context, proved ? this.#desk.key(username) : undefined)
    }
  }

  #decide(context: AuthContext, person: ShellPerson | undefined): void {
    if (person === undefined) {
      this.#refuse(context)
      return
    }
    this.#person = person
    context.accept()
  }

  #refuse(context: AuthContext): void {
    this.#failed += 1
    context.reject(this.#desk.methods)
    if (this.#failed < TRIES) return
    this.#desk.tooManyTries(context.username)
    this.#connection.end()
  }
}
