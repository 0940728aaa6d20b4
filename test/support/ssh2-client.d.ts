/** The client of package ssh2, which tests use as theirs. */
declare module 'ssh2' {
  import type { EventEmitter } from 'node:events'
  import type { Duplex, Readable } from 'node:stream'

  interface ClientChannel extends Duplex {
    readonly stderr: Readable
    setWindow(rows: number, cols: number, height: number, width: number): void
    signal(name: string): void
  }

  interface SftpClient extends EventEmitter {
    open(path: string, flags: string, done: (error: SftpError | undefined, handle: Buffer) => void): void
    read(
      handle: Buffer, into: Buffer, offset: number, length: number, position: number,
      done: (error: SftpError | undefined, count: number) => void,
    ): void
    close(handle: Buffer, done: (error?: SftpError) => void): void
    stat(path: string, done: (error: SftpError | undefined, found: { readonly size: number, isDirectory(): boolean }) => void): void
    readdir(path: string, done: (error: SftpError | undefined, list: ReadonlyArray<{ readonly filename: string }>) => void): void
    realpath(path: string, done: (error: SftpError | undefined, path: string) => void): void
    readFile(path: string, done: (error: SftpError | undefined, bytes: Buffer) => void): void
    writeFile(path: string, bytes: Buffer | string, done: (error?: SftpError) => void): void
    appendFile(path: string, bytes: Buffer | string, done: (error?: SftpError) => void): void
    unlink(path: string, done: (error?: SftpError) => void): void
    mkdir(path: string, done: (error?: SftpError) => void): void
    rmdir(path: string, done: (error?: SftpError) => void): void
    rename(from: string, to: string, done: (error?: SftpError) => void): void
  }

  type SftpError = Error & { readonly code: number }

  class Client extends EventEmitter {
    connect(options: Readonly<Record<string, unknown>>): this
    exec(command: string, options: object, done: (error: Error | undefined, channel: ClientChannel) => void): this
    shell(window: object | false, done: (error: Error | undefined, channel: ClientChannel) => void): this
    sftp(done: (error: Error | undefined, sftp: SftpClient) => void): this
    end(): this
    destroy(): this
  }
}
