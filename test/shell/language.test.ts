import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ShellLab } from '../support/shell-lab.js'

let lab: ShellLab
beforeAll(() => { lab = new ShellLab() })
afterAll(() => lab.lab.stop())

/** Lines and what they print. */
const prints: ReadonlyArray<readonly [line: string, out: string]> = [
  ['echo a  b', 'a b\n'],
  [`echo 'a  b' "c  d" e\\ f`, 'a  b c  d e f\n'],
  ['X=5; echo $X ${X} "$X" \'$X\' ${X}y', '5 5 5 $X 5y\n'],
  ['echo ${NOPE:-usual} ${NOPE-} ${#PATH}', 'usual 10\n'],
  ['F=/a/b/c.vmdk; echo ${F##*/} ${F%.vmdk} ${F%/*} ${F#/a}', 'c.vmdk /a/b/c /a/b /b/c.vmdk\n'],
  ['false; echo $?; true; echo $?', '1\n0\n'],
  ['echo $(echo one; echo two) `echo three`', 'one two three\n'],
  ['echo "$(echo one; echo two)"', 'one\ntwo\n'],
  ['true && echo yes || echo no; false && echo yes || echo no', 'yes\nno\n'],
  ['if true; then echo a; else echo b; fi', 'a\n'],
  ['if false; then echo a; elif true; then echo b; else echo c; fi', 'b\n'],
  ['for i in 1 2 3; do echo -n $i; done; echo', '123\n'],
  ['for i in 1 2 3 4; do if [ $i = 2 ]; then continue; fi; if [ $i = 4 ]; then break; fi; echo $i; done', '1\n3\n'],
  ['i=0; while [ $i -lt 3 ]; do i=$((i + 1)); done; echo $i', '3\n'],
  ['i=0; until [ $i -ge 2 ]; do i=$((i+1)); echo $i; done', '1\n2\n'],
  ['case abc in x) echo x;; a*|b) echo ab;; *) echo other;; esac', 'ab\n'],
  ['f() { echo "$1-$2" $#; return 3; }; f a "b c"; echo $?', 'a-b c 2\n3\n'],
  ['(cd /tmp; pwd); pwd', '/tmp\n/\n'],
  ['{ echo a; echo b; } | wc -l', '2\n'],
  ['echo a b c | cut -d" " -f2 | tr a-z A-Z', 'B\n'],
  ['cat <<END\n$HOME and $((1+2))\nEND', '/ and 3\n'],
  ["cat <<'END'\n$HOME\nEND", '$HOME\n'],
  ['echo one # a comment', 'one\n'],
  ['echo a#b', 'a#b\n'],
  ['! false && echo turned', 'turned\n'],
  ['echo nothing > /dev/null; echo left', 'left\n'],
  ['nope 2>/dev/null; echo $?', '127\n'],
  ['sh -c \'echo $1 $0\' x y', 'y sh\n'],
  ['seq 3 | while read n; do echo "n=$n"; done', 'n=1\nn=2\nn=3\n'],
  ['echo $((7 / 2)) $((7 % 2)) $((2 * (3 + 4))) $((1 < 2 ? 10 : 20))', '3 1 14 10\n'],
  ['set -- a b c; shift; echo $# $1 "$@"', '2 b b c\n'],
  ['printf "%s=%03d\\n" a 7 b 12', 'a=007\nb=012\n'],
  ['export A=1; env | grep ^A=', 'A=1\n'],
  ['seq 1 1000 | head -2', '1\n2\n'],
  ["printf 'a b c\\nd e f\\n' | awk '{print $2, $NF}'", 'b c\ne f\n'],
  ["printf 'a:1\\nb:2\\nc:3\\n' | awk -F: 'NR > 1 && $2 != 3 {print \"<\" $1 \">\"}'", '<b>\n'],
  ["printf 'x\\nyes\\n' | awk '/^y/ {print NR} END {print \"end\"}'", '2\nend\n'],
  ["printf 'a\\nb\\nc\\nd\\n' | sed -n '2,3p'", 'b\nc\n'],
  ["printf 'a\\nb\\nc\\n' | sed -e '$d;s/a/[&]/'", '[a]\nb\n'],
  ["echo key=value | sed -E 's/([a-z]+)=(.*)/\\2=\\1/'", 'value=key\n'],
  ["echo aXbXc | sed 's/x/-/gi'", 'a-b-c\n'],
  ['echo "one two" > /tmp/s; sed -i s/one/1/ /tmp/s; cat /tmp/s', '1 two\n'],
  ["printf 'aab\\nab\\nb\\n' | grep -E '^a{2}b$|^b'", 'aab\nb\n'],
  ["printf 'foo\\nbar\\n' | grep -vn foo", '2:bar\n'],
  ["printf 'one\\nTwo\\n' | grep -ic t", '1\n'],
  ["echo 10.0.0.1 and 10.0.0.2 | grep -o '[0-9.]*[0-9]'", '10.0.0.1\n10.0.0.2\n'],
]

