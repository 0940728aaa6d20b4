/** The outside of the command: where it writes, what it reads, so that tests can stand in. */

export interface Io {
  /** Writes to standard output, as is. */
  out(text: string): void
  /** Writes to standard error, as is. */
  err(text: string): void
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Exit statuses. */
export const EXIT = {
  ok: 0,
  /** It was understood and did not work. */
  failed: 1,
  /** It was not understood: unknown command, flag or file. */
  usage: 2,
} as const

/** An error whose text is meant for the user; no stack is shown. */
export class CliError extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message)
    this.name = 'CliError'
    this.exitCode = exitCode
  }
}

/** The real thing. */
export function processIo(): Io {
  return {
    out: text => { process.stdout.write(text) },
    err: text => { process.stderr.write(text) },
    env: process.env,
  }
}

/** Rows as columns of equal width, two spaces apart. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) {
    row.forEach((cell, index) => { widths[index] = Math.max(widths[index] ?? 0, cell.length) })
  }
  const line = (row: readonly string[]): string =>
    row.map((cell, index) => index === row.length - 1 ? cell : cell.padEnd(widths[index]!)).join('  ')
  return rows.map(row => `${line(row).trimEnd()}\n`).join('')
}

/** A value as a line of JSON. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`
}
