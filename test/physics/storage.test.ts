import { describe, expect, it } from 'vitest'
import {
  filesIn, freeBytes, makeFolder, putFiles, removeFiles, removeFolderIfEmpty,
} from '../../emulator/physics/storage/files.js'
import { datastorePath, parseDatastorePath, volumeOf } from '../../emulator/physics/storage/paths.js'
import { LAB } from '../../emulator/physics/hardware/chassis.js'
import { World } from '../../emulator/world/world.js'

describe('datastore paths', () => {
  it('are read and written', () => {
    expect(parseDatastorePath('[ds 1] a/b/c.vmx')).toEqual({ datastore: 'ds 1', folder: 'a/b', file: 'c.vmx' })
    expect(parseDatastorePath('[ds]')).toEqual({ datastore: 'ds', folder: '', file: '' })
    expect(parseDatastorePath('[ds] x.iso')).toEqual({ datastore: 'ds', folder: '', file: 'x.iso' })
    expect(parseDatastorePath('no brackets')).toBeUndefined()
    expect(datastorePath('ds', 'a', 'b.vmdk')).toBe('[ds] a/b.vmdk')
    expect(datastorePath('ds', '', 'b.iso')).toBe('[ds] b.iso')
    expect(volumeOf({ summary: { url: 'ds:///vmfs/volumes/1234-56/' } })).toBe('1234-56')
  })
})

describe('files on a volume', () => {
  const bench = () => {
    const world = new World({ seed: '1', clock: { mode: 'manual' } })
    world.genesis(tx => {
      tx.create({ node: LAB, type: 'Volume', id: 'v' }, {
        props: { name: 'v', type: 'VMFS', capacityBytes: 1000, url: '' }, inner: { usedBytes: 100 },
      })
    })
    return world
  }

  it('take space and give it back', () => {
    const world = bench()
    world.transact({ kind: 'lab', what: 'test' }, tx => {
      expect(putFiles(tx, 'v', 'a', { x: { size: 500, type: 'other' } })).toBe(true)
      expect(freeBytes(tx, 'v')).toBe(400)
      expect(putFiles(tx, 'v', 'a', { y: { size: 401, type: 'other' } })).toBe(false)
      expect(putFiles(tx, 'v', 'a', { x: { size: 800, type: 'other' } })).toBe(true)
      expect(freeBytes(tx, 'v')).toBe(100)
      expect(removeFolderIfEmpty(tx, 'v', 'a')).toBe(false)
      removeFiles(tx, 'v', 'a', ['x', 'none'])
      expect(freeBytes(tx, 'v')).toBe(900)
      expect(removeFolderIfEmpty(tx, 'v', 'a')).toBe(true)
      expect(filesIn(tx, 'v', 'a')).toBeUndefined()
      makeFolder(tx, 'v', 'b')
      expect(filesIn(tx, 'v', 'b')).toEqual({})
    })
  })
})
