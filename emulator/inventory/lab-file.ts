import { existsSync, readFileSync } from 'node:fs'
import { parseDocument } from 'yaml'
import { protoKeyPath } from '../world/proto-key.js'
import { checkLab, namedLab } from './check-lab.js'
import { LabFileError } from './lab-error.js'
import type { LabFile } from './lab-schema.js'
import { namedLabs } from './named-labs.js'

/**
 * The lab of a name (`small`, `cluster`, `standalone`, `big:N`, or one of `scenarios/labs` such as `f4`),
 * or of a YAML or JSON file.
 * @throws LabFileError when there is none of that name, or the file is wrong
 */
export function loadLab(nameOrFile: string): LabFile {
  return namedLab(nameOrFile) ?? parseLab(readLab(nameOrFile), nameOrFile)
}

/** A lab from the text of a YAML or JSON file. @throws LabFileError */
export function parseLab(text: string, source: string): LabFile {
  const document = parseDocument(text, { merge: true })
  if (document.errors.length > 0) {
    throw new LabFileError(source, document.errors.map(error => error.message))
  }
  const lab: unknown = document.toJS()
  const proto = protoKeyPath(lab)
  if (proto !== undefined) throw new LabFileError(source, [`${proto.join('.')}: there is no option ${String(proto.at(-1))}`])
  return checkLab(lab, source)
}

function readLab(file: string): string {
  try {
    return readFileSync(existsSync(file) ? file : shipped(file) ?? file, 'utf8')
  } catch (error) {
    const known = [...Object.keys(namedLabs), 'big:N'].join(', ')
    const reason = error instanceof Error ? error.message : String(error)
    throw new LabFileError(file, [`no lab of that name (there are ${known}), and as a file: ${reason}`])
  }
}

/** A lab file that comes with the program, by its bare name; undefined: there is none. */
function shipped(name: string): URL | undefined {
  if (!/^[\w-]+$/.test(name)) return undefined
  // Seen from the source tree, and from the bundle after a build.
  return ['../../scenarios/labs/', '../scenarios/labs/']
    .map(folder => new URL(`${folder}${name}.yaml`, import.meta.url)).find(file => existsSync(file))
}
