/** Writers of scalars, enums and references (protocols.md 1.7). */
import type { EnumInfo, MoRef, VersionIndex } from '../../schema/model.js'
import type { ScalarKind } from '../scalars.js'
import { escapeText } from '../xml.js'
import type { Writer, WriterSet } from './writer-model.js'

/** Start tag, with attributes as given (each with its leading space), and end tag. */
function tags(tag: string, attributes: string): [string, string] {
  return [`<${tag}${attributes}>`, `</${tag}>`]
}

function wrong(value: unknown, type: string, tag: string): TypeError {
  const shown = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return new TypeError(`${tag}: ${shown?.slice(0, 80)} is not a ${type}`)
}

/** Writer of a scalar kind. */
export function scalarWriter(kind: ScalarKind, tag: string, attributes = ''): Writer {
  const [open, close] = tags(tag, attributes)
  switch (kind) {
    case 'boolean': {
      const yes = `${open}true${close}`
      const no = `${open}false${close}`
      return (s, value) => {
        if (typeof value !== 'boolean') throw wrong(value, kind, tag)
        return s + (value ? yes : no)
      }
    }
    case 'byte':
    case 'short':
    case 'int':
    case 'float':
    case 'double':
      return (s, value) => {
        if (typeof value !== 'number') throw wrong(value, kind, tag)
        return s + open + value + close
      }
    case 'long':
      return (s, value) => {
        if (typeof value !== 'number' && typeof value !== 'string') throw wrong(value, kind, tag)
        return s + open + value + close
      }
    default:
      return (s, value) => {
        if (typeof value !== 'string') throw wrong(value, kind, tag)
        return s + open + escapeText(value) + close
      }
  }
}

/**
 * Text of each literal at a version: one that came later is `unknown` if the enum has that, else
 * absent, and the element is left out (protocols.md 2.6 c).
 */
export function enumTexts(info: EnumInfo, version: VersionIndex): ReadonlyMap<string, string> {
  const known = (literal: string): boolean => (info.valueSince.get(literal) ?? 0) <= version
  const fallback = info.values.includes('unknown') && known('unknown') ? 'unknown' : undefined
  const texts = new Map<string, string>()
  for (const literal of info.values) {
    const text = known(literal) ? literal : fallback
    if (text !== undefined) texts.set(literal, escapeText(text))
  }
  return texts
}

/** Writer of an enum; an unknown literal is an error of the caller. */
export function enumWriter(
  info: EnumInfo,
  version: VersionIndex,
  tag: string,
  attributes = '',
): Writer {
  const [open, close] = tags(tag, attributes)
  const elements = new Map<unknown, string>()
  for (const [literal, text] of enumTexts(info, version)) elements.set(literal, open + text + close)
  return (s, value) => {
    const element = elements.get(value)
    if (element !== undefined) return s + element
    if (!info.values.includes(value as string)) throw wrong(value, info.name, tag)
    return s
  }
}

/** Writer of a managed object reference; `attributes` come behind `type`. */
export function morefWriter(writers: WriterSet, tag: string, attributes = ''): Writer {
  const opens = new Map<string, string>()
  const close = `</${tag}>`
  return (s, value) => {
    const { type, value: id } = value as MoRef
    if (typeof type !== 'string' || typeof id !== 'string') throw wrong(value, 'reference', tag)
    let open = opens.get(type)
    if (open === undefined) {
      open = `<${tag} type="${escapeText(writers.managedName(type))}"${attributes}>`
      opens.set(type, open)
    }
    return s + open + escapeText(id) + close
  }
}
