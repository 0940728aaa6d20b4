import type { OptionDef, OptionType, OptionValue } from '../../schema/generated/types.js'
import { deepFreeze } from '../../world/freeze.js'

/**
 * An option: key, what it is for, default, and for integers the range. A number is a `long` on
 * the wire, as ESXi sends it; `int` is said where it is an `int`.
 */
export type OptionRow =
  | readonly [key: string, label: string, value: string | boolean]
  | readonly [key: string, label: string, value: number, min: number, max: number, type?: 'int']
  | readonly [key: string, label: string, value: string, choices: readonly string[]]

/** The values of a table of options, at their defaults. */
export function optionValues(rows: readonly OptionRow[]): OptionValue[] {
  return deepFreeze(rows.map((row): OptionValue => ({ key: row[0], value: valueOf(row) })))
}

/** Definitions (`supportedOption`) of a table of options. */
export function optionDefs(rows: readonly OptionRow[]): OptionDef[] {
  return deepFreeze(rows.map((row): OptionDef => ({
    key: row[0], label: row[0], summary: row[1], optionType: typeOf(row),
  })))
}

function valueOf(row: OptionRow): unknown {
  const value = row[2]
  if (typeof value !== 'number' || row[5] === 'int') return value
  return { _typeName: 'long', _value: value }
}

function typeOf(row: OptionRow): OptionType {
  const value = row[2]
  if (typeof value === 'boolean') return typed('BoolOption', { supported: true, defaultValue: value })
  if (typeof value === 'number') {
    const [, , defaultValue, min, max, kind] = row as Extract<OptionRow, readonly [string, string, number, number, number, 'int'?]>
    return typed(kind === 'int' ? 'IntOption' : 'LongOption', { min, max, defaultValue })
  }
  const choices = row[3]
  if (!Array.isArray(choices)) return typed('StringOption', { defaultValue: value })
  return typed('ChoiceOption', {
    choiceInfo: choices.map(key => ({ key, label: key, summary: key })),
    defaultIndex: choices.indexOf(value),
  })
}

function typed(_typeName: string, fields: Record<string, unknown>): OptionType {
  return { _typeName, valueIsReadonly: false, ...fields } as OptionType
}
