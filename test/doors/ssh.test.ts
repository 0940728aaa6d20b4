import { afterEach, describe, expect, it } from 'vitest'
import { knock } from '../../emulator/doors/knock.js'
import { namedLabs } from '../../emulator/inventory/named-labs.js'
import { newKey, probe } from '../support/ssh-probe.js'
import { exec, sftp, SshLab, type SshLabOptions } from '../support/ssh-lab.js'

let lab: SshLab
afterEach(() => lab.close())

async function open(options: SshLabOptions = {}): Promise<SshLab> {
  lab = new SshLab(options)
  await lab.door()
  return lab
}

describe('A4 22: SSH of a host', () => {
  it('off after installation › refused, and open while TSM-SSH runs', async () => {
    const at = await open()
    const { port } = await at.door()
    const door = new URL(`tcp://127.0.0.1:${port}`)
    expect(await knock(door)).toBe('refused')
    await at.start()
    expect(await knock(door)).toBe('open')
    expect(at.events()).toContain('esx.audit.ssh.enabled')
    const client = await at.client()
    await at.start('esx-01', false)
    expect(await knock(door)).toBe('refused')
    // sshd has a process for each connection: that one goes on.
    expect(await exec(client, 'echo still here')).toEqual({ out: 'still here\n', err: '', status: 0 })
    await at.calm()
    expect((await at.door()).port).toBe(port)
  })

  it('a command › output, errors and exit status are apart', async () => {
    const at = await open()
    await at.start()
    const client = await at.client()
    expect(await exec(client, 'echo one two')).toEqual({ out: 'one two\n', err: '', status: 0 })
    expect(await exec(client, 'fail 3')).toEqual({ out: '', err: 'it failed\n', status: 3 })
    expect(await exec(client, 'cat', { input: 'given' })).toEqual({ out: 'given', err: '', status: 0 })
    await at.calm()
  })
})

