/**
 * Values of any slots in memory (decision 0002): which need a wrapper that names their type, and
 * which type a value without wrapper has.
 */

/** A value whose type cannot be told from its JavaScript form. */
export interface WrappedValue {
  readonly _typeName: string
  readonly _value: unknown
}

const int32 = 2147483648

/** The type an unwrapped number has in an any slot. */
export function numberType(value: number): 'int' | 'long' | 'double' {
  if (!Number.isInteger(value)) return 'double'
  if (value >= -int32 && value < int32) return 'int'
  return Number.isSafeInteger(value) ? 'long' : 'double'
}

/** A value of the named type (a VI-JSON type name) in its form for an any slot. */
export function wrapAny(type: string, value: unknown): unknown {
  if (type === 'string' || type === 'boolean') return value
  if (typeof value === 'number' && numberType(value) === type) return value
  return { _typeName: type, _value: value }
}

export function isWrapped(value: object): value is WrappedValue {
  return '_value' in value && '_typeName' in value
}
