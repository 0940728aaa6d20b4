import { shareEncoding } from '../schema/bulk.js'
import { deepFreeze } from '../world/freeze.js'

/**
 * Freezes a data object that many records are going to hold, and has its encoded bytes kept: a read
 * of all VMs then copies what they have in common. Of a list, each element. Worth it from some
 * hundred bytes of XML (performance.md section 2).
 */
export function template<T extends object>(value: T): T {
  for (const part of Array.isArray(value) ? value as object[] : [value]) shareEncoding(part)
  return deepFreeze(value)
}
