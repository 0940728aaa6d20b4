/**
 * The writers of one namespace and version, built from the type tables on first use (design.md 13
 * C) and kept.
 */
import type {
  EnumInfo,
  Namespace,
  Schema,
  TypeRef,
  VersionIndex,
} from '../../schema/model.js'
import { VIM_INDEX } from '../../schema/generated/versions.js'
import { isWrapped, numberType } from '../any-values.js'
import {
  itemTag,
  morefTypeName,
  scalarOfXsdName,
  typeRefOfName,
  wrapperName,
  xsdName,
} from '../any-types.js'
import type { Pieces } from '../pieces.js'
import { isEnteredObject } from '../../schema/bulk.js'
import { BulkWriter, type BulkForm } from './bulk-writer.js'
import { DataWriter, writeItems } from './data-writer.js'
import { enumWriter, morefWriter, scalarWriter } from './scalar-writers.js'
import type { Writer, WriterSet } from './writer-model.js'

type Data = Readonly<Record<string, unknown>>

const morefInAny = ` xsi:type="${morefTypeName}"`

/** The writers of a schema, a namespace and a version of it. */
export class Writers implements WriterSet {
  private readonly dataWriters = new Map<string, DataWriter>()
  private readonly anyWriters = new Map<string, Writer>()
  private readonly named = new Map<string, Writer>()
  private readonly bulkWriters = new Map<string, BulkWriter>()

  constructor(
    readonly schema: Schema,
    readonly namespace: Namespace,
    readonly version: VersionIndex,
  ) {}

  versionIn(namespace: Namespace): VersionIndex {
    if (namespace === this.namespace) return this.version
    if (namespace !== 'vim25') return this.schema.versions.newest(namespace)
    const table: readonly number[] = VIM_INDEX[this.namespace]
    return Math.max(0, table[this.version] ?? this.schema.versions.newest('vim25'))
  }

  data(name: string): DataWriter {
    const known = this.dataWriters.get(name)
    if (known !== undefined) return known
    const type = this.schema.data(name, this.namespace) ?? this.schema.data(name)
    if (type === undefined) throw new TypeError(`${name} is not a data type`)
    const seen = this.schema.compatible(type, this.versionIn(type.namespace))
    const writer = seen === type ? new DataWriter(type, this) : this.data(seen.name)
    this.dataWriters.set(name, writer)
    return writer
  }

  enum(name: string): EnumInfo {
    const found = this.schema.enum(name, this.namespace) ?? this.schema.enum(name)
    if (found === undefined) throw new TypeError(`${name} is not an enum`)
    return found
  }

  managedName(name: string): string {
    let type = this.schema.managed(name, this.namespace) ?? this.schema.managed(name)
    while (type?.base !== undefined && type.since > this.versionIn(type.namespace)) type = type.base
    return type?.name ?? name
  }

  /** Writer of the objects of a bulk result. */
  bulk(form: BulkForm, tag: string): BulkWriter {
    const key = `${form} ${tag}`
    let writer = this.bulkWriters.get(key)
    if (writer === undefined) {
      writer = new BulkWriter(this, form, tag)
      this.bulkWriters.set(key, writer)
    }
    return writer
  }

  slot(type: TypeRef, tag: string): Writer {
    switch (type.kind) {
      case 'any':
        return this.any(tag)
      case 'moref':
        return morefWriter(this, tag)
      case 'enum':
        return this.enumSlot(type.name, tag, '')
      case 'data':
        return type.name === 'ObjectUpdate' ? this.updateSlot(tag) : this.dataSlot(type.name, tag)
      default:
        return scalarWriter(type.kind, tag)
    }
  }

  typedAny(type: TypeRef, tag: string): Writer {
    if (type.array) return this.wrapper(type, tag)
    switch (type.kind) {
      case 'any':
        return this.any(tag)
      case 'moref':
        return morefWriter(this, tag, morefInAny)
      case 'enum':
        return this.enumSlot(type.name, tag, ` xsi:type="${type.name}"`)
      case 'data':
        return this.namedDataSlot(type.name, tag)
      default:
        return scalarWriter(type.kind, tag, ` xsi:type="xsd:${xsdName(type.kind)}"`)
    }
  }

  any(tag: string): Writer {
    let writer = this.anyWriters.get(tag)
    if (writer === undefined) {
      writer = this.buildAny(tag)
      this.anyWriters.set(tag, writer)
    }
    return writer
  }

