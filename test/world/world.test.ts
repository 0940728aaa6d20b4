import { describe, expect, it } from 'vitest'
import { loadImage, rewind, saveImage, type Image } from '../../emulator/world/image.js'
import { journalLine } from '../../emulator/world/journal.js'
import { MANUAL_START_MS, toDateTime } from '../../emulator/world/clock.js'
import { uuid } from '../../emulator/world/ids.js'
import { World } from '../../emulator/world/world.js'

declare module '../../emulator/world/signals.js' {
  interface SignalMap {
    'train.arrived': { train: string }
  }
  interface JobMap {
    'train.arrive': { train: string }
    'train.fail': { train: string }
  }
}

interface TrainProps { name: string, stops: number, load: { tons: number } }
interface TrainInner { seen: number }

function railway(seed = 'seed'): World {
  const world = new World({ seed, clock: { mode: 'manual' } })
  world.store.defineIndex({
    name: 'name', types: ['Train'], keys: record => [String(record.props['name'])],
  })
  world.defineLog('arrivals', 3)
  world.on('train.arrived', (tx, { train }) => {
    tx.update<TrainProps, TrainInner>({ node: 'north', id: train }, draft => { draft.inner.seen += 1 })
    tx.append('arrivals', { train, at: tx.now() })
  })
  world.onJob('train.arrive', (tx, { train }) => {
    tx.update<TrainProps, TrainInner>({ node: 'north', id: train }, draft => { draft.props.stops += 1 })
    tx.emit('train.arrived', { train })
    tx.after(60000 + Math.floor(tx.random('delay') * 1000), 'train.arrive', { train })
  })
  world.onJob('train.fail', tx => {
    tx.update<TrainProps, TrainInner>({ node: 'north', id: 't1' }, draft => { draft.props.stops = 99 })
    throw new Error('derailed')
  }, (tx, { train }) => {
    tx.update<TrainProps, TrainInner>({ node: 'north', id: train }, draft => { draft.props.name = 'failed' })
  })
  world.genesis(tx => {
    for (const id of ['t1', 't2']) {
      tx.create({ node: 'north', type: 'Train', id }, {
        props: { name: `train ${id}`, stops: 0, load: { tons: 5 } }, inner: { seen: 0 },
      })
    }
    tx.after(60000, 'train.arrive', { train: 't1' })
  })
  return world
}

const lab = { kind: 'lab', what: 'test' } as const

function train(world: World, id: string): TrainProps {
  return world.get<TrainProps, TrainInner>('north', id)!.props
}

describe('what runs after a job', () => {
  it('is outside transactions, at the job\'s instant, before what is due later', () => {
    const world = new World({ seed: 'x', clock: { mode: 'manual', startMs: 0 } })
    const order: string[] = []
    world.onJob('train.arrive', (_tx, { train }) => { order.push(`run ${train} ${world.now()}`) }, undefined, ({ train }) => {
      order.push(`after ${train} ${world.now()}`)
      if (train === 'a') world.transact({ kind: 'lab', what: 'more' }, tx => { order.push(`more ${tx.now()}`) })
    })
    world.transact({ kind: 'lab', what: 'start' }, tx => {
      tx.after(10, 'train.arrive', { train: 'a' })
      tx.after(10, 'train.arrive', { train: 'b' })
      tx.after(20, 'train.arrive', { train: 'c' })
    })
    world.advance(100)
    // The change in `after` finds everything done that was due at its instant.
    expect(order).toEqual(['run a 10', 'after a 10', 'run b 10', 'after b 10', 'more 10', 'run c 20', 'after c 20'])
    expect(world.now()).toBe(100)
  })
})

