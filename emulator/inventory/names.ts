/**
 * Expands a name pattern: the run of `#` becomes the number, padded with zeros to the length of
 * the run. A pattern without `#` stands for one name only.
 */
export function nameAt(pattern: string, number: number): string {
  const at = pattern.indexOf('#')
  if (at < 0) return pattern
  let end = at
  while (pattern[end] === '#') end += 1
  return pattern.slice(0, at) + String(number).padStart(end - at, '0') + pattern.slice(end)
}
