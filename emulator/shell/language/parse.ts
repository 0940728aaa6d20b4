import { Cursor, plainText } from './cursor.js'
import { readDocument, readWord } from './words.js'
import {
  SyntaxTrouble, type Assignment, type Chain, type Command, type Pipeline, type Redirection, type Script, type Word,
} from './syntax.js'

/** Words that mean something where a command may begin. */
const RESERVED = new Set(['if', 'then', 'elif', 'else', 'fi', 'for', 'do', 'done', 'while', 'until', 'case', 'esac', 'in', '{', '}', '!'])

/** Words that end what they stand in, and begin nothing. */
const CLOSING = new Set(['then', 'elif', 'else', 'fi', 'do', 'done', 'esac', '}'])

const BACKGROUND = 'syntax error: jobs in the background are not emulated ("&")'

/** Longest text that is read, in characters; our own bound. */
const MOST_CHARACTERS = 256 * 1024

/**
 * Reads a text of the busybox shell's language: what people type, and what scripts of hosts use.
 * @throws SyntaxTrouble with what the shell says of it
 */
export function parse(text: string): Script {
  if (text.length > MOST_CHARACTERS) throw new SyntaxTrouble('syntax error: line too long')
  const cursor = new Cursor(text)
  const found = script(cursor)
  if (!cursor.ended) throw unexpected(cursor)
  const [awaited] = cursor.awaited
  if (awaited !== undefined) throw new SyntaxTrouble(`syntax error: unexpected end of file (expecting "${awaited.end}")`, true)
  return found
}

/** Chains up to a word or bracket that closes what is around them. */
function script(cursor: Cursor): Script {
  const chains: Chain[] = []
  for (;;) {
    skipLines(cursor)
    if (cursor.ended || cursor.peek() === ')' || cursor.starts(';;') || CLOSING.has(reservedAhead(cursor) ?? '')) return chains
    chains.push(chain(cursor))
    cursor.skipBlanks()
    if (cursor.peek() === '&' && cursor.peek(1) !== '&') throw new SyntaxTrouble(BACKGROUND)
    if (cursor.peek() === ';' && cursor.peek(1) !== ';') cursor.at += 1
    else if (cursor.peek() !== '\n') return chains
  }
}

function skipLines(cursor: Cursor): void {
  cursor.skipBlanks()
  while (cursor.peek() === '\n') {
    cursor.newline()
    cursor.skipBlanks()
  }
}

function chain(cursor: Cursor): Chain {
  const first = pipeline(cursor)
  const rest: Array<Chain['rest'][number]> = []
  for (;;) {
    cursor.skipBlanks()
    const when = cursor.take('&&') ? '&&' : cursor.take('||') ? '||' : undefined
    if (when === undefined) return { first, rest }
    skipLines(cursor)
    rest.push({ when, pipeline: pipeline(cursor) })
  }
}

function pipeline(cursor: Cursor): Pipeline {
  cursor.skipBlanks()
  let negated = false
  while (takeReserved(cursor, '!')) negated = !negated
  const commands = [command(cursor)]
  for (;;) {
    cursor.skipBlanks()
    if (cursor.peek() !== '|' || cursor.peek(1) === '|') return { negated, commands }
    cursor.at += 1
    skipLines(cursor)
    commands.push(command(cursor))
  }
}

function command(cursor: Cursor): Command {
  cursor.skipBlanks()
  return cursor.deeper(() => {
    if (cursor.take('(')) return closed(cursor, { kind: 'group', own: true, body: bracketed(cursor) })
    switch (reservedAhead(cursor)) {
      case '{': return closed(cursor, braced(cursor))
      case 'if': return closed(cursor, ifCommand(cursor))
      case 'for': return closed(cursor, forCommand(cursor))
      case 'while': return closed(cursor, loop(cursor, 'while'))
      case 'until': return closed(cursor, loop(cursor, 'until'))
      case 'case': return closed(cursor, caseCommand(cursor))
      case undefined: return simple(cursor)
      default: throw unexpected(cursor)
    }
  })
}

