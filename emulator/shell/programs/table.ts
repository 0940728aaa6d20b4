/** Rows as columns, each as wide as its widest cell or its least width; what is in `right` stands to the right. */
export function columnsOf(
  rows: readonly (readonly string[])[],
  options: { readonly gap?: number, readonly right?: readonly number[], readonly least?: readonly number[] } = {},
): string[] {
  const { gap = 2, right = [], least = [] } = options
  const widths = (rows[0] ?? []).map((_, column) => Math.max(least[column] ?? 0, ...rows.map(row => row[column]?.length ?? 0)))
  return rows.map(row => row.map((cell, column) =>
    right.includes(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)).join(' '.repeat(gap)).trimEnd())
}
