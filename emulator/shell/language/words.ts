import { Cursor } from './cursor.js'
import { SyntaxTrouble, type Change, type Part, type Script, type Word } from './syntax.js'

/** Characters that end a word. */
const ENDS = ' \t\r\n;&|<>()'

/** Reads a script up to a closing bracket that stands alone; the bracket itself stays unread. */
export type ReadScript = (cursor: Cursor) => Script

/** Reads one word; an empty one when none begins here. */
export function readWord(cursor: Cursor, readScript: ReadScript): Word {
  return read(cursor, readScript, next => ENDS.includes(next), false)
}

/** The text of a `<<` document, in which variables and substitutions are meant. */
export function readDocument(text: string, readScript: ReadScript): Word {
  return read(new Cursor(text), readScript, () => false, true)
}

/** Reads parts until `ends`; `inside` quotes a blank is a character like others. */
function read(cursor: Cursor, readScript: ReadScript, ends: (next: string) => boolean, inside: boolean): Word {
  const parts: Part[] = []
  let text = ''
  const flush = (): void => {
    if (text !== '') parts.push({ kind: 'text', text, quoted: inside })
    text = ''
  }
  while (!cursor.ended) {
    const next = cursor.peek()
    if (ends(next)) break
    if (next === '\\') {
      const escaped = cursor.peek(1)
      cursor.at += 2
      if (escaped === '\n') continue
      if (inside && !'$`"\\'.includes(escaped)) text += `\\${escaped}`
      else if (inside) text += escaped
      else {
        flush()
        parts.push({ kind: 'text', text: escaped, quoted: true })
      }
    } else if (next === "'" && !inside) {
      flush()
      parts.push({ kind: 'text', text: single(cursor), quoted: true })
    } else if (next === '"' && !inside) {
      flush()
      parts.push(...double(cursor, readScript))
    } else if (next === '$' || next === '`') {
      const part = next === '$' ? dollar(cursor, readScript, inside) : backticks(cursor, readScript, inside)
      if (part === undefined) text += '$'
      else {
        flush()
        parts.push(part)
      }
    } else {
      text += next
      cursor.at += 1
    }
  }
  flush()
  return parts
}

function unterminated(): SyntaxTrouble {
  return new SyntaxTrouble('syntax error: unterminated quoted string', true)
}

function single(cursor: Cursor): string {
  const stop = cursor.source.indexOf("'", cursor.at + 1)
  if (stop < 0) throw unterminated()
  const text = cursor.source.slice(cursor.at + 1, stop)
  cursor.at = stop + 1
  return text
}

function double(cursor: Cursor, readScript: ReadScript): Word {
  cursor.at += 1
  const parts = read(cursor, readScript, next => next === '"', true)
  if (!cursor.take('"')) throw unterminated()
  // An empty pair of quotes is a word too.
  return parts.length > 0 ? parts : [{ kind: 'text', text: '', quoted: true }]
}

/** What stands behind `$`; undefined: just a dollar sign. */
function dollar(cursor: Cursor, readScript: ReadScript, quoted: boolean): Part | undefined {
  cursor.at += 1
  if (cursor.starts('((')) {
    const sum = arithmetic(cursor, readScript, quoted)
    if (sum !== undefined) return sum
  }
  if (cursor.take('(')) {
    const script = cursor.deeper(() => readScript(cursor))
    if (!cursor.take(')')) throw new SyntaxTrouble('syntax error: unexpected end of file (expecting ")")', true)
    return { kind: 'command', script, quoted }
  }
  if (cursor.take('{')) return braces(cursor, readScript, quoted)
  const name = /^(?:[A-Za-z_]\w*|[0-9?#@*$!-])/.exec(cursor.source.slice(cursor.at, cursor.at + 200))?.[0]
  if (name === undefined) return undefined
  cursor.at += name.length
  return { kind: 'variable', name, quoted }
}

function arithmetic(cursor: Cursor, readScript: ReadScript, quoted: boolean): Part | undefined {
  const from = cursor.at
  cursor.at += 2
  let open = 0
  const text = read(cursor, readScript, next => {
    if (next === '(') open += 1
    if (next === ')' && open === 0) return true
    if (next === ')') open -= 1
    return false
  }, true)
  if (cursor.take('))')) return { kind: 'sum', text, quoted }
  cursor.at = from
  return undefined
}

function braces(cursor: Cursor, readScript: ReadScript, quoted: boolean): Part {
  const bad = (): SyntaxTrouble => new SyntaxTrouble('syntax error: bad substitution', cursor.ended)
  const length = cursor.peek() === '#' && cursor.peek(1) !== '}' && cursor.take('#')
  const name = /^(?:[A-Za-z_]\w*|[0-9]+|[?#@*$!-])/.exec(cursor.source.slice(cursor.at, cursor.at + 200))?.[0]
  if (name === undefined) throw bad()
  cursor.at += name.length
  if (length) {
    if (!cursor.take('}')) throw bad()
    return { kind: 'variable', name, quoted, change: { how: 'length', word: [] } }
  }
  if (cursor.take('}')) return { kind: 'variable', name, quoted }
  const how = ([':-', ':=', ':+', ':?', '%%', '##', '-', '=', '+', '?', '%', '#'] as const).find(each => cursor.take(each))
  if (how === undefined) throw bad()
  const word = cursor.deeper(() => read(cursor, readScript, next => next === '}', quoted))
  if (!cursor.take('}')) throw new SyntaxTrouble('syntax error: unexpected end of file (expecting "}")', true)
  const change: Change = { how, word }
  return { kind: 'variable', name, quoted, change }
}

/** Text between backticks is a script of its own, in which the backslash protects three characters. */
function backticks(cursor: Cursor, readScript: ReadScript, quoted: boolean): Part {
  cursor.at += 1
  let text = ''
  for (;;) {
    if (cursor.ended) throw new SyntaxTrouble('syntax error: EOF in backquote substitution', true)
    const next = cursor.peek()
    cursor.at += 1
    if (next === '`') break
    if (next === '\\' && '`\\$'.includes(cursor.peek())) {
      text += cursor.peek()
      cursor.at += 1
    } else text += next
  }
  const own = new Cursor(text)
  own.depth = cursor.depth
  const script = own.deeper(() => readScript(own))
  if (!own.ended) throw new SyntaxTrouble(`syntax error: unexpected "${own.peek()}"`)
  return { kind: 'command', script, quoted }
}
