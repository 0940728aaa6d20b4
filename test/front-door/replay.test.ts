import { linkSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Ref } from '../../clients/sdk/soap-xml.js'
import { main } from '../../clients/cli/program.js'
import { ControlServer } from '../../emulator/doors/control/server.js'
import { LabControl } from '../../emulator/lab-control.js'
import { loadImage, saveImage, type Image } from '../../emulator/world/image.js'
import { TestIo } from '../cli/support.js'
import { Door, Doors, newVm, places, withDoors } from './door.js'
import { Watcher, objectSpec, viewSpec } from './watcher.js'

const state = 'runtime.powerState'
const realistic = { behaviour: { durations: 'realistic' } } as const

interface Recording {
  readonly lines: readonly string[]
  readonly image: string
}

/** A fixed list of calls by two users on two nodes, faults and advances. */
async function play(doors: Doors): Promise<void> {
  const [ann, root] = [await doors.open(), await doors.open('esx-02')]
  await ann.call(await ann.content('authorizationManager'), 'SetEntityPermissions', {
    entity: await ann.content('rootFolder'), permission: [{ principal: 'VSPHERE.LOCAL\\operator', group: false, roleId: -1, propagate: true }],
  })
  const bob = await doors.open('vc-01', 'operator@vsphere.local')
  const { folder, pool } = await places(ann)
  const watcher = await Watcher.create(bob, await viewSpec(bob, 'VirtualMachine', ['name', state]))
  await watcher.all()
  await ann.call(folder, 'CreateVM_Task', { config: newVm('replayed'), pool })
  await bob.call(await bob.vm('win-01'), 'PowerOnVM_Task')
  doors.advance(1.1)
  await bob.call(await ann.vm('replayed'), 'PowerOnVM_Task')
  doors.advance(0.5)
  const heal = doors.inject('cable-cut', 'esx-02')
  await root.call(await root.vm('db-01'), 'SuspendVM_Task')
  await bob.faultOf(await bob.vm('db-01'), 'ShutdownGuest')
  doors.advance(80)
  heal()
  doors.advance(15)
  const crash = doors.inject('host-crash', 'esx-02')
  doors.advance(70)
  await ann.call(await ann.vm('web-01'), 'ShutdownGuest')
  crash()
  doors.advance(200)
  await watcher.all()
  await ann.call(await ann.content('sessionManager'), 'Logout')
}

async function record(seed: string): Promise<Recording> {
  const doors = new Doors({ ...realistic, seed })
  const lines: string[] = []
  doors.lab.world.journal.record(line => lines.push(line))
  try {
    await play(doors)
    return { lines, image: JSON.stringify(saveImage(doors.lab.world)) }
  } finally {
    await doors.close()
  }
}

function control(doors: Doors): LabControl {
  return new LabControl(doors.lab.lab, [], () => [])
}

describe('scripted run', () => {
  it('played twice with one seed › gives the same journal and the same image, to the byte', async () => {
    const [first, second] = [await record('7'), await record('7')]
    expect(first.lines.length).toBeGreaterThan(30)
    expect(second.lines).toEqual(first.lines)
    expect(second.image).toBe(first.image)
  })

  it('with another seed › differs', async () => {
    const [first, second] = [await record('7'), await record('8')]
    expect(second.lines).not.toEqual(first.lines)
    expect(second.image).not.toBe(first.image)
  })
})

/** What a client reads of all VMs of a node, as one text. */
async function picture(door: Door): Promise<string> {
  return JSON.stringify(await door.viewed('VirtualMachine', ['name', 'parent', 'runtime', 'config', 'guest', 'summary', 'recentTask']))
}

