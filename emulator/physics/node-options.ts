import type { OptionValue } from '../schema/generated/types.js'
import type { Reader } from '../world/records.js'

const indexed = new WeakMap<object, ReadonlyMap<string, unknown>>()

/** A numeric option of one OptionManager; undefined: it has none of that key. */
export function nodeOption(
  reader: Reader,
  node: string,
  manager: string,
  key: string,
): number | undefined {
  const setting = reader.get(node, manager)?.props['setting']
  return Array.isArray(setting) ? numberOf(optionsOf(setting as OptionValue[]).get(key)) : undefined
}

/** A numeric advanced option of a host; `usual` where it has none of that key. */
export function hostOption(reader: Reader, host: string, key: string, usual: number): number {
  return nodeOption(reader, host, 'ha-adv-options', key) ?? usual
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  const wrapped = (value as { _value?: unknown } | undefined)?._value
  const number = Number(wrapped ?? (value === '' ? undefined : value))
  return Number.isFinite(number) ? number : undefined
}

function optionsOf(setting: readonly OptionValue[]): ReadonlyMap<string, unknown> {
  let map = indexed.get(setting)
  if (map === undefined) {
    map = new Map(setting.map(item => [item.key, item.value]))
    indexed.set(setting, map)
  }
  return map
}
