/** The key under which the language keeps an object's prototype, and under which no format of ours has anything. */
const PROTO = '__proto__'

/**
 * Where a value that somebody sent has `__proto__` for a key; undefined: nowhere. JSON and YAML make it a
 * key like any other, and whatever copies such an object loses it without a word: so it is looked for before.
 */
export function protoKeyPath(value: unknown): readonly PropertyKey[] | undefined {
  // Not by recursion: what was sent may be nested as deep as its sender liked.
  const waiting: Array<{ readonly value: unknown, readonly above: Step | undefined }> = [{ value, above: undefined }]
  for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
    if (typeof each.value !== 'object' || each.value === null) continue
    for (const [key, inner] of Object.entries(each.value)) {
      const at = { key, above: each.above }
      if (key === PROTO) return pathOf(at)
      waiting.push({ value: inner, above: at })
    }
  }
  return undefined
}

interface Step { readonly key: string, readonly above: Step | undefined }

function pathOf(last: Step): readonly string[] {
  const path: string[] = []
  for (let step: Step | undefined = last; step !== undefined; step = step.above) path.unshift(step.key)
  return path
}
