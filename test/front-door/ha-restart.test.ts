import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Fields } from './door.js'
import { stealLock } from '../../emulator/physics/storage/locks.js'
import { vmKey } from '../../emulator/physics/ha/vms/line.js'
import { withDoors } from './door.js'
import { Watcher, objectSpec } from './watcher.js'

const lab = fileURLToPath(new URL('../../scenarios/labs/f4.yaml', import.meta.url))

describe('HA restart as clients see it', () => {
  it('a VM of a dead host is on another host, and says so to who watches it', withDoors(async doors => {
    const vc = await doors.open('vc1')
    const vm = await vc.vm('vm-esx-02-1')
    const watcher = await Watcher.create(vc, objectSpec(vm, [
      'runtime.host', 'runtime.dasVmProtection', 'runtime.vmFailoverInProgress', 'summary.runtime.powerState',
    ]))
    const first = (await watcher.ask())!.updates[0]!.changes
    expect(first['runtime.dasVmProtection']).toMatchObject({ dasProtected: 'true' })
    doors.lab.lab.faults.inject('host-crash', 'esx-02', {})
    doors.lab.world.advance(31_000)
    expect((await watcher.all())[0]?.changes).toEqual({ 'runtime.vmFailoverInProgress': 'true' })
    doors.lab.world.advance(10_000)
    const after = (await watcher.all())[0]!.changes
    expect(after['runtime.vmFailoverInProgress']).toBe('false')
    const host = after['runtime.host'] as never
    expect(await vc.get(host, 'name')).not.toBe('esx-02')
    const door = await doors.open(await vc.get(host, 'name'))
    expect(await door.get(await door.vm('vm-esx-02-1'), 'runtime.powerState')).toBe('poweredOn')
    const events = await vc.events(0, { eventTypeId: ['com.vmware.vc.ha.VmRestartedByHAEvent'] })
    expect(events).toHaveLength(3)
    expect(events[0]).toMatchObject({ _typeName: 'EventEx', eventTypeId: 'com.vmware.vc.ha.VmRestartedByHAEvent' })
    expect((events[0] as unknown as { vm: Fields }).vm['name']).toMatch(/^vm-esx-02-/)
    expect(await vc.faultOf(vm, 'ResetVM_Task')).toBeUndefined()
  }, { lab }))

  it('an attempt that fails is a VmFailoverFailed with the reason as a fault', withDoors(async doors => {
    const vc = await doors.open('vc1')
    const { world } = doors.lab
    const slot = world.ofType('esx-02', 'VirtualMachine')[0]!
    world.transact({ kind: 'lab', what: 'test' }, tx => stealLock(tx, vmKey(tx, slot), 'an outsider'))
    doors.lab.lab.faults.inject('host-crash', 'esx-02', {})
    world.advance(40_000)
    const [event] = await vc.events(0, { eventTypeId: ['VmFailoverFailed'] })
    expect((event as unknown as { reason: { fault: Fields } }).reason.fault).toMatchObject({ _typeName: 'FileLocked' })
  }, { lab }))
})
