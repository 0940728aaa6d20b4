import { afterEach, describe, expect, it } from 'vitest'
import { knock } from '../../emulator/doors/knock.js'
import { changeRuleset } from '../../emulator/physics/network/firewall.js'
import { probeSocket } from '../support/socket-probe.js'
import { turns } from '../support/whole-lab.js'
import { exec, SshLab, Typist, type SshLabOptions } from '../support/ssh-lab.js'

let lab: SshLab
afterEach(() => lab.close())

async function open(options: SshLabOptions = {}): Promise<SshLab> {
  lab = new SshLab(options)
  await lab.door()
  await lab.start()
  return lab
}

const PROMPT = '[root@esx-01:~] '

async function answers(at: SshLab, source?: string): Promise<string> {
  const { port } = await at.door()
  return source === undefined ? probeSocket(`http://127.0.0.1:${port}`) : knock(new URL(`ssh://127.0.0.1:${port}`), source)
}

describe('A15 (22): the firewall\'s allowed addresses', () => {
  function allow(at: SshLab, addresses: readonly string[] | 'all'): void {
    at.world.transact({ kind: 'lab', what: 'test' }, tx => changeRuleset(tx, 'esx-01', 'sshServer', known => ({
      ...known,
      allowedHosts: addresses === 'all' ? { allIp: true } : { allIp: false, ipAddress: [...addresses] },
    })))
  }

  it('a source that is not listed › is dropped without a word, one that is gets in', async () => {
    const at = await open()
    allow(at, ['127.0.0.9'])
    expect(await answers(at)).toBe('timeout')
    const client = await at.client({ from: '127.0.0.9' })
    expect((await exec(client, 'echo in')).out).toBe('in\n')
    expect(at.lines('auth').join('\n')).toContain('Connection from 127.0.0.9 port')
    expect(at.lines('auth').join('\n')).not.toContain('Connection from 127.0.0.1 port')
    allow(at, [])
    // What is established goes on.
    expect((await exec(client, 'echo still')).out).toBe('still\n')
    expect(await answers(at, '127.0.0.9')).toBe('timeout')
    allow(at, 'all')
    expect(await answers(at)).toBe('open')
    await at.calm()
  }, 20_000)
})

describe('22 and the machine behind it', () => {
  it('a crash › silence; after the boot SSH is off again by its policy, and the old session is unknown', async () => {
    const at = await open()
    const typist = await Typist.open(await at.client())
    await typist.sees(PROMPT)
    const before = at.lines('auth').length
    const fault = at.base.lab.faults.inject('host-crash', 'esx-01', {})
    await at.settled()
    expect(await answers(at)).toBe('timeout')
    at.base.lab.faults.heal(fault.id)
    at.world.advance(600_000)
    await at.settled()
    expect(await answers(at)).toBe('refused')
    await typist.done
    expect(at.lines('auth').slice(before)).toEqual([])
    await at.start()
    expect(await answers(at)).toBe('open')
    await at.calm()
  }, 20_000)

  it('a host that hangs › says nothing, and goes on where it was', async () => {
    const at = await open()
    const typist = await Typist.open(await at.client())
    await typist.sees(PROMPT)
    const fault = at.base.lab.faults.inject('host-hang', 'esx-01', {})
    await at.settled()
    typist.channel.write('echo late\r')
    expect(await answers(at)).toBe('timeout')
    expect(at.shells.opened[0]!.ran).toEqual([])
    at.base.lab.faults.heal(fault.id)
    await at.settled()
    await typist.sees('late\r\n')
    await at.calm()
  }, 20_000)

  it('hostd stopped › SSH is the way in that is left', async () => {
    const at = await open()
    at.base.lab.faults.inject('hostd-stop', 'esx-01', {})
    await at.settled()
    expect((await exec(await at.client(), 'echo rescue')).out).toBe('rescue\n')
    await at.calm()
  })

  for (const [how, seen] of [['drop', 'timeout'], ['refuse', 'refused'], ['reset', 'reset']] as const) {
    it(`port-block ${how} › ${seen}`, async () => {
      const at = await open()
      at.base.lab.faults.inject('port-block', 'esx-01', { port: 22, how })
      await at.settled()
      expect(await answers(at)).toBe(seen)
      at.base.lab.faults.healAll()
      await at.settled()
      expect(await answers(at)).toBe('open')
    }, 20_000)
  }

  it('a slow network › a command and its answer are late', async () => {
    const at = await open()
    at.base.lab.faults.inject('network-latency', 'esx-01', { latency: '2ms' })
    expect((await exec(await at.client(), 'echo late')).out).toBe('late\n')
    await at.calm()
  })
})

