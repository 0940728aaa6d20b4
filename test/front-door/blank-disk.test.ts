import { describe, expect, it } from 'vitest'
import type { Ref } from '../../clients/sdk/soap-xml.js'
import { consoleScreen } from '../../emulator/physics/guest-os/console-service.js'
import { withoutMarks } from '../../emulator/physics/text-screen.js'
import { withDoors, type Door, type Doors } from './door.js'
import { frontLab } from './front-lab.js'

const disk = {
  operation: 'add', fileOperation: 'create',
  device: {
    _typeName: 'VirtualDisk', key: -1, controllerKey: -101, unitNumber: -1, capacityInKB: 1048576,
    backing: { _typeName: 'VirtualDiskFlatVer2BackingInfo', fileName: '', diskMode: 'persistent', thinProvisioned: true },
  },
}
const scsi = { operation: 'add', device: { _typeName: 'ParaVirtualSCSIController', key: -101, busNumber: 0, sharedBus: 'noSharing' } }

/** What the screen of a VM of esx-01 says. */
function screen(doors: Doors, name: string): string {
  const { world } = doors.lab
  const slot = world.ofType('esx-01', 'VirtualMachine').find(each => each.record?.props['name'] === name)!
  return consoleScreen(world, slot)!.lines.map(withoutMarks).join('\n')
}

async function create(door: Door, name: string, more: object): Promise<Ref> {
  const pool = await door.get<Ref>(await door.named('ClusterComputeResource', 'CL'), 'resourcePool')
  const folder = await door.get<Ref>(await door.named('Datacenter', 'DC1'), 'vmFolder')
  return await door.done(folder, 'CreateVM_Task', {
    config: {
      name, numCPUs: 1, memoryMB: 128, guestId: 'otherLinux64Guest', files: { vmPathName: '[shared-01]' }, deviceChange: [scsi, disk], ...more,
    },
    pool, host: await door.named('HostSystem', 'esx-01'),
  }) as Ref
}

describe('a disk that was just made', () => {
  it('has nothing to start: the firmware says so, and no guest reports', withDoors(async doors => {
    const door = await doors.open()
    const vm = await create(door, 'fresh', { firmware: 'efi' })
    await door.done(vm, 'PowerOnVM_Task')
    doors.advance(300)
    expect(screen(doors, 'fresh')).toMatch(/UEFI[^]*Disk 0: there is nothing on it to start\.[^]*No disk with an operating system was found\./)
    expect(await door.get(vm, 'runtime.powerState')).toBe('poweredOn')
    expect(await door.get(vm, 'guest.toolsRunningStatus')).toBe('guestToolsNotRunning')
    expect(await door.get(vm, 'guestHeartbeatStatus')).toBe('gray')
    await door.done(vm, 'ReconfigVM_Task', {
      spec: { deviceChange: { operation: 'edit', device: { ...disk.device, key: 2000, controllerKey: 1000, unitNumber: 0, capacityInKB: 2097152 } } },
    })
    await door.done(vm, 'ResetVM_Task')
    expect(screen(doors, 'fresh')).toContain('No disk with an operating system was found.')
  }, { lab: frontLab }))

  it('a copy of it is as blank, and a copy of one that boots boots', withDoors(async doors => {
    const door = await doors.open()
    const folder = await door.get<Ref>(await door.named('Datacenter', 'DC1'), 'vmFolder')
    const location = { host: await door.named('HostSystem', 'esx-01'), pool: await door.get<Ref>(await door.named('ClusterComputeResource', 'CL'), 'resourcePool') }
    for (const [name, from] of [['blank-copy', await create(door, 'fresh', {})], ['copy', await door.vm('VM_A')]] as const) {
      await door.done(from, 'CloneVM_Task', { folder, name, spec: { location, powerOn: true, template: false } })
    }
    doors.advance(300)
    expect(screen(doors, 'blank-copy')).toContain('No disk with an operating system was found.')
    expect(screen(doors, 'copy')).toContain('login:')
  }, { lab: frontLab }))
})
