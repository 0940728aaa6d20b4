import { afterEach, describe, expect, it } from 'vitest'
import type { SftpClient } from 'ssh2'
import { exec, sftp, SshLab, Typist, type SshLabOptions } from '../support/ssh-lab.js'

let lab: SshLab
afterEach(() => lab.close())

async function open(options: SshLabOptions = {}): Promise<SshLab> {
  lab = new SshLab(options)
  await lab.door()
  await lab.start()
  return lab
}

const PROMPT = '[root@esx-01:~] '

describe('A4 22: a shell at a terminal', () => {
  it('message of the day, prompt, a command, its line in shell.log, exit › the status of the shell', async () => {
    const at = await open()
    const typist = await Typist.open(await at.client())
    const first = await typist.sees(PROMPT)
    expect(first).toBe(`The time and date of this login have been sent to the system logs.\r\n${PROMPT}`)
    expect(await typist.type('echo one\r', `one\r\n${PROMPT}`)).toBe(`echo one\r\none\r\n${PROMPT}`)
    expect(await typist.type('fail\r', `failed\r\n${PROMPT}`)).toBe(`fail\r\nit failed\r\n${PROMPT}`)
    typist.channel.write('exit 3\r')
    expect(await typist.done).toMatchObject({ status: 3 })
    expect(at.lines('shell').map(line => line.slice(line.indexOf(' ') + 1).replace(/\[\d+\]/, '[N]'))).toEqual([
      'In(14) shell[N]: [root]: echo one', 'In(14) shell[N]: [root]: fail', 'In(14) shell[N]: [root]: exit 3',
    ])
    expect(at.lines('shell', 'esx-01', '7.0.3')[0]).toMatch(/^\S+Z shell\[\d+\]: \[root\]: echo one$/)
    await at.calm()
    expect(at.lines('auth').filter(line => line.includes('Session')).map(line => line.slice(line.indexOf('Session')))).toEqual([
      'Session opened for \'root\' on /dev/char/pty/t0', 'Session closed for \'root\' on /dev/char/pty/t0',
    ])
  })

  it('a command without a terminal › stands in no shell.log', async () => {
    const at = await open()
    await exec(await at.client(), 'echo quiet')
    expect(at.lines('shell')).toEqual([])
    await at.calm()
  })

  it('two at once › terminals of their own', async () => {
    const at = await open()
    const client = await at.client()
    const [one, two] = [await Typist.open(client), await Typist.open(await at.client())]
    await one.sees(PROMPT)
    await two.sees(PROMPT)
    expect(at.lines('auth').join('\n')).toContain('/dev/char/pty/t1')
    one.channel.end()
    await one.done
    const third = await Typist.open(client)
    await third.sees(PROMPT)
    expect(at.lines('auth').filter(line => line.includes('opened') && line.endsWith('t0'))).toHaveLength(2)
    await at.calm()
  })

  it('Ctrl-C › ends the command that runs, and throws a line away', async () => {
    const at = await open()
    const typist = await Typist.open(await at.client())
    await typist.sees(PROMPT)
    await typist.type('wait\r', 'waiting')
    await typist.type('\x03', PROMPT)
    await typist.type('echo never\x03', PROMPT)
    expect(at.shells.opened[0]!.ran).toEqual(['wait'])
    typist.channel.write('\x04')
    expect(await typist.done).toMatchObject({ status: 130 })
    await at.calm()
  })

  it('what is typed while a command runs › is read after it', async () => {
    const at = await open()
    const typist = await Typist.open(await at.client())
    await typist.sees(PROMPT)
    await typist.type('wait\r', 'waiting')
    typist.channel.write('echo later\r')
    at.shells.opened[0]!.interrupt()
    await typist.sees('later\r\nlater\r\n')
    await at.calm()
  })

  it('the end of what is typed › the shell ends when it has run all of it', async () => {
    const at = await open()
    const typist = await Typist.open(await at.client())
    await typist.sees(PROMPT)
    typist.channel.end('wait\recho last\r')
    await typist.sees('waiting')
    at.shells.opened[0]!.interrupt()
    expect(await typist.done).toMatchObject({ status: 0, out: expect.stringContaining('last\r\nlast\r\n') })
    await at.calm()
  })

  it('the window changes › the next command sees it', async () => {
    const at = await open()
    const typist = await Typist.open(await at.client())
    expect(await typist.type('size\r', 'x24')).toContain('80x24')
    typist.channel.setWindow(50, 132, 0, 0)
    expect(await typist.type('size\r', 'x50')).toContain('132x50')
    await at.calm()
  })

  it('the client goes in mid-command › the command ends, and so does the shell', async () => {
    const at = await open()
    const client = await at.client()
    const typist = await Typist.open(client)
    await typist.type('wait\r', 'waiting')
    client.destroy()
    await at.calm()
    expect(at.shells.opened[0]!.closed).toBe(true)
  })

  it('a defect in a program › is a status, and the shell goes on', async () => {
    const at = await open()
    const typist = await Typist.open(await at.client())
    await typist.sees(PROMPT)
    await typist.type('break\r', PROMPT)
    await typist.type('echo on\r', 'on\r\n')
    expect(at.base.defects.splice(0)).toMatchObject([{ message: 'a defect of a test' }])
    await at.calm()
  })

  it('a script on standard input without a terminal › is run line by line', async () => {
    const at = await open()
    const client = await at.client()
    const typist = await Typist.open(client, false as never)
    typist.channel.end('echo a\n\nfail 4\necho b\nexit 6\necho never\n')
    expect(await typist.done).toEqual({ out: 'a\nb\n', err: 'it failed\n', status: 6 })
    await at.calm()
  })

  it('more input than a lab takes › refused as a whole', async () => {
    const at = await open()
    const found = await exec(await at.client(), 'cat', { input: 'x'.repeat(17 * 1024 * 1024) })
    expect(found).toEqual({ out: '', err: 'sh: the lab takes no more than 16777216 characters of input\n', status: 1 })
    expect(at.shells.opened[0]!.ran).toEqual([])
    await at.calm()
  })

  it('a command at a terminal › both outputs in one, with the terminal\'s line ends', async () => {
    const at = await open()
    const client = await at.client()
    expect(await exec(client, 'fail 2', { pty: true })).toEqual({ out: 'it failed\r\n', err: '', status: 2 })
    await at.calm()
  })
})

