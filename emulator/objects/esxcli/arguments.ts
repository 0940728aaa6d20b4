import { invalidArgument } from '../../services/method-fault.js'
import { cliFault, wireParam } from './define.js'
import type { Given, Param, Params } from './model.js'

/**
 * The arguments of a command by option, from the texts that came with the call.
 * @throws InvalidArgument naming `argument` for one that the command does not have, that is missing, or
 * that has not the form of its type; the command's own fault for a value that the command does not take
 */
export function argumentsOf(params: Params, texts: ReadonlyMap<string, readonly string[]>): Given {
  const known = new Map(Object.entries(params).map(([option, param]) => [wireParam(option), { option, param }]))
  for (const name of texts.keys()) if (!known.has(name)) throw invalidArgument('argument')
  return Object.fromEntries([...known].flatMap(([name, { option, param }]) => {
    const values = texts.get(name) ?? []
    if (values.length === 0) {
      if (param.required) throw invalidArgument('argument')
      return []
    }
    if (values.length > 1 && param.type !== 'string[]') throw invalidArgument('argument')
    return [[option, valueOf(name, param, values)]]
  }))
}

function valueOf(name: string, param: Param, values: readonly string[]): unknown {
  const text = values[0]!
  switch (param.type) {
    case 'string[]': return values
    case 'boolean': return truth(text)
    case 'long': return number(name, param, text)
    case 'string':
      if (param.among !== undefined && !param.among.includes(text)) throw unfit(name)
      return text
  }
}

function truth(text: string): boolean {
  if (text === 'true' || text === '1') return true
  if (text === 'false' || text === '0') return false
  throw invalidArgument('argument')
}

function number(name: string, { range }: Param, text: string): number {
  if (!/^[+-]?\d{1,15}$/.test(text)) throw invalidArgument('argument')
  const value = Number(text)
  if (range !== undefined && (value < range[0] || value > range[1])) throw unfit(name)
  return value
}

/** operations.md 1, "typical errMsg". */
function unfit(name: string) {
  return cliFault(`Invalid data constraint for parameter '${name}'.`)
}
