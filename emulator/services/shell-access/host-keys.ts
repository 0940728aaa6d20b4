/**
 * Keys by which nodes show clients of SSH who they are, kept in the user's cache folder so that clients
 * know them again at the next start. They are facts of this machine, as certificates are, and in no record.
 */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export class HostKeys {
  readonly #folder: string | undefined
  readonly #known = new Map<string, string>()

  /** @param folder undefined: nothing is read or kept. */
  constructor(folder: string | undefined) {
    this.#folder = folder
  }

  /** The key of a node, PEM (SEC 1, P-256): from memory, from the cache or new. */
  of(node: string): string {
    let key = this.#known.get(node)
    if (key === undefined) {
      key = this.#read(node) ?? this.#make(node)
      this.#known.set(node, key)
    }
    return key
  }

  #read(node: string): string | undefined {
    if (this.#folder === undefined) return undefined
    try {
      const text = readFileSync(join(this.#folder, fileOf(node)), 'utf8')
      return createPrivateKey(text).asymmetricKeyType === 'ec' ? text : undefined
    } catch {
      return undefined
    }
  }

  /** A folder that cannot be written only makes clients ask again at the next start. */
  #make(node: string): string {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    const text = privateKey.export({ type: 'sec1', format: 'pem' }) as string
    if (this.#folder === undefined) return text
    const temporary = join(this.#folder, `${fileOf(node)}.${process.pid}.tmp`)
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
      writeFileSync(temporary, text, { mode: 0o600 })
      renameSync(temporary, join(this.#folder, fileOf(node)))
    } catch {
      rmSync(temporary, { force: true })
    }
    return text
  }
}

function fileOf(node: string): string {
  return `ssh-${node}.pem`
}
