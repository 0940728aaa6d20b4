/** Characters, references and names for the quick reader. */

/** The document's characters as numbers, at the offsets of its text. */
export type Codes = Uint8Array | Uint16Array

/** Classes of ASCII characters; what is below `plain` may not simply stand in a text. */
const forbidden = 0
export const reference = 1
export const plain = 2
export const namePart = 3
export const nameStart = 4

export const charClass = new Uint8Array(128).fill(plain)
charClass.fill(forbidden, 0, 0x20)
charClass[0x09] = plain
charClass[0x0a] = plain
for (const c of ['<', ']']) charClass[c.charCodeAt(0)] = forbidden
charClass['&'.charCodeAt(0)] = reference
for (const c of '0123456789.-') charClass[c.charCodeAt(0)] = namePart
for (const c of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_') {
  charClass[c.charCodeAt(0)] = nameStart
}

/**
 * Names that were read lately, by hash: the same string object again means that its hash need not
 * be computed for every look-up. A name of another hash simply takes the place.
 */
const namePlaces = 2048
const longestKept = 64
const lately = new Array<string | undefined>(namePlaces).fill(undefined)

/** The name between two offsets, as a string that keeps nothing else alive. */
export function intern(
  text: string,
  codes: Codes,
  start: number,
  end: number,
  hash: number,
): string {
  const place = hash & (namePlaces - 1)
  const known = lately[place]
  if (known !== undefined && known.length === end - start) {
    let i = 0
    while (i < known.length && codes[start + i] === known.charCodeAt(i)) i += 1
    if (i === known.length) return known
  }
  const name = text.slice(start, end)
  if (name.length > longestKept) return name
  const own = name.length < 13 ? name : ` ${name}`.slice(1)
  lately[place] = own
  return own
}

const references = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));|&/g
const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}

/** Text with its references resolved; undefined if one of them is not plain and right. */
export function content(piece: string): string | undefined {
  let right = true
  const resolve = (_all: string, name?: string, decimal?: string, hex?: string): string => {
    if (name !== undefined) return entities[name] ?? ''
    const code = decimal === undefined ? parseInt(hex ?? '', 16) : parseInt(decimal, 10)
    if (isXmlCharacter(code)) return String.fromCodePoint(code)
    right = false
    return ''
  }
  const resolved = piece.replace(references, resolve)
  return right ? resolved : undefined
}

/** XML 1.0 production Char; false for NaN, which a lone ampersand gives. */
function isXmlCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x09 || code === 0x0a || code === 0x0d
  if (code < 0xd800) return true
  return (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff)
}
