import type { CliCommand, CliRow } from '../../dispatch/esxcli-client.js'
import type { Answered } from './format.js'

/** Forms of answers for programs; fields are called as on the wire, in the order of their names. */

type Plain = string | number | boolean | readonly Plain[] | { readonly [field: string]: Plain }

function rowsOf(answer: Answered): readonly CliRow[] {
  return answer.kind === 'rows' ? answer.rows : answer.kind === 'object' ? [answer.row] : []
}

function typeOf({ fields }: CliCommand, row: CliRow, field: string): string {
  return fields.get(row.type)?.get(field) ?? 'string'
}

/** All fields of a row's type, also those without a value. */
function fieldsOf({ fields }: CliCommand, row: CliRow): string[] {
  return [...fields.get(row.type)?.keys() ?? row.fields.keys()].sort()
}

function scalar(text: string, type: string): Plain {
  if (type === 'long') return Number(text)
  return type === 'boolean' ? text === 'true' : text
}

/** Comma-separated, each row ends in a comma too. */
export function csv(command: CliCommand, answer: Answered): string {
  if (answer.kind === 'value') return `${answer.text},\n`
  const rows = rowsOf(answer)
  const [first] = rows
  if (first === undefined) return ''
  const names = fieldsOf(command, first)
  const line = (cells: readonly string[]): string => `${cells.map(quoted).join(',')},\n`
  const cell = (row: CliRow, field: string): string => (row.fields.get(field) ?? []).filter(each => typeof each === 'string').join(',')
  return line(names) + rows.map(row => line(names.map(field => cell(row, field)))).join('')
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function plain(command: CliCommand, row: CliRow): Plain {
  return Object.fromEntries(fieldsOf(command, row).map(field => {
    const type = typeOf(command, row, field)
    const own = type.replace('[]', '')
    const values = (row.fields.get(field) ?? []).map(each => typeof each === 'string' ? scalar(each, own) : plain(command, each))
    return [field, type.endsWith('[]') ? values : values[0] ?? '']
  }))
}

export function json(command: CliCommand, answer: Answered): string {
  const value = answer.kind === 'value' ? scalar(answer.text, answer.type)
    : answer.kind === 'object' ? plain(command, answer.row) : answer.rows.map(row => plain(command, row))
  return `${JSON.stringify(value, null, 2)}\n`
}

/** `Ruleset[0].Name.string=sshServer`. */
export function keyValue(command: CliCommand, answer: Answered): string {
  if (answer.kind === 'value') return `${answer.type}=${answer.text}\n`
  const many = answer.kind === 'rows'
  return rowsOf(answer).flatMap((row, index) => fieldsOf(command, row).map(field => {
    const values = (row.fields.get(field) ?? []).filter(each => typeof each === 'string')
    const type = typeOf(command, row, field).replace('[]', '')
    return `${row.type}${many ? `[${index}]` : ''}.${field}.${type === 'long' ? 'integer' : type}=${values.join(',')}\n`
  })).join('')
}

const XMLNS = 'http://www.vmware.com/Products/ESX/5.0/esxcli'

export function xml(command: CliCommand, answer: Answered): string {
  const inner = answer.kind === 'value' ? element(answer.type, answer.text)
    : answer.kind === 'object' ? structure(command, answer.row)
      : `<list type="structure">${answer.rows.map(row => structure(command, row)).join('')}</list>`
  return `<?xml version="1.0" encoding="utf-8"?>\n<output xmlns="${XMLNS}"><root>${inner}</root></output>\n`
}

function structure(command: CliCommand, row: CliRow): string {
  const fields = fieldsOf(command, row).map(field => {
    const type = typeOf(command, row, field)
    const own = type.replace('[]', '')
    const values = (row.fields.get(field) ?? []).map(each => typeof each === 'string' ? element(own, each) : structure(command, each))
    const text = type.endsWith('[]') ? `<list type="${/^(string|long|boolean)$/.test(own) ? own : 'structure'}">${values.join('')}</list>`
      : values[0] ?? element(own, '')
    return `<field name="${field}">${text}</field>`
  })
  return `<structure typeName="${row.type}">${fields.join('')}</structure>`
}

function element(type: string, text: string): string {
  const name = type === 'long' ? 'integer' : type
  return `<${name}>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</${name}>`
}
