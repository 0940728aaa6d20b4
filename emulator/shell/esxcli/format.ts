import type { CliAnswer, CliCommand, CliRow } from '../../dispatch/esxcli-client.js'
import { columnsOf } from '../programs/table.js'
import { csv, json, keyValue, xml } from './other-formats.js'

/** How an answer is shown; undefined: as the command's hints say. */
export type Formatter = 'csv' | 'json' | 'keyvalue' | 'xml' | 'python'

export type Answered = Exclude<CliAnswer, { readonly kind: 'fault' }>

/** The text of an answer, by the hints that the host gives with the command (operations.md 1, 2 and 2.4). */
export function formatAnswer(command: CliCommand, answer: Answered, formatter: Formatter | undefined): string {
  switch (formatter) {
    case 'csv': return csv(command, answer)
    case 'json': return json(command, answer)
    case 'keyvalue': return keyValue(command, answer)
    case 'xml': return xml(command, answer)
    case 'python': return json(command, answer).replaceAll('true', 'True').replaceAll('false', 'False')
    default: break
  }
  if (answer.kind === 'value') return isSilent(command, answer) ? '' : `${answer.text}\n`
  if (answer.kind === 'object') return blocks(command, [answer.row])
  return command.hints.get('formatter') === 'table' ? table(command, answer.rows) : blocks(command, answer.rows)
}

/** What only changes something says nothing (operations.md 2). */
function isSilent(command: CliCommand, answer: Extract<Answered, { kind: 'value' }>): boolean {
  return answer.type === 'boolean' && (command.hints.get('formatter') ?? '') === ''
}

/** Titles of a type's fields, in the order in which they are shown. */
export function titlesOf({ hints }: CliCommand, type: string): readonly string[] {
  return hints.get(`fields:${type}`)?.split(',') ?? []
}

/** How a field is called in an answer: its title without blanks and signs. */
export function wireName(title: string): string {
  return title.replace(/[^A-Za-z0-9]/g, '')
}

/** A field's values as one text. */
function cell(row: CliRow, title: string): string {
  return (row.fields.get(wireName(title)) ?? []).filter(each => typeof each === 'string').join(', ')
}

/** Columns with a rule under their titles: numbers and truth values stand to the right. */
function table(command: CliCommand, rows: readonly CliRow[]): string {
  const type = rows[0]?.type ?? firstType(command)
  const only = command.hints.get('table-columns')?.split(',')
  const titles = only ?? titlesOf(command, type)
  const types = command.fields.get(type)
  const right = titles.flatMap((title, index) => /^(long|boolean)$/.test(types?.get(wireName(title)) ?? '') ? [index] : [])
  const cells = rows.map(row => titles.map(title => cell(row, title)))
  const widths = titles.map((title, index) => Math.max(title.length, ...cells.map(each => each[index]!.length)))
  const lines = columnsOf([titles, widths.map(width => '-'.repeat(width)), ...cells], { right })
  return `${lines.join('\n')}\n`
}

function firstType({ hints }: CliCommand): string {
  return [...hints.keys()].find(key => key.startsWith('fields:'))?.slice('fields:'.length) ?? ''
}

/** One block for each row, a blank line between them. */
function blocks(command: CliCommand, rows: readonly CliRow[]): string {
  return rows.map(row => {
    const header = headerOf(command, row)
    const lines = block(command, row, 3)
    return `${(header === undefined ? lines : [header, ...lines]).join('\n')}\n`
  }).join('\n')
}

/** The line above a block: a fixed text, or one with fields in it: `%Name%`. */
function headerOf({ hints }: CliCommand, row: CliRow): string | undefined {
  return hints.get(`header:${row.type}`)?.replace(/%([^%]+)%/g, (_, title: string) => cell(row, title))
}

function block(command: CliCommand, row: CliRow, indent: number): string[] {
  const pad = ' '.repeat(indent)
  return titlesOf(command, row.type).flatMap(title => {
    const values = row.fields.get(wireName(title)) ?? []
    const inner = values.filter((each): each is CliRow => typeof each !== 'string')
    const head = `${pad}${title}: ${cell(row, title)}`.trimEnd()
    return [head, ...inner.flatMap(each => block(command, each, indent + 3))]
  })
}
