import { describe, expect, it } from 'vitest'
import { eventMessage, isVmEvent } from '../../emulator/services/narration/catalogue.js'
import { eventArgument } from '../../emulator/services/events/arguments.js'
import { postEvent, type EventSpec, type StoredEvent } from '../../emulator/services/events.js'
import type { Slot } from '../../emulator/world/records.js'
import { makeBench, schema, tree, type Bench } from '../support/hand-made.js'

function post(bench: Bench, spec: (slot: (id: string) => Slot) => EventSpec): StoredEvent {
  return bench.tx(tx => postEvent(tx, bench.node, spec(id => tx.find(bench.node.name, id)!)))
}

describe('events', () => {
  it('event › has key, chain, time, user and text › when it is posted', () => {
    const bench = makeBench()
    const event = post(bench, slot => ({
      type: 'VmPoweredOnEvent', vm: slot(tree.vm.value), userName: 'alice', chainId: 7,
    }))
    expect(event).toEqual({
      _typeName: 'VmPoweredOnEvent', key: 1, chainId: 7, createdTime: '2026-01-05T08:00:00Z',
      userName: 'alice', template: false,
      datacenter: { name: 'DC0', datacenter: tree.datacenter },
      computeResource: { name: 'C0', computeResource: tree.cluster },
      host: { name: 'esx-01.lab', host: tree.host },
      vm: { name: 'web-01', vm: tree.vm },
      fullFormattedMessage: 'web-01 on esx-01.lab in DC0 is powered on',
    })
    expect(bench.props('EventManager')['latestEvent']).toBe(event)
    expect(bench.world.log('events/vc-01').at(1)).toBe(event)
  })

  it('event › starts a chain of its own › when no cause is given', () => {
    const bench = makeBench()
    post(bench, () => ({ type: 'ServerStartedSessionEvent' }))
    const second = post(bench, () => ({ type: 'ServerStartedSessionEvent' }))
    expect(second).toMatchObject({ key: 2, chainId: 2, userName: '' })
  })

  it('text › names argument objects and faults › from the own properties of the event', () => {
    const bench = makeBench()
    const created = post(bench, slot => ({
      type: 'DatacenterCreatedEvent', datacenter: slot(tree.datacenter.value),
      fields: { parent: eventArgument(bench.world, slot(tree.root.value), 'FolderEventArgument') },
    }))
    expect(created.fullFormattedMessage).toBe('Created datacenter DC0 in folder Datacenters')
    const failed = post(bench, slot => ({
      type: 'VmFailedToPowerOnEvent', vm: slot(tree.vm.value),
      fields: { reason: { fault: { _typeName: 'InvalidState' }, localizedMessage: 'Not now.' } },
    }))
    expect(failed.fullFormattedMessage).toBe('Cannot power on web-01 on esx-01.lab in DC0. Not now.')
  })

  it('text › comes from the id or from the message › for EventEx', () => {
    const known = { _typeName: 'EventEx', eventTypeId: 'esx.problem.net.vmnic.linkstate.down' }
    expect(eventMessage({ ...known, arguments: [{ key: 'nic', value: 'vmnic1' }] }))
      .toBe('Link of physical NIC vmnic1 is down.')
    expect(eventMessage({ _typeName: 'EventEx', eventTypeId: 'org.example.x', message: 'hello' }))
      .toBe('hello')
    expect(eventMessage({ _typeName: 'EventEx', eventTypeId: 'org.example.x' })).toBe('org.example.x')
  })

  it('text › is composed › for every type without a pattern', () => {
    for (const type of schema.subtypes('Event')) {
      expect(eventMessage({ _typeName: type }), type).not.toMatch(/[{}]|undefined/)
    }
  })

  it('template › is carried by VmEvent and what is below it, and by no other', () => {
    for (const type of schema.subtypes('Event')) {
      expect(isVmEvent(type), type).toBe(schema.isA(type, 'VmEvent'))
    }
  })
})
