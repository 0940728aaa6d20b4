/**
 * Scalars between their text on the wire and their form in memory (decision 0002, protocols.md
 * 1.7). Parsers answer undefined for text that is not of the type.
 */
import type { ValueKind } from '../schema/model.js'
import { normalizeDateTime } from './date-time.js'

/** Kinds whose value is text, a number or a boolean. */
export type ScalarKind = Exclude<ValueKind, 'any' | 'moref' | 'data' | 'enum'>

const integer = /^[+-]?\d{1,40}$/
const real = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?$/
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

const longMin = -(2n ** 63n)
const longMax = 2n ** 63n - 1n

/** Lowest and highest value of the integers that fit a JavaScript number exactly. */
const ranges: Readonly<Partial<Record<ScalarKind, readonly [number, number]>>> = {
  byte: [-128, 127],
  short: [-32768, 32767],
  int: [-2147483648, 2147483647],
}

/** The value of a scalar's text, or undefined if the text is not of that kind. */
export function parseScalar(kind: ScalarKind, text: string): unknown {
  switch (kind) {
    case 'string':
    case 'anyURI':
    case 'typeName':
    case 'methodName':
    case 'propertyPath':
      return text
    case 'boolean':
      return parseBoolean(text.trim())
    case 'byte':
    case 'short':
    case 'int':
      return parseInteger(kind, text.trim())
    case 'long':
      return parseLong(text.trim())
    case 'float':
    case 'double':
      return parseReal(text.trim())
    case 'dateTime':
      return normalizeDateTime(text.trim())
    case 'binary':
      return parseBinary(text)
  }
}

/** `true`, `false`, and the 1 and 0 that rbvmomi sends (protocols.md rule 11). */
function parseBoolean(text: string): boolean | undefined {
  if (text === 'true' || text === '1') return true
  if (text === 'false' || text === '0') return false
  return undefined
}

function parseInteger(kind: ScalarKind, text: string): number | undefined {
  const range = ranges[kind]
  if (range === undefined || !integer.test(text)) return undefined
  const value = Number(text)
  return value >= range[0] && value <= range[1] ? value + 0 : undefined
}

/** A number, or the decimal string where a number would not be exact. */
function parseLong(text: string): number | string | undefined {
  if (!integer.test(text)) return undefined
  const value = Number(text)
  if (Number.isSafeInteger(value)) return value + 0
  return longText(BigInt(text.startsWith('+') ? text.slice(1) : text))
}

function longText(value: bigint): string | undefined {
  return value < longMin || value > longMax ? undefined : value.toString()
}

/** Finite decimals only: a record must stay plain JSON, which has no NaN and no infinity. */
function parseReal(text: string): number | undefined {
  if (!real.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value + 0 : undefined
}

function parseBinary(text: string): string | undefined {
  const compact = /\s/.test(text) ? text.replace(/\s+/g, '') : text
  return base64.test(compact) ? compact : undefined
}

/** True if the value in memory is one of the kind, by the same ranges as on the wire. */
export function isScalar(kind: ScalarKind, value: unknown): boolean {
  switch (kind) {
    case 'boolean':
      return typeof value === 'boolean'
    case 'byte':
    case 'short':
    case 'int': {
      const range = ranges[kind]
      return range !== undefined && Number.isInteger(value) && inRange(value as number, range)
    }
    case 'long':
      return Number.isSafeInteger(value) || (typeof value === 'string' && isLongText(value))
    case 'float':
    case 'double':
      return typeof value === 'number' && Number.isFinite(value)
    default:
      return typeof value === 'string' && parseScalar(kind, value) !== undefined
  }
}

function inRange(value: number, range: readonly [number, number]): boolean {
  return value >= range[0] && value <= range[1]
}

function isLongText(value: string): boolean {
  return parseLong(value) !== undefined
}
