import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ShellLab } from '../support/shell-lab.js'

let lab: ShellLab
beforeAll(() => { lab = new ShellLab({ lab: 'cluster' }) })
afterAll(() => lab.lab.stop())

const root = { name: 'root', address: '127.0.0.1' }

describe('files of a host', () => {
  it('has the logs, by both of their paths', () => {
    expect(lab.out('ls /var/run/log').split('\n')).toContain('hostd.log')
    const text = lab.out('cat /var/run/log/hostd.log')
    expect(text).toMatch(/^\S+Z In\(166\) Hostd\[\d+\]: - last log rotation time/)
    expect(lab.out('cat /scratch/log/hostd.log')).toBe(text)
    expect(lab.out('tail -n 1 /var/log/hostd.log')).toBe(`${text.trimEnd().split('\n').at(-1)}\n`)
  })

  it('says how big a log is, as many bytes as it then gives', () => {
    const bytes = lab.lab.shells.files('esx-01', root).read('/var/run/log/hostd.log') as Uint8Array
    expect(lab.out('wc -c < /var/run/log/hostd.log')).toBe(`${bytes.length}\n`)
    expect(lab.lab.shells.files('esx-01', root).stat('/var/run/log/hostd.log')).toMatchObject({ kind: 'file', bytes: bytes.length })
    expect(lab.out('ls -l /var/run/log/hostd.log')).toContain(` ${bytes.length} `)
  })

  it('follows a log on lab time', () => {
    const running = lab.start('tail -n 0 -f /var/run/log/hostd.log | grep -m 1 logged')
    lab.call('esx-01', { type: 'SessionManager', value: 'ha-sessionmgr' }, 'Logout')
    lab.lab.openSession(lab.lab.nodes.find(node => node.name === 'esx-01')!)
    expect(running.status).toBe(undefined)
    lab.world.advance(1000)
    expect(running).toMatchObject({ status: 0, out: expect.stringMatching(/logged (in|out)/) as string })
  })

  it('follows a log as it is written where somebody really waits', async () => {
    const shell = lab.lab.shells.open('esx-01', { name: 'root', address: '127.0.0.1' })
    let out = ''
    const ended = shell.run('tail -n 0 -f /var/run/log/vobd.log | head -1', { out: text => { out += text }, err: () => {}, input: '' })
    lab.out('vim-cmd hostsvc/start_ssh')
    expect(await ended).toBe(0)
    expect(out).toContain('[esx.audit.ssh.enabled]')
  })

  it('has older logs compressed, of the size that it says', () => {
    lab.out('esxcfg-advcfg -s 100 /Syslog/loggers/hostd/size')
    lab.out('for i in $(seq 250); do vim-cmd vmsvc/power.getstate 2 > /dev/null; done')
    const size = /(\d+) \w+ +\d+ [\d:]+ \S*hostd\.0\.gz\n$/.exec(lab.out('ls -l /var/log/hostd.0.gz'))![1]
    const files = lab.lab.shells.files('esx-01', root)
    expect((files.read('/var/log/hostd.0.gz') as Uint8Array).length).toBe(Number(size))
    expect(lab.out('zcat /var/log/hostd.0.gz | head -1')).toContain('Section for VMware ESX')
    expect(lab.run('zcat /etc/hosts')).toMatchObject({ status: 1, err: 'zcat: /etc/hosts: invalid magic\n' })
  })

  it('keeps what is written to /tmp until the host boots', () => {
    expect(lab.out('echo one > /tmp/a; echo two >> /tmp/a; cat /tmp/a; ls /tmp')).toBe('one\ntwo\na\n')
    expect(lab.world.journal.last()?.cause).toMatchObject({ kind: 'lab', what: 'shell', node: 'esx-01', user: 'root' })
    lab.out('mkdir -p /tmp/b/c; cp /tmp/a /tmp/b/c; mv /tmp/b/c/a /tmp/b/d')
    expect(lab.out('find /tmp')).toBe('/tmp\n/tmp/a\n/tmp/b\n/tmp/b/c\n/tmp/b/d\n')
    lab.out('echo "10.0.0.9 other" >> /etc/hosts')
    lab.world.transact({ kind: 'lab', what: 'test' }, tx => {
      tx.emit('hardware.powerLost', { node: 'esx-01', cause: 'power' })
      tx.emit('hardware.powerRestored', { node: 'esx-01' })
    })
    expect(lab.run('ls /tmp')).toEqual({ status: 255, out: '', err: '' })
    lab.world.advance(1_200_000)
    expect(lab.out('ls /tmp')).toBe('')
    expect(lab.out('tail -n 1 /etc/hosts')).toBe('10.0.0.9 other\n')
  })

  it('runs a script from /tmp', () => {
    lab.lab.shells.files('esx-02', root).write('/tmp/x.sh', Buffer.from('#!/bin/sh\necho "got $1"\nexit 4\n'))
    expect(lab.run('/tmp/x.sh a', 'esx-02')).toEqual({ status: 4, out: 'got a\n', err: '' })
    expect(lab.run('sh /tmp/x.sh b', 'esx-02')).toEqual({ status: 4, out: 'got b\n', err: '' })
  })

  it('keeps secrets and system files from others than root', () => {
    const user = { name: 'operator', address: '127.0.0.1' }
    const files = lab.lab.shells.files('esx-01', user)
    expect(files.read('/etc/ssh/keys-root/authorized_keys')).toEqual({ trouble: 'permissionDenied' })
    expect(files.write('/etc/hosts', new Uint8Array())).toBe('permissionDenied')
    expect(files.write('/tmp/mine', Buffer.from('x'))).toBe(undefined)
    expect(lab.lab.shells.files('esx-01', root).write('/etc/ssh/keys-root/authorized_keys', Buffer.from('ssh-ed25519 AAAA'))).toBe(undefined)
    expect(lab.out('cat /etc/ssh/keys-root/authorized_keys')).toBe('ssh-ed25519 AAAA')
    expect(files.read('/etc/ssh/keys-root/authorized_keys')).toEqual({ trouble: 'permissionDenied' })
  })

  it('shows the local tickets of hostd to root', () => {
    const { passwordFilePath } = lab.call('esx-02', { type: 'SessionManager', value: 'ha-sessionmgr' }, 'AcquireLocalTicket', { userName: 'root' }) as { passwordFilePath: string }
    expect(lab.out(`cat ${passwordFilePath}`, 'esx-02')).toMatch(/^52[0-9a-f-]{34}$/)
  })

  it('has binary files as they are', () => {
    const files = lab.lab.shells.files('esx-02', root)
    const bytes = Uint8Array.from([0, 255, 128, 10, 200])
    expect(files.write('/tmp/bin', bytes)).toBe(undefined)
    expect([...files.read('/tmp/bin') as Uint8Array]).toEqual([...bytes])
    expect(files.stat('/tmp/bin')).toMatchObject({ bytes: 5 })
  })

  it('refuses what there is no room for', () => {
    expect(lab.lab.shells.files('esx-02', root).write('/tmp/big', new Uint8Array(17 * 2 ** 20))).toBe('noSpace')
  })

  it('says what is wrong with a path', () => {
    expect(lab.run('cat /nope')).toMatchObject({ status: 1, err: "cat: can't open '/nope': No such file or directory\n" })
    expect(lab.run('cat /etc')).toMatchObject({ status: 1, err: 'cat: read error: Is a directory\n' })
    expect(lab.run('cat /etc/hosts/x')).toMatchObject({ status: 1, err: "cat: can't open '/etc/hosts/x': Not a directory\n" })
    expect(lab.run('rm /var/run/log/hostd.log')).toMatchObject({ status: 1, err: "rm: can't remove '/var/run/log/hostd.log': Operation not permitted\n" })
    expect(lab.run('rm /etc')).toMatchObject({ status: 1, err: "rm: '/etc' is a directory\n" })
  })
})

