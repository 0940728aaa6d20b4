import type { Reader } from '../world/records.js'

/** Id of a host's advanced options on the host. */
export const HOST_OPTIONS = 'ha-adv-options'

interface Option { readonly key: string, readonly value: unknown }

const indexed = new WeakMap<object, ReadonlyMap<string, unknown>>()
const none: ReadonlyMap<string, unknown> = new Map()

/** The values of an OptionManager of a node by key, indexed once for each change of it. */
export function optionsOf(reader: Reader, node: string, manager: string): ReadonlyMap<string, unknown> {
  const setting = reader.get(node, manager)?.props['setting']
  if (!Array.isArray(setting)) return none
  let map = indexed.get(setting)
  if (map === undefined) {
    map = new Map((setting as Option[]).map(item => [item.key, item.value]))
    indexed.set(setting, map)
  }
  return map
}

/** An option's value as a number; undefined: it is none. */
export function optionNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  const wrapped = (value as { _value?: unknown } | undefined)?._value
  const number = Number(wrapped ?? (value === '' ? undefined : value))
  return Number.isFinite(number) ? number : undefined
}

/** A numeric option of one OptionManager; undefined: it has none of that key. */
export function nodeOption(reader: Reader, node: string, manager: string, key: string): number | undefined {
  return optionNumber(optionsOf(reader, node, manager).get(key))
}

/** A numeric advanced option of a host; `usual` where it has none of that key. */
export function hostOption(reader: Reader, host: string, key: string, usual: number): number {
  return nodeOption(reader, host, HOST_OPTIONS, key) ?? usual
}
