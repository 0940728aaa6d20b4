import { describe, expect, it } from 'vitest'
import type { Ref } from '../../clients/sdk/soap-xml.js'
import { withDoors, type Fields } from './door.js'

const state = 'runtime.powerState'
const realistic = { behaviour: { durations: 'realistic' } } as const
const place = 'on esx-02 in DC-01'

describe('power operation', () => {
  it('is a task from queued to success with progress on the way, in lab time', withDoors(async doors => {
    const vc = await doors.open()
    const vm = await vc.vm('win-01')
    const task = await vc.call(vm, 'PowerOnVM_Task') as Ref
    expect(await vc.info(task)).toMatchObject({
      state: 'running', name: 'PowerOnVM_Task', descriptionId: 'VirtualMachine.powerOn', entityName: 'win-01',
      entity: vm, progress: '0', cancelled: 'false', cancelable: 'false', reason: { userName: 'VSPHERE.LOCAL\\Administrator' },
    })
    expect(await vc.get(vm, state)).toBe('poweredOff')
    expect(await vc.list(vm, 'recentTask')).toEqual([task.value])
    const seen: string[] = []
    for (let tenths = 0; tenths < 12; tenths += 1) {
      doors.advance(0.1)
      seen.push(await vc.get<string | undefined>(task, 'info.progress') ?? await vc.get(task, 'info.state'))
    }
    expect(seen).toEqual(['0', '0', '0', '30', '30', '30', '30', '30', '70', '70', '70', 'success'])
    const info = await vc.info(task)
    expect(info).toMatchObject({ state: 'success' })
    expect(info['result']).toBeUndefined()
    expect(Date.parse(info['completeTime'] as string) - Date.parse(info['startTime'] as string)).toBe(1200)
    expect(await vc.get(vm, state)).toBe('poweredOn')
  }, realistic))

  it('is queued until the lab has come to it', withDoors(async doors => {
    const vc = await doors.open()
    const vm = await vc.vm('win-01')
    const states: string[] = []
    doors.lab.world.subscribe(entry => {
      for (const { slot, after } of entry.changes) {
        if (slot.address.type === 'Task') states.push((after?.props['info'] as { state: string }).state)
      }
    })
    await vc.call(vm, 'PowerOnVM_Task')
    doors.advance(2)
    expect(states).toEqual(['queued', 'running', 'running', 'running', 'success'])
  }, realistic))

  it('fails its task with InvalidPowerState and both states › in each wrong state', withDoors(async doors => {
    const vc = await doors.open()
    const [on, off] = [await vc.vm('db-01'), await vc.vm('win-01')]
    const cases: [Ref, string, string, string][] = [
      [on, 'PowerOnVM_Task', 'poweredOn', 'poweredOn'], [off, 'PowerOffVM_Task', 'poweredOff', 'poweredOff'],
      [off, 'ResetVM_Task', 'poweredOn', 'poweredOff'], [off, 'SuspendVM_Task', 'suspended', 'poweredOff'],
    ]
    const mark = await vc.mark()
    for (const [vm, method, requestedState, existingState] of cases) {
      const info = await vc.task(vm, method)
      expect(info.state).toBe('error')
      expect(info.error?.fault).toEqual({ _typeName: 'InvalidPowerState', requestedState, existingState })
      expect(info.error?.localizedMessage).not.toBe('')
    }
    expect(await vc.types(mark)).toEqual(['TaskEvent', 'TaskEvent', 'TaskEvent', 'TaskEvent'])
    expect(await vc.get(on, state)).toBe('poweredOn')
  }))

  it('faults in the call › for a template, a VM that is gone, no session, no privilege', withDoors(async doors => {
    const vc = await doors.open()
    expect(await vc.faultOf(await vc.vm('base-image'), 'PowerOnVM_Task')).toBe('NotSupported')
    const gone = { type: 'VirtualMachine', value: 'vm-999999' }
    expect((await vc.fault(gone, 'PowerOnVM_Task'))).toMatchObject({ type: 'ManagedObjectNotFound', detail: { obj: gone } })
    const vm = await vc.vm('win-01')
    const nobody = await doors.lab.anonymous('vc-01')
    await expect(nobody.call(vm, 'PowerOnVM_Task')).rejects.toMatchObject({ type: 'NotAuthenticated' })
    await vc.call(await vc.content('authorizationManager'), 'SetEntityPermissions', {
      entity: await vc.content('rootFolder'),
      permission: [{ principal: 'VSPHERE.LOCAL\\operator', group: false, roleId: -2, propagate: true }],
    })
    const reader = await doors.open('vc-01', 'operator@vsphere.local')
    expect(await reader.fault(vm, 'PowerOnVM_Task')).toMatchObject({
      type: 'NoPermission', detail: { object: vm, privilegeId: 'VirtualMachine.Interact.PowerOn' },
    })
    expect(await vc.list(vm, 'recentTask')).toEqual([])
  }))

  it('that began and fails says so › in an event with the reason, on vCenter and on the host', withDoors(async doors => {
    const [vc, host] = [await doors.open(), await doors.open('esx-02')]
    const vm = await vc.vm('win-01')
    await vc.done(vm, 'ReconfigVM_Task', { spec: { memoryMB: 16777216, memoryReservationLockedToMax: true } })
    const [mark, hostMark] = [await vc.mark(), await host.mark()]
    const fault = await vc.failed(vm, 'PowerOnVM_Task')
    expect(fault?._typeName).toBe('InsufficientMemoryResourcesFault')
    expect(Number(fault?.['requested'])).toBeGreaterThan(Number(fault?.['unreserved']))
    expect(await vc.types(mark)).toEqual(['TaskEvent', 'VmStartingEvent', 'VmFailedToPowerOnEvent'])
    const event = (await vc.events(mark))[2] as unknown as Fields
    expect((event['reason'] as Fields)['fault']).toMatchObject({ _typeName: 'InsufficientMemoryResourcesFault' })
    expect(event['fullFormattedMessage']).toContain(`Cannot power on win-01 ${place}. `)
    expect(event['userName']).toBe('VSPHERE.LOCAL\\Administrator')
    expect(await host.types(hostMark)).toContain('VmFailedToPowerOnEvent')
    expect(await vc.get(vm, state)).toBe('poweredOff')
  }))

  it('posts its events with their texts, one chain with the task', withDoors(async doors => {
    const vc = await doors.open()
    const vm = await vc.vm('db-01')
    const mark = await vc.mark()
    for (const method of ['ResetVM_Task', 'SuspendVM_Task', 'PowerOnVM_Task', 'PowerOffVM_Task', 'PowerOnVM_Task']) await vc.done(vm, method)
    expect((await vc.texts(mark)).filter(text => !text.startsWith('TaskEvent'))).toEqual([
      `VmResettingEvent: db-01 ${place} is reset`,
      `VmSuspendingEvent: db-01 ${place} is being suspended`, `VmSuspendedEvent: db-01 ${place} is suspended`,
      `VmResumingEvent: db-01 ${place} is resumed`, `VmPoweredOnEvent: db-01 ${place} is powered on`,
      'VmStoppingEvent: db-01 on host esx-02 in DC-01 is stopping', `VmPoweredOffEvent: db-01 ${place} is powered off`,
      'VmStartingEvent: db-01 on host esx-02 in DC-01 is starting', `VmPoweredOnEvent: db-01 ${place} is powered on`,
    ])
    const last = (await vc.events(mark)).slice(-3)
    expect(new Set(last.map(event => event['chainId'])).size).toBe(1)
    expect(last.map(event => event._typeName)).toEqual(['TaskEvent', 'VmStartingEvent', 'VmPoweredOnEvent'])
    expect(new Set(last.map(event => event['userName']))).toEqual(new Set(['VSPHERE.LOCAL\\Administrator']))
  }))

  it('suspended › keeps boot time and swap away, and takes the time of a resume', withDoors(async doors => {
    const vc = await doors.open()
    const vm = await vc.vm('db-01')
    await vc.call(vm, 'SuspendVM_Task')
    doors.advance(1.9)
    expect(await vc.get(vm, state)).toBe('poweredOn')
    doors.advance(0.1)
    const suspended = await vc.props(vm, state, 'runtime.suspendTime', 'runtime.bootTime', 'guest.toolsRunningStatus')
    expect(suspended).toMatchObject({ [state]: 'suspended', 'guest.toolsRunningStatus': 'guestToolsNotRunning' })
    expect(suspended['runtime.suspendTime']).toBeDefined()
    expect(suspended['runtime.bootTime']).toBeUndefined()
    await vc.call(vm, 'PowerOnVM_Task')
    doors.advance(1.7)
    expect(await vc.get(vm, state)).toBe('suspended')
    doors.advance(0.1)
    expect(await vc.props(vm, state, 'guest.toolsRunningStatus')).toEqual({ [state]: 'poweredOn', 'guest.toolsRunningStatus': 'guestToolsRunning' })
  }, realistic))
})

