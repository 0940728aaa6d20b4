/** What is wrong with a lab file: the path in the file and the reason, one line each. */
export class LabFileError extends Error {
  readonly problems: readonly string[]

  constructor(source: string, problems: readonly string[]) {
    super(`${source}: ${problems.join('\n  ')}`)
    this.name = 'LabFileError'
    this.problems = problems
  }
}

/** `hosts[1].memory` of a path in the data. */
export function pathText(path: readonly PropertyKey[]): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else text += text === '' ? String(part) : `.${String(part)}`
  }
  return text
}
