import { readFileSync } from 'node:fs'
import { parseDocument } from 'yaml'
import { labSchema, type LabFile } from './lab-schema.js'
import { bigLab, namedLabs } from './named-labs.js'

/** What is wrong with a lab file: the path in the file and the reason, one line each. */
export class LabFileError extends Error {
  readonly problems: readonly string[]

  constructor(source: string, problems: readonly string[]) {
    super(`${source}: ${problems.join('\n  ')}`)
    this.name = 'LabFileError'
    this.problems = problems
  }
}

/**
 * The lab of a name (`small`, `cluster`, `standalone`, `big:N`) or of a YAML or JSON file.
 * @throws LabFileError when there is none of that name, or the file is wrong
 */
export function loadLab(nameOrFile: string): LabFile {
  const big = /^big:(\d+)$/.exec(nameOrFile)
  if (big !== null) return checkLab(bigLab(Number(big[1])), nameOrFile)
  const named = namedLabs[nameOrFile]
  if (named !== undefined) return checkLab(named, nameOrFile)
  return parseLab(readLab(nameOrFile), nameOrFile)
}

/** A lab from the text of a YAML or JSON file. @throws LabFileError */
export function parseLab(text: string, source: string): LabFile {
  const document = parseDocument(text, { merge: true })
  if (document.errors.length > 0) {
    throw new LabFileError(source, document.errors.map(error => error.message))
  }
  return checkLab(document.toJS(), source)
}

/** A lab from plain data. @throws LabFileError with the path of each wrong value */
export function checkLab(data: unknown, source: string): LabFile {
  const result = labSchema.safeParse(data)
  if (result.success) return result.data
  throw new LabFileError(source, result.error.issues.map(issue => {
    const path = pathText(issue.path)
    return path === '' ? issue.message : `${path}: ${issue.message}`
  }))
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

function readLab(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const known = [...Object.keys(namedLabs), 'big:N'].join(', ')
    const reason = error instanceof Error ? error.message : String(error)
    throw new LabFileError(file, [`no lab of that name (there are ${known}), and as a file: ${reason}`])
  }
}
