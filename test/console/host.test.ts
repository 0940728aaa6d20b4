import { describe, expect, it } from 'vitest'
import { hostScreen } from '../../emulator/physics/hardware/host-screen.js'
import { withoutMarks } from '../../emulator/physics/text-screen.js'
import { readPng } from './read-png.js'
import { ConsoleLab } from './support.js'

function text(lab: ConsoleLab): string {
  return (hostScreen(lab.world, 'esx-01')?.lines ?? []).map(withoutMarks).join('\n')
}

describe('the screen of a host', () => {
  it('says what it is and how to manage it, and when its agent does not answer', () => {
    const lab = new ConsoleLab()
    const node = lab.lab.nodes.find(each => each.name === 'esx-01')!
    expect(text(lab)).toContain(`ESXi ${node.product.version}`)
    expect(text(lab)).toContain(`https://${node.address}/`)
    expect(text(lab)).toMatch(/\d+ x .*\n +\d+ GB of memory/)
    expect(text(lab)).toMatch(/<F2>.*<F12>/)
    expect(text(lab)).not.toContain('does not answer')
    lab.lab.faults.inject('hostd-stop', 'esx-01', {})
    expect(text(lab)).toContain('The host agent does not answer')
    expect(hostScreen(lab.world, 'vc-01')).toBeUndefined()
    expect(lab.lab.consoles.hostFeed('vc-01')).toBeUndefined()
  })

  it('is purple after a panic, until a reset boots the host', () => {
    const lab = new ConsoleLab()
    const feed = lab.lab.consoles.hostFeed('esx-01')!
    let changes = 0
    const ends: string[] = []
    feed.onChange(() => { changes += 1 })
    feed.onEnd(why => ends.push(why))
    lab.world.advance(60_000)
    expect(changes).toBe(0)
    const { id } = lab.lab.faults.inject('psod', 'esx-01', {})
    expect(changes).toBe(1)
    expect(text(lab)).toContain('the kernel has stopped')
    const png = readPng(lab.lab.consoles.hostPng('esx-01') as Buffer)
    expect(png.at(700, 390)).toBe('9c3aa0')
    lab.world.advance(3_600_000)
    expect(changes).toBe(1)
    lab.lab.faults.heal(id)
    expect(text(lab)).toMatch(/\.\. {3}firmware/)
    for (let second = 0; second < 119; second += 1) lab.world.advance(1_000)
    expect(text(lab)).toMatch(/done {2}host agent/)
    lab.world.advance(1_000)
    expect(text(lab)).toContain('To manage this host')
    expect(changes).toBeGreaterThan(9)
    expect(ends).toEqual([])
  })

  it('ends with the power', () => {
    const lab = new ConsoleLab()
    const ends: string[] = []
    lab.lab.consoles.hostFeed('esx-01')!.onEnd(why => ends.push(why))
    lab.lab.faults.inject('host-crash', 'esx-01', {})
    expect(ends).toEqual(['powerOff'])
    expect(lab.lab.consoles.hostFeed('esx-01')).toBeUndefined()
    expect(lab.lab.consoles.hostPng('esx-01')).toBe('off')
  })
})