describe('22: who is let in', () => {
  const users = {
    users: ['admin-01', 'reader-01', 'nobody-01'].map(name => ({ node: 'esx-01', name, password: 'VMware1!' })),
    permissions: [
      { node: 'esx-01', entity: '/', principal: 'admin-01', role: 'Admin' },
      { node: 'esx-01', entity: '/', principal: 'reader-01', role: 'ReadOnly' },
    ],
  }

  async function openWithUsers(): Promise<SshLab> {
    const at = await open({ lab: { ...namedLabs['cluster']!, ...users } })
    await at.start()
    return at
  }

  it('methods › none is answered with those of the sheet, a password is refused on a host', async () => {
    const at = await openWithUsers()
    const { port } = await at.door()
    expect((await probe(port)).ident).toMatch(/^SSH-2\.0-OpenSSH_\d/)
    const methods = await at.refused({ method: 'none' })
    expect(methods).toEqual(['publickey', 'keyboard-interactive'])
    expect(await at.refused({ method: 'password' })).toEqual(methods)
  })

  it('a wrong password › auth.log and vobd.log say so, the event too, and no password is anywhere', async () => {
    const at = await openWithUsers()
    await at.refused({ password: 'Secret-Word-7' })
    await at.refused({ user: 'no such\nuser', password: 'Secret-Word-7' })
    expect(at.lines('auth').map(withoutNumbers)).toEqual(expect.arrayContaining([
      'In(38) sshd[N]: Connection from 127.0.0.1 port N',
      'In(38) sshd[N]: Failed keyboard-interactive/pam for root from 127.0.0.1 port N ssh2',
      'In(38) sshd[N]: Connection closed by 127.0.0.1 port N [preauth]',
      'In(38) sshd[N]: Invalid user no such?user from 127.0.0.1 port N',
      'In(38) sshd[N]: Failed keyboard-interactive/pam for invalid user no such?user from 127.0.0.1 port N ssh2',
    ]))
    expect(at.lines('vobd').join('\n')).toContain('[vob.user.ssh.session.failed]')
    expect(at.events().filter(id => id === 'esx.audit.ssh.session.failed')).toHaveLength(2)
    expect(at.everything()).not.toContain('Secret-Word-7')
  })

  it('a login › accepted, opened and closed, in the forms of 8.0 and 7.0', async () => {
    const at = await openWithUsers()
    await at.client()
    await at.calm()
    expect(at.lines('auth').map(withoutNumbers)).toEqual([
      'In(38) sshd[N]: Connection from 127.0.0.1 port N',
      'In(38) sshd[N]: Accepted keyboard-interactive/pam for root from 127.0.0.1 port N ssh2',
      'In(38) sshd[N]: Disconnected from user root 127.0.0.1 port N',
    ])
    expect(at.lines('auth', 'esx-01', '7.0.3').map(withoutNumbers)[1])
      .toBe('sshd[N]: Accepted keyboard-interactive/pam for root from 127.0.0.1 port N ssh2')
    expect(at.lines('vobd').filter(line => line.includes('ssh.session')).map(line => /\[(\w+\.[a-z.]+)\]/.exec(line)![1])).toEqual([
      'vob.user.ssh.session.opened', 'esx.audit.ssh.session.opened', 'vob.user.ssh.session.closed', 'esx.audit.ssh.session.closed',
    ])
    expect(at.events().filter(id => id.startsWith('esx.audit.ssh.session'))).toEqual([
      'esx.audit.ssh.session.opened', 'esx.audit.ssh.session.closed',
    ])
  })

  it('five wrong passwords › SSH and the API are locked together for 900 s of lab time', async () => {
    const at = await openWithUsers()
    const api = await at.base.anonymous('esx-01')
    for (let count = 0; count < 3; count += 1) await at.refused({ password: 'wrong' })
    for (let count = 0; count < 2; count += 1) await expect(api.login('root', 'wrong')).rejects.toMatchObject({ type: 'InvalidLogin' })
    expect(at.events()).toContain('esx.audit.account.locked')
    await at.refused()
    expect(at.lines('auth').join('\n')).toContain('account is locked')
    await expect(api.login('root', 'VMware1!')).rejects.toMatchObject({ type: 'InvalidLogin' })
    at.world.advance(900_000)
    await at.client()
    await api.login('root', 'VMware1!')
    await at.calm()
  })

  it('five wrong passwords by SSH › the account is locked', async () => {
    const at = await openWithUsers()
    for (let count = 0; count < 5; count += 1) await at.refused({ password: 'wrong' })
    expect(at.events().filter(id => id.startsWith('esx.audit.account'))).toEqual([
      'esx.audit.account.loginfailures', 'esx.audit.account.locked',
    ])
    await at.refused()
  })

  it('users without the administrator\'s role, without a shell or past their password\'s life › refused', async () => {
    const at = await openWithUsers()
    await at.client({ user: 'admin-01' })
    await at.refused({ user: 'reader-01' })
    expect(at.lines('auth').join('\n')).toContain('Access denied for user reader-01 by PAM account configuration: no administrator role')
    await at.refused({ user: 'nobody-01' })
    at.base.lab.faults.inject('password-expire', 'esx-01', { user: 'admin-01' })
    await at.refused({ user: 'admin-01' })
    expect(at.lines('auth').join('\n')).toContain('for user admin-01 by PAM account configuration: password has expired')
    at.account('root', { shellAccess: false })
    await at.refused()
    expect(at.lines('auth').join('\n')).toContain('for user root by PAM account configuration: shell access is not granted')
    await at.calm()
  })

  for (const mode of ['lockdownNormal', 'lockdownStrict'] as const) {
    it(`${mode} › only exception users with the administrator's role (vector L6)`, async () => {
      const at = await openWithUsers()
      at.lockdown(mode, ['admin-01', 'reader-01'])
      await at.client({ user: 'admin-01' })
      await at.refused()
      await at.refused({ user: 'reader-01' })
      expect(at.lines('auth').join('\n')).toContain('for user root by PAM account configuration: lockdown mode is on')
      await at.calm()
    })
  }

  it('Security.SshSessionLimit › bounds the sessions of a user, not those of root', async () => {
    const at = await openWithUsers()
    at.option('Security.SshSessionLimit', 2)
    const first = await at.client({ user: 'admin-01' })
    await at.client({ user: 'admin-01' })
    await at.refused({ user: 'admin-01' })
    for (let count = 0; count < 3; count += 1) await at.client()
    first.end()
    await at.logins(4)
    await at.client({ user: 'admin-01' })
    await at.calm()
  })

  it('six tries on one connection › it is ended', async () => {
    const at = await openWithUsers()
    expect(await at.tries(20)).toBe(6)
    expect(at.lines('auth').join('\n')).toContain('error: maximum authentication attempts exceeded for no-one')
    await at.calm()
  })

  it('Config.Etc.issue › is shown before the login', async () => {
    const at = await openWithUsers()
    at.option('Config.Etc.issue', 'Private system')
    expect(await at.banner()).toBe('Private system\r\n')
    await at.calm()
  })
})

