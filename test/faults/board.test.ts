import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { FaultBoard } from '../../emulator/faults/active.js'
import { defineFault, type FaultTarget, type TargetKind } from '../../emulator/faults/define.js'
import { groupsSchema } from '../../emulator/faults/options.js'
import { findNodes, type TargetSpec } from '../../emulator/faults/target.js'
import { chassis } from '../../emulator/physics/hardware/chassis.js'
import { saveImage, loadImage } from '../../emulator/world/image.js'
import { createTestLab, type TestLab } from '../support/test-lab.js'

let lab: TestLab
afterEach(() => lab.close())

interface Hit { readonly what: 'inject' | 'heal', readonly id: string, readonly target: FaultTarget }

/** A board with one fault of the wanted kind of target, which notes what it hits. */
function board(target: TargetKind | readonly TargetKind[]): { board: FaultBoard, hits: Hit[] } {
  lab = createTestLab({ lab: 'cluster' })
  const hits: Hit[] = []
  const probe = defineFault({
    name: 'probe', target, help: '', example: 'fauxsphere inject probe x',
    options: z.strictObject({ groups: groupsSchema.optional() }),
    inject: (_tx, hit, _options, id) => { hits.push({ what: 'inject', id, target: hit }) },
    heal: (_tx, hit, _options, id) => { hits.push({ what: 'heal', id, target: hit }) },
  })
  return { board: new FaultBoard(lab.world, [probe]), hits }
}

function targetsOf(kind: TargetKind | readonly TargetKind[], spec: TargetSpec): string[] {
  const { board: faults, hits } = board(kind)
  faults.inject('probe', spec, {})
  return hits.map(({ target }) => `${target.kind} ${target.node} ${target.name}`)
}