describe('volumes', () => {
  it('are there by id and by name', () => {
    const names = lab.out('ls /vmfs/volumes').trim().split('\n')
    expect(names.length % 2).toBe(0)
    const name = names.find(each => !/^[0-9a-f-]{30,}$/.test(each) && !each.startsWith('vsan:'))!
    expect(lab.out(`cd /vmfs/volumes/${name}; pwd`)).toMatch(/^\/vmfs\/volumes\/[0-9a-f:-]+\n$/)
  })

  it('show a VM with its configuration and log', () => {
    lab.out('cd /')
    const vmx = lab.out('find /vmfs/volumes/ -name "esx-01*.vmx"').trim().split('\n')[0]!
    expect(lab.out(`grep displayName "${vmx}"`)).toMatch(/^displayName = "[\w-]+"\n$/)
    const folder = vmx.slice(0, vmx.lastIndexOf('/'))
    expect(lab.out(`ls "${folder}"`)).toContain('.vmdk')
    expect(lab.run(`rm "${vmx}"`)).toMatchObject({ status: 1, err: `rm: can't remove '${vmx}': Device or resource busy\n` })
    const flat = lab.out(`ls ${folder}/*-flat.vmdk | head -1`).trim()
    expect(lab.run(`cat "${flat}"`)).toMatchObject({ status: 1, err: expect.stringContaining('keeps no content') as string })
  })

  it('take files, and count them', () => {
    const volume = lab.out('ls -d /vmfs/volumes/*').trim().split('\n')[0]!
    lab.out(`mkdir ${volume}/iso; echo hello > ${volume}/iso/a.txt; cp ${volume}/iso/a.txt ${volume}/iso/b.txt`)
    expect(lab.out(`cat ${volume}/iso/a.txt ${volume}/iso/b.txt`)).toBe('hello\nhello\n')
    lab.out(`cp -r ${volume}/iso ${volume}/copy; mv ${volume}/copy/a.txt ${volume}/copy/c.txt`)
    expect(lab.out(`cat ${volume}/copy/c.txt; ls ${volume}/copy`)).toBe('hello\nb.txt\nc.txt\n')
    expect(lab.out(`ls -l ${volume}/iso | wc -l`)).toBe('3\n')
    lab.out(`rm -r ${volume}/iso ${volume}/copy`)
    expect(lab.run(`cat ${volume}/iso/a.txt`).status).toBe(1)
    expect(lab.run(`ls ${volume}/iso`).status).toBe(1)
  })
})
