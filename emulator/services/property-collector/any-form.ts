/** Values of declared types in the form an any slot needs (docs/decisions/0002). */
import type { TypeRef, ValueKind } from '../../schema/model.js'

const int32 = 2147483648

const arrayItems: Readonly<Partial<Record<ValueKind, string>>> = {
  boolean: 'Boolean', byte: 'Byte', short: 'Short', int: 'Int', long: 'Long', float: 'Float',
  double: 'Double', string: 'String', dateTime: 'DateTime', binary: 'Base64Binary',
  anyURI: 'AnyURI', typeName: 'String', methodName: 'String', propertyPath: 'String',
  any: 'AnyType', moref: 'ManagedObjectReference',
}

/** A value of a declared type as it stands in an any slot; undefined stays undefined. */
export function anyForm(value: unknown, type: TypeRef): unknown {
  if (value === undefined || value === null) return undefined
  if (type.array) {
    return { _typeName: `ArrayOf${arrayItems[type.kind] ?? type.name}`, _value: value }
  }
  switch (type.kind) {
    case 'boolean': case 'string': case 'typeName': case 'methodName': case 'propertyPath':
    case 'any': case 'moref':
      return value
    case 'data':
      return '_typeName' in (value as object) ? value
        : { _typeName: type.name, ...(value as object) }
    case 'enum':
      return { _typeName: type.name, _value: value }
    default:
      return numberForm(value, type.kind)
  }
}

function numberForm(value: unknown, kind: ValueKind): unknown {
  if (typeof value !== 'number') return { _typeName: kind, _value: value }
  const plain = !Number.isInteger(value) ? 'double'
    : value >= -int32 && value < int32 ? 'int' : Number.isSafeInteger(value) ? 'long' : 'double'
  return kind === plain ? value : { _typeName: kind, _value: value }
}
