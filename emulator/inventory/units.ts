const factors: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12,
  KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40, PiB: 2 ** 50,
}

/**
 * Bytes of a size in words, such as `20GiB` or `1.5 TiB`; undefined when it is not a size.
 * Units: B, KB to TB (powers of 1000), KiB to PiB (powers of 1024).
 */
export function parseBytes(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*$/.exec(text)
  const factor = match === null ? undefined : factors[match[2]!]
  return factor === undefined ? undefined : Math.round(Number(match![1]) * factor)
}

export const MIB = 2 ** 20
export const GIB = 2 ** 30
