/** What is longer was never a name: comparing megabytes letter by letter would stop the lab. */
const LONGEST = 200

/**
 * The known name nearest to a wrong one, for error texts; undefined when none is near. Of several
 * the one that begins most alike.
 */
export function nearestName(wrong: string, known: Iterable<string>): string | undefined {
  if (wrong.length > LONGEST) return undefined
  let best: string | undefined
  let distance = Math.max(2, Math.floor(wrong.length / 3)) + 1
  for (const name of known) {
    const found = editDistance(wrong.toLowerCase(), name.toLowerCase()) - alike(wrong, name) / 1000
    if (found < distance) {
      distance = found
      best = name
    }
  }
  return best
}

/** Length of the common beginning. */
function alike(a: string, b: string): number {
  let length = 0
  while (length < a.length && a[length] === b[length]) length += 1
  return length
}

/** Letters to add, drop, change, or swap with the next. */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + cost))
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (isSwap) next[j] = Math.min(next[j]!, before[j - 2]! + 1)
    }
    before = row
    row = next
  }
  return row[b.length]!
}

/** `; did you mean X?` for the end of an error text; empty when nothing is near. */
export function nearestHint(wrong: string, known: Iterable<string>): string {
  const near = nearestName(wrong, known)
  return near === undefined ? '' : `; did you mean ${near}?`
}

/** `did you mean X?` for a wrong name; what there is instead when nothing is near. */
export function nearestOr(wrong: string, known: readonly string[], otherwise: string): string {
  const near = nearestName(wrong, known)
  return near === undefined ? `${otherwise} ${known.join(', ') || 'none'}` : `did you mean ${near}?`
}
