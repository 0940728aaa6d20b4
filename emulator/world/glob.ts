/**
 * Tests whether a name is meant: the name itself, or a glob with `*` (any run of characters) and
 * `?` (one character). Made ready for many names.
 */
export function nameMatcher(glob: string): (name: string) => boolean {
  if (glob === '*') return () => true
  if (!isGlob(glob)) return name => name === glob
  const source = glob.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.')
  const pattern = new RegExp(`^${source}$`)
  return name => pattern.test(name)
}

/** True if a name is a pattern that may stand for several names. */
export function isGlob(name: string): boolean {
  return /[*?]/.test(name)
}