type Bare<T = Command> = T extends Command ? Omit<T, 'redirections'> : never

/** What may follow a compound command: redirections of all of it. */
function closed(cursor: Cursor, bare: Bare): Command {
  const redirections: Redirection[] = []
  for (;;) {
    cursor.skipBlanks()
    const one = redirection(cursor)
    if (one === undefined) return { ...bare, redirections } as Command
    redirections.push(one)
  }
}

function bracketed(cursor: Cursor): Script {
  const body = script(cursor)
  if (!cursor.take(')')) throw unexpected(cursor, ')')
  return body
}

function braced(cursor: Cursor): Bare {
  takeReserved(cursor, '{')
  const body = script(cursor)
  expect(cursor, '}')
  return { kind: 'group', own: false, body }
}

function ifCommand(cursor: Cursor): Bare {
  takeReserved(cursor, 'if')
  const branches: Array<{ test: Script, then: Script }> = []
  do {
    const test = needed(cursor)
    expect(cursor, 'then')
    branches.push({ test, then: needed(cursor) })
  } while (takeReserved(cursor, 'elif'))
  const otherwise = takeReserved(cursor, 'else') ? needed(cursor) : undefined
  expect(cursor, 'fi')
  return { kind: 'if', branches, ...otherwise === undefined ? {} : { otherwise } }
}

function forCommand(cursor: Cursor): Bare {
  takeReserved(cursor, 'for')
  cursor.skipBlanks()
  const name = plainText(readWord(cursor, script))
  if (name === undefined || !/^[A-Za-z_]\w*$/.test(name)) throw new SyntaxTrouble('syntax error: bad for loop variable', cursor.ended)
  skipLines(cursor)
  let words: Word[] | undefined
  if (takeReserved(cursor, 'in')) {
    words = []
    for (;;) {
      cursor.skipBlanks()
      const word = readWord(cursor, script)
      if (word.length === 0) break
      words.push(word)
    }
  }
  if (cursor.peek() === ';') cursor.at += 1
  skipLines(cursor)
  return { kind: 'for', name, ...words === undefined ? {} : { words }, body: body(cursor) }
}

function loop(cursor: Cursor, word: 'while' | 'until'): Bare {
  takeReserved(cursor, word)
  const test = needed(cursor)
  return { kind: 'while', until: word === 'until', test, body: body(cursor) }
}

function body(cursor: Cursor): Script {
  expect(cursor, 'do')
  const found = needed(cursor)
  expect(cursor, 'done')
  return found
}

function caseCommand(cursor: Cursor): Bare {
  takeReserved(cursor, 'case')
  cursor.skipBlanks()
  const word = readWord(cursor, script)
  skipLines(cursor)
  expect(cursor, 'in')
  const arms: Array<{ patterns: Word[], body: Script }> = []
  for (;;) {
    skipLines(cursor)
    if (takeReserved(cursor, 'esac')) return { kind: 'case', word, arms }
    cursor.take('(')
    const patterns: Word[] = []
    do {
      cursor.skipBlanks()
      patterns.push(readWord(cursor, script))
      cursor.skipBlanks()
    } while (cursor.take('|'))
    if (!cursor.take(')')) throw unexpected(cursor, ')')
    arms.push({ patterns, body: script(cursor) })
    cursor.skipBlanks()
    if (!cursor.take(';;') && reservedAhead(cursor) !== 'esac') throw unexpected(cursor, ';;')
  }
}

function needed(cursor: Cursor): Script {
  const found = script(cursor)
  if (found.length === 0) throw unexpected(cursor)
  return found
}

function simple(cursor: Cursor): Command {
  const assignments: Assignment[] = []
  const words: Word[] = []
  const redirections: Redirection[] = []
  for (;;) {
    cursor.skipBlanks()
    const led = redirection(cursor)
    if (led !== undefined) {
      redirections.push(led)
      continue
    }
    const word = readWord(cursor, script)
    if (word.length === 0) break
    const assigned = words.length === 0 ? assignment(word) : undefined
    if (assigned !== undefined) assignments.push(assigned)
    else words.push(word)
    const [only] = words
    if (words.length === 1 && cursor.peek() === '(' && assignments.length === 0) return functionCommand(cursor, only!)
  }
  if (words.length + assignments.length + redirections.length === 0) throw unexpected(cursor)
  return { kind: 'simple', assignments, words, redirections }
}

