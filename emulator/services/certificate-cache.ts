/** Certificates on disk: one PEM file each, written by rename, checked when read. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LabCa } from './certificate-types.js'

export class CertificateCache {
  readonly #folder: string | undefined

  /** @param folder undefined: nothing is read or kept. */
  constructor(folder: string | undefined) {
    this.#folder = folder
  }

  /**
   * Key and certificate of a name; undefined when they are not there, are damaged or are not
   * `usable` any more, so that the caller makes new ones.
   */
  read(name: string, usable: (pair: LabCa) => boolean): LabCa | undefined {
    if (this.#folder === undefined) return undefined
    try {
      const text = readFileSync(join(this.#folder, `${name}.pem`), 'utf8')
      const key = block(text, 'PRIVATE KEY')
      const cert = block(text, 'CERTIFICATE')
      if (key === undefined || cert === undefined) return undefined
      const pair = { key, cert }
      return usable(pair) ? pair : undefined
    } catch {
      return undefined
    }
  }

  /** Keeps a pair; a folder that cannot be written only costs time at the next start. */
  write(name: string, pair: LabCa): void {
    if (this.#folder === undefined) return
    const temporary = join(this.#folder, `${name}.${process.pid}.tmp`)
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
      writeFileSync(temporary, `${pair.key}\n${pair.cert}\n`, { mode: 0o600 })
      renameSync(temporary, join(this.#folder, `${name}.pem`))
    } catch {
      rmSync(temporary, { force: true })
    }
  }
}

function block(text: string, label: string): string | undefined {
  const found = new RegExp(`-----BEGIN ${label}-----[\\s\\S]+?-----END ${label}-----`).exec(text)
  return found?.[0]
}
