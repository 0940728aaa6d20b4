/** Compares two frozen JSON values, descending only where their pointers differ. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => same(item, b[i]))
  }
  if (Array.isArray(b)) return false
  const left = a as Record<string, unknown>
  const right = b as Record<string, unknown>
  for (const key in left) {
    if (!same(left[key], right[key])) return false
  }
  for (const key in right) {
    if (right[key] !== undefined && left[key] === undefined) return false
  }
  return true
}
