import { describe, expect, it } from 'vitest'
import { withDoors } from './door.js'
import { Watcher, parked, unparked, viewSpec, waiting } from './watcher.js'

const WATCHERS = 100

describe('a hundred watchers of all VMs', () => {
  it('all get one rename exactly once, and nothing else', withDoors(async doors => {
    const actor = await doors.open()
    const watchers: Watcher[] = []
    for (let i = 0; i < WATCHERS; i += 1) {
      const door = await doors.open()
      watchers.push(await Watcher.create(door, await viewSpec(door, 'VirtualMachine', ['name'])))
    }
    const count = (await watchers[0]!.all()).length
    expect(count).toBeGreaterThanOrEqual(200)
    for (const watcher of watchers.slice(1)) expect((await watcher.all()).length).toBe(count)
    const waits = watchers.map(watcher => watcher.wait())
    await parked(doors.lab, WATCHERS)
    const [name, vm] = [...await actor.names('VirtualMachine')].find(([each]) => /\d$/.test(each) && each !== 'vc-01')!
    await actor.done(vm, 'Rename_Task', { newName: `${name}-renamed` })
    const expected = [{ kind: 'modify', obj: vm.value, changes: { name: `${name}-renamed` }, ops: { name: 'assign' } }]
    for (const answer of await Promise.all(waits)) expect(answer).toMatchObject({ truncated: false, updates: expected })
    for (const watcher of watchers) expect(await watcher.ask()).toBeUndefined()
    const rest = watchers.map(watcher => watcher.wait().catch(() => 'gone'))
    await parked(doors.lab, WATCHERS)
    for (const { door } of watchers) door.soap.close()
    expect(new Set(await Promise.all(rest))).toEqual(new Set(['gone']))
    await unparked(doors.lab)
    expect(waiting(doors.lab)).toBe(0)
  }, { lab: 'big:200' }), 60000)
})