describe('target of a fault', () => {
  it.each<[TargetKind | readonly TargetKind[], TargetSpec, string[]]>([
    ['host', 'esx-02', ['host esx-02 esx-02']],
    ['host', 'host/esx-02', ['host esx-02 esx-02']],
    ['host', 'esx-02,esx-04', ['host esx-02 esx-02', 'host esx-04 esx-04']],
    ['host', ['esx-02', 'host/esx-0?'], [2, 1, 3, 4].map(n => `host esx-0${n} esx-0${n}`)],
    ['node', '*', ['vc-01', 'esx-01', 'esx-02', 'esx-03', 'esx-04'].map(n => `node ${n} ${n}`)],
    ['vm', 'vm/esx-02-vm-*', [1, 2, 3].map(n => `vm esx-02 esx-02-vm-0${n}`)],
    ['vm', '/DC-01/vm/Production/esx-03-vm-01', ['vm esx-03 esx-03-vm-01']],
    ['datastore', 'shared-*', ['datastore lab shared-01', 'datastore lab shared-02']],
    ['cluster', 'Cluster-01', ['cluster vc-01 Cluster-01']],
    ['cluster', '/DC-01/host/Cluster-01', ['cluster vc-01 Cluster-01']],
    [['host', 'datastore'], 'nfs-01', ['datastore lab nfs-01']],
    ['any', 'esx-02-vm-01', ['vm esx-02 esx-02-vm-01']],
    ['any', 'vc-01', ['node vc-01 vc-01']],
    ['link', 'esx-01 <-> esx-02', ['link esx-01 esx-01 <-> esx-02']],
    ['none', '', ['none lab ']],
  ])('%s %j › is %j', (kind, spec, expected) => {
    expect(targetsOf(kind, spec).sort()).toEqual([...expected].sort())
  })

  it('link › names the parties at both ends, and the direction', () => {
    const { board: faults } = board('link')
    const { target } = faults.inject('probe', { from: 'esx-0*', to: ['vc-01', 'gateway'], 'one-way': true }, {})
    expect(target).toMatchObject({
      from: ['esx-01', 'esx-02', 'esx-03', 'esx-04'], to: ['vc-01', 'gateway'], oneWay: true,
    })
    expect(faults.inject('probe', 'esx-01<->datastore/nfs-01', {}).target.to?.[0]).toMatch(/^storage\//)
    expect(() => faults.inject('probe', 'esx-01 <-> esx-*', {})).toThrow('esx-01 cannot be at both ends')
  })

  it('one-of › is drawn from the seed, the same again', () => {
    const drawn = (seed: string): string[] => {
      lab = createTestLab({ lab: 'cluster', seed })
      return Array.from({ length: 8 }, () =>
        lab.lab.faults.inject('api-delay', { 'one-of': 'host/*' }, { method: 'X', delay: '1s' }).target.name)
    }
    expect(drawn('7')).toEqual(drawn('7'))
    expect(new Set(drawn('7')).size).toBeGreaterThan(1)
    expect(drawn('7')).not.toEqual(drawn('8'))
  })

  it('that is none › names the nearest, or what there is', () => {
    const { board: faults } = board('host')
    expect(() => faults.inject('probe', 'esx-20', {})).toThrow('esx-20 is none; did you mean esx-0')
    expect(() => faults.inject('probe', 'vc-01,esx-01', {})).toThrow('probe needs a host; vc-01 is none. There are: esx-01')
    expect(() => faults.inject('probe', '', {})).toThrow('no target was given')
    expect(() => faults.inject('probe', 'esx-01 -> esx-02', {})).toThrow('acts on host, not on a link')
    expect(() => faults.inject('prob', 'esx-01', {})).toThrow('there is no fault prob; did you mean probe?')
    expect(() => faults.inject('probe', 'esx-01', { gruops: 1 })).toThrow('there is no option gruops; did you mean groups?')
  })

  it('groups of nodes › as lists or as words', () => {
    lab = createTestLab({ lab: 'cluster' })
    expect(groupsSchema.parse('esx-01,esx-02|esx-03')).toEqual([['esx-01', 'esx-02'], ['esx-03']])
    expect(groupsSchema.safeParse('esx-01').success).toBe(false)
    expect(findNodes(lab.world, ['esx-0?', 'vc-01'])).toHaveLength(5)
    expect(() => findNodes(lab.world, 'esx-11')).toThrow('did you mean esx-01?')
  })
})

describe('fault on several targets', () => {
  it('is one fault, healed as one', () => {
    const { board: faults, hits } = board('host')
    const active = faults.inject('probe', 'esx-0*', {}, { as: 'all-of-them' })
    expect(faults.active()).toHaveLength(1)
    expect(active).toMatchObject({ id: 'fault-1', on: 'esx-0*', as: 'all-of-them' })
    faults.healNamed('all-of-them')
    expect(faults.active()).toEqual([])
    expect(hits.map(hit => `${hit.what} ${hit.id} ${hit.target.name}`)).toEqual([
      ...[1, 2, 3, 4].map(n => `inject fault-1.${n} esx-0${n}`), ...[1, 2, 3, 4].map(n => `heal fault-1.${n} esx-0${n}`),
    ])
  })
})

describe('heal', () => {
  it('by name of the fault › ends all of that name, newest first', () => {
    const { board: faults } = board('host')
    for (const host of ['esx-01', 'esx-02']) faults.inject('probe', host, {})
    expect(faults.healNamed('probe').map(each => each.on)).toEqual(['esx-02', 'esx-01'])
    expect(() => faults.healNamed('probe')).toThrow('no active fault probe; active: none')
  })

  it('of a name that is not in force › gives the nearest', () => {
    const { board: faults } = board('host')
    faults.inject('probe', 'esx-01', {}, { as: 'crash' })
    expect(() => faults.healNamed('crsh')).toThrow('did you mean crash?')
  })
})

describe('fault for a time', () => {
  it('is not healed again › when its time ends between two heals, or with the heal', () => {
    const { board: faults, hits } = board('host')
    faults.inject('probe', 'esx-01', {}, { forMs: 1000 })
    faults.inject('probe', 'esx-02', {})
    const stop = lab.world.subscribe(({ cause }) => {
      if (cause.kind === 'fault' && cause.what === 'heal') lab.world.advance(1000)
    })
    expect(faults.healAll().map(each => each.id)).toEqual(['fault-2'])
    stop()
    faults.inject('probe', 'esx-03', {}, { forMs: 0 })
    expect(() => faults.heal('fault-3')).toThrow('no active fault fault-3')
    const healed = hits.filter(hit => hit.what === 'heal').map(hit => hit.id)
    expect(healed).toEqual(['fault-2', 'fault-1', 'fault-3'])
  })

  it('ends by itself, also after the state was saved and loaded', () => {
    lab = createTestLab()
    lab.lab.faults.inject('host-crash', 'esx-02', {}, { forMs: 600_000 })
    expect(lab.lab.faults.active()[0]).toMatchObject({ until: lab.world.now() + 600_000 })
    lab.world.advance(300_000)
    const image = saveImage(lab.world)
    lab.world.advance(300_001)
    expect(lab.lab.faults.active()).toEqual([])
    loadImage(lab.world, image)
    expect(lab.lab.faults.active()).toHaveLength(1)
    expect(chassis(lab.world, 'esx-02')?.power).toBe('off')
    lab.world.advance(600_000)
    expect(lab.lab.faults.active()).toEqual([])
    expect(chassis(lab.world, 'esx-02')?.power).toBe('on')
  })

  it('healed before › ends once', () => {
    const { board: faults, hits } = board('host')
    const { id } = faults.inject('probe', 'esx-01', {}, { forMs: 60_000 })
    faults.heal(id)
    lab.world.advance(120_000)
    expect(hits.map(hit => hit.what)).toEqual(['inject', 'heal'])
  })
})
