import type { Definition } from '../objects/define.js'
import type { ManagedTypeInfo, MethodInfo, Namespace, Schema } from '../schema/model.js'
import type { Registry } from './registry.js'

/** How far a method of the tables is emulated. */
export type MethodState = 'full' | 'partial' | 'missing'

/** One method of the tables, at the type that declares it. */
export interface MethodCoverage {
  /** WSDL name. */
  readonly name: string
  readonly state: MethodState
  /** What is left out; only with `partial`. */
  readonly note?: string
  /** A test got a result or a declared MethodFault from it. Never true of a missing one. */
  readonly tested: boolean
}

/** Counts of methods; `implemented` holds the partial ones too. */
export interface Counts {
  readonly all: number
  readonly implemented: number
  readonly partial: number
  readonly tested: number
}

/** One managed type of the tables. */
export interface TypeCoverage {
  readonly namespace: Namespace
  readonly type: string
  /** Of the own methods, so that the sum over all types counts each method once. */
  readonly counts: Counts
  /** How many methods of ancestors answer on this type as well. */
  readonly inherited: number
  readonly methods: readonly MethodCoverage[]
}

/** The tables joined with the definitions and the test log (design.md 9). */
export interface Coverage {
  readonly totals: Counts
  readonly namespaces: Readonly<Partial<Record<Namespace, Counts>>>
  readonly types: readonly TypeCoverage[]
}

/** One line of the test log: a method by its declaring type, and how a call of it ended. */
export interface TestedCall {
  /** `VirtualMachine.PowerOnVM_Task`. */
  readonly method: string
  /** `ok`, or the type of the MethodFault. */
  readonly outcome: string
}

/** Outcomes that say nothing of the method itself, even where the tables declare them. */
const indifferent: ReadonlySet<string> = new Set([
  'NotImplemented', 'MethodNotFound', 'NotAuthenticated', 'ManagedObjectNotFound', 'SystemError',
])

/**
 * The methods that the logged calls tested: they gave a result or a MethodFault that the tables
 * declare for them. A refusal by the gate is no test of the method.
 */
export function testedMethods(schema: Schema, calls: Iterable<TestedCall>): Set<string> {
  const tested = new Set<string>()
  for (const { method, outcome } of calls) {
    if (tested.has(method)) continue
    if (outcome === 'ok' || declares(schema, method, outcome)) tested.add(method)
  }
  return tested
}

function declares(schema: Schema, method: string, outcome: string): boolean {
  if (indifferent.has(outcome)) return false
  const [owner = '', name = ''] = method.split('.')
  const declared = schema.method(owner, name)?.faults ?? []
  return declared.some(type => type !== 'RuntimeFault' && schema.isA(outcome, type))
}

/**
 * Joins the tables of the namespaces with the definitions and the tested methods
 * (`Owner.Method_Task`). Pure. Types come in the order of the namespaces, then by name.
 */
export function coverage(
  schema: Schema, registry: Registry, tested: ReadonlySet<string>, namespaces: readonly Namespace[],
): Coverage {
  const types = namespaces.flatMap(namespace => schema.names('managed', namespace)
    .map(name => schema.managed(name, namespace)!)
    .map(type => typeCoverage(schema, registry, tested, type)))
  const byNamespace = namespaces.map(namespace =>
    [namespace, sum(types.filter(type => type.namespace === namespace))] as const)
  return { totals: sum(types), namespaces: Object.fromEntries(byNamespace), types }
}

function typeCoverage(
  schema: Schema, registry: Registry, tested: ReadonlySet<string>, type: ManagedTypeInfo,
): TypeCoverage {
  const methods = type.ownMethods
    .map(method => methodCoverage(schema, registry, tested, type, method))
    .sort((a, b) => a.name < b.name ? -1 : 1)
  return {
    namespace: type.namespace,
    type: type.name,
    counts: {
      all: methods.length,
      implemented: methods.filter(method => method.state !== 'missing').length,
      partial: methods.filter(method => method.state === 'partial').length,
      tested: methods.filter(method => method.tested).length,
    },
    inherited: isServed(schema, type) ? inheritedCount(registry, type) : 0,
    methods,
  }
}

function methodCoverage(
  schema: Schema, registry: Registry, tested: ReadonlySet<string>,
  type: ManagedTypeInfo, method: MethodInfo,
): MethodCoverage {
  const { state, note } = isServed(schema, type)
    ? behaviour(schema, registry, type, method)
    : { state: 'missing' as const, note: undefined }
  return {
    name: method.name,
    state,
    ...(note === undefined ? {} : { note }),
    tested: state !== 'missing' && tested.has(`${type.name}.${method.name}`),
  }
}

/** A definition names its type only; where two namespaces share a name, the first one is meant. */
function isServed(schema: Schema, type: ManagedTypeInfo): boolean {
  return schema.managed(type.name)?.namespace === type.namespace
}

/**
 * State of a method over the declaring type and its subtypes: full when the declaring type has it
 * in full and no subtype's own version leaves something out; partial with the names of the types
 * when only some subtypes have it.
 */
function behaviour(
  schema: Schema, registry: Registry, type: ManagedTypeInfo, method: MethodInfo,
): { state: MethodState, note: string | undefined } {
  const own = registry.definition(type.name)?.methods[method.name]
  const below = schema.subtypes(type.name)
    .filter(name => name !== type.name)
    .map(name => registry.definition(name))
    .filter((definition): definition is Definition => definition?.methods[method.name] !== undefined)
  if (own === undefined && below.length === 0) return { state: 'missing', note: undefined }
  const notes = below
    .map(definition => ({ type: definition.type, note: definition.methods[method.name]!.partial }))
    .filter(({ note }) => note !== undefined)
    .map(({ type: name, note }) => `${name}: ${note!}`)
  if (own?.partial !== undefined) notes.unshift(own.partial)
  if (own === undefined) notes.unshift(`only on ${below.map(({ type: name }) => name).sort().join(', ')}`)
  return notes.length === 0
    ? { state: 'full', note: undefined }
    : { state: 'partial', note: notes.join('; ') }
}

function inheritedCount(registry: Registry, type: ManagedTypeInfo): number {
  const own = new Set(type.ownMethods.map(({ name }) => name))
  let count = 0
  for (let at = type.base; at !== undefined; at = at.base) {
    for (const { name } of at.ownMethods) {
      if (!own.has(name) && registry.method(type.name, name) !== undefined) count += 1
    }
  }
  return count
}

function sum(types: readonly TypeCoverage[]): Counts {
  const total = (pick: (counts: Counts) => number): number =>
    types.reduce((count, { counts }) => count + pick(counts), 0)
  return {
    all: total(counts => counts.all),
    implemented: total(counts => counts.implemented),
    partial: total(counts => counts.partial),
    tested: total(counts => counts.tested),
  }
}
