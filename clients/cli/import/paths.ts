import { refAt, textAt, type Inventory, type ReadObject } from './inventory.js'

/** What could not be taken over, told once each. */
export type Notes = Set<string>

/** A name as a lab file takes it: vCenter writes / \ % as %2f %5c %25, and # is where a number goes. */
export function plainName(name: string): string {
  return name.replace(/%2f|%5c|%25|[/\\%#]/gi, '-').slice(0, 80)
}

/** The name of an object, as a lab file takes it; its id where it has none. */
export function nameOf(object: ReadObject): string {
  return plainName(textAt(object, 'name') ?? object.self.value)
}

/** The next object above: parent, or the vApp that a VM belongs to. */
export function above(inventory: Inventory, object: ReadObject): ReadObject | undefined {
  return inventory.get(refAt(object, 'parent') ?? refAt(object, 'parentVApp'))
}

/** The nearest object of a type above another, or itself. */
export function nearest(inventory: Inventory, object: ReadObject | undefined, type: string): ReadObject | undefined {
  for (let at = object; at !== undefined; at = above(inventory, at)) if (at.self.type === type) return at
  return undefined
}

/**
 * The path of folders in which an object lies, below the datacenter's own folder of its kind, or
 * below the root folder: `a/b`; undefined: directly there.
 */
export function folderPath(inventory: Inventory, object: ReadObject): string | undefined {
  const names: string[] = []
  for (let at = above(inventory, object); at?.self.type === 'Folder'; at = above(inventory, at)) {
    const upper = above(inventory, at)
    // The folders that a datacenter has by itself, and the root folder, are not named in a lab file.
    if (upper === undefined || upper.self.type === 'Datacenter') break
    names.unshift(nameOf(at))
  }
  return names.length === 0 ? undefined : names.join('/')
}

/** The path of pools and vApps below the root pool of a compute resource; undefined: the root pool. */
export function poolPath(inventory: Inventory, pool: ReadObject | undefined): string | undefined {
  const names: string[] = []
  for (let at = pool; at !== undefined && isPool(at); at = inventory.get(refAt(at, 'parent'))) {
    const upper = inventory.get(refAt(at, 'parent'))
    if (upper === undefined || !isPool(upper)) break
    names.unshift(nameOf(at))
  }
  return names.length === 0 ? undefined : names.join('/')
}

export function isPool(object: ReadObject): boolean {
  return object.self.type === 'ResourcePool' || object.self.type === 'VirtualApp'
}

const units = [['TiB', 2 ** 40], ['GiB', 2 ** 30], ['MiB', 2 ** 20], ['KiB', 2 ** 10]] as const

/** A size in the words of lab files. */
export function sizeText(bytes: number): string {
  const unit = units.find(([, factor]) => bytes > 0 && bytes % factor === 0)
  return unit === undefined ? `${bytes}B` : `${bytes / unit[1]}${unit[0]}`
}

/** A version as one of the products that labs have. */
export function productOf(version: string | undefined): string | undefined {
  if (version === undefined) return undefined
  const major = Number(version.split('.')[0])
  if (major >= 9) return '9.0'
  return major === 8 ? '8.0.3' : major === 7 ? '7.0.3' : '6.7'
}

/** A record without the fields that are undefined: a lab file has no such. */
export function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T
}