describe('rewind', () => {
  it('to a revision › brings back what clients read; a watcher sees the way back as changes', withDoors(async doors => {
    const [vc, host] = [await doors.open(), await doors.open('esx-02')]
    const { folder, pool } = await places(vc)
    const watcher = await Watcher.create(vc, await viewSpec(vc, 'VirtualMachine', ['name', state]))
    await watcher.all()
    const before = [await picture(vc), await picture(host)]
    const { revision } = doors.lab.world
    const db = await vc.vm('db-01')
    const win = await vc.vm('win-01')
    await vc.done(db, 'PowerOffVM_Task')
    const made = await vc.done(folder, 'CreateVM_Task', { config: newVm('made'), pool }) as Ref
    await host.done(await host.vm('win-01'), 'Destroy_Task')
    await vc.call(win, 'UnregisterVM')
    expect((await watcher.all()).map(update => update.kind).sort()).toEqual(['enter', 'leave', 'modify'])
    control(doors).rewind({ revision })
    expect([await picture(vc), await picture(host)]).toEqual(before)
    expect(doors.lab.world.revision).toBeGreaterThan(revision)
    const back = new Map((await watcher.all()).map(update => [update.obj, update]))
    expect(back.get(db.value)).toMatchObject({ kind: 'modify', changes: { [state]: 'poweredOn' } })
    expect(back.get(made.value)).toMatchObject({ kind: 'leave' })
    expect(back.get(win.value)).toMatchObject({ kind: 'enter', changes: { name: 'win-01', [state]: 'poweredOff' } })
  }))

  it('to a time › also brings back the clock, the agenda, the faults and the events', withDoors(async doors => {
    const vc = await doors.open()
    const db = await vc.vm('db-01')
    doors.advance(30)
    const then = doors.lab.world.now()
    const [mark, before] = [await vc.mark(), await picture(vc)]
    doors.advance(5)
    doors.inject('host-crash', 'esx-02')
    doors.advance(75)
    expect(await vc.get(db, 'runtime.connectionState')).toBe('disconnected')
    control(doors).rewind({ time: then })
    expect(doors.lab.world.now()).toBe(then)
    expect(doors.lab.lab.faults.active()).toEqual([])
    expect([await picture(vc), await vc.mark()]).toEqual([before, mark])
    doors.advance(300)
    expect(await vc.get(db, 'runtime.connectionState')).toBe('connected')
    expect(await vc.types(mark)).toEqual([])
  }, realistic))

  it('into the middle of a task › lets it end again as it did', withDoors(async doors => {
    const vc = await doors.open()
    const win = await vc.vm('win-01')
    const task = await vc.call(win, 'PowerOnVM_Task') as Ref
    doors.advance(0.6)
    const { revision } = doors.lab.world
    const half = await vc.info(task)
    doors.advance(10)
    const done = await vc.info(task)
    control(doors).rewind({ revision })
    expect(await vc.info(task)).toEqual(half)
    expect(await vc.get(win, state)).toBe('poweredOff')
    doors.advance(10)
    expect(await vc.info(task)).toEqual(done)
    expect(await vc.get(win, state)).toBe('poweredOn')
  }, realistic))
})

describe('what comes after a rewind or a load', () => {
  async function after(detour: (doors: Doors, vc: Door) => Promise<void>): Promise<string> {
    const doors = new Doors({ ...realistic, seed: '5' })
    try {
      const vc = await doors.open()
      await vc.call(await vc.vm('web-01'), 'SuspendVM_Task')
      doors.advance(1)
      await detour(doors, vc)
      const { folder, pool } = await places(vc)
      await vc.call(folder, 'CreateVM_Task', { config: newVm('later'), pool })
      doors.advance(5)
      doors.inject('cable-cut', 'esx-02')
      doors.advance(100)
      // The door numbers requests that bring no operation id; it is no part of the world.
      return JSON.stringify({ ...saveImage(doors.lab.world), revision: 0 })
        .replace(/"(activationId|opId)":"[0-9a-f]{8}"|opID=[0-9a-f]{8}/g, '')
    } finally {
      await doors.close()
    }
  }

  const wrongTurn = async (doors: Doors, vc: Door): Promise<void> => {
    doors.advance(0.1)
    const { folder, pool } = await places(vc)
    await vc.call(folder, 'CreateVM_Task', { config: newVm('wrong'), pool })
    await vc.call(await vc.vm('db-01'), 'PowerOffVM_Task')
    doors.inject('host-crash', 'esx-02')
    doors.advance(90)
    await vc.call(await vc.vm('win-01'), 'PowerOnVM_Task')
    doors.advance(3)
  }

  it('is what would have come without it, to the byte', async () => {
    const straight = await after(async () => {})
    const rewound = await after(async (doors, vc) => {
      const time = doors.lab.world.now()
      await wrongTurn(doors, vc)
      control(doors).rewind({ time })
    })
    const loaded = await after(async (doors, vc) => {
      const image = JSON.parse(JSON.stringify(saveImage(doors.lab.world))) as Image
      await wrongTurn(doors, vc)
      loadImage(doors.lab.world, image)
    })
    expect(loaded).toBe(straight)
    expect(rewound).toBe(straight)
  })
})

