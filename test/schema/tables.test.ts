import { describe, expect, it } from 'vitest'
import type { Namespace, TypeRef } from '../../emulator/schema/model.js'
import { loadSchema } from '../../emulator/schema/schema.js'
import { NAMESPACES } from '../../emulator/schema/versions.js'

const schema = loadSchema()

/** Counts of the tables of pyvmomi 8.0.3.0.1, vim25 with core and query. */
const COUNTS_803 = {
  vim25: { data: 2932, enum: 424, managed: 138, methods: 955, params: 1483, props: 263 },
  pbm: { data: 72, enum: 21, managed: 8, methods: 32, params: 44, props: 1 },
  sms: { data: 117, enum: 20, managed: 6, methods: 45, params: 46, props: 0 },
  eam: { data: 154, enum: 13, managed: 5, methods: 23, params: 9, props: 9 },
  vslm: { data: 18, enum: 5, managed: 5, methods: 46, params: 79, props: 1 },
  vsan: { data: 515, enum: 97, managed: 31, methods: 271, params: 541, props: 0 },
} as const

/** The version of each namespace that was the newest in 8.0.3. */
const NEWEST_803: Readonly<Record<Namespace, string>> = {
  vim25: '8.0.3.0', pbm: '8.0.3.0', sms: '8.0.3.0', eam: '8.3', vslm: '7.0.2.0', vsan: '8.0.0.4',
}

function managedTypes(namespace: Namespace) {
  return schema.names('managed', namespace)
    .map((name) => schema.managed(name, namespace))
    .filter((type) => type !== undefined)
}

function dataTypes(namespace: Namespace) {
  return schema.names('data', namespace)
    .map((name) => schema.data(name, namespace))
    .filter((type) => type !== undefined)
}

/** Every place where a type is named: properties, parameters, results. */
function* references(namespace: Namespace): Generator<[where: string, reference: TypeRef]> {
  for (const type of [...dataTypes(namespace), ...managedTypes(namespace)]) {
    for (const property of type.properties) yield [`${type.name}.${property.property}`, property]
  }
  for (const method of managedTypes(namespace).flatMap((type) => type.ownMethods)) {
    for (const param of method.params) yield [`${method.name}.${param.property}`, param]
    if (method.result) yield [`${method.name} result`, method.result]
    if (method.taskResult) yield [`${method.name} task result`, method.taskResult]
  }
}

describe.each(NAMESPACES)('tables of %s', (namespace) => {
  it('have lost nothing that 8.0.3 had', () => {
    const limit = schema.versions.index(NEWEST_803[namespace], namespace) ?? -1
    const before = <T extends { readonly since: number }>(all: readonly (T | undefined)[]) =>
      all.filter((each) => each !== undefined && each.since <= limit)
    const managed = before(managedTypes(namespace))
    const methods = before(managed.flatMap((type) => type?.ownMethods ?? []))
    const own = managed.flatMap((type) =>
      type?.properties.slice(type.base?.properties.length ?? 0) ?? [])
    const counts = {
      data: before(dataTypes(namespace)).length,
      enum: before(schema.names('enum', namespace).map((n) => schema.enum(n, namespace))).length,
      managed: managed.length,
      methods: methods.length,
      params: before(methods.flatMap((method) => method?.params ?? [])).length,
      props: before(own).length,
    }
    for (const [kind, least] of Object.entries(COUNTS_803[namespace])) {
      expect(counts[kind as keyof typeof counts], kind).toBeGreaterThanOrEqual(least)
    }
  })

  it('name only types that exist and are of the kind said', () => {
    const kinds = { data: 'data', enum: 'enum', moref: 'managed' } as const
    const wrong = [...references(namespace)].filter(([, { kind, name }]) =>
      kind in kinds && schema.type(name, namespace)?.kind !== kinds[kind as keyof typeof kinds])
    expect(wrong.map(([where, { name }]) => `${where}: ${name}`)).toEqual([])
  })

  it('use no kind that the model does not have', () => {
    const plain = new Set([
      'boolean', 'byte', 'short', 'int', 'long', 'float', 'double', 'string', 'dateTime', 'binary',
      'anyURI', 'typeName', 'methodName', 'propertyPath', 'any', 'moref', 'data', 'enum',
    ])
    expect([...references(namespace)].filter(([, { kind }]) => !plain.has(kind))).toEqual([])
  })

  it('declare only MethodFaults that exist', () => {
    const missing = managedTypes(namespace).flatMap((type) => type.ownMethods)
      .flatMap((method) => method.faults)
      .filter((name) => schema.data(name, namespace)?.isFault !== true)
    expect(missing).toEqual([])
  })

  it('have versions within the list, and no property twice', () => {
    const newest = schema.versions.newest(namespace)
    for (const type of [...dataTypes(namespace), ...managedTypes(namespace)]) {
      expect(type.since, type.name).toBeLessThanOrEqual(newest)
      const names = type.properties.map((property) => property.property)
      expect(new Set(names).size, type.name).toBe(names.length)
      for (const property of type.properties) {
        // One past the newest: inherited from vim25 and in no version of the sister API.
        expect(property.since, `${type.name}.${property.property}`).toBeLessThanOrEqual(newest + 1)
      }
    }
  })
})

describe('hasSubtypes', () => {
  it('agrees with subtypes for every vim25 data type that only vim25 extends', () => {
    for (const type of dataTypes('vim25')) {
      if (schema.subtypes(type.name).length > 1) expect(type.hasSubtypes, type.name).toBe(true)
    }
  })
})
