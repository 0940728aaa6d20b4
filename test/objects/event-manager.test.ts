import { describe, expect, it } from 'vitest'
import { eventHistoryCollector } from '../../emulator/objects/event-history-collector.js'
import { eventManager } from '../../emulator/objects/event-manager.js'
import { historyCollector } from '../../emulator/objects/history-collector.js'
import type { Event, EventDescription, EventFilterSpec } from '../../emulator/schema/generated/types.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { postEvent, type EventSpec } from '../../emulator/services/events.js'
import type { Slot } from '../../emulator/world/records.js'
import { makeBench, root, tree, type Bench, type TestUser } from '../support/hand-made.js'

const manager = { type: 'EventManager', value: 'EventManager' }
const definitions = [eventManager, eventHistoryCollector, historyCollector]

function bench(): Bench {
  const made = makeBench({ definitions })
  const post = (spec: (slot: (ref: MoRef) => Slot) => EventSpec): void => {
    made.tx(tx => postEvent(tx, made.node, spec(ref => tx.find('vc-01', ref.value)!)))
    made.world.advance(1000)
  }
  post(() => ({ type: 'UserLoginSessionEvent', userName: 'alice', fields: { ipAddress: '10.0.0.9' } }))
  post(slot => ({ type: 'VmStartingEvent', vm: slot(tree.vm), userName: 'alice' }))
  post(slot => ({ type: 'DrsVmPoweredOnEvent', vm: slot(tree.vm), userName: 'alice', chainId: 2 }))
  post(slot => ({ type: 'VmPoweredOffEvent', vm: slot(tree.other), userName: 'bob' }))
  post(slot => ({ type: 'HostConnectionLostEvent', host: slot(tree.host) }))
  post(slot => ({
    type: 'EventEx', host: slot(tree.host),
    fields: { eventTypeId: 'esx.audit.ssh.session.opened', severity: 'info' },
  }))
  return made
}

const keys = (events: unknown): number[] => (events as Event[]).map(event => event.key)

function find(lab: Bench, filter: EventFilterSpec, user: TestUser = root): number[] {
  return keys(lab.call(manager, 'QueryEvents', { filter }, user))
}

function collector(lab: Bench, filter: EventFilterSpec = {}): MoRef {
  return lab.call(manager, 'CreateCollectorForEvents', { filter }) as MoRef
}

function latestPage(lab: Bench, ref: MoRef): unknown {
  const slot = lab.objects.find(lab.session(), ref.value)!
  const context = { services: lab.services, reader: lab.world, node: lab.node, session: lab.session() }
  return lab.services.virtualProperty('EventHistoryCollector', 'latestPage')!(context, slot)
}

