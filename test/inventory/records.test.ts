import { describe, expect, it } from 'vitest'
import { buildLab } from '../../emulator/inventory/build.js'
import { loadLab } from '../../emulator/inventory/lab-file.js'
import type { LabFile } from '../../emulator/inventory/lab-schema.js'
import { vcsimDefaults, vcsimLab } from '../../emulator/inventory/vcsim.js'
import { loadSchema } from '../../emulator/schema/schema.js'
import { World } from '../../emulator/world/world.js'
import { Walker } from './walker.js'

const schema = loadSchema()

/** Required properties that objects compute when they are read. */
const virtual = new Set([
  'EventManager.description', 'TaskManager.description', 'ServiceInstance.serverClock',
])

function build(lab: LabFile): World {
  const world = new World({ seed: '1', clock: { mode: 'manual' } })
  world.genesis(tx => buildLab(tx, lab, { seed: '1' }))
  return world
}

const labs: ReadonlyArray<readonly [string, () => LabFile]> = [
  ['small', () => loadLab('small')],
  ['cluster', () => loadLab('cluster')],
  ['standalone', () => loadLab('standalone')],
  ['big:60', () => loadLab('big:60')],
  ['vcsim', () => vcsimLab(vcsimDefaults)],
  ['vcsim -esx', () => vcsimLab({ ...vcsimDefaults, esx: true })],
  ['vcsim with everything', () => vcsimLab({
    ...vcsimDefaults, datacenters: 2, clusters: 2, datastores: 2, pools: 2, apps: 1, folders: 1, pods: 1,
    portgroups: 2, nsxPortgroups: 1, opaqueNetworks: 1,
  })],
]

describe('records of a lab', () => {
  it.each(labs)('agree with the tables in every property › lab %s', (_, lab) => {
    const walker = new Walker(schema, build(lab()), (type, property) => virtual.has(`${type}.${property}`)).walk()
    expect(walker.problems.slice(0, 40)).toEqual([])
    expect(walker.values).toBeGreaterThan(500)
  })

  it.each(labs)('are the same for the same seed › lab %s', (_, lab) => {
    const [first, second] = [build(lab()), build(lab())]
    const all = (world: World): unknown[] => Array.from({ length: world.store.size }, (_, index) => {
      const slot = world.store.slotAt(index)!
      return slot.address.type === 'Account' ? slot.address : { at: slot.address, record: slot.record }
    })
    expect(JSON.stringify(all(first))).toBe(JSON.stringify(all(second)))
  })
})