/** Lines that fail: status and what is said. */
const failures: ReadonlyArray<readonly [line: string, status: number, err: string]> = [
  ['foo', 127, 'sh: foo: not found\n'],
  ['/bin/foo', 127, 'sh: /bin/foo: not found\n'],
  ['if true; then echo a', 2, 'sh: syntax error: unexpected end of file (expecting "fi")\n'],
  ['fi', 2, 'sh: syntax error: unexpected "fi"\n'],
  ['echo )', 2, 'sh: syntax error: unexpected ")"\n'],
  ['echo "a', 2, 'sh: syntax error: unterminated quoted string\n'],
  ['| cat', 2, 'sh: syntax error: unexpected "|"\n'],
  ['for in', 2, 'sh: syntax error: unexpected end of file (expecting "do")\n'],
  ['cat < /nope', 1, "sh: can't open /nope: no such file or directory\n"],
  ['echo x > /nope/x', 1, "sh: can't create /nope/x: nonexistent directory\n"],
  ['echo $((1/0))', 1, 'sh: divide by zero\n'],
  ['echo ${NOPE?gone}', 1, 'sh: NOPE: gone\n'],
  ['cd /nope', 2, "sh: cd: can't cd to /nope: No such file or directory\n"],
  ['sleep 5 & ', 2, 'sh: syntax error: jobs in the background are not emulated ("&")\n'],
  ['while true; do :; done', 2, 'sh: too many commands in one line\n'],
  ["awk '{ x = 1 }'", 1, 'awk: not emulated: = 1 }\n'],
  ["sed 'y/a/b/'", 1, 'sed: unsupported command y\n'],
  ["grep '[a'", 2, "grep: bad regex '[a': Unmatched [, [^, [:, [., or [=\n"],
  ['esxtop', 1, 'esxtop: the lab does not emulate this program\n'],
  ['f() { f; }; f', 2, 'sh: scripts are nested too deeply\n'],
]

describe('the language of the shell', () => {
  for (const [line, out] of prints) {
    it(line, () => { expect(lab.out(line)).toBe(out) })
  }

  for (const [line, status, err] of failures.filter(([line]) => !line.startsWith('while'))) {
    it(`${line} fails`, () => { expect(lab.run(line)).toMatchObject({ status, err }) })
  }

  it('waits in lab time', () => {
    const running = lab.start('sleep 5; date +%s')
    const before = lab.world.now()
    lab.world.advance(4999)
    expect(running.status).toBe(undefined)
    lab.world.advance(60_000)
    expect(running).toMatchObject({ status: 0, out: `${(before + 5000) / 1000}\n` })
  })

  it('is interrupted while it waits', () => {
    const running = lab.start('sleep 1000; echo never')
    lab.shell().interrupt()
    lab.world.advance(2_000_000)
    expect(running).toMatchObject({ status: 130, out: '' })
  })

  it('asks for more of a line that is not finished at a terminal', () => {
    const terminal = { columns: 80, rows: 24 }
    const shell = lab.shell('esx-01')
    lab.start('for i in a b', undefined, { terminal })
    expect(shell.prompt()).toBe('> ')
    lab.start('do echo $i', undefined, { terminal })
    expect(lab.start('done', undefined, { terminal }).out).toBe('a\nb\n')
    expect(shell.prompt()).toMatch(/^\[root@esx-01:~\] $/)
  })

  it('leaves with a status', () => {
    const shell = lab.lab.shells.open('esx-01', { name: 'root', address: '127.0.0.1' })
    const io = { out: () => {}, err: () => {}, input: '' }
    shell.start('exit 3', io, () => {})
    expect(shell.left).toBe(3)
  })

  it('lets a line that never ends run only so far', async () => {
    const [line, status, err] = failures.find(([each]) => each.startsWith('while'))!
    let said = ''
    const shell = lab.lab.shells.open('esx-01', { name: 'root', address: '127.0.0.1' })
    expect(await shell.run(line, { out: () => {}, err: text => { said += text }, input: '' })).toBe(status)
    expect(said).toBe(err)
  })
})
