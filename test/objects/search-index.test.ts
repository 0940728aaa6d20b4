import { describe, expect, it } from 'vitest'
import { searchIndex } from '../../emulator/objects/search-index.js'
import { defineSearchIndexes, inventoryPath } from '../../emulator/services/search.js'
import { makeBench, root, tree, type Bench, type TestUser } from '../support/hand-made.js'

const index = { type: 'SearchIndex', value: 'SearchIndex' }

function bench(): Bench {
  return makeBench({ definitions: [searchIndex], before: defineSearchIndexes })
}

describe('SearchIndex', () => {
  it('FindByUuid › finds by BIOS UUID, instance UUID or hardware UUID, whatever the case', () => {
    const lab = bench()
    const find = (uuid: string, vmSearch: boolean, instanceUuid?: boolean): unknown =>
      lab.call(index, 'FindByUuid', { uuid, vmSearch, ...(instanceUuid === undefined ? {} : { instanceUuid }) })
    expect(find('4201CCCC-0000-4000-8000-000000000001', true)).toEqual(tree.vm)
    expect(find('4201cccc-0000-4000-8000-000000000001', true, true)).toBeUndefined()
    expect(find('5001cccc-0000-4000-8000-000000000002', true, true)).toEqual(tree.other)
    expect(find('44454c4c-0000-1000-8000-000000000001', false)).toEqual(tree.host)
    expect(find('44454c4c-0000-1000-8000-000000000001', true)).toBeUndefined()
  })

  it('FindAllByUuid › finds all that share one', () => {
    const lab = bench()
    lab.tx(tx => tx.update(tx.find('vc-01', tree.other.value)!, draft => {
      const config = draft.props['config'] as { uuid: string }
      config.uuid = '4201cccc-0000-4000-8000-000000000001'
    }))
    const args = { uuid: '4201cccc-0000-4000-8000-000000000001', vmSearch: true }
    expect(lab.call(index, 'FindAllByUuid', args)).toEqual([tree.vm, tree.other])
    expect(lab.call(index, 'FindAllByUuid', { ...args, vmSearch: false })).toEqual([])
  })

  it('FindByDnsName, FindByIp › find by what the guest and the host tell', () => {
    const lab = bench()
    expect(lab.call(index, 'FindByDnsName', { dnsName: 'WEB-02.example.com', vmSearch: true })).toEqual(tree.other)
    expect(lab.call(index, 'FindByDnsName', { dnsName: 'esx-01.lab', vmSearch: false })).toEqual(tree.host)
    expect(lab.call(index, 'FindByIp', { ip: '10.0.0.1', vmSearch: true })).toEqual(tree.vm)
    expect(lab.call(index, 'FindAllByIp', { ip: '10.0.0.9', vmSearch: true })).toEqual([])
    expect(lab.call(index, 'FindAllByDnsName', { dnsName: 'web-01.example.com', vmSearch: true })).toEqual([tree.vm])
  })

  it('FindByInventoryPath › walks names below the root folder', () => {
    const lab = bench()
    const find = (inventoryPath: string): unknown =>
      lab.call(index, 'FindByInventoryPath', { inventoryPath })
    expect(find('DC0/vm/web-01')).toEqual(tree.vm)
    expect(find('/DC0/host/C0/Resources/')).toEqual(tree.pool)
    expect(find('/DC0/host/C0/esx-01.lab')).toEqual(tree.host)
    expect(find('/')).toEqual(tree.root)
    expect(find('DC0/vm/none')).toBeUndefined()
    expect(inventoryPath(lab.world, lab.world.find('vc-01', tree.vm.value)!)).toBe('/DC0/vm/web-01')
  })

  it('FindChild › sees a rename and a removal at once', () => {
    const lab = bench()
    const find = (name: string): unknown => lab.call(index, 'FindChild', { entity: tree.vmFolder, name })
    lab.tx(tx => tx.update(tx.find('vc-01', tree.vm.value)!, draft => { draft.props['name'] = 'db-01' }))
    expect(find('web-01')).toBeUndefined()
    expect(find('db-01')).toEqual(tree.vm)
    lab.tx(tx => tx.remove(tx.find('vc-01', tree.vm.value)!))
    expect(find('db-01')).toBeUndefined()
    expect(lab.outcome(index, 'FindChild', { entity: { type: 'Folder', value: 'group-x' }, name: 'a' }))
      .toMatchObject({ fault: { type: 'ManagedObjectNotFound' } })
  })

  it('FindByDatastorePath › finds by the path of the configuration file', () => {
    const lab = bench()
    const find = (path: string) =>
      lab.outcome(index, 'FindByDatastorePath', { datacenter: tree.datacenter, path })
    expect(find('[LocalDS_0] web-01/web-01.vmx')).toMatchObject({ value: tree.vm })
    expect(find('[LocalDS_0]web-01/web-01.vmx')).toMatchObject({ value: tree.vm })
    expect(find('[LocalDS_0] web-01/other.vmx')).toMatchObject({ kind: 'result', value: undefined })
    expect(find('web-01.vmx')).toMatchObject({ fault: { type: 'InvalidDatastorePath' } })
  })

  it('an index › takes in the records that are there already', () => {
    const lab = makeBench({ definitions: [searchIndex] })
    defineSearchIndexes(lab.world)
    expect(lab.call(index, 'FindByIp', { ip: '10.0.0.1', vmSearch: true })).toEqual(tree.vm)
  })

  it('datacenter › bounds the search', () => {
    const lab = bench()
    const elsewhere = { type: 'Datacenter', value: 'datacenter-9' }
    const args = { ip: '10.0.0.1', vmSearch: true }
    expect(lab.call(index, 'FindByIp', { ...args, datacenter: tree.datacenter })).toEqual(tree.vm)
    lab.tx(tx => tx.create({ node: 'vc-01', type: 'Datacenter', id: elsewhere.value }, { props: {}, inner: {} }))
    expect(lab.call(index, 'FindByIp', { ...args, datacenter: elsewhere })).toBeUndefined()
  })

  it('nothing is found that the user may not see', () => {
    const lab = bench()
    const user: TestUser = {
      name: 'limited', hides: (slot, id) => id === 'System.View' && slot.address.id === tree.vm.value,
    }
    const args = { inventoryPath: 'DC0/vm/web-01' }
    expect(lab.call(index, 'FindByInventoryPath', args, user)).toBeUndefined()
    expect(lab.call(index, 'FindByInventoryPath', args, root)).toEqual(tree.vm)
  })
})
