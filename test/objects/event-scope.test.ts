import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { inScope } from '../../emulator/services/history/scope.js'
import { createTestLab, type TestLab } from '../support/test-lab.js'

let lab: TestLab
beforeEach(() => { lab = createTestLab() })
afterEach(() => lab.close())

const ROOT = { type: 'Folder', value: 'group-d1' }

describe('events about no object', () => {
  it('filter by entity › they belong to the root folder', () => {
    const of = (entity: { type: string, value: string }, recursion: 'self' | 'children' | 'all'): boolean =>
      inScope(lab.world, 'vc-01', [], [], entity, recursion)
    const [datacenter] = lab.world.ofType('vc-01', 'Datacenter')
    expect(of(ROOT, 'all')).toBe(true)
    expect(of(ROOT, 'self')).toBe(true)
    expect(of(ROOT, 'children')).toBe(false)
    expect(of({ type: 'Datacenter', value: datacenter!.address.id }, 'all')).toBe(false)
  })

  it('login › is found below the root folder', async () => {
    const client = await lab.client('vc-01')
    const { eventManager } = await client.content()
    const found = await client.callAll(eventManager as never, 'QueryEvents', {
      filter: { entity: { entity: ROOT, recursion: 'all' } },
    })
    expect(JSON.stringify(found)).toContain('logged in')
  })
})
