import { describe, expect, it } from 'vitest'
import type { FeedEnd, ScreenFeed } from '../../emulator/wire/rfb/screen-feed.js'
import { ConsoleLab, press, type, typeLine } from './support.js'

/** What a feed says from now on. */
function listen(feed: ScreenFeed): { changes: number, ends: FeedEnd[], stop: () => void } {
  const seen = { changes: 0, ends: [] as FeedEnd[], stop: () => {} }
  const cancels = [feed.onChange(() => { seen.changes += 1 }), feed.onEnd(why => { seen.ends.push(why) })]
  seen.stop = () => { for (const cancel of cancels) cancel() }
  return seen
}

describe('a screen feed', () => {
  it('is there for a VM that runs, and for no other', () => {
    const lab = new ConsoleLab()
    expect(lab.feed('web-01')).toMatchObject({ name: 'web-01', version: 1 })
    expect(lab.feed('web-01').picture()).toMatchObject({ width: 720, height: 400 })
    expect(lab.lab.consoles.feedOf('esx-01', lab.id('off-01'))).toBeUndefined()
    expect(lab.lab.consoles.feedOf('esx-01', 'no-such')).toBeUndefined()
    expect(lab.lab.consoles.feedOf('esx-01', 'ha-host')).toBeUndefined()
  })

  it('gives the same picture while nothing changes, and costs nothing', () => {
    const lab = new ConsoleLab()
    const feed = lab.feed('web-01')
    const seen = listen(feed)
    const picture = feed.picture()
    lab.world.advance(3_600_000)
    expect(seen.changes).toBe(0)
    expect(feed.picture()).toBe(picture)
    expect(feed.changedSince(feed.version)).toEqual([])
  })

  it('shows what is typed, in one row and no more', () => {
    const lab = new ConsoleLab()
    const feed = lab.feed('web-01')
    const seen = listen(feed)
    const before = feed.version
    type(feed, 'r')
    expect(lab.text('web-01').at(-1)).toBe('web-01 login: r')
    expect(seen.changes).toBe(1)
    expect(feed.version).toBe(before + 1)
    const [rectangle, ...more] = feed.changedSince(before)
    expect(more).toEqual([])
    // The letter and the cursor behind it.
    expect(rectangle).toEqual({ x: 14 * 9, y: 2 * 16, width: 18, height: 16 })
    expect(feed.changedSince(0)).toEqual([{ x: 0, y: 0, width: 720, height: 400 }])
  })

  it('tells each that listens, and none after its cancel', () => {
    const lab = new ConsoleLab()
    const [one, other] = [lab.feed('web-01'), lab.feed('web-01')]
    const [first, second] = [listen(one), listen(other)]
    type(one, 'a')
    first.stop()
    type(other, 'b')
    expect([first.changes, second.changes]).toEqual([1, 2])
    second.stop()
    lab.power('web-01', 'off')
    expect([first.ends, second.ends]).toEqual([[], []])
  })

  it('ends with the power', () => {
    const lab = new ConsoleLab()
    const seen = listen(lab.feed('web-01'))
    lab.power('web-01', 'off')
    expect(seen.ends).toEqual(['powerOff'])
  })

  it('stands still while the VM is suspended, takes no keys, and goes on with it', () => {
    const lab = new ConsoleLab()
    const feed = lab.logIn('web-01')
    const seen = listen(feed)
    const before = feed.version
    lab.power('web-01', 'suspend')
    type(feed, 'b')
    expect([seen.ends, feed.version]).toEqual([[], before])
    lab.power('web-01', 'on')
    type(feed, 'b')
    expect(feed.version).toBeGreaterThan(before)
    expect(seen.ends).toEqual([])
  })

  it('of a suspended VM ends with its host', () => {
    const lab = new ConsoleLab()
    const seen = listen(lab.feed('web-01'))
    lab.power('web-01', 'suspend')
    lab.lab.faults.inject('host-crash', 'esx-01', {})
    expect(seen.ends).toEqual(['powerOff'])
  })

  it('ends with its host', () => {
    const lab = new ConsoleLab()
    const seen = listen(lab.feed('web-01'))
    lab.lab.faults.inject('host-crash', 'esx-01', {})
    expect(seen.ends).toEqual(['powerOff'])
  })

  it('goes through a reset: the firmware again, then the login', () => {
    const lab = new ConsoleLab()
    const feed = lab.logIn('web-01')
    const seen = listen(feed)
    const pictures = new Set<number>()
    feed.onChange(() => pictures.add(feed.version))
    lab.world.transact({ kind: 'lab' }, tx => tx.emit('guest.key', { node: 'esx-01', vm: lab.id('web-01'), scanCodes: [0x1d, 0x38, 0x153] }))
    lab.world.advance(8_000)
    expect(lab.text('web-01')).toContainEqual(expect.stringContaining('Virtual  BIOS'))
    for (let half = 0; half < 60; half += 1) lab.world.advance(500)
    expect(lab.text('web-01')).toEqual([expect.stringContaining('web-01 tty1'), '', 'web-01 login:'])
    expect(pictures.size).toBeGreaterThan(20)
    expect(seen.ends).toEqual([])
  })

  it('ends when the VM moves, and the screen goes on on the other host', () => {
    const lab = new ConsoleLab()
    const feed = lab.logIn('web-01')
    typeLine(feed, 'ping 10.1.0.12')
    lab.world.advance(2_000)
    const seen = listen(feed)
    const before = lab.text('web-01')
    const vc = lab.lab.nodes.find(node => node.kind === 'vcenter')!
    const vm = lab.world.ofType('vc-01', 'VirtualMachine').find(each => each.record?.props['name'] === 'web-01')!
    const host = lab.world.ofType('vc-01', 'HostSystem').find(each => each.record?.props['name'] === 'esx-02.lab.local'
      || String(each.record?.props['name']).startsWith('esx-02'))!
    const outcome = lab.lab.gate.invoke(vc, {
      self: { type: 'VirtualMachine', value: vm.address.id }, method: lab.lab.schema.method('VirtualMachine', 'MigrateVM_Task')!,
      args: { host: { type: 'HostSystem', value: host.address.id }, priority: 'defaultPriority' },
      version: lab.lab.schema.versions.newest(), cookie: lab.lab.openSession(vc), opId: 'op', client: { address: '', userAgent: '' },
    })
    expect(outcome.kind).toBe('result')
    for (let second = 0; second < 60 && seen.ends.length === 0; second += 1) lab.world.advance(1_000)
    expect(seen.ends).toEqual(['moved'])
    const after = lab.text('web-01', 'esx-02')
    expect(after.slice(0, before.length)).toEqual(before)
    lab.world.advance(3_000)
    const moved = lab.feed('web-01', 'esx-02')
    expect(lab.text('web-01', 'esx-02').length).toBeGreaterThan(after.length)
    moved.key(0x1d, true)
    press(moved, 0x2e)
    moved.key(0x1d, false)
    expect(lab.text('web-01', 'esx-02').at(-2)).toMatch(/packets transmitted/)
    typeLine(moved, 'whoami')
    expect(lab.text('web-01', 'esx-02').at(-2)).toBe('root')
  })

  it('follows a wish for another size if VMware Tools run, within bounds', () => {
    const lab = new ConsoleLab()
    const [feed, bare] = [lab.feed('web-01'), lab.feed('bare-01')]
    const before = feed.version
    feed.wish(1024, 768)
    bare.wish(1024, 768)
    expect(feed.picture()).toMatchObject({ width: 1024, height: 768 })
    expect(feed.changedSince(before)).toEqual([{ x: 0, y: 0, width: 1024, height: 768 }])
    expect(bare.picture()).toMatchObject({ width: 720, height: 400 })
    feed.wish(99999, 1)
    expect(feed.picture()).toMatchObject({ width: 1280, height: 400 })
    expect(lab.world.get('esx-01', lab.id('web-01'))?.props['guest']).toMatchObject({ screen: { width: 1280, height: 400 } })
  })
})
