import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from '../../emulator/shell/language/parse.js'
import { compile, PatternTrouble } from '../../emulator/shell/language/regex.js'
import { SyntaxTrouble } from '../../emulator/shell/language/syntax.js'
import { RandomStreams } from '../../emulator/world/random.js'
import { ShellLab } from '../support/shell-lab.js'

/** Pieces of lines: what the language is made of, and what programs choke on. */
const pieces = [
  'if', 'then', 'else', 'fi', 'for', 'in', 'do', 'done', 'while', 'case', 'esac', '{', '}', '(', ')', ';', ';;', '&&', '||', '|', '>', '>>', '<',
  '2>&1', '<<E', '\n', ' ', '"', "'", '`', '$', '$(', '${', '}', '$((', '))', '*', '?', '[', ']', '\\', '#', '!', '&', 'x', 'x=1', '$x', '$?',
  '/tmp/f', '/dev/null', '..', '-n', '-1', '--', '-rf', '.*', '(a', 'a{9,1}', '[[:no:]]', '%s', 'true', 'false', 'echo', 'cat', 'ls', 'cd', 'test',
  'grep', 'sed', 'awk', 'sort', 'head', 'tail', 'wc', 'cut', 'find', 'cp', 'mv', 'rm', 'mkdir', 'printf', 'seq 3', 'date', 'df', 'ps', 'vim-cmd',
  'esxcli', 'esxcfg-route', 'ping', 'nc', 'chkconfig', 'set', 'shift', 'read', 'eval', 'xargs', 'exit', 'break', 'return',
] as const

let lab: ShellLab
beforeAll(() => { lab = new ShellLab() })
afterAll(() => lab.lab.stop())

function lines(seed: string, count: number): string[] {
  const random = new RandomStreams(seed)
  const below = (most: number): number => Math.floor(random.next('line') * most)
  return Array.from({ length: count }, () => Array.from({ length: 1 + below(10) }, () =>
    pieces[below(pieces.length)]! + (below(3) === 0 ? '' : ' ')).join(''))
}

describe('lines that nobody would type', () => {
  it('mean something or are refused', () => {
    for (const line of lines('parse', 4000)) {
      try {
        parse(line)
      } catch (error) {
        if (!(error instanceof SyntaxTrouble)) throw new Error(`${JSON.stringify(line)}: ${String(error)}`, { cause: error })
      }
    }
  })

  it('end, or wait for lab time, and break nothing', () => {
    for (const line of lines('run', 700)) {
      const running = lab.start(line)
      if (running.status === undefined) lab.shell().interrupt()
      expect(running.status, line).toBeTypeOf('number')
    }
    expect(lab.out('echo still here')).toBe('still here\n')
  })

  it('leave no session of theirs behind', () => {
    expect(lab.lab.services.sessions.all('esx-01').length).toBe(1)
  })

  it('are refused when they are nested without end', () => {
    for (const nested of ['$('.repeat(500), '('.repeat(500), '${x:-'.repeat(500), '$(('.repeat(500), 'if true; then '.repeat(500)]) {
      expect(() => parse(nested)).toThrow(SyntaxTrouble)
    }
    expect(() => compile('('.repeat(1000), 'extended')).toThrow(PatternTrouble)
    expect(() => compile(`${'(a{200}){200}'.repeat(3)}`, 'extended')).toThrow(PatternTrouble)
  })
})

describe('patterns', () => {
  it('take no longer for a line that nearly fits', () => {
    const line = 'a'.repeat(3000)
    for (const pattern of ['(a+)+$b', '(a|aa)*c', 'a*a*a*a*a*b', '(.*)*x']) expect(compile(pattern, 'extended').test(line)).toBe(false)
    expect(compile('(a*)*$', 'extended').find(line, 0)).toMatchObject({ start: 0, end: 3000 })
  })
})
