interface Option { readonly key: string, readonly value: unknown }

const indexed = new WeakMap<object, ReadonlyMap<string, unknown>>()
const none: ReadonlyMap<string, unknown> = new Map()

/** The values of an OptionManager's `setting` by key, indexed once for each change of it. */
export function optionIndex(setting: unknown): ReadonlyMap<string, unknown> {
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
