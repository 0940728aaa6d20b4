import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EncodedCache, emptyEntry } from '../../emulator/wire/encoded-cache.js'
import { Pieces, recycle } from '../../emulator/wire/pieces.js'

const text = (pieces: readonly Buffer[]) => Buffer.concat(pieces).toString()

describe('pieces', () => {
  it('hold what was appended, and copies of any part of it › random texts and bytes', () => {
    const part = fc.record({ kept: fc.boolean(), size: fc.integer({ min: 0, max: 60_000 }), mark: fc.boolean() })
    fc.assert(fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      const out = new Pieces()
      let whole = ''
      let start = 0
      for (const [i, { kept, size, mark }] of parts.entries()) {
        const added = String.fromCharCode(97 + i % 26).repeat(size)
        if (mark) start = out.length
        if (kept) out.bytes(Buffer.from(added))
        else out.text(added)
        whole += added
        expect(out.length).toBe(whole.length)
      }
      expect(out.copySince(start).toString() === whole.slice(start)).toBe(true)
      const pieces = out.finish('')
      expect(text(pieces) === whole).toBe(true)
      pieces.forEach(recycle)
    }), { numRuns: 60 })
  })

  it('are written again only when they were given back › once each', () => {
    const make = (letter: string) => {
      const out = new Pieces()
      out.text(letter.repeat(1000))
      return out.finish('')[0]!
    }
    const first = make('a')
    const second = make('b')
    expect(first.toString()).toBe('a'.repeat(1000))
    recycle(first)
    recycle(first)
    const third = make('c')
    const fourth = make('d')
    expect(third.buffer).toBe(first.buffer)
    expect(fourth.buffer).not.toBe(third.buffer)
    expect([second, third, fourth].map(piece => piece.toString('latin1', 0, 1)).join('')).toBe('bcd')
  })

  it('leave buffers alone that are not theirs › kept bytes passed on', () => {
    const kept = Buffer.from('k'.repeat(40_000))
    const out = new Pieces()
    out.bytes(kept)
    const [passed] = out.finish('')
    expect(passed).toBe(kept)
    recycle(kept)
    const next = new Pieces()
    next.text('x'.repeat(40_000))
    next.finish('')
    expect(kept.toString()).toBe('k'.repeat(40_000))
  })
})

describe('admission to the cache', () => {
  it('takes all while there is room, then the fewer the larger they are › wide read', () => {
    const cache = new EncodedCache(100_000)
    const offer = (length: number, objects?: number) => () => {
      if (!cache.admits(length, objects)) return false
      cache.keep(emptyEntry(), Buffer.alloc(length))
      return true
    }
    const admitted = (one: () => boolean) => Array.from({ length: 60 }, one).filter(Boolean).length
    expect(Array.from({ length: 10 }, offer(9000))).toEqual(Array(10).fill(true))
    // What is evicted for one may leave room for another, so the shares are not exact.
    expect(admitted(offer(9000))).toBeLessThanOrEqual(22)
    const half = admitted(offer(5000))
    expect(half).toBeGreaterThanOrEqual(30)
    expect(half).toBeLessThanOrEqual(40)
    expect(admitted(offer(800))).toBe(60)
    expect(admitted(offer(9000, 10))).toBe(60)
    expect(cache.admits(20_000)).toBe(false)
    expect(cache.size).toBeLessThanOrEqual(100_000)
  })
})
