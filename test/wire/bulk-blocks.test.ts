import { afterEach, describe, expect, it } from 'vitest'
import { objectContents, type BulkItem, type PathSet } from '../../emulator/schema/bulk.js'
import { encodedCache } from '../../emulator/wire/encoded-cache.js'
import { answer } from '../support/wire.js'

const paths: PathSet = {
  key: 'blocks: name',
  paths: [{ path: 'name', read: props => props['name'], type: { kind: 'string', name: 'string', array: false } }],
}
const item = (id: string, name = id): BulkItem =>
  ({ ref: { type: 'VirtualMachine', value: id }, props: Object.freeze({ name }), paths })
const again = ({ ref, props }: BulkItem): BulkItem => ({ ref: { ...ref }, props, paths })
const list = (size: number) => Array.from({ length: size }, (_, i) => item(`vm-${i}`))
const read = (items: Iterable<BulkItem>) =>
  answer('PropertyCollector', 'RetrieveProperties', objectContents({ shape: 'list', items }))

/** The same objects one by one, by a reader that knows no blocks. */
function oneByOne(items: readonly BulkItem[]): string {
  function * each() { yield * items }
  return read(each())
}

/** Reads twice, so that kept blocks are used, and compares with the plain way. */
function expectSame(items: readonly BulkItem[]): void {
  const plain = oneByOne(items)
  expect(read(items) === plain).toBe(true)
  expect(read(items.map(again)) === plain).toBe(true)
}

afterEach(() => encodedCache.limit(128 * 1024 * 1024))

describe('blocks of a list', () => {
  it.each([1, 7, 8, 63, 64, 65, 71, 200])('have the bytes of their objects › %i objects', (size) => {
    expectSame(list(size))
  })

  it('follow each object › changed, removed, added, moved, under another name', () => {
    const items = list(200)
    expectSame(items)
    for (const at of [0, 1, 63, 64, 100, 199]) {
      const changed = items.map((each, i) => i === at ? item(each.ref.value, 'other') : each)
      expectSame(changed)
      expectSame(items.filter((_, i) => i !== at))
      expectSame([...items.slice(0, at), item('vm-new'), ...items.slice(at)])
      expectSame(items.map((each, i) => i === at ? { ...each, ref: { ...each.ref, value: 'vm-x' } } : each))
    }
    expectSame([...items].reverse())
    expectSame(items)
  })

  it('are not made where something is missing, or of several path sets', () => {
    const fault = { fault: { _typeName: 'NoPermission' } }
    const items = list(100).map((each, i) => i === 30 ? { ...each, missing: [{ path: 'x', fault }] } : each)
    expect(read(items)).toContain('<missingSet><path>x</path>')
    expect(read(items) === oneByOne(items)).toBe(true)
    const other: PathSet = { ...paths, key: 'blocks: name, again' }
    const mixed = list(100).map((each, i) => i % 2 === 0 ? each : { ...each, paths: other })
    expect(read(mixed) === oneByOne(mixed)).toBe(true)
  })

  it('stay right when nothing can be kept, and for large objects', () => {
    const large = Array.from({ length: 100 }, (_, i) => item(`vm-${i}`, String(i % 10).repeat(20_000)))
    expectSame(large)
    encodedCache.limit(0)
    expectSame(list(150))
  })
})
