/** Encodings and pseudo-encodings that clients list (RFC 6143 section 7.7, protocols.md 7.5). */
export const ENCODING = {
  raw: 0,
  hextile: 5,
  desktopSize: -223,
  qemuKey: -258,
  tightPng: -260,
  /** The client understands messages of type 127. */
  vmwareServerCaps: 0x574D567A,
} as const

/** How the pixels of a rectangle are written. */
export type PixelEncoding = 'raw' | 'hextile' | 'tightPng'

const spoken: ReadonlyMap<number, PixelEncoding> = new Map([
  [ENCODING.raw, 'raw'], [ENCODING.hextile, 'hextile'], [ENCODING.tightPng, 'tightPng'],
])

/** What a client can do, from the encodings it listed. */
export interface ClientAbilities {
  /** Pixel encodings in the client's order of preference. */
  readonly encodings: readonly PixelEncoding[]
  readonly desktopSize: boolean
  readonly vmware: boolean
  readonly qemuKey: boolean
}

/** Every client can do Raw, listed or not. */
export const NO_ABILITIES: ClientAbilities = { encodings: [], desktopSize: false, vmware: false, qemuKey: false }

/** Reads a list of encodings. */
export function abilities(listed: readonly number[]): ClientAbilities {
  const known = new Set(listed)
  return {
    encodings: listed.map(number => spoken.get(number)).filter(each => each !== undefined),
    desktopSize: known.has(ENCODING.desktopSize),
    vmware: known.has(ENCODING.vmwareServerCaps),
    qemuKey: known.has(ENCODING.qemuKey),
  }
}

/** The encoding for pixels: the client's first that fits its pixels, else Raw. PNG has full colours only. */
export function bestEncoding({ encodings }: ClientAbilities, fullColour: boolean): PixelEncoding {
  return encodings.find(each => each !== 'tightPng' || fullColour) ?? 'raw'
}
