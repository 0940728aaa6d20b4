import { afterEach, describe, expect, it } from 'vitest'
import { exec, SshLab, type SshLabOptions } from '../support/ssh-lab.js'
import { knock } from '../../emulator/doors/knock.js'

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