describe('EventManager', () => {
  it('QueryEvents › gives everything, oldest first › without a filter', () => {
    expect(find(bench(), {})).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('QueryEvents › keeps what fits › for each kind of filter', () => {
    const lab = bench()
    expect(find(lab, { eventTypeId: ['vim.event.VmPoweredOnEvent'] })).toEqual([3])
    expect(find(lab, { type: ['VmEvent'] })).toEqual([2, 3, 4])
    expect(find(lab, { eventTypeId: ['esx.audit.ssh.session.opened'] })).toEqual([6])
    expect(find(lab, { userName: { systemUser: false, userList: ['ALICE'] } })).toEqual([1, 2, 3])
    expect(find(lab, { userName: { systemUser: true } })).toEqual([1, 2, 3, 4, 5, 6])
    expect(find(lab, { userName: { systemUser: true, userList: [] } })).toEqual([5, 6])
    expect(find(lab, { category: ['error'] })).toEqual([5])
    expect(find(lab, { eventChainId: 2 })).toEqual([2, 3])
    expect(find(lab, { maxCount: 2 })).toEqual([5, 6])
    expect(find(lab, {
      time: { beginTime: '2026-01-05T08:00:01Z', endTime: '2026-01-05T08:00:03Z' },
    })).toEqual([2, 3, 4])
  })

  it('QueryEvents › goes on from an event, either way › with a view', () => {
    const lab = bench()
    const view = (startEventId: number, isForward: boolean): number[] =>
      keys(lab.call(manager, 'QueryEvents', { filter: { maxCount: 2 }, eventViewSpec: { startEventId, isForward } }))
    expect(view(3, true)).toEqual([4, 5])
    expect(view(3, false)).toEqual([2, 1])
  })

  it('QueryEvents › by entity › reaches itself, what is below, or both', () => {
    const lab = bench()
    const by = (entity: MoRef, recursion: 'self' | 'children' | 'all'): number[] =>
      find(lab, { entity: { entity, recursion } })
    expect(by(tree.vm, 'self')).toEqual([2, 3])
    expect(by(tree.host, 'self')).toEqual([5, 6])
    expect(by(tree.host, 'all')).toEqual([2, 3, 4, 5, 6])
    expect(by(tree.host, 'children')).toEqual([2, 3, 4])
    expect(by(tree.datacenter, 'self')).toEqual([])
    expect(by(tree.datacenter, 'all')).toEqual([2, 3, 4, 5, 6])
    expect(by(tree.vmFolder, 'all')).toEqual([2, 3, 4])
    expect(by(tree.pool, 'children')).toEqual([2, 3, 4])
  })

  it('QueryEvents › leaves the text out › with disableFullMessage', () => {
    const [event] = bench().call(manager, 'QueryEvents', {
      filter: { disableFullMessage: true, maxCount: 1 },
    }) as Event[]
    expect(event!.fullFormattedMessage).toBeUndefined()
  })

  it('QueryEvents › hides what is about objects that the user may not read', () => {
    const user: TestUser = {
      name: 'limited', hides: (slot, id) => id === 'System.Read'
        && (slot.address.id === tree.vm.value || slot.address.id === tree.root.value),
    }
    expect(find(bench(), {}, user)).toEqual([4, 5, 6])
  })

  it('collector › walks forward from the oldest, and back from the newest', () => {
    const lab = bench()
    const ref = collector(lab)
    const read = (method: string, maxCount: number): number[] =>
      keys(lab.call(ref, method, { maxCount }))
    expect(read('ReadNextEvents', 4)).toEqual([1, 2, 3, 4])
    expect(read('ReadNextEvents', 4)).toEqual([5, 6])
    expect(read('ReadNextEvents', 4)).toEqual([])
    lab.call(ref, 'ResetCollector')
    expect(read('ReadPreviousEvents', 2)).toEqual([6, 5])
    expect(read('ReadPreviousEvents', 9)).toEqual([4, 3, 2, 1])
    expect(read('ReadPreviousEvents', 9)).toEqual([])
    lab.call(ref, 'RewindCollector')
    expect(read('ReadNextEvents', 1)).toEqual([1])
  })

  it('collector › counts and page sizes › are checked', () => {
    const lab = bench()
    const ref = collector(lab)
    for (const [method, maxCount] of [
      ['ReadNextEvents', 0], ['ReadPreviousEvents', -1], ['SetCollectorPageSize', -1],
      ['SetCollectorPageSize', 1001],
    ] as const) {
      expect(lab.outcome(ref, method, { maxCount }), method).toMatchObject({
        kind: 'fault', fault: { type: 'InvalidArgument', fields: { invalidProperty: 'maxCount' } },
      })
    }
  })

  it('latestPage › is newest first, of the page size, and the same until something fits', () => {
    const lab = bench()
    const ref = collector(lab, { type: ['VmEvent'] })
    lab.call(ref, 'SetCollectorPageSize', { maxCount: 2 })
    const page = latestPage(lab, ref)
    expect(keys(page)).toEqual([4, 3])
    lab.tx(tx => postEvent(tx, 'vc-01', { type: 'ServerStartedSessionEvent' }))
    expect(latestPage(lab, ref)).toBe(page)
    lab.tx(tx => postEvent(tx, 'vc-01', {
      type: 'VmResettingEvent', vm: tx.find('vc-01', tree.vm.value)!,
    }))
    expect(keys(latestPage(lab, ref))).toEqual([8, 4])
  })

  it('collector › the 33rd of a session is refused, and one destroyed makes room', () => {
    const lab = bench()
    const refs = Array.from({ length: 32 }, () => collector(lab))
    expect(lab.outcome(manager, 'CreateCollectorForEvents', { filter: {} }))
      .toMatchObject({ kind: 'fault', fault: { type: 'InvalidState' } })
    lab.call(refs[0]!, 'DestroyCollector')
    expect(lab.outcome(refs[0]!, 'RewindCollector'))
      .toMatchObject({ kind: 'fault', fault: { type: 'ManagedObjectNotFound' } })
    collector(lab)
  })

  it('LogUserEvent › posts a GeneralUserEvent about the entity', () => {
    const lab = bench()
    lab.call(manager, 'LogUserEvent', { entity: tree.vm, msg: 'hello' })
    expect(lab.props('EventManager')['latestEvent']).toMatchObject({
      _typeName: 'GeneralUserEvent', message: 'hello', fullFormattedMessage: 'User logged event: hello',
      userName: root.name, entity: { entity: tree.vm, name: 'web-01' }, vm: { vm: tree.vm },
    })
  })

  it('PostEvent › takes the event but not its key, time and user', () => {
    const lab = bench()
    lab.call(manager, 'PostEvent', {
      eventToPost: {
        _typeName: 'EventEx', key: 999, chainId: 0, createdTime: '2001-01-01T00:00:00Z',
        userName: 'mallory', eventTypeId: 'org.example.tested', severity: 'warning', message: 'done',
        vm: { name: 'x', vm: tree.vm },
      },
    })
    expect(lab.props('EventManager')['latestEvent']).toMatchObject({
      key: 7, userName: root.name, createdTime: '2026-01-05T08:00:06Z', message: 'done',
      fullFormattedMessage: 'done', vm: { name: 'web-01' },
    })
    expect(find(lab, { category: ['warning'] })).toEqual([7])
    expect(lab.outcome(manager, 'PostEvent', {
      eventToPost: {
        _typeName: 'EventEx', eventTypeId: 'x',
        vm: { name: 'x', vm: { type: 'VirtualMachine', value: 'vm-none' } },
      },
    })).toMatchObject({ kind: 'fault', fault: { type: 'InvalidEvent' } })
  })

  it('description › has every event type and the known ids', () => {
    const lab = bench()
    const context = { services: lab.services, reader: lab.world, node: lab.node, session: lab.session() }
    const read = lab.services.virtualProperty('EventManager', 'description')!
    const description = read(context, lab.world.find('vc-01', 'EventManager')!) as EventDescription
    const rows = new Map(description.eventInfo.map(row => [row.key, row]))
    expect(rows.get('VmPoweredOnEvent')).toMatchObject({
      category: 'info',
      fullFormat: '{vm.name} on {host.name} in {datacenter.name} is powered on',
      formatOnDatacenter: '{vm.name} on {host.name} is powered on',
      formatOnHost: '{vm.name} is powered on',
      formatOnVm: 'Virtual machine on {host.name} is powered on',
    })
    expect(description.eventInfo.some(row => row.fullFormat.startsWith('esx.audit.ssh.enabled|'))).toBe(true)
    expect(description.eventInfo.length).toBeGreaterThan(440)
    expect(description.category.map(row => row.key)).toEqual(['info', 'warning', 'error', 'user'])
  })

  it('RetrieveArgumentDescription › lists what texts may name; unknown types are refused', () => {
    const lab = bench()
    const list = lab.call(manager, 'RetrieveArgumentDescription', {
      eventTypeId: 'vim.event.VmRenamedEvent',
    }) as { name: string }[]
    expect(list.map(item => item.name)).toEqual(expect.arrayContaining(['vm', 'oldName', 'newName']))
    expect(lab.outcome(manager, 'RetrieveArgumentDescription', { eventTypeId: 'Nothing' }))
      .toMatchObject({ kind: 'fault', fault: { type: 'InvalidArgument' } })
  })
})