describe('World.transact', () => {
  it('leaves nothing behind when the change throws', () => {
    const world = railway()
    const before = saveImage(world)
    expect(() => world.transact(lab, tx => {
      tx.update<TrainProps, TrainInner>({ node: 'north', id: 't1' }, draft => { draft.props.stops = 7 })
      tx.append('arrivals', { train: 't1' })
      tx.random('delay')
      tx.count('tickets')
      tx.after(5, 'train.arrive', { train: 't2' })
      throw new Error('no')
    })).toThrow('no')
    expect(saveImage(world)).toEqual(before)
  })

  it('keeps unchanged parts identical, so that pointers tell what changed', () => {
    const world = railway()
    const load = train(world, 't1').load
    world.transact(lab, tx => {
      tx.update<TrainProps, TrainInner>({ node: 'north', id: 't1' }, draft => { draft.props.stops = 3 })
    })
    expect(train(world, 't1').load).toBe(load)
    expect(Object.isFrozen(train(world, 't1'))).toBe(true)
  })

  it('shows its own writes to later reads of the same transaction', () => {
    const world = railway()
    world.transact(lab, tx => {
      tx.update<TrainProps, TrainInner>({ node: 'north', id: 't1' }, draft => { draft.props.stops = 3 })
      expect(tx.get<TrainProps, TrainInner>('north', 't1')!.props.stops).toBe(3)
      tx.remove({ node: 'north', id: 't2' })
      expect(tx.find('north', 't2')).toBeUndefined()
      tx.create({ node: 'north', type: 'Train', id: 't3' }, { props: { name: 'x' }, inner: {} })
      expect(tx.ofType('north', 'Train').map(slot => slot.address.id)).toEqual(['t1', 't3'])
    })
    expect(world.store.lookup('name', 'north', 'x')).toHaveLength(1)
    expect(world.store.lookup('name', 'north', 'train t2')).toHaveLength(0)
  })

  it('finds records by a key of an index, with what it made and without what it removed', () => {
    const world = railway()
    const named = (name: string): string[] => world.transact(lab, tx => {
      tx.remove({ node: 'north', id: 't2' })
      for (const id of ['t4', 't3']) tx.create({ node: 'north', type: 'Train', id }, { props: { name: 'train t1' }, inner: {} })
      return tx.withKey('name', 'north', 'Train', name).map(slot => slot.address.id)
    })
    expect(named('train t1')).toEqual(['t1', 't4', 't3'])
    const other = railway()
    expect(other.transact(lab, tx => {
      tx.remove({ node: 'north', id: 't2' })
      return tx.withKey('name', 'north', 'Train', 'train t2')
    })).toEqual([])
  })

  it('refuses to nest', () => {
    const world = railway()
    expect(() => world.transact(lab, () => world.transact(lab, () => 1))).toThrow('open already')
    expect(world.transact(lab, () => 2)).toBe(2)
  })
})

describe('World.advance', () => {
  it('runs jobs in order of their instants and moves time with them', () => {
    const world = railway()
    world.advance(59999)
    expect(train(world, 't1').stops).toBe(0)
    world.advance(1)
    expect(train(world, 't1').stops).toBe(1)
    expect(world.log('arrivals').at(1)).toEqual({ train: 't1', at: MANUAL_START_MS + 60000 })
    world.advance(3600000)
    expect(world.now()).toBe(MANUAL_START_MS + 3660000)
    expect(train(world, 't1').stops).toBeGreaterThan(50)
    expect(world.log('arrivals').first).toBe(world.log('arrivals').last - 2)
  })

  it('voids the work of a job that throws and runs its failure handler', () => {
    const world = railway()
    world.transact(lab, tx => { tx.after(10, 'train.fail', { train: 't2' }) })
    world.advance(10)
    expect(train(world, 't1').stops).toBe(0)
    expect(train(world, 't2').name).toBe('failed')
  })

  it('does not run a job that was cancelled', () => {
    const world = railway()
    const sequence = world.transact(lab, tx => tx.after(10, 'train.arrive', { train: 't2' }))
    world.transact(lab, tx => tx.cancel(sequence))
    world.advance(20)
    expect(train(world, 't2').stops).toBe(0)
  })
})

