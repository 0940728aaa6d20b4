import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RfbClient } from '../../support/rfb-client.js'
import { TestFeed } from '../../support/test-feed.js'

const RUNS = { seed: 902, numRuns: 400 }

/** Messages that a client may send, some of them damaged. */
const message = fc.oneof(
  fc.constantFrom(
    [0, 0, 0, 0, 16, 16, 0, 1, 0, 31, 0, 63, 0, 31, 11, 5, 0, 0, 0, 0],
    [2, 0, 0, 2, 0, 0, 0, 5, 0xff, 0xff, 0xff, 0x21],
    [2, 0, 0, 2, 0xff, 0xff, 0xfe, 0xfc, 0x57, 0x4d, 0x56, 0x7a],
    [3, 0, 0, 0, 0, 0, 0, 64, 0, 40], [3, 1, 0, 3, 0, 3, 0, 9, 0, 9], [3, 1, 255, 0, 255, 0, 255, 0, 255, 0],
    [4, 1, 0, 0, 0, 0, 0, 65], [5, 3, 0, 7, 0, 7], [6, 0, 0, 0, 0, 0, 0, 1, 65],
    [127, 0, 0, 8, 0, 30, 1, 0], [127, 4, 0, 8, 1, 0, 0, 0], [127, 5, 0, 8, 3, 0, 2, 0], [127, 3, 0, 8, 255, 255, 255, 255],
    [127, 2, 0, 19, 0, 128, 0, 0, 0, 127, 255, 255, 255, 0, 0, 0, 1, 0, 0], [255, 0, 0, 1, 0, 0, 0, 65, 0, 0, 0, 30],
  ),
  fc.array(fc.nat(255), { maxLength: 24 }),
)

/** What else happens meanwhile. */
const step = fc.oneof(
  { weight: 8, arbitrary: message.map(bytes => ({ bytes })) },
  { weight: 2, arbitrary: fc.record({ x: fc.nat(30), y: fc.nat(20), colour: fc.nat(0xffffff) }).map(paint => ({ paint })) },
  { weight: 1, arbitrary: fc.record({ width: fc.integer({ min: 1, max: 90 }), height: fc.integer({ min: 1, max: 60 }) }).map(size => ({ size })) },
  { weight: 1, arbitrary: fc.boolean().map(reads => ({ reads })) },
)

describe('RFB server with any bytes', () => {
  it.each(['full', 'serverInit'] as const)('%s › never throws, ends at most once, never sends to one who does not read', mode => {
    fc.assert(fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (steps, piece) => {
      const feed = new TestFeed()
      const client = new RfbClient({ feed, mode })
      if (mode === 'full') client.say(...Buffer.from('RFB 003.008\n'), 1, 1)
      for (const each of steps) {
        const before = client.sent.length
        if ('bytes' in each) for (let at = 0; at < each.bytes.length; at += piece) client.say(...each.bytes.slice(at, at + piece))
        if ('paint' in each) {
          const { width, height } = feed.picture()
          const { x, y, colour } = each.paint
          feed.paint({ x: x % width, y: y % height, width: 1, height: 1 }, colour)
        }
        if ('size' in each) feed.resize(each.size.width, each.size.height)
        if ('reads' in each) {
          client.reads = each.reads
          if (each.reads) client.server.drained()
        }
        const updates = client.sent.slice(before).filter(sent => sent[0] === 0 && sent.length > 16)
        if (!client.reads) expect(updates).toEqual([])
      }
      client.server.stop()
      expect(client.ends.length).toBeLessThanOrEqual(1)
      expect(feed.watchers).toBe(0)
      expectAllLetGo(feed)
    }), RUNS)
  })

  it('a client that only asks › ends with the picture of the machine, whatever happened between', () => {
    const asks = fc.oneof(
      fc.record({ paint: fc.record({ x: fc.nat(63), y: fc.nat(39), width: fc.integer({ min: 1, max: 20 }), colour: fc.nat(0xffffff) }) }),
      fc.record({ area: fc.tuple(fc.nat(63), fc.nat(39), fc.nat(40), fc.nat(40)), incremental: fc.boolean() }),
    )
    fc.assert(fc.property(fc.constantFrom(0, 5, -260), fc.array(asks, { maxLength: 30 }), (encoding, steps) => {
      const feed = new TestFeed()
      const client = new RfbClient({ feed, mode: 'serverInit' })
      client.init()
      client.encodings(encoding)
      client.request(false)
      for (const each of steps) {
        if ('paint' in each) {
          const { x, y, width, colour } = each.paint
          feed.paint({ x, y, width: Math.min(width, 64 - x), height: 1 }, colour)
        } else client.request(each.incremental, [...each.area])
        client.draw()
      }
      client.request(true)
      client.draw()
      const { pixels } = feed.picture()
      expect(client.screen).toEqual(Array.from({ length: 64 * 40 }, (_, index) =>
        pixels[index * 4]! | pixels[index * 4 + 1]! << 8 | pixels[index * 4 + 2]! << 16))
    }), { seed: 902, numRuns: 150 })
  })
})

function expectAllLetGo(feed: TestFeed): void {
  const held = new Set<number>()
  for (const [code, down] of feed.keys) {
    if (down) held.add(code)
    else held.delete(code)
  }
  expect([...held]).toEqual([])
  expect(feed.pointers.at(-1)?.[2] ?? 0).toBe(0)
}
