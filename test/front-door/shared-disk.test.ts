import { describe, expect, it } from 'vitest'
import type { Ref } from '../../clients/sdk/soap-xml.js'
import { newVm, withDoors, type Door, type WireTask } from './door.js'
import { frontLab } from './front-lab.js'

const FILE = '[shared-01] VM_A/VM_A.vmdk'

function attach(sharing?: string, controllerKey = 1000): object {
  return {
    spec: {
      deviceChange: {
        operation: 'add',
        device: {
          _typeName: 'VirtualDisk', key: -1, controllerKey, unitNumber: controllerKey === 1000 ? 3 : 0, capacityInKB: 0,
          backing: { _typeName: 'VirtualDiskFlatVer2BackingInfo', fileName: FILE, diskMode: 'persistent', ...sharing === undefined ? {} : { sharing } },
        },
      },
    },
  }
}

async function share(door: Door, vm: Ref, sharing: string): Promise<void> {
  const devices = await door.get<{ VirtualDevice: { key: string, capacityInKB: string }[] }>(vm, 'config.hardware.device')
  const { capacityInKB } = devices.VirtualDevice.find(({ key }) => key === '2000')!
  await door.done(vm, 'ReconfigVM_Task', {
    spec: {
      deviceChange: {
        operation: 'edit',
        device: {
          _typeName: 'VirtualDisk', key: 2000, controllerKey: 1000, unitNumber: 0, capacityInKB: Number(capacityInKB),
          backing: { _typeName: 'VirtualDiskFlatVer2BackingInfo', fileName: FILE, diskMode: 'persistent', sharing },
        },
      },
    },
  })
}

const locked = ({ state, error }: WireTask): unknown => [state, error?.fault._typeName, (error?.fault as { file?: string } | undefined)?.file]
const REFUSED = ['error', 'FileLocked', FILE]

describe('a disk of two VMs', () => {
  it.each(['own', 'other'])('not shared › whoever starts second does not start, the %s one first', withDoorsFor(async (door, first) => {
    const [a, b] = [await door.vm('VM_A'), await door.vm('VM_B')]
    await door.done(b, 'ReconfigVM_Task', attach())
    const [one, two] = first === 'own' ? [a, b] : [b, a]
    await door.done(one, 'PowerOnVM_Task')
    expect(locked(await door.task(two, 'PowerOnVM_Task'))).toEqual(REFUSED)
    expect(await door.get(two, 'runtime.powerState')).toBe('poweredOff')
    await door.done(one, 'PowerOffVM_Task')
    await door.done(two, 'PowerOnVM_Task')
    expect(locked(await door.task(one, 'PowerOnVM_Task'))).toEqual(REFUSED)
  }))

  it('of another VM in the same folder › the second does not start', withDoors(async doors => {
    const door = await doors.open()
    const [a, b] = [await door.vm('VM_A'), await door.vm('VM_B')]
    const folder = await door.get<Ref>(a, 'parent')
    const pool = await door.get<Ref>(b, 'resourcePool')
    const beside = await door.done(folder, 'CreateVM_Task', {
      config: { ...newVm('beside'), files: { vmPathName: '[shared-01] VM_A/beside.vmx' } }, pool,
    }) as Ref
    expect(await door.get(beside, 'config.files.vmPathName')).toBe('[shared-01] VM_A/beside.vmx')
    await door.done(beside, 'ReconfigVM_Task', attach(undefined, 200))
    await door.done(a, 'PowerOnVM_Task')
    expect(locked(await door.task(beside, 'PowerOnVM_Task'))).toEqual(REFUSED)
    await door.done(a, 'PowerOffVM_Task')
    await door.done(beside, 'PowerOnVM_Task')
    expect(locked(await door.task(a, 'PowerOnVM_Task'))).toEqual(REFUSED)
  }, { lab: frontLab }))

  it('sharingMultiWriter on both › both run; on one alone they do not', withDoors(async doors => {
    const door = await doors.open()
    const [a, b] = [await door.vm('VM_A'), await door.vm('VM_B')]
    await door.done(b, 'ReconfigVM_Task', attach('sharingMultiWriter'))
    await door.done(a, 'PowerOnVM_Task')
    expect(locked(await door.task(b, 'PowerOnVM_Task'))).toEqual(REFUSED)
    await door.done(a, 'PowerOffVM_Task')
    await share(door, a, 'sharingMultiWriter')
    await door.done(a, 'PowerOnVM_Task')
    await door.done(b, 'PowerOnVM_Task')
    expect(await door.get(b, 'runtime.powerState')).toBe('poweredOn')
  }, { lab: frontLab }))

  it('added to one that runs › refused while the other runs', withDoors(async doors => {
    const door = await doors.open()
    const [a, b] = [await door.vm('VM_A'), await door.vm('VM_B')]
    await door.done(a, 'PowerOnVM_Task')
    await door.done(b, 'PowerOnVM_Task')
    expect(locked(await door.task(b, 'ReconfigVM_Task', attach()))).toEqual(REFUSED)
    await door.done(a, 'PowerOffVM_Task')
    await door.done(b, 'ReconfigVM_Task', attach())
    expect(locked(await door.task(a, 'PowerOnVM_Task'))).toEqual(REFUSED)
  }, { lab: frontLab }))
})

/** Like `withDoors`, for a table of cases. */
function withDoorsFor(body: (door: Door, value: string) => Promise<void>): (value: string) => Promise<void> {
  return value => withDoors(async doors => body(await doors.open(), value), { lab: frontLab })()
}
