/** Milliseconds as the words of a scenario file: `90061ms` is `1m30s61ms`. */
export function durationText(ms: number): string {
  const parts: string[] = []
  let rest = Math.round(ms)
  for (const [unit, size] of [['h', 3_600_000], ['m', 60_000], ['s', 1000], ['ms', 1]] as const) {
    const count = Math.floor(rest / size)
    if (count > 0) parts.push(`${count}${unit}`)
    rest -= count * size
  }
  return parts.join('') || '0s'
}
