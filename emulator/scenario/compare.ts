import type { MoRef } from '../schema/model.js'
import type { Count } from './format-expect.js'
import { amountOf } from './format-values.js'

/** What a value is compared with; all that is given must hold. */
export interface Comparison {
  readonly is?: unknown
  readonly not?: unknown
  readonly in?: readonly unknown[] | undefined
  readonly matches?: string | undefined
  readonly less?: number | string | undefined
  readonly more?: number | string | undefined
  readonly unset?: boolean | undefined
  readonly contains?: unknown
  readonly count?: Count | undefined
}

/** True if a value is as expected. References in what is expected were resolved before. */
export function compare(expected: Comparison, value: unknown): boolean {
  if (expected.unset !== undefined && (value === undefined) !== expected.unset) return false
  if (expected.is !== undefined && !same(expected.is, value)) return false
  if (expected.not !== undefined && same(expected.not, value)) return false
  if (expected.in !== undefined && !expected.in.some(each => same(each, value))) return false
  if (expected.matches !== undefined && !new RegExp(expected.matches).test(shown(value))) return false
  if (expected.less !== undefined && !(numberOf(value) < numberOf(expected.less))) return false
  if (expected.more !== undefined && !(numberOf(value) > numberOf(expected.more))) return false
  if (expected.contains !== undefined && !contains(value, expected.contains)) return false
  return expected.count === undefined || counts(expected.count, lengthOf(value))
}

/** True if a number is as a count says. */
export function counts(expected: Count, number: number): boolean {
  if (typeof expected === 'number') return number === expected
  const { is, less, more } = expected
  return (is === undefined || number === is) && (less === undefined || number < less)
    && (more === undefined || number > more)
}

/** Equal: lists in any order, objects by all properties but their type's name, the rest as text. */
export function same(expected: unknown, value: unknown): boolean {
  if (Array.isArray(expected)) return Array.isArray(value) && sameSet(expected, value)
  if (isObject(expected) && !isRef(value)) {
    if (!isObject(value)) return false
    const keys = new Set([...Object.keys(expected), ...Object.keys(value)])
    keys.delete('_typeName')
    return [...keys].every(key => same(expected[key], value[key])) && sameType(expected, value)
  }
  return !Array.isArray(value) && shown(expected) === shown(value)
}

/** True if a list has an element (or each of several), an object these properties, a text a part. */
export function contains(value: unknown, part: unknown): boolean {
  if (Array.isArray(value)) {
    const parts: unknown[] = Array.isArray(part) ? part : [part]
    return parts.every(each => value.some(item =>
      isObject(each) && isObject(item) && !isRef(each) ? contains(item, each) : same(each, item)))
  }
  if (isObject(value) && isObject(part) && !isRef(part)) {
    return Object.entries(part).every(([key, inside]) =>
      isObject(inside) || Array.isArray(value[key]) ? contains(value[key], inside) : same(inside, value[key]))
  }
  return value !== undefined && shown(value).includes(shown(part))
}

/** The text of a value for a report. */
export function shown(value: unknown): string {
  if (value === undefined) return 'unset'
  if (value === null) return 'null'
  if (isRef(value)) return value.value
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function sameSet(expected: readonly unknown[], value: readonly unknown[]): boolean {
  if (expected.length !== value.length) return false
  const left = [...value]
  return expected.every(each => {
    const at = left.findIndex(item => same(each, item))
    if (at >= 0) left.splice(at, 1)
    return at >= 0
  })
}

/** A type's name is compared only where both have one. */
function sameType(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  return a['_typeName'] === undefined || b['_typeName'] === undefined || a['_typeName'] === b['_typeName']
}

function numberOf(value: unknown): number {
  return amountOf(value) ?? Number(value ?? NaN)
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : value === undefined ? 0 : 1
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isRef(value: unknown): value is MoRef {
  return isObject(value) && typeof value['value'] === 'string' && typeof value['type'] === 'string'
    && Object.keys(value).length === 2
}
