/**
 * Tests whether a name is meant: the name itself, or a glob with `*` (any run of characters) and
 * `?` (one character). Made ready for many names.
 */
export function nameMatcher(glob: string): (name: string) => boolean {
  if (glob === '*') return () => true
  if (!isGlob(glob)) return name => name === glob
  return name => fits(glob, name)
}

/** By hand, since a regular expression of many stars may take for ever over a name that does not fit. */
function fits(glob: string, name: string): boolean {
  let [at, read, star, from] = [0, 0, -1, 0]
  while (read < name.length) {
    if (glob[at] === '*') {
      star = at
      from = read
      at += 1
    } else if (at < glob.length && (glob[at] === '?' || glob[at] === name[read])) {
      at += 1
      read += 1
    } else if (star >= 0) {
      at = star + 1
      from += 1
      read = from
    } else return false
  }
  while (glob[at] === '*') at += 1
  return at === glob.length
}

/** True if a name is a pattern that may stand for several names. */
export function isGlob(name: string): boolean {
  return /[*?]/.test(name)
}
