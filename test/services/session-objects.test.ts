import { describe, expect, it } from 'vitest'
import { SessionObjects, isSessionObject } from '../../emulator/services/session-objects.js'
import type { Session } from '../../emulator/services/sessions.js'

function session(key: string, node = 'vc-01'): Session {
  return { key, node, principal: { name: 'root', groups: [] }, locale: 'en' } as unknown as Session
}

describe('session objects', () => {
  it('are found by their own session only', () => {
    const objects = new SessionObjects()
    const slot = objects.create(session('a'), 'ListView', { props: { view: [] } })
    expect(isSessionObject(slot)).toBe(true)
    expect(objects.find(session('a'), slot.address.id)).toBe(slot)
    expect(objects.find(session('b'), slot.address.id)).toBeUndefined()
    expect(objects.find(session('a', 'esx-01'), slot.address.id)).toBeUndefined()
    expect(objects.find(undefined, slot.address.id)).toBeUndefined()
  })

  it('have ids of the product that depend on session and order alone', () => {
    const ids = [1, 2].map(() => new SessionObjects().create(session('a'), 'ListView', { props: {} }).address.id)
    expect(ids[0]).toBe(ids[1])
    expect(ids[0]).toMatch(/^session\[a\][0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
    const objects = new SessionObjects()
    const made = [1, 2].map(() => objects.create(session('a'), 'ListView', { props: {} }))
    expect(new Set(made.map(slot => slot.address.id)).size).toBe(2)
    expect(new Set(made.map(slot => slot.index)).size).toBe(2)
  })

  it('keep what inner holds when properties are replaced', () => {
    const objects = new SessionObjects()
    const inner = { page: 1 }
    const slot = objects.create(session('a'), 'ListView', { props: { view: [] }, inner })
    objects.update(slot, { view: [1] })
    expect(slot.record).toEqual({ props: { view: [1] }, inner })
    expect(slot.record!.inner).toBe(inner)
  })

  it('end once, and tell with their last record', () => {
    const objects = new SessionObjects()
    const heard: unknown[] = []
    objects.onEnd((slot, last) => heard.push([slot.address.type, last.props, slot.record]))
    const slot = objects.create(session('a'), 'ListView', { props: { view: [] } })
    objects.destroy(slot)
    objects.destroy(slot)
    expect(heard).toEqual([['ListView', { view: [] }, undefined]])
    expect(objects.list(session('a'))).toEqual([])
  })

  it('end with their session, in order of creation', () => {
    const objects = new SessionObjects()
    const heard: string[] = []
    objects.onEnd(slot => heard.push(slot.address.type))
    objects.create(session('a'), 'ListView', { props: {} })
    objects.create(session('b'), 'Task', { props: {} })
    objects.create(session('a'), 'ContainerView', { props: {} })
    objects.endSession('vc-01', 'a')
    expect(heard).toEqual(['ListView', 'ContainerView'])
    expect(objects.list(session('b'))).toHaveLength(1)
  })
})
