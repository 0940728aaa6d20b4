import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readPng } from './read-png.js'
import { ConsoleLab, typeLine } from './support.js'

type Act =
  | { readonly do: 'key', readonly code: number, readonly down: boolean }
  | { readonly do: 'line', readonly text: string }
  | { readonly do: 'time', readonly ms: number }
  | { readonly do: 'wish', readonly width: number, readonly height: number }
  | { readonly do: 'fault', readonly fault: string }

const texts = ['root', 'VMware1!', 'ip a', 'ping 10.1.0.12', 'df -h', 'help', 'clear', 'reboot', 'logout', 'dmesg', 'cat /etc/hosts', '"']
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('key' as const), code: fc.integer({ min: -5, max: 0x200 }), down: fc.boolean() }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('line' as const), text: fc.constantFrom(...texts) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('time' as const), ms: fc.integer({ min: 0, max: 20_000 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wish' as const), width: fc.integer({ min: 0, max: 3000 }), height: fc.integer({ min: 0, max: 3000 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fault' as const), fault: fc.constantFrom('guest-hang', 'guest-crash', 'console-hang', 'tools-stop') }) },
)

describe('whatever happens at a console', () => {
  it('a client that copies what changed has the whole picture', () => {
    fc.assert(fc.property(fc.array(act, { minLength: 5, maxLength: 40 }), acts => {
      const lab = new ConsoleLab()
      const feed = lab.feed('web-01')
      let copy = { width: 0, height: 0, pixels: new Uint8Array() }
      let seen = 0
      const follow = (): void => {
        const { width, height, pixels } = feed.picture()
        if (copy.width !== width || copy.height !== height) copy = { width, height, pixels: new Uint8Array(width * height * 4) }
        for (const { x, y, width: w, height: h } of feed.changedSince(seen)) {
          for (let row = y; row < y + h; row += 1) {
            const [from, to] = [(row * width + x) * 4, (row * width + x + w) * 4]
            copy.pixels.set(pixels.subarray(from, to), from)
          }
        }
        seen = feed.version
      }
      follow()
      feed.onChange(follow)
      const healing: string[] = []
      for (const each of acts) {
        if (each.do === 'key') feed.key(each.code, each.down)
        else if (each.do === 'time') lab.world.advance(each.ms)
        else if (each.do === 'wish') feed.wish(each.width, each.height)
        else if (each.do === 'fault') {
          if (healing.length > 0) lab.lab.faults.heal(healing.pop()!)
          else healing.push(lab.lab.faults.inject(each.fault, each.fault === 'console-hang' ? 'esx-01' : 'web-01', {}).id)
        } else {
          typeLine(feed, each.text)
        }
      }
      const png = readPng(lab.lab.consoles.png('esx-01', lab.id('web-01')) as Buffer)
      expect([png.width, png.height]).toEqual([copy.width, copy.height])
      for (let at = 0; at < copy.width * copy.height; at += 7) {
        const [b, g, r] = copy.pixels.subarray(at * 4, at * 4 + 3)
        const colour = ((r! << 16) | (g! << 8) | b!).toString(16).padStart(6, '0')
        const x = at % copy.width
        const y = Math.floor(at / copy.width)
        if (png.at(x, y) !== colour) throw new Error(`pixel ${x},${y}: ${colour}, not ${png.at(x, y)}`)
      }
    }), { numRuns: 25, seed: 20260105 })
  })
})
