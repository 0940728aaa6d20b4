import { namespaceNamed } from './catalogue.js'
import { wireParam } from './define.js'
import type { Command, Fields, Namespace, Param, Result } from './model.js'
import { document, element } from './nested-xml.js'

/** Id of the object that tells clients about commands, its type and its one method (operations.md 1). */
export const CLI_INFO = { id: 'ha-dynamic-type-manager-local-cli-cliinfo', type: 'vim.CLIInfo', method: 'FetchCLIInfo' } as const

const PREFIX = 'vim.EsxCLI.'

/** What a client is told of a namespace of a host of a version, by the name of its type; undefined: there is none. */
export function cliInfoXml(typeName: string, version: string): string | undefined {
  const found = typeName.startsWith(PREFIX) ? namespaceNamed(typeName.slice(PREFIX.length)) : undefined
  return found === undefined ? undefined : document('VimCLIInfoInfo', infoXml(found, version))
}

function infoXml({ name, help, commands }: Namespace, version: string): string {
  return item(name, name.slice(name.lastIndexOf('.') + 1), help)
    + Object.keys(commands).sort().map(each => `<method>${commandXml(each, commands[each]!, version)}</method>`).join('')
}

function commandXml(name: string, command: Command, version: string): string {
  return item(name, name, command.help)
    + sorted(command.params).map(([option, param]) => `<param>${paramXml(option, param)}</param>`).join('')
    + hintsOf(command, version).map(([key, value]) => `<hints>${element('key', key)}${element('value', value)}</hints>`).join('')
}

function paramXml(option: string, { short, help, flag }: Param): string {
  return item(wireParam(option), option, help)
    + (short === undefined ? '' : element('aliases', short)) + element('aliases', `--${option}`)
    + element('flag', String(flag === true))
}

function item(name: string, displayName: string, help: string): string {
  return element('name', name) + element('displayName', displayName) + element('help', help)
}

/** Parameters in the order of their names on the wire. */
export function sorted(params: Command['params']): [string, Param][] {
  return Object.entries(params).sort(([a], [b]) => wireParam(a) < wireParam(b) ? -1 : 1)
}

/** How a client shows the answer, in the order of the keys. */
function hintsOf({ result, hints }: Command, version: string): [string, string][] {
  const fields = result.kind === 'scalar' ? [] : fieldHints(result.type, fieldsAt(result, version))
  return [...fields, ...Object.entries(hints)].sort(([a], [b]) => a < b ? -1 : 1)
}

function fieldHints(type: string, fields: Fields): [string, string][] {
  const nested = Object.values(fields).flatMap(each => typeof each === 'string' ? [] : fieldHints(each.type, each.fields))
  return [[`fields:${type}`, Object.keys(fields).join(',')], ...nested]
}

/** The columns that a version of the product shows. */
export function fieldsAt(result: Exclude<Result, { kind: 'scalar' }>, version: string): Fields {
  return Object.fromEntries(Object.entries(result.fields)
    .filter(([title]) => result.since[title] === undefined || compareVersions(version, result.since[title]) >= 0))
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map(text => text.split('.').map(Number)) as [number[], number[]]
  for (const [i, part] of right.entries()) if ((left[i] ?? 0) !== part) return (left[i] ?? 0) - part
  return 0
}
