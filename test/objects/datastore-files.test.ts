import { beforeEach, describe, expect, it } from 'vitest'
import type { DatastoreProps, HostDatastoreBrowserSearchResults, HostSystemProps } from '../../emulator/schema/generated/types.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { GateLab, faultOf } from '../support/gate-lab.js'

const VC = 'vc-01'
const FILES: MoRef = { type: 'FileManager', value: 'FileManager' }

const lab = {
  lab: 'files',
  vcenters: [{ name: VC, datacenters: [{ name: 'DC', standaloneHosts: ['esx-01'] }] }],
  hosts: [{ name: 'esx-01' }],
  datastores: [{ name: 'ds', capacity: '1TiB' }, { name: 'small', capacity: '100MiB' }],
  vms: [{ name: 'on', datastore: 'ds' }, { name: 'off', datastore: 'ds', power: 'off' as const, disks: ['2GiB'] }],
}

const details = { _typeName: 'FileQueryFlags', fileType: true, fileSize: true, modification: true, fileOwner: true }

describe('files of datastores', () => {
  let gate: GateLab
  let datacenter: MoRef
  beforeEach(() => {
    gate = new GateLab({ lab })
    datacenter = gate.named(VC, 'Datacenter', 'DC')
  })

  const browser = (name = 'ds'): MoRef => gate.props<DatastoreProps>(VC, gate.named(VC, 'Datastore', name)).browser
  const search = (datastorePath: string, searchSpec: object = { details }): HostDatastoreBrowserSearchResults =>
    gate.done(VC, browser(), 'SearchDatastore_Task', {
      datastorePath, searchSpec: { _typeName: 'HostDatastoreBrowserSearchSpec', ...searchSpec },
    }) as HostDatastoreBrowserSearchResults
  const names = (datastorePath: string, spec: object = { details }): string[] =>
    (search(datastorePath, spec).file ?? []).map(file => file.path)
  const mkdir = (name: string, createParentDirectories = false): unknown =>
    gate.call(VC, FILES, 'MakeDirectory', { name, datacenter, createParentDirectories })
  const free = (): number => gate.props<DatastoreProps>(VC, gate.named(VC, 'Datastore', 'ds')).summary.freeSpace

  it('are found with their kinds; a disk is one entry with the size of its data', () => {
    const { file = [], folderPath, datastore } = search('[ds] off')
    expect(folderPath).toBe('[ds] off/')
    expect(datastore).toEqual(gate.named(VC, 'Datastore', 'ds'))
    const kinds = new Map(file.map(item => [item.path, item]))
    expect([...kinds.keys()].filter(name => name.endsWith('.vmdk'))).toEqual(['off.vmdk'])
    expect(kinds.get('off.vmx')).toMatchObject({ _typeName: 'VmConfigFileInfo', owner: 'root' })
    expect(kinds.get('off.vmdk')).toMatchObject({ _typeName: 'VmDiskFileInfo' })
    expect(kinds.get('off.vmdk')!.fileSize).toBeGreaterThan(1000)
    const host = gate.props<HostSystemProps>(VC, gate.named(VC, 'HostSystem', 'esx-01'))
    expect(kinds.get('off.vmx')!.modification).toBe(host.runtime.bootTime)
  })

  it('are restricted by pattern and query, and have no more than their path without details', () => {
    expect(names('[ds] ./off/.')).toEqual(names('[ds] off/'))
    expect(names('[ds]', {})).toEqual(expect.arrayContaining(['off', 'on']))
    expect(search('[ds] off', { matchPattern: ['OFF.VM?'] }).file).toEqual([{ _typeName: 'FileInfo', path: 'off.vmx' }])
    expect(names('[ds] off', { matchPattern: ['OFF.*'], searchCaseInsensitive: false })).toEqual([])
    expect(names('[ds] off', { query: [{ _typeName: 'VmDiskFileQuery' }] })).toEqual(['off.vmdk'])
    expect(names('[ds]', { query: [{ _typeName: 'FolderFileQuery' }], matchPattern: ['o*f*'] })).toEqual(['off'])
  })

  it('VmDiskFileQuery › tells the capacity of a disk', () => {
    const backing = { _typeName: 'VirtualDiskFlatVer2BackingInfo', fileName: '[ds]', diskMode: 'persistent', thinProvisioned: true }
    const drive = { _typeName: 'VirtualDisk', key: -1, controllerKey: 1000, unitNumber: 5, capacityInKB: 4096, backing }
    gate.done(VC, gate.named(VC, 'VirtualMachine', 'off'), 'ReconfigVM_Task', { spec: {
      _typeName: 'VirtualMachineConfigSpec',
      deviceChange: [{ _typeName: 'VirtualDeviceConfigSpec', operation: 'add', fileOperation: 'create', device: drive }],
    } })
    const query = [{ _typeName: 'VmDiskFileQuery', details: { _typeName: 'VmDiskFileQueryFlags', diskType: true, capacityKb: true, hardwareVersion: false } }]
    expect(search('[ds] off', { details, query, matchPattern: ['off_1.vmdk'] }).file).toMatchObject([{ capacityKb: 4096 }])
  })

  it('are found below folders, one result for each', () => {
    mkdir('[ds] a/b', true)
    const found = gate.done(VC, browser(), 'SearchDatastoreSubFolders_Task', { datastorePath: '[ds] a' }) as
      { _value: HostDatastoreBrowserSearchResults[] }
    expect(found._value.map(item => item.folderPath)).toEqual(['[ds] a/', '[ds] a/b/'])
  })

  it('FileNotFound, InvalidDatastorePath › say what is wrong with a path', () => {
    const { error } = gate.task(VC, browser(), 'SearchDatastore_Task', { datastorePath: '[ds] nope' })
    expect(error?.fault).toMatchObject({ _typeName: 'FileNotFound', file: '[ds] nope' })
    for (const datastorePath of ['ds/off', '[nope] off', '[ds] off/../on', '[small] x']) {
      expect(faultOf(() => gate.call(VC, browser(), 'SearchDatastore_Task', { datastorePath })), datastorePath)
        .toBe('InvalidDatastorePath')
    }
    expect(faultOf(() => gate.call(VC, FILES, 'MakeDirectory', { name: '[ds] a' }))).toBe('InvalidArgument')
  })

  it('MakeDirectory › wants the folder above, and none of that name', () => {
    expect(faultOf(() => mkdir('[ds] a/b'))).toBe('FileNotFound')
    mkdir('[ds] a')
    mkdir('[ds] a/b')
    expect(names('[ds] a')).toEqual(['b'])
    expect(faultOf(() => mkdir('[ds] a'))).toBe('FileAlreadyExists')
  })

  it('copies, moves and deletes, and the datastore has the space again', () => {
    const before = free()
    const at = { sourceDatacenter: datacenter }
    const copy = { sourceName: '[ds] off', destinationName: '[ds] copy', ...at }
    gate.done(VC, FILES, 'CopyDatastoreFile_Task', copy)
    expect(names('[ds] copy')).toEqual(names('[ds] off'))
    expect(free()).toBeLessThan(before)
    expect(gate.failed(VC, FILES, 'CopyDatastoreFile_Task', copy)).toBe('FileAlreadyExists')
    gate.done(VC, FILES, 'CopyDatastoreFile_Task', { ...copy, force: true })
    gate.done(VC, FILES, 'MoveDatastoreFile_Task', { sourceName: '[ds] copy/off.vmx', destinationName: '[ds] copy/new.vmx', ...at })
    expect(names('[ds] copy')).toContain('new.vmx')
    expect(names('[ds] copy')).not.toContain('off.vmx')
    gate.done(VC, FILES, 'DeleteDatastoreFile_Task', { name: '[ds] copy', datacenter })
    expect(names('[ds]')).not.toContain('copy')
    expect(free()).toBe(before)
    expect(gate.failed(VC, FILES, 'DeleteDatastoreFile_Task', { name: '[ds] copy', datacenter })).toBe('FileNotFound')
  })

  it('refuses what cannot be: the files of a running VM, a folder into itself, all of a datastore, what has no space', () => {
    const at = { sourceDatacenter: datacenter }
    const { error } = gate.task(VC, FILES, 'DeleteDatastoreFile_Task', { name: '[ds] on', datacenter })
    expect(error?.fault).toMatchObject({ _typeName: 'FileLocked', file: '[ds] on/on.vmx' })
    expect(faultOf(() => gate.call(VC, browser(), 'DeleteFile', { datastorePath: '[ds] on/on.vmx' }))).toBe('FileLocked')
    gate.call(VC, browser(), 'DeleteFile', { datastorePath: '[ds] off/off.vmx' })
    expect(names('[ds] off')).not.toContain('off.vmx')
    expect(gate.failed(VC, FILES, 'MoveDatastoreFile_Task', { sourceName: '[ds] off', destinationName: '[ds] off/x', ...at }))
      .toBe('InvalidArgument')
    expect(gate.failed(VC, FILES, 'DeleteDatastoreFile_Task', { name: '[ds]', datacenter })).toBe('InvalidArgument')
    const big = { sourceName: '[ds] off', destinationName: '[small] off', ...at }
    expect(gate.failed(VC, FILES, 'CopyDatastoreFile_Task', big)).toBe('NoDiskSpace')
    expect(names('[ds]')).toContain('off')
  })

  it('a host shows its own', () => {
    const self = gate.named('esx-01', 'Datastore', 'ds')
    const found = gate.done('esx-01', gate.props<DatastoreProps>('esx-01', self).browser, 'SearchDatastore_Task',
      { datastorePath: '[ds] on' }) as HostDatastoreBrowserSearchResults
    expect(found.file!.map(file => file.path)).toContain('on.vmx')
    gate.call('esx-01', { type: 'FileManager', value: 'ha-nfc-file-manager' }, 'MakeDirectory', { name: '[ds] mine' })
    expect(names('[ds]')).toContain('mine')
  })
})
