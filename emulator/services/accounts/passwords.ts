import { createHash, timingSafeEqual } from 'node:crypto'
import type { Transaction } from '../../world/transaction.js'

/** What is kept of a password: never the password. Hexadecimal. */
export interface PasswordHash {
  readonly salt: string
  readonly sha256: string
}

/** Hashes a password with a salt from the lab's chance. */
export function hashPassword(tx: Transaction, password: string): PasswordHash {
  const salt = tx.world.random.hex('passwords', 32)
  return { salt, sha256: digest(salt, password).toString('hex') }
}

/** True if it is the password of the hash. */
export function samePassword(hash: PasswordHash, password: string): boolean {
  return timingSafeEqual(Buffer.from(hash.sha256, 'hex'), digest(hash.salt, password))
}

function digest(salt: string, password: string): Buffer {
  return createHash('sha256').update(salt).update('\0').update(password, 'utf8').digest()
}
