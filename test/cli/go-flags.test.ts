import { describe, expect, it } from 'vitest'
import { FlagError, HelpWanted, goUsage, parseGoFlags, type GoFlag } from '../../clients/cli/vcsim/go-flags.js'

const flags: Record<string, GoFlag> = {
  l: { kind: 'string', default: '127.0.0.1:8989', help: 'Listen address' },
  dc: { kind: 'int', default: '1', help: 'Number of datacenters' },
  esx: { kind: 'bool', default: 'false', help: 'Simulate ESXi' },
  autostart: { kind: 'bool', default: 'true', help: 'Autostart' },
  jitter: { kind: 'float', default: '0', help: 'Jitter' },
}
const parse = (...words: string[]) => parseGoFlags(words, flags)

describe('parseGoFlags', () => {
  it('values › follow, or are attached with =', () => {
    expect(parse('-l', ':1', '-dc=2').values).toMatchObject({ l: ':1', dc: '2', esx: 'false' })
    expect(parse('--l=:1', '--dc', '0').values).toMatchObject({ l: ':1', dc: '0' })
  })

  it('booleans › take a value only with =', () => {
    expect(parse('-esx', '-dc', '2').values).toMatchObject({ esx: 'true', dc: '2' })
    expect(parse('-autostart=false').values['autostart']).toBe('false')
    expect(parse('-esx=1', '-autostart=F').values).toMatchObject({ esx: 'true', autostart: 'false' })
    const { values, rest } = parse('-autostart', 'false')
    expect([values['autostart'], rest]).toEqual(['true', ['false']])
  })

  it('later flags › win', () => {
    expect(parse('-l', 'a', '-l', 'b').values['l']).toBe('b')
  })

  it('first other word and -- › end the flags', () => {
    expect(parse('-dc', '2', 'govc', '-dc', '3')).toMatchObject({ values: { dc: '2' }, rest: ['govc', '-dc', '3'] })
    expect(parse('--', '-dc', '3').rest).toEqual(['-dc', '3'])
    expect(parse('-').rest).toEqual(['-'])
  })

  it('values › may be negative, empty or look like flags', () => {
    expect(parse('-dc', '-1').values['dc']).toBe('-1')
    expect(parse('-l', '').values['l']).toBe('')
    expect(parse('-l=').values['l']).toBe('')
    expect(parse('-l', '-esx').values['l']).toBe('-esx')
    expect(parse('-l=a=b').values['l']).toBe('a=b')
  })

  it.each([
    [['-nope'], 'flag provided but not defined: -nope'],
    [['-dc'], 'flag needs an argument: -dc'],
    [['-dc', 'x'], 'invalid value "x" for flag -dc: parse error'],
    [['-esx=maybe'], 'invalid boolean value "maybe" for -esx: parse error'],
    [['---dc'], 'bad flag syntax: ---dc'],
    [['-=x'], 'bad flag syntax: -=x'],
    [['-jitter', 'much'], 'invalid value "much" for flag -jitter: parse error'],
  ])('%s › says "%s"', (words, message) => {
    expect(() => parse(...words)).toThrow(new FlagError(message))
  })

  it('-h and -help › ask for help', () => {
    expect(() => parse('-h')).toThrow(HelpWanted)
    expect(() => parse('--help')).toThrow(HelpWanted)
  })

  it('usage › has a line for each flag', () => {
    expect(goUsage('vcsim', flags)).toContain('  -dc int\n    \tNumber of datacenters (default 1)\n')
    expect(goUsage('vcsim', flags)).toContain('  -esx\n    \tSimulate ESXi\n')
  })
})
