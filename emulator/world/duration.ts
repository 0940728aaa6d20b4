const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A time in words: `90s`, `5m`, `1h30m`, `500ms`, to milliseconds; undefined if it is none. */
export function durationMs(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * units[unit!]!
  }
  return Math.round(total)
}

/** Milliseconds in words that `durationMs` reads: `1h2m3s`, `250ms`, `0s`. */
export function durationText(ms: number): string {
  let rest = Math.round(ms)
  const parts = (['d', 'h', 'm', 's', 'ms'] as const).map(unit => {
    const amount = Math.floor(rest / units[unit]!)
    rest -= amount * units[unit]!
    return amount === 0 ? '' : `${amount}${unit}`
  })
  return parts.join('') || '0s'
}