describe('guest operation', () => {
  it('has no task and takes the guest its time › shutdown, reboot, standby', withDoors(async doors => {
    const vc = await doors.open()
    const vm = await vc.vm('db-01')
    const mark = await vc.mark()
    expect(await vc.call(vm, 'RebootGuest')).toBeUndefined()
    doors.advance(40)
    expect(await vc.props(vm, state, 'guest.guestState')).toEqual({ [state]: 'poweredOn', 'guest.guestState': 'running' })
    await vc.call(vm, 'ShutdownGuest')
    expect(await vc.get(vm, state)).toBe('poweredOn')
    doors.advance(10)
    expect(await vc.get(vm, state)).toBe('poweredOff')
    expect(await vc.get(vm, 'runtime.cleanPowerOff')).toBe('true')
    expect(await vc.list(vm, 'recentTask')).toEqual([])
    expect((await vc.texts(mark)).filter(text => /Guest/.test(text))).toEqual([
      `VmGuestRebootEvent: Guest OS reboot for db-01 ${place}`,
      `VmGuestShutdownEvent: Guest OS shut down for db-01 ${place}`,
    ])
    const web = await vc.vm('web-01')
    await vc.call(web, 'StandbyGuest')
    doors.advance(5)
    expect(await vc.get(web, state)).toBe('suspended')
  }, realistic))

  it('faults in the call › without power, without tools', withDoors(async doors => {
    const vc = await doors.open()
    const off = await vc.vm('win-01')
    expect(await vc.fault(off, 'ShutdownGuest')).toMatchObject({
      type: 'InvalidPowerState', detail: { requestedState: 'poweredOn', existingState: 'poweredOff' },
    })
    await vc.call(off, 'PowerOnVM_Task')
    doors.advance(2)
    expect(await vc.faultOf(off, 'RebootGuest')).toBe('ToolsUnavailable')
  }, realistic))
})