describe('rewind and image', () => {
  it('rewind restores records, agenda, chance, counters, logs and time', () => {
    const world = railway()
    world.advance(200000)
    const revision = world.revision
    const before = saveImage(world)
    world.transact(lab, tx => {
      tx.remove({ node: 'north', id: 't2' })
      tx.count('tickets')
    })
    world.advance(500000)
    rewind(world, revision)
    const { revision: now, ...after } = saveImage(world)
    const { revision: then, ...expected } = before
    expect(after.records).toEqual(expected.records)
    expect(after.agenda).toEqual(expected.agenda)
    expect(after.streams).toEqual(expected.streams)
    expect(after.counters).toEqual(expected.counters)
    expect(after.logs).toEqual(expected.logs)
    expect(now).toBeGreaterThan(then)
  })

  it('a counter that was moved up is moved back, by a rewind and by a transaction that fails', () => {
    const world = railway()
    const { revision } = world
    const before = saveImage(world).counters
    expect(() => world.transact(lab, () => {
      world.counters.atLeast('tickets', 500)
      throw new Error('no')
    })).toThrow('no')
    expect(saveImage(world).counters).toEqual(before)
    world.transact(lab, tx => {
      world.counters.atLeast('tickets', 500)
      expect(tx.count('tickets')).toBe(501)
    })
    rewind(world, revision)
    expect(saveImage(world).counters).toEqual(before)
  })

  it('what follows a rewind is what followed the first time', () => {
    const world = railway()
    world.advance(200000)
    const revision = world.revision
    const start = world.now()
    world.advance(500000)
    const first = saveImage(world)
    rewind(world, revision)
    world.advance(first.time - Math.max(world.now(), 0))
    expect(world.now()).toBe(first.time)
    expect(saveImage(world).records).toEqual(first.records)
    expect(start).toBeLessThan(first.time)
  })

  it('load puts a saved state in place, through JSON, in another world', () => {
    const world = railway()
    world.advance(200000)
    const image = JSON.parse(JSON.stringify(saveImage(world))) as Image
    const other = railway('other seed')
    other.advance(5000)
    loadImage(other, image)
    expect(other.now()).toBe(world.now())
    world.advance(100000)
    other.advance(100000)
    expect(saveImage(other).records).toEqual(saveImage(world).records)
    expect(saveImage(other).streams).toEqual(saveImage(world).streams)
  })

  it('refuses an image of another format and changes nothing', () => {
    const world = railway()
    const before = saveImage(world)
    expect(() => loadImage(world, { ...before, format: 99 })).toThrow('format 99')
    expect(saveImage(world)).toEqual(before)
  })

  it('same seed and same inputs give the same bytes, another seed does not', () => {
    const run = (seed: string): { lines: string[], digest: string | undefined } => {
      const world = railway(seed)
      const lines: string[] = []
      world.journal.record(line => lines.push(line))
      world.advance(300000)
      world.transact(lab, tx => tx.append('arrivals', uuid(world.random, 'ids')))
      return { lines, digest: world.journal.digest() }
    }
    expect(run('a')).toEqual(run('a'))
    expect(run('a').lines).not.toEqual(run('b').lines)
  })

  it('writes a change as its paths and new values', () => {
    const world = railway()
    world.transact(lab, tx => {
      tx.update<TrainProps, TrainInner>({ node: 'north', id: 't1' }, draft => { draft.props.load.tons = 9 })
    })
    const line = JSON.parse(journalLine(world.journal.last()!)) as { changes: unknown[] }
    expect(line.changes).toEqual([{ update: ['north', 'Train', 't1'], set: [['props.load.tons', 9]] }])
  })
})

describe('Store.forget', () => {
  it('frees the places of records removed before the journal window, and no others', () => {
    const world = new World({ seed: 's', clock: { mode: 'manual' }, journalCapacity: 2 })
    const make = (id: string): void => {
      world.transact(lab, tx => { tx.create({ node: 'north', type: 'Train', id }, { props: {}, inner: {} }) })
    }
    make('kept')
    make('gone')
    world.transact(lab, tx => tx.remove({ node: 'north', id: 'gone' }))
    expect(world.store.find('north', 'gone')).toBeDefined()
    for (let i = 0; i < 6; i += 1) make(`t${i}`)
    expect(world.store.find('north', 'gone')).toBeUndefined()
    expect(world.find('north', 'kept')).toBeDefined()
    make('gone')
    expect(world.find('north', 'gone')!.index).toBe(world.store.size - 1)
    expect(saveImage(world).records).toHaveLength(8)
  })
})

describe('toDateTime', () => {
  it('has no fraction when it is zero and no trailing zeros otherwise', () => {
    expect(toDateTime(Date.UTC(2023, 11, 12, 10, 6, 39))).toBe('2023-12-12T10:06:39Z')
    expect(toDateTime(Date.UTC(2014, 9, 20, 15, 9, 9, 70))).toBe('2014-10-20T15:09:09.07Z')
  })
})
