/**
 * What the SSH door uses of package ssh2 1.17.0: its server, as the package's own documentation describes
 * it. The package brings no types.
 */
declare module 'ssh2' {
  import type { EventEmitter } from 'node:events'
  import type { Duplex, Writable } from 'node:stream'

  interface ServerConfig {
    readonly hostKeys: readonly string[]
    /** What follows `SSH-2.0-` in the first line. */
    readonly ident: string
    /** Shown before authentication. */
    readonly banner?: string
    readonly keepaliveInterval?: number
    readonly keepaliveCountMax?: number
    readonly algorithms?: Readonly<Record<string, readonly string[]>>
  }

  class Server extends EventEmitter {
    constructor(config: ServerConfig, listener: (client: Connection) => void)
    /** Serves a stream that somebody else accepted. */
    injectSocket(socket: Duplex): void
  }

  class Connection extends EventEmitter {
    on(event: 'authentication', listener: (context: AuthContext) => void): this
    on(event: 'ready' | 'close' | 'end', listener: () => void): this
    on(event: 'error', listener: (error: Error & { readonly level?: string, readonly code?: string | number }) => void): this
    on(event: 'session', listener: (accept: () => Session, reject: () => void) => void): this
    end(): this
  }

  interface AuthContextBase extends EventEmitter {
    readonly username: string
    accept(): void
    reject(methods?: readonly string[]): void
    on(event: 'abort', listener: () => void): this
  }

  interface OtherAuth extends AuthContextBase {
    readonly method: 'none' | 'hostbased'
  }

  interface PasswordAuth extends AuthContextBase {
    readonly method: 'password'
    readonly password: string
  }

  interface KeyboardAuth extends AuthContextBase {
    readonly method: 'keyboard-interactive'
    prompt(
      prompts: ReadonlyArray<{ readonly prompt: string, readonly echo: boolean }>,
      done: (answers: readonly string[] | Error) => void,
    ): void
  }

  interface KeyAuth extends AuthContextBase {
    readonly method: 'publickey'
    readonly key: { readonly algo: string, readonly data: Buffer }
    readonly hashAlgo?: string
    /** Undefined: the client asks whether the key would do. */
    readonly signature?: Buffer
    readonly blob?: Buffer
  }

  type AuthContext = OtherAuth | PasswordAuth | KeyboardAuth | KeyAuth

  interface WindowSize {
    readonly cols: number
    readonly rows: number
  }

  /** `accept` and `reject` are there when the client asked for an answer. */
  type Reply = (() => void) | undefined

  class Session extends EventEmitter {
    on(event: 'pty', listener: (accept: Reply, reject: Reply, size: WindowSize & { readonly term: string }) => void): this
    on(event: 'window-change', listener: (accept: Reply, reject: Reply, size: WindowSize) => void): this
    on(event: 'env', listener: (accept: Reply, reject: Reply, variable: { readonly key: string, readonly val: string }) => void): this
    on(event: 'signal', listener: (accept: Reply, reject: Reply, signal: { readonly name: string }) => void): this
    on(event: 'shell', listener: (accept: () => Channel, reject: Reply) => void): this
    on(event: 'exec', listener: (accept: () => Channel, reject: Reply, what: { readonly command: string }) => void): this
    on(event: 'sftp', listener: (accept: () => Sftp, reject: Reply) => void): this
    on(event: 'close' | 'eof' | 'end', listener: () => void): this
  }

  class Channel extends Duplex {
    readonly stderr: Writable
    exit(status: number): void
    /** Tells the client that nothing more comes. */
    eof(): void
    close(): void
  }

  interface Attributes {
    readonly mode?: number
    readonly uid?: number
    readonly gid?: number
    readonly size?: number
    readonly atime?: number
    readonly mtime?: number
  }

  interface Named {
    readonly filename: string
    readonly longname: string
    readonly attrs: Attributes
  }

  class Sftp extends EventEmitter {
    on(event: 'OPEN', listener: (id: number, path: string, flags: number, attributes: Attributes) => void): this
    on(event: 'READ', listener: (id: number, handle: Buffer, offset: number, length: number) => void): this
    on(event: 'WRITE', listener: (id: number, handle: Buffer, offset: number, data: Buffer) => void): this
    on(event: 'CLOSE' | 'FSTAT' | 'READDIR', listener: (id: number, handle: Buffer) => void): this
    on(event: 'FSETSTAT', listener: (id: number, handle: Buffer, attributes: Attributes) => void): this
    on(event: 'SETSTAT' | 'MKDIR', listener: (id: number, path: string, attributes: Attributes) => void): this
    on(
      event: 'OPENDIR' | 'STAT' | 'LSTAT' | 'REALPATH' | 'READLINK' | 'REMOVE' | 'RMDIR',
      listener: (id: number, path: string) => void,
    ): this
    on(event: 'RENAME', listener: (id: number, from: string, to: string) => void): this
    on(event: 'close' | 'end' | 'ready', listener: () => void): this
    on(event: 'error', listener: (error: Error) => void): this
    handle(id: number, handle: Buffer): void
    status(id: number, code: number, message?: string): void
    data(id: number, bytes: Buffer): void
    name(id: number, names: Named | readonly Named[]): void
    attrs(id: number, attributes: Attributes): void
    end(): void
    /** Answers that wait for the client to take earlier ones. */
    readonly _buffer: readonly unknown[]
    /** Channels have `exit`; this one, whose clients wait for a status too, has what it calls. */
    readonly _protocol: { exitStatus(channel: number, status: number): void }
    readonly outgoing: { readonly id: number, readonly state: string }
  }

  interface ParsedKey {
    readonly type: string
    getPublicSSH(): Buffer
    verify(data: Buffer, signature: Buffer, hash?: string): boolean | Error
  }

  const ssh2: {
    readonly Server: typeof Server
    readonly utils: {
      /** One key, or why it is none. */
      parseKey(text: string | Buffer): ParsedKey | Error | ReadonlyArray<ParsedKey>
    }
  }
  export default ssh2
  export { Server, Connection, Session, Channel, Sftp }
  export type {
    ServerConfig, AuthContext, KeyAuth, KeyboardAuth, PasswordAuth, Attributes, Named, WindowSize, ParsedKey, Reply,
  }
}
