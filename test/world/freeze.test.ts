import { describe, expect, it } from 'vitest'
import { deepFreeze } from '../../emulator/world/freeze.js'
import { World } from '../../emulator/world/world.js'

describe('deepFreeze', () => {
  it('freezes all that a value holds and gives the same value back', () => {
    const value = { list: [{ a: 1 }, [2]], deep: { deeper: { b: null } }, text: 'x' }
    expect(deepFreeze(value)).toBe(value)
    for (const part of [value, value.list, value.list[0], value.list[1], value.deep, value.deep.deeper]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
  })

  it('takes what is not an object as it is', () => {
    expect(deepFreeze(undefined)).toBeUndefined()
    expect(deepFreeze(null)).toBeNull()
    expect(deepFreeze(7)).toBe(7)
  })
})

describe('records', () => {
  it('are frozen when the transaction ends, whichever way they were written', () => {
    const world = new World({ seed: 's', clock: { mode: 'manual' } })
    const made = { props: { list: [{ a: 1 }] }, inner: {} }
    const slot = world.transact({ kind: 'lab' }, tx => tx.create({ node: 'n', type: 'T', id: '1' }, made))
    expect(Object.isFrozen(made.props.list[0])).toBe(true)
    world.transact({ kind: 'lab' }, tx => tx.update<{ list: { a: number }[] }>(slot, draft => { draft.props.list.push({ a: 2 }) }))
    const { list } = world.read<{ list: { a: number }[] }>(slot)!.props
    expect(list).toEqual([{ a: 1 }, { a: 2 }])
    expect(list[0]).toBe(made.props.list[0])
    expect(list.every(item => Object.isFrozen(item)) && Object.isFrozen(list)).toBe(true)
    world.transact({ kind: 'lab' }, tx => tx.replace(slot, { props: { other: { b: 1 } }, inner: {} }))
    expect(Object.isFrozen(world.read(slot)!.props['other'])).toBe(true)
  })
})