function functionCommand(cursor: Cursor, word: Word): Command {
  const name = plainText(word)
  cursor.at += 1
  cursor.skipBlanks()
  if (name === undefined || !/^[A-Za-z_][\w-]*$/.test(name)) throw new SyntaxTrouble('syntax error: bad function name')
  if (!cursor.take(')')) throw unexpected(cursor, ')')
  skipLines(cursor)
  return { kind: 'function', name, body: command(cursor), redirections: [] }
}

function assignment([first, ...rest]: Word): Assignment | undefined {
  if (first?.kind !== 'text' || first.quoted) return undefined
  const match = /^([A-Za-z_]\w*)=/.exec(first.text)
  if (match === null) return undefined
  const text = first.text.slice(match[0].length)
  return { name: match[1]!, value: text === '' ? rest : [{ ...first, text }, ...rest] }
}

function redirection(cursor: Cursor): Redirection | undefined {
  const match = /^([0-9]?)(>>|>&|<&|<<-|<<|>\||>|<)/.exec(cursor.source.slice(cursor.at, cursor.at + 4))
  if (match === null) return undefined
  cursor.at += match[0].length
  const sign = match[2]!
  const stream = match[1] === '' ? (sign.startsWith('<') ? 0 : 1) : Number(match[1])
  cursor.skipBlanks()
  const target = readWord(cursor, script)
  if (target.length === 0) throw unexpected(cursor)
  if (sign.startsWith('<<')) return document(cursor, stream, target, sign === '<<-')
  const how = sign === '>|' ? '>' : sign === '<&' ? '>&' : sign as Redirection['how']
  return { stream, how, target }
}

function document(cursor: Cursor, stream: number, word: Word, strip: boolean): Redirection {
  const led: { stream: number, how: '<<', target: Word } = { stream, how: '<<', target: [] }
  const end = word.map(part => part.kind === 'text' ? part.text : '').join('')
  const plain = word.some(part => part.kind === 'text' && part.quoted)
  cursor.awaited.push({
    end, plain, strip,
    fill: text => { led.target = plain ? [{ kind: 'text', text, quoted: true }] : readDocument(text, script) },
  })
  return led
}

/** The reserved word that comes next; undefined: another word, or none. */
function reservedAhead(cursor: Cursor): string | undefined {
  const match = /^(?:[a-z]+|[{}!])(?=[\s;&|<>()]|$)/.exec(cursor.source.slice(cursor.at, cursor.at + 10))
  return match !== null && RESERVED.has(match[0]) ? match[0] : undefined
}

function takeReserved(cursor: Cursor, word: string): boolean {
  cursor.skipBlanks()
  return reservedAhead(cursor) === word && cursor.take(word)
}

function expect(cursor: Cursor, word: string): void {
  if (!takeReserved(cursor, word)) throw unexpected(cursor, word)
}

/** As the shell says it: what stands there, and what should. */
function unexpected(cursor: Cursor, wanted?: string): SyntaxTrouble {
  cursor.skipBlanks()
  const hint = wanted === undefined ? '' : ` (expecting "${wanted}")`
  if (cursor.ended) return new SyntaxTrouble(`syntax error: unexpected end of file${hint}`, true)
  if (cursor.peek() === '\n') return new SyntaxTrouble(`syntax error: unexpected newline${hint}`)
  const what = /^(?:;;|&&|\|\||[;&|<>()]|[^\s;&|<>()]{1,40})/.exec(cursor.source.slice(cursor.at, cursor.at + 40))?.[0] ?? ''
  if (/^[;&|<>()]/.test(what)) return new SyntaxTrouble(`syntax error: unexpected "${what}"${hint}`)
  return new SyntaxTrouble(`syntax error: unexpected ${RESERVED.has(what) ? `"${what}"` : 'word'}${hint}`)
}
