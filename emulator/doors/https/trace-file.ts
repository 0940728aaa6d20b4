/** Requests and answers of the doors, written to a file as they pass (the peer's `-trace-file`). */
import { closeSync, openSync, writeSync } from 'node:fs'
import type { Trace } from './door-context.js'

/** Passwords pass the doors in clear: nobody else may read the file. */
const MODE = 0o600

export class TraceFile implements Trace {
  readonly #file: number
  #exchanges = 0
  #isOpen = true

  /** Begins the file anew. Throws the system's error when it cannot be written. */
  constructor(path: string) {
    this.#file = openSync(path, 'w', MODE)
  }

  open(node: string, line: string): (bytes: Buffer) => void {
    this.#exchanges += 1
    const tag = `${this.#exchanges} ${node}`
    this.#write(Buffer.from(`== ${tag} ${line}\n`))
    return bytes => {
      this.#write(Buffer.from(`-- ${tag}, ${bytes.length} bytes\n`))
      this.#write(bytes)
      this.#write(Buffer.from('\n'))
    }
  }

  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    closeSync(this.#file)
  }

  #write(bytes: Buffer): void {
    if (this.#isOpen) writeSync(this.#file, bytes)
  }
}
