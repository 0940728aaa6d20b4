/** Patterns of file names: `*`, `?`, `[abc]`; a backslash takes their meaning away. */

/** Puts backslashes before what a pattern would mean otherwise. */
export function literally(text: string): string {
  return text.replace(/[*?[\]\\]/g, '\\$&')
}

/** True if a pattern may stand for several texts. */
export function isPattern(pattern: string): boolean {
  return /(^|[^\\])(\\\\)*[*?[]/.test(pattern)
}

/** The text that a pattern without stars is. */
export function withoutEscapes(pattern: string): string {
  return pattern.replace(/\\(.)/gs, '$1')
}

type Token =
  | { readonly kind: 'star' | 'any' }
  | { readonly kind: 'set', readonly not: boolean, readonly has: (char: string) => boolean }
  | { readonly kind: 'char', readonly char: string }

/** Makes a test of a pattern. It takes no longer than pattern times text, whatever they are. */
export function patternMatcher(pattern: string): (text: string) => boolean {
  const tokens = tokensOf(pattern)
  return text => {
    let [at, read, star, from] = [0, 0, -1, 0]
    while (read < text.length) {
      const token = tokens[at]
      if (token?.kind === 'star') {
        star = at
        from = read
        at += 1
      } else if (token !== undefined && fits(token, text[read]!)) {
        at += 1
        read += 1
      } else if (star >= 0) {
        at = star + 1
        from += 1
        read = from
      } else return false
    }
    while (tokens[at]?.kind === 'star') at += 1
    return at === tokens.length
  }
}

function fits(token: Token, char: string): boolean {
  if (token.kind === 'any') return true
  if (token.kind === 'char') return token.char === char
  return token.kind === 'set' && token.has(char) !== token.not
}

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at]!
    if (char === '\\' && at + 1 < pattern.length) tokens.push({ kind: 'char', char: pattern[at += 1]! })
    else if (char === '*') tokens.push({ kind: 'star' })
    else if (char === '?') tokens.push({ kind: 'any' })
    else if (char === '[') {
      const stop = pattern.indexOf(']', at + (/^\[[!^]?\]/.test(pattern.slice(at, at + 3)) ? 3 : 1))
      if (stop < 0) tokens.push({ kind: 'char', char })
      else {
        tokens.push(setOf(pattern.slice(at + 1, stop)))
        at = stop
      }
    } else tokens.push({ kind: 'char', char })
  }
  return tokens
}

/** `a-z`, `!0-9`, `[:digit:]` is left out: nobody types it here. */
export function setOf(text: string): Extract<Token, { kind: 'set' }> {
  const not = text.startsWith('!') || text.startsWith('^')
  const chars = not ? text.slice(1) : text
  const ranges: Array<[string, string]> = []
  for (let at = 0; at < chars.length; at += 1) {
    if (chars[at + 1] === '-' && at + 2 < chars.length) {
      ranges.push([chars[at]!, chars[at + 2]!])
      at += 2
    } else ranges.push([chars[at]!, chars[at]!])
  }
  return { kind: 'set', not, has: char => ranges.some(([from, to]) => from <= char && char <= to) }
}
