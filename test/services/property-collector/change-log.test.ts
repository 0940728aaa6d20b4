import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChangeLog } from '../../../emulator/services/property-collector/change-log.js'
import type { Slot } from '../../../emulator/world/records.js'

const slots = [0, 1, 2, 3].map(index => ({ index, address: { node: 'n', type: 't', id: `${index}` }, record: undefined }) as Slot)

/** What a reader at a position is told: objects and their state then, in order. */
function told(log: ChangeLog, position: number): unknown[] {
  return [...log.firstAfter(position)].map(([slot, entry]) => [slot.index, entry.before])
}

describe('change log › compact', () => {
  it('changes nothing for readers at the kept positions', () => {
    fc.assert(fc.property(
      fc.array(fc.nat(3), { maxLength: 60 }), fc.array(fc.nat(60), { minLength: 1, maxLength: 5 }),
      (touched, wanted) => {
        const log = new ChangeLog()
        touched.forEach((slot, i) => log.append(slots[slot]!, { i }))
        const positions = wanted.map(position => Math.min(position, log.end))
        const before = positions.map(position => told(log, position))
        log.compact(positions)
        expect(positions.map(position => told(log, position))).toEqual(before)
        expect(log.length).toBeLessThanOrEqual(new Set(positions).size * slots.length)
      },
    ))
  })

  it('drops everything when nobody reads', () => {
    const log = new ChangeLog()
    log.append(slots[0]!, {})
    log.compact([])
    expect(log.length).toBe(0)
    expect(log.end).toBe(1)
  })
})
