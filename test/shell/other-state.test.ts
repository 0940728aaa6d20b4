import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadImage, rewind, saveImage } from '../../emulator/world/image.js'
import { ShellLab, type Line } from '../support/shell-lab.js'
import { turns } from '../support/whole-lab.js'

let lab: ShellLab
beforeEach(() => { lab = new ShellLab({ lab: 'cluster', durations: 'realistic' }) })
afterEach(() => lab.lab.stop())

function sessions(): number {
  return lab.lab.services.sessions.all('esx-01').length
}

function ended(line: Line): Promise<void> {
  return turns(() => line.status !== undefined)
}

describe('a command that waits while the lab is put into another state', () => {
  it.each([
    ['lab time', 'sleep 100; echo late'],
    ['a line of a log', 'tail -f /var/log/hostd.log'],
    ['either of two', 'sleep 100 | tail -f /var/log/hostd.log'],
  ])('for %s › ends, and the shell goes on', async (_what, command) => {
    const { revision } = lab.world
    const line = lab.start(command)
    lab.world.advance(1000)
    expect(line.status).toBeUndefined()
    rewind(lab.world, revision)
    await ended(line)
    expect(line.status).toBe(130)
    expect(line.out).not.toContain('late')
    expect(lab.out('sleep 3; echo on')).toBe('on\n')
  })

  it('before the state in which it began too › ends, and wakes nobody in its place', async () => {
    const line = lab.start('sleep 100; echo late')
    const { revision } = lab.world
    lab.out('sleep 3', 'esx-02')
    const image = saveImage(lab.world)
    rewind(lab.world, revision)
    await ended(line)
    const other = lab.start('sleep 200; echo other')
    lab.world.advance(150_000)
    expect([line.out, other.said]).toEqual(['', { status: undefined, out: '', err: '' }])
    loadImage(lab.world, image)
    await ended(other)
    expect(other.said).toEqual({ status: 130, out: '', err: '' })
    expect(lab.out('sleep 300; echo on')).toBe('on\n')
  })

  it('a task of hostd › leaves no session behind', async () => {
    const before = sessions()
    const line = lab.start('vim-cmd vmsvc/power.off 2')
    const { revision } = lab.world
    lab.world.advance(100)
    expect([line.status, sessions()]).toEqual([undefined, before + 1])
    rewind(lab.world, revision)
    await ended(line)
    expect([line.status, sessions()]).toEqual([130, before])
  })
})
