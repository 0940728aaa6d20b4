import { describe, expect, it } from 'vitest'
import { World } from '../../emulator/world/world.js'

function manual(): World {
  return new World({ seed: '1', clock: { mode: 'manual', startMs: 1000 } })
}

describe('an instant of lab time', () => {
  it('is told once the clock has come to it, and no commit says so', () => {
    const world = manual()
    const seen: number[] = []
    world.instants.at(1500, () => seen.push(world.now()))
    world.advance(499)
    expect(seen).toEqual([])
    world.advance(1)
    world.advance(1000)
    expect(seen).toEqual([1500])
    expect(world.revision).toBe(0)
  })

  it('is not told after its cancel', () => {
    const world = manual()
    const seen: string[] = []
    const cancel = world.instants.at(1500, () => seen.push('one'))
    world.instants.at(1500, () => seen.push('two'))
    cancel()
    world.advance(1000)
    expect(seen).toEqual(['two'])
  })

  it('may ask for the next one, and one that is due already comes when the clock goes on', () => {
    const world = manual()
    const seen: number[] = []
    const again = (): void => {
      seen.push(world.now())
      world.instants.at(1100, again)
    }
    world.instants.at(1100, again)
    for (let step = 0; step < 3; step += 1) world.advance(100)
    expect(seen).toEqual([1100, 1200, 1300])
  })
})
