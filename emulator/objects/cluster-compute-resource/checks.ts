import type { ArrayUpdateSpec, OptionValue } from '../../schema/generated/types.js'
import type { MoRef, Schema } from '../../schema/model.js'
import { invalidArgument, type MethodFault } from '../../services/method-fault.js'
import type { Reader } from '../../world/records.js'

/** What a spec is judged against, and where new ids come from. */
export interface SpecContext {
  readonly tx: Reader
  readonly schema: Schema
  readonly node: string
  /** The cluster's own reference, its hosts and its datastores. */
  readonly cluster: string
  readonly hosts: readonly MoRef[]
  readonly datastores: readonly MoRef[]
  /** Newest virtual hardware of the node's product. */
  readonly hardware: number
  /** The next key of a rule or group of the cluster. */
  readonly nextKey: () => number
  readonly newUuid: () => string
}

/** @throws InvalidArgument when a value is none of an enum's literals, or one of `without`. */
export function checkEnum(
  context: SpecContext, name: string, value: string | undefined, path: string, without: readonly string[] = [],
): void {
  if (value === undefined) return
  const literals = context.schema.enum(name)?.values
  if (literals === undefined) throw new Error(`no enum ${name}`)
  if (!literals.includes(value) || without.includes(value)) throw invalidArgument(path)
}

/** Greatest value of an xsd:int. */
export const MAX_INT = 2 ** 31 - 1

/** @throws InvalidArgument when a number is given and outside its range. */
export function checkRange(
  value: number | undefined, least: number, most: number, path: string,
): void {
  if (value !== undefined && (value < least || value > most)) throw invalidArgument(path)
}

/** @throws InvalidArgument when a reference is none of those allowed. */
export function checkMember(ref: MoRef, allowed: readonly MoRef[], path: string): void {
  if (!allowed.some(item => item.value === ref.value)) throw invalidArgument(path)
}

/** @throws InvalidArgument when a VM is not registered on a host of the cluster. */
export function checkVm(context: SpecContext, vm: MoRef, path: string): void {
  const record = context.tx.get<{ runtime?: { host?: MoRef } }>(context.node, vm.value)
  const host = record?.props.runtime?.host
  if (host === undefined) throw invalidArgument(path)
  checkMember(host, context.hosts, path)
}

/** Given fields over the ones before; what is not given stays. */
export function over<T extends object>(before: T | undefined, given: Partial<T> | undefined): T {
  const set = Object.entries(given ?? {}).filter(([, value]) => value !== undefined)
  return { ...before, ...Object.fromEntries(set) } as T
}

/** Options by key: given ones replace, an empty value takes an option away. */
export function mergeOptions(
  before: readonly OptionValue[] | undefined, given: readonly OptionValue[] | undefined,
): OptionValue[] {
  const merged = new Map((before ?? []).map(option => [option.key, option]))
  for (const option of given ?? []) {
    if (option.value === undefined || option.value === '') merged.delete(option.key)
    else merged.set(option.key, option)
  }
  return [...merged.values()]
}

/** How the entries of a list of a cluster are told apart and changed. */
export interface ListRules<T> {
  /** Of the spec's property: `dasVmConfigSpec`. */
  readonly name: string
  readonly keyOf: (item: T) => string
  /** What `removeKey` says, in the form of `keyOf`. */
  readonly removeKey: (key: unknown) => string
  /** Checks and completes a new entry, or an entry that takes the place of another. */
  readonly made: (info: T, before: T | undefined, path: string, rest: readonly T[]) => T
  /** The fault for an entry that is there already. */
  readonly taken: (info: T, path: string) => MethodFault
}

type Update<T> = ArrayUpdateSpec & { readonly info?: T }

/** Carries out adds, edits and removes, in their order. @throws InvalidArgument, what `rules` say */
export function updateList<T>(
  before: readonly T[] | undefined, specs: ReadonlyArray<Update<T>> | undefined, rules: ListRules<T>,
): T[] {
  let list = [...before ?? []]
  for (const [index, spec] of (specs ?? []).entries()) {
    const path = `spec.${rules.name}[${index}]`
    list = spec.operation === 'remove'
      ? removed(list, spec, rules, path)
      : put(list, spec, rules, path)
  }
  return list
}

function removed<T>(list: T[], spec: Update<T>, rules: ListRules<T>, path: string): T[] {
  const key = rules.removeKey(spec.removeKey)
  const left = list.filter(item => rules.keyOf(item) !== key)
  if (left.length === list.length) throw invalidArgument(`${path}.removeKey`)
  return left
}

function put<T>(list: T[], { operation, info }: Update<T>, rules: ListRules<T>, path: string): T[] {
  if (info === undefined) throw invalidArgument(`${path}.info`)
  const key = rules.keyOf(info)
  const at = list.findIndex(item => rules.keyOf(item) === key)
  if (operation === 'add') {
    if (at >= 0) throw rules.taken(info, `${path}.info`)
    return [...list, rules.made(info, undefined, `${path}.info`, list)]
  }
  if (at < 0) throw invalidArgument(`${path}.info`)
  return list.with(at, rules.made(info, list[at], `${path}.info`, list.filter((_, index) => index !== at)))
}

/** Key of an entry about an object. */
export function refKey(key: unknown): string {
  return (key as MoRef | undefined)?.value ?? ''
}
