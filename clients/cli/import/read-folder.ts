import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { listOf } from '../../sdk/soap-client.js'
import { decodeDocument, type Ref, type Value } from '../../sdk/soap-xml.js'
import { CliError } from '../io.js'
import { Inventory, type ReadObject } from './inventory.js'

/**
 * The inventory that `govc object.save` wrote: a folder with one ObjectContent in XML for each
 * managed object (peer-vcsim.md, persistence).
 * @throws CliError when the folder cannot be read, or a file of it is something else
 */
export function readFolder(folder: string): Inventory {
  const inventory = new Inventory()
  for (const name of filesOf(folder)) {
    try {
      const { name: root, value } = decodeDocument(readFileSync(join(folder, name), 'utf8'))
      if (root !== 'ObjectContent') throw new Error(`it holds a ${root}, not an ObjectContent`)
      inventory.add(objectOf(value))
    } catch (error) {
      throw new CliError(`${join(folder, name)}: ${(error as Error).message}`)
    }
  }
  if (inventory.size === 0) throw new CliError(`${folder}: no .xml file of govc object.save in it`)
  return inventory
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder).filter(name => name.endsWith('.xml')).sort()
  } catch (error) {
    throw new CliError(`${folder}: ${(error as Error).message}`)
  }
}

/** An ObjectContent, from a file or from an answer. @throws Error for what is none */
export function objectOf(content: Value): ReadObject {
  const { obj, propSet } = content as { obj?: Ref, propSet?: Value | readonly Value[] }
  if (typeof obj !== 'object') throw new Error('an ObjectContent without obj')
  const props: Record<string, Value> = {}
  for (const { name, val } of listOf<{ name: string, val: Value }>(propSet as never)) props[name] = val
  return { self: obj, props }
}