describe('A4 22: SFTP', () => {
  /** Runs one operation of a client and gives its result, or the status of the refusal. */
  function ask<R>(run: (done: (error: { code: number } | undefined, result: R) => void) => void): Promise<R | number> {
    return new Promise(resolve => run((error, result) => resolve(error ? error.code : result)))
  }

  async function session(at: SshLab): Promise<SftpClient> {
    return sftp(await at.client())
  }

  it('writes, reads, appends, lists', async () => {
    const at = await open()
    const files = await session(at)
    const big = Buffer.alloc(200_000, 'lines of a log\n')
    expect(await ask(done => files.writeFile('/tmp/big.log', big, done as never))).toBeUndefined()
    expect(await ask<Buffer>(done => files.readFile('/tmp/big.log', done as never))).toEqual(big)
    expect(await ask(done => files.appendFile('/tmp/big.log', 'end', done as never))).toBeUndefined()
    expect(at.shells.stored.get('esx-01:/tmp/big.log')!.length).toBe(200_003)
    for (let count = 0; count < 150; count += 1) at.shells.stored.set(`esx-01:/many/file-${String(count).padStart(3, '0')}`, Buffer.from('x'))
    const names = await ask<{ filename: string }[]>(done => files.readdir('/many', done as never)) as { filename: string }[]
    expect(names.map(({ filename }) => filename)).toHaveLength(150)
    expect(await ask<string>(done => files.realpath('tmp/../many/./x', done as never))).toBe('/many/x')
    const found = await ask<{ size: number, isDirectory(): boolean }>(done => files.stat('/tmp', done as never))
    expect((found as { isDirectory(): boolean }).isDirectory()).toBe(true)
    await at.calm()
  })

  it('what cannot be › the protocol\'s status', async () => {
    const at = await open()
    const files = await session(at)
    at.shells.stored.set('esx-01:/tmp/file', Buffer.from('x'))
    expect(await ask(done => files.readFile('/nowhere', done as never))).toBe(2)
    expect(await ask(done => files.stat('/nowhere', done as never))).toBe(2)
    expect(await ask(done => files.readdir('/tmp/file', done as never))).toBe(4)
    expect(await ask(done => files.open('/tmp', 'r', done as never))).toBe(4)
    expect(await ask(done => files.writeFile('/bin/sh', 'x', done as never))).toBe(3)
    expect(await ask(done => files.writeFile('/full/x', 'x', done as never))).toBe(4)
    expect(await ask(done => files.open('/tmp/file', 'wx', done as never))).toBe(4)
    const handle = await ask<Buffer>(done => files.open('/tmp/file', 'r', done as never)) as Buffer
    expect(await ask(done => files.close(handle, done as never))).toBeUndefined()
    expect(await ask(done => files.close(handle, done as never))).toBe(4)
    expect(await ask(done => files.read(handle, Buffer.alloc(9), 0, 9, 0, done as never))).toBe(4)
    await at.calm()
  })

  it('folders, removal, other names › in /tmp and on a volume of the host', async () => {
    const at = await open({ realShells: true })
    const files = await session(at)
    const volume = '/vmfs/volumes/shared-01'
    for (const top of ['/tmp', volume]) {
      expect(await ask(done => files.mkdir(`${top}/kept`, done as never))).toBeUndefined()
      expect(await ask(done => files.mkdir(`${top}/kept`, done as never))).toBe(4)
      expect(await ask(done => files.writeFile(`${top}/kept/one`, 'a text', done as never))).toBeUndefined()
      expect(await ask(done => files.rename(`${top}/kept/one`, `${top}/kept/two`, done as never))).toBeUndefined()
      expect(await ask<Buffer>(done => files.readFile(`${top}/kept/two`, done as never))).toEqual(Buffer.from('a text'))
      expect(await ask(done => files.stat(`${top}/kept/one`, done as never))).toBe(2)
      expect(await ask(done => files.rename(`${top}/kept/two`, `${top}/kept`, done as never))).toBe(4)
      expect(await ask(done => files.rmdir(`${top}/kept`, done as never))).toBe(4)
      expect(await ask(done => files.unlink(`${top}/kept`, done as never))).toBe(4)
      expect(await ask(done => files.rmdir(`${top}/kept/two`, done as never))).toBe(4)
      expect(await ask(done => files.unlink(`${top}/kept/two`, done as never))).toBeUndefined()
      expect(await ask(done => files.rmdir(`${top}/kept`, done as never))).toBeUndefined()
      expect(await ask(done => files.rmdir(`${top}/kept`, done as never))).toBe(2)
    }
    expect(await ask(done => files.unlink('/bin/sh', done as never))).toBe(3)
    expect(await ask(done => files.mkdir('/bin/d', done as never))).toBe(3)
    await at.calm()
  })
})