describe('task', () => {
  it('of the lab is not cancelable; one that a client owns is', withDoors(async doors => {
    const vc = await doors.open()
    const vm = await vc.vm('win-01')
    const task = await vc.call(vm, 'PowerOnVM_Task') as Ref
    expect(await vc.faultOf(task, 'CancelTask')).toBe('NotSupported')
    doors.advance(2)
    expect(await vc.faultOf(task, 'CancelTask')).toBe('InvalidState')
    await vc.call(await vc.content('extensionManager'), 'RegisterExtension', { extension: {
      description: { label: 'Example', summary: 'Example' }, key: 'com.example', version: '1.0',
      taskList: { taskID: 'com.example.work' }, lastHeartbeatTime: '2026-01-05T08:00:00Z',
    } })
    const own = await vc.call(await vc.content('taskManager'), 'CreateTask', {
      obj: vm, taskTypeId: 'com.example.work', initiatedBy: 'me', cancelable: true,
    }) as Fields
    await vc.call(own['task'] as Ref, 'CancelTask')
    expect(await vc.get(own['task'] as Ref, 'info.cancelled')).toBe('true')
  }, realistic))

  it('is in recentTask and the history, which a collector filters by entity and state', withDoors(async doors => {
    const vc = await doors.open()
    const [on, off] = [await vc.vm('db-01'), await vc.vm('win-01')]
    const good = (await vc.call(off, 'PowerOnVM_Task')) as Ref
    const bad = (await vc.call(on, 'PowerOnVM_Task')) as Ref
    doors.advance(0)
    expect(await vc.list(await vc.content('taskManager'), 'recentTask')).toEqual([good.value, bad.value])
    const collect = async (filter: object): Promise<string[]> => {
      const collector = await vc.call(await vc.content('taskManager'), 'CreateCollectorForTasks', { filter }) as Ref
      const infos = await vc.soap.callAll(collector, 'ReadNextTasks', { maxCount: 10 })
      return infos.map(info => (info as Fields)['key'] as string)
    }
    expect((await collect({})).sort()).toEqual([good.value, bad.value].sort())
    expect(await collect({ state: ['error'] })).toEqual([bad.value])
    expect(await collect({ entity: { entity: off, recursion: 'self' } })).toEqual([good.value])
    doors.advance(700)
    expect(await vc.list(await vc.content('taskManager'), 'recentTask')).toEqual([])
    expect(await vc.list(off, 'recentTask')).toEqual([])
    expect(await vc.faultOf(good, 'CancelTask')).toBe('ManagedObjectNotFound')
    expect((await collect({})).length).toBe(2)
  }))
})