describe('22: time-outs of lab time', () => {
  it('UserVars.ESXiShellTimeOut › stops the service, and sessions live on', async () => {
    const at = await open()
    await at.start('esx-01', false)
    at.option('UserVars.ESXiShellTimeOut', 600)
    await at.start()
    const client = await at.client()
    at.world.advance(599_000)
    await at.settled()
    expect(await answers(at)).toBe('open')
    at.world.advance(1000)
    await at.settled()
    expect(await answers(at)).toBe('refused')
    expect(at.events().at(-1)).toBe('esx.audit.ssh.disabled')
    expect((await exec(client, 'echo on')).out).toBe('on\n')
    await at.calm()
  })

  it('started again meanwhile › its time begins anew', async () => {
    const at = await open()
    at.option('UserVars.ESXiShellTimeOut', 600)
    await at.start('esx-01', false)
    await at.start()
    at.world.advance(400_000)
    await at.start('esx-01', false)
    await at.start()
    at.world.advance(599_000)
    expect(at.events().filter(id => id === 'esx.audit.ssh.disabled')).toHaveLength(2)
    at.world.advance(1000)
    expect(at.events().filter(id => id === 'esx.audit.ssh.disabled')).toHaveLength(3)
  })

  it('UserVars.ESXiShellInteractiveTimeOut › ends an idle shell, not one that is typed into or works', async () => {
    const at = await open()
    at.option('UserVars.ESXiShellInteractiveTimeOut', 60)
    const idle = await Typist.open(await at.client())
    const busy = await Typist.open(await at.client())
    await idle.sees(PROMPT)
    await busy.type('wait\r', 'waiting')
    at.world.advance(40_000)
    await idle.type('x', 'x')
    at.world.advance(40_000)
    await idle.type('\x15echo here\r', `here\r\n${PROMPT}`)
    at.world.advance(60_000)
    expect(await idle.done).toMatchObject({ status: 0 })
    expect(await idle.sees('auto-logout')).toContain('timed out waiting for input: auto-logout')
    expect(at.lines('auth').at(-1)).toContain('Session closed for \'root\' on /dev/char/pty/t0')
    await busy.type('\x03', PROMPT)
    at.world.advance(60_000)
    await busy.done
    await at.calm()
  })

  it('the lab is put into an earlier state › logins that it does not know end', async () => {
    const at = await open()
    const { revision } = at.world
    const typist = await Typist.open(await at.client())
    await typist.sees(PROMPT)
    at.rewind(revision)
    await typist.done
    await at.calm()
  })

  it('back to where somebody was logged in who has gone since › he holds no terminal', async () => {
    const at = await open()
    const client = await at.client()
    await (await Typist.open(client)).sees(PROMPT)
    const { revision } = at.world
    client.destroy()
    await at.logins(0)
    at.rewind(revision)
    expect(at.world.ofType('lab', 'SshLogin')).toHaveLength(1)
    await turns(() => at.world.ofType('lab', 'SshLogin').length === 0)
    await (await Typist.open(await at.client())).sees(PROMPT)
    expect(at.lines('auth').at(-1)).toContain("Session opened for 'root' on /dev/char/pty/t0")
    await at.calm()
  })
})
