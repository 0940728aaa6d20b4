import { LabFileError, pathText } from './lab-error.js'
import { labSchema, type LabFile } from './lab-schema.js'
import { bigLab, namedLabs } from './named-labs.js'

/** The lab of a name (`small`, `cluster`, `standalone`, `big:N`); undefined: there is none. */
export function namedLab(name: string): LabFile | undefined {
  const big = /^big:(\d+)$/.exec(name)
  if (big !== null) return checkLab(bigLab(Number(big[1])), name)
  const named = namedLabs[name]
  return named === undefined ? undefined : checkLab(named, name)
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