describe('22: keys', () => {
  it('a key in authorized_keys › lets its owner in, and only him', async () => {
    const at = await open()
    await at.start()
    const [own, other] = [newKey(), newKey()]
    await at.refused({ privateKey: own.privateKey })
    const client = await at.client()
    const files = await sftp(client)
    await new Promise<void>((resolve, reject) => {
      files.writeFile('/etc/ssh/keys-root/authorized_keys', `# mine\n${own.line} me@desk\n`, error => error ? reject(error) : resolve())
    })
    const again = await at.client({ privateKey: own.privateKey })
    expect((await exec(again, 'echo in')).out).toBe('in\n')
    await at.refused({ privateKey: other.privateKey })
    await at.refused({ privateKey: own.privateKey, user: 'dcui' })
    expect(at.lines('auth').map(withoutNumbers)).toContain('In(38) sshd[N]: Accepted publickey for root from 127.0.0.1 port N ssh2')
    expect(at.everything()).not.toContain(own.line.split(' ')[1])
    await at.calm()
  })

  it('lockdown › a key opens nothing that a password would not', async () => {
    const at = await open()
    await at.start()
    const own = newKey()
    at.shells.stored.set('esx-01:/etc/ssh/keys-root/authorized_keys', Buffer.from(own.line))
    at.lockdown('lockdownNormal', [])
    await at.refused({ privateKey: own.privateKey })
    await at.calm()
  })
})

describe('22 of a vCenter', () => {
  it('follows the appliance\'s setting and sshd', async () => {
    const at = await open()
    const { port } = await at.door('vc-01')
    const door = new URL(`tcp://127.0.0.1:${port}`)
    expect(await knock(door)).toBe('refused')
    await at.appliance(true)
    expect(await knock(door)).toBe('open')
    at.base.lab.faults.inject('service-stop', 'vc-01', { service: 'sshd' })
    at.world.advance(60_000)
    await at.settled()
    expect(await knock(door)).toBe('refused')
  })

  it('root of the appliance and administrators of single sign-on › are let in, by password too', async () => {
    const at = await open({ lab: { ...namedLabs['cluster']!, users: [{ node: 'vc-01', name: 'plain', password: 'VMware1!' }] } })
    await at.door('vc-01')
    await at.appliance(true)
    const root = await at.client({ method: 'password' }, 'vc-01')
    expect((await exec(root, 'echo me')).out).toBe('me\n')
    await at.client({ user: 'administrator@vsphere.local' }, 'vc-01')
    await at.refused({ user: 'plain@vsphere.local' }, 'vc-01')
    await at.refused({ user: 'root', password: 'wrong', method: 'password' }, 'vc-01')
    expect(at.shells.opened.map(shell => shell.user)).toEqual([{ name: 'root', address: '127.0.0.1' }])
    await at.calm('vc-01')
  })
})

/** A line without its time, with its numbers hidden. */
function withoutNumbers(line: string): string {
  return line.slice(line.indexOf(' ') + 1).replace(/\[\d+\]/, '[N]').replace(/port \d+/, 'port N')
}