describe('save and load', () => {
  it('bring state, tasks under way and logins into another lab', async () => {
    const [from, to] = [new Doors(realistic), new Doors({ ...realistic, seed: '99' })]
    try {
      const vc = await from.open()
      await vc.call(await vc.vm('win-01'), 'PowerOnVM_Task')
      await vc.call(await vc.vm('db-01'), 'Rename_Task', { newName: 'db-saved' })
      from.advance(0.6)
      const image = JSON.parse(JSON.stringify(saveImage(from.lab.world))) as Image
      loadImage(to.lab.world, image)
      expect(JSON.stringify({ ...saveImage(to.lab.world), revision: 0 })).toBe(JSON.stringify({ ...image, revision: 0 }))
      const soap = await to.lab.anonymous('vc-01')
      soap.cookie = vc.soap.cookie
      const resumed = new Door(to.lab, soap)
      expect(await resumed.get(await resumed.content('sessionManager'), 'currentSession')).toMatchObject({ userName: 'VSPHERE.LOCAL\\Administrator' })
      expect(await picture(resumed)).toBe(await picture(vc))
      to.advance(30)
      from.advance(30)
      expect(await resumed.get(await resumed.vm('win-01'), state)).toBe('poweredOn')
      expect(await picture(resumed)).toBe(await picture(vc))
    } finally {
      await from.close()
      await to.close()
    }
  })

  it('reset › is the state that the lab began with; sessions of later are gone', withDoors(async doors => {
    const first = JSON.stringify({ ...saveImage(doors.lab.world), revision: 0 })
    const vc = await doors.open()
    await vc.done(await vc.vm('db-01'), 'PowerOffVM_Task')
    doors.inject('host-crash', 'esx-02')
    doors.advance(100)
    control(doors).reset()
    expect(JSON.stringify({ ...saveImage(doors.lab.world), revision: 0 })).toBe(first)
    expect(await vc.faultOf(await vc.content('viewManager'), 'CreateListView', {})).toBe('NotAuthenticated')
    const again = await doors.open()
    expect(await again.get(await again.vm('db-01'), state)).toBe('poweredOn')
  }))

  it('a watcher that waits sees a checkpoint come back', withDoors(async doors => {
    const vc = await doors.open()
    const db = await vc.vm('db-01')
    const watcher = await Watcher.create(vc, objectSpec(db, [state]))
    const target = control(doors)
    target.saveCheckpoint('before')
    await watcher.all()
    await vc.done(db, 'PowerOffVM_Task')
    expect((await watcher.ask())?.updates[0]?.changes).toEqual({ [state]: 'poweredOff' })
    const waits = watcher.wait()
    target.loadCheckpoint('before')
    expect((await waits)?.updates[0]?.changes).toEqual({ [state]: 'poweredOn' })
  }))

  it('an image of another format or of another lab is refused, and nothing changes', withDoors(async doors => {
    const vc = await doors.open()
    const image = saveImage(doors.lab.world)
    expect(() => control(doors).loadImage({ ...image, format: 999 })).toThrow(/format 999/)
    expect(() => control(doors).loadImage({ format: image.format })).toThrow(/damaged/)
    expect(await vc.get(await vc.vm('db-01'), state)).toBe('poweredOn')
  }))

  it('the file is put in place whole: an old one stays as it was until then', withDoors(async doors => {
    const folder = mkdtempSync(join(tmpdir(), 'fauxsphere-save-'))
    const server = new ControlServer({ target: control(doors), listen: { address: '127.0.0.1', port: 0 }, onDefect: () => {} })
    try {
      const url = `http://127.0.0.1:${(await server.open()).port}`
      const file = join(folder, 'lab.json')
      const save = () => main(['save', file, '--control', url], '0.0.0', new TestIo({ FAUXSPHERE_CACHE: folder }))
      expect(await save()).toBe(0)
      linkSync(file, join(folder, 'old.json'))
      const old = readFileSync(file, 'utf8')
      doors.advance(1)
      doors.inject('cable-cut', 'esx-02')
      expect(await save()).toBe(0)
      expect(readFileSync(join(folder, 'old.json'), 'utf8')).toBe(old)
      expect((JSON.parse(readFileSync(file, 'utf8')) as Image).revision).toBe(doors.lab.world.revision)
      expect(readdirSync(folder).filter(name => name.endsWith('.tmp'))).toEqual([])
    } finally {
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }))
})