  private enumSlot(name: string, tag: string, attributes: string): Writer {
    const info = this.enum(name)
    return enumWriter(info, this.versionIn(info.namespace), tag, attributes)
  }

  /** `xsi:type` only where the actual type differs from the declared one. */
  private dataSlot(name: string, tag: string): Writer {
    const declared = this.data(name)
    const plain = `<${tag}>`
    const close = `</${tag}>`
    return (s, value, out) => {
      const actual = (value as Data)['_typeName']
      if (actual === undefined || actual === name) {
        return declared.content(s + plain, objectOf(value, name, tag), out) + close
      }
      const writer = this.data(actual as string)
      const open = writer === declared ? plain : `<${tag}${writer.xsiType}>`
      return writer.content(s + open, value as Data, out) + close
    }
  }

  /** An ObjectUpdate, which may be an object entering a filter in its bulk form. */
  private updateSlot(tag: string): Writer {
    const plain = this.dataSlot('ObjectUpdate', tag)
    const bulk = this.bulk('enter', tag)
    return (s, value, out) => {
      if (!isEnteredObject(value)) return plain(s, value, out)
      out.text(s)
      bulk.item(value, out)
      return ''
    }
  }

  private namedDataSlot(name: string, tag: string): Writer {
    const close = `</${tag}>`
    return (s, value, out) => {
      const data = objectOf(value, name, tag)
      const writer = this.data((data['_typeName'] as string | undefined) ?? name)
      return writer.content(`${s}<${tag}${writer.xsiType}>`, data, out) + close
    }
  }

  /** An array in an any slot: `ArrayOf…` around items that carry their type too. */
  private wrapper(type: TypeRef, tag: string): Writer {
    const item = this.typedAny({ kind: type.kind, name: type.name, array: false }, itemTag(type))
    const open = `<${tag} xsi:type="${wrapperName(type)}">`
    const close = `</${tag}>`
    return (s, value, out) => writeItems(s + open, value, item, out) + close
  }

  private buildAny(tag: string): Writer {
    const string = scalarWriter('string', tag, ' xsi:type="xsd:string"')
    const boolean = scalarWriter('boolean', tag, ' xsi:type="xsd:boolean"')
    const numbers = {
      int: scalarWriter('int', tag, ' xsi:type="xsd:int"'),
      long: scalarWriter('long', tag, ' xsi:type="xsd:long"'),
      double: scalarWriter('double', tag, ' xsi:type="xsd:double"'),
    }
    return (s, value, out) => {
      switch (typeof value) {
        case 'string':
          return string(s, value, out)
        case 'boolean':
          return boolean(s, value, out)
        case 'number':
          return numbers[numberType(value)](s, value, out)
        default:
          return this.writeObject(s, value, tag, out)
      }
    }
  }

  private writeObject(s: string, value: unknown, tag: string, out: Pieces): string {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new TypeError(`${tag}: ${String(value)} has no form for an any slot`)
    }
    if (isWrapped(value)) return this.namedAs(value._typeName, tag)(s, value._value, out)
    const name = (value as Data)['_typeName']
    if (typeof name === 'string') return this.namedAs(name, tag)(s, value, out)
    return this.namedAs(morefTypeName, tag)(s, value, out)
  }

  /** Writer of a value whose type is named in the value itself. */
  private namedAs(name: string, tag: string): Writer {
    const key = `${tag} ${name}`
    let writer = this.named.get(key)
    if (writer === undefined) {
      writer = this.typedAny(this.typeNamed(name), tag)
      this.named.set(key, writer)
    }
    return writer
  }

  private typeNamed(name: string): TypeRef {
    const kind = scalarOfXsdName(name)
    if (kind !== undefined) return { kind, name, array: false }
    if (textKinds.has(name)) return { kind: 'string', name: 'string', array: false }
    const type = typeRefOfName(name, this.schema, this.namespace)
    if (type === undefined) throw new TypeError(`${name} is not a type`)
    return type
  }
}

/** VI-JSON's names for kinds that are strings in XML. */
const textKinds: ReadonlySet<string> = new Set(['typeName', 'methodName', 'propertyPath'])

function objectOf(value: unknown, type: string, tag: string): Data {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Data
  throw new TypeError(`${tag}: ${String(value)} is not a ${type}`)
}
