import type { ChangesInfoEventArgument } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'

type Json = Readonly<Record<string, unknown>>

/**
 * What changed between two values, in the form of the product's events: `path: old -> new; ` lines
 * under `modified`, whole values under `added` and `deleted`. Entries of lists are told apart by
 * their key, VM or name.
 */
export function configChanges(root: string, before: unknown, now: unknown): ChangesInfoEventArgument {
  const lines = { modified: [] as string[], added: [] as string[], deleted: [] as string[] }
  compare(root, before, now, lines)
  return { modified: lines.modified.join(''), added: lines.added.join(''), deleted: lines.deleted.join('') }
}

type Lines = Record<'modified' | 'added' | 'deleted', string[]>

function compare(path: string, before: unknown, now: unknown, lines: Lines): void {
  if (before === now) return
  if (before === undefined) lines.added.push(`${path}: ${shown(now)}; \n`)
  else if (now === undefined) lines.deleted.push(`${path}: ${shown(before)}; \n`)
  else if (Array.isArray(before) && Array.isArray(now)) compareLists(path, before, now, lines)
  else if (isPlain(before) && isPlain(now)) {
    for (const field of new Set([...Object.keys(before), ...Object.keys(now)])) {
      if (field !== '_typeName') compare(`${path}.${field}`, before[field], now[field], lines)
    }
  } else if (shown(before) !== shown(now)) {
    lines.modified.push(`${path}: ${shown(before)} -> ${shown(now)}; \n`)
  }
}

function compareLists(path: string, before: readonly unknown[], now: readonly unknown[], lines: Lines): void {
  const old = new Map(before.map((item, index) => [keyOf(item, index), item]))
  const fresh = new Map(now.map((item, index) => [keyOf(item, index), item]))
  for (const key of new Set([...old.keys(), ...fresh.keys()])) {
    compare(`${path}[${key}]`, old.get(key), fresh.get(key), lines)
  }
}

function keyOf(item: unknown, index: number): string {
  if (!isPlain(item)) return isRef(item) ? shown(item) : String(index)
  const { key, vm, name } = item
  const id = key ?? (Array.isArray(vm) ? undefined : vm) ?? name ?? index
  return typeof id === 'object' ? shown(id) : JSON.stringify(id)
}

function isRef(value: unknown): value is MoRef {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    && 'value' in value && 'type' in value && Object.keys(value).length === 2
}

function isPlain(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRef(value)
}

/** Data objects as the product writes them: `(key = 1, name = "x")`. */
function shown(value: unknown): string {
  if (isRef(value)) return `'vim.${value.type}:${value.value}'`
  if (Array.isArray(value)) return `(${value.map(shown).join(', ')})`
  if (!isPlain(value)) return typeof value === 'string' ? JSON.stringify(value) : String(value)
  const fields = Object.entries(value).filter(([name]) => name !== '_typeName')
  return `(${fields.map(([name, item]) => `${name} = ${shown(item)}`).join(', ')})`
}
