import { describe, expect, it } from 'vitest'
import type { Ref, Value } from '../../clients/sdk/soap-xml.js'
import { redeemTicket } from '../../emulator/services/tickets/tickets.js'
import { withDoors, type Door, type Doors } from './door.js'
import { frontLab } from './front-lab.js'

type Ticket = Readonly<Record<string, string>> & { certThumbprintList?: unknown }

const options = { lab: frontLab }

async function ticketOf(door: Door, vm: Ref, ticketType: string): Promise<Ticket> {
  return await door.call(vm, 'AcquireTicket', { ticketType }) as unknown as Ticket
}

/** Opens a console of VM_ON that only notes how it ended. */
function openConsole(doors: Doors, vm: string, client: string, dropped: string[] = []): void {
  doors.lab.lab.services.consoles.add({
    host: 'esx-01', vm, label: 'mks', client, userName: 'root', kind: 'mks', drop: () => dropped.push(client),
  })
}

describe('A3 tickets of a VM\'s console', () => {
  it('AcquireTicket › on vCenter names the host, its port and its certificate', withDoors(async doors => {
    const door = await doors.open()
    const vm = await door.vm('VM_ON')
    const ticket = await ticketOf(door, vm, 'mks')
    expect(ticket).toMatchObject({ host: 'esx-01', port: '902' })
    expect(ticket['ticket']).toMatch(/^52/)
    expect(ticket['cfgFile']).toMatch(/^\/vmfs\/volumes\/[^/]+\/VM_ON\/VM_ON\.vmx$/)
    const host = (await door.get<Ref>(vm, 'runtime.host'))
    expect(ticket['sslThumbprint']).toMatch(/^([0-9A-F]{2}:){19}[0-9A-F]{2}$/)
    expect(host.type).toBe('HostSystem')
    const web = await ticketOf(door, vm, 'webmks')
    expect(web).toMatchObject({ port: '443', url: `wss://esx-01:443/ticket/${web['ticket']}` })
  }, options))

  it('AcquireTicket › on the host itself names no host', withDoors(async doors => {
    const door = await doors.open('esx-01')
    const ticket = await ticketOf(door, await door.vm('VM_ON'), 'mks')
    expect(ticket['host']).toBeUndefined()
    expect(ticket).toMatchObject({ port: '902' })
  }, options))

  it('AcquireMksTicket › the older call gives the same', withDoors(async doors => {
    const door = await doors.open()
    const vm = await door.vm('VM_ON')
    const mark = await door.mark()
    expect(await door.call(vm, 'AcquireMksTicket')).toMatchObject({
      host: 'esx-01', port: '902', cfgFile: expect.stringContaining('VM_ON.vmx'),
    })
    expect(await door.types(mark)).toEqual(['VmAcquiredMksTicketEvent'])
  }, options))

  it('events › name the kind, on vCenter with its user, on the host with vpxuser', withDoors(async doors => {
    const door = await doors.open()
    const host = await doors.open('esx-01')
    const marks = [await door.mark(), await host.mark()] as const
    await ticketOf(door, await door.vm('VM_ON'), 'webmks')
    expect(await door.events(marks[0])).toMatchObject([{
      _typeName: 'VmAcquiredTicketEvent', ticketType: 'webmks', userName: 'VSPHERE.LOCAL\\Administrator',
      fullFormattedMessage: 'A ticket of type webmks for VM_ON on esx-01 in DC1 has been acquired',
    }])
    expect(await host.events(marks[1])).toMatchObject([{ ticketType: 'webmks', userName: 'vpxuser' }])
  }, options))

  it('refusals › type, power, privilege', withDoors(async doors => {
    const door = await doors.open()
    const [on, off] = [await door.vm('VM_ON'), await door.vm('VM_A')]
    expect((await door.fault(on, 'AcquireTicket', { ticketType: 'spice' }))).toMatchObject({
      type: 'InvalidArgument', detail: { invalidProperty: 'ticketType' },
    })
    expect(await door.faultOf(on, 'AcquireTicket', { ticketType: 'dnd' })).toBe('NotSupported')
    expect(await door.faultOf(on, 'AcquireTicket', { ticketType: 'constructor' })).toBe('InvalidArgument')
    expect((await door.fault(off, 'AcquireTicket', { ticketType: 'mks' }))).toMatchObject({
      type: 'InvalidPowerState', detail: { requestedState: 'poweredOn', existingState: 'poweredOff' },
    })
    const reader = await doors.open('vc-01', 'reader@vsphere.local')
    for (const [ticketType, privilege] of [['mks', 'ConsoleInteract'], ['webmks', 'ConsoleInteract'], ['device', 'DeviceConnection'], ['guestControl', 'GuestControl']]) {
      expect((await reader.fault(on, 'AcquireTicket', { ticketType }))).toMatchObject({
        type: 'NoPermission', detail: { privilegeId: `VirtualMachine.Interact.${privilege}` },
      })
    }
    expect(await reader.faultOf(on, 'AcquireMksTicket')).toBe('NoPermission')
  }, options))

  it('the life of tickets › is the lab\'s, when it has its own', withDoors(async doors => {
    const door = await doors.open('esx-01')
    const vm = await door.vm('VM_ON')
    const [first, second] = [await ticketOf(door, vm, 'mks'), await ticketOf(door, vm, 'webmks')]
    doors.advance(299)
    expect(redeemTicket(doors.lab.world, 'esx-01', first['ticket']!, 'mks')).toMatchObject({ vm: vm.value })
    doors.advance(1)
    expect(redeemTicket(doors.lab.world, 'esx-01', second['ticket']!, 'webmks')).toMatchObject({ refused: 'expired' })
  }, { ...options, behaviour: { consoleTicketMs: 300_000 } }))

  it('a host that vCenter does not reach › the product\'s fault, and no ticket', withDoors(async doors => {
    const door = await doors.open()
    const vm = await door.vm('VM_ON')
    doors.inject('host-crash', 'esx-01')
    expect(await door.faultOf(vm, 'AcquireTicket', { ticketType: 'mks' })).toBe('HostNotReachable')
    expect(await door.faultOf(vm, 'QueryConnections')).toBe('HostNotReachable')
    expect(await door.faultOf(vm, 'DropConnections')).toBe('HostNotReachable')
  }, options))

  it('QueryConnections and DropConnections › on vCenter and host, by name and all', withDoors(async doors => {
    const door = await doors.open()
    const vm = await door.vm('VM_ON')
    const own = await (await doors.open('esx-01')).vm('VM_ON')
    expect(await door.call(vm, 'QueryConnections')).toBeUndefined()
    const dropped: string[] = []
    for (const client of ['10.1.1.1', '10.1.1.2', '10.1.1.3']) openConsole(doors, own.value, client, dropped)
    const open = await door.soap.callAll(vm, 'QueryConnections') as unknown as Record<string, Value>[]
    expect(open).toHaveLength(3)
    expect(open[0]).toMatchObject({ _typeName: 'VirtualMachineMksConnection', label: 'mks', client: '10.1.1.1', userName: 'root' })
    const { label, client, userName } = open[1]!
    const listOfConnections = [{ label, client, userName }]
    expect(String(await door.call(vm, 'DropConnections', { listOfConnections }))).toBe('true')
    expect(dropped).toEqual(['10.1.1.2'])
    expect(String(await door.call(vm, 'DropConnections', { listOfConnections }))).toBe('false')
    expect(String(await door.call(vm, 'DropConnections'))).toBe('true')
    expect(dropped).toHaveLength(3)
    expect(await door.call(vm, 'QueryConnections')).toBeUndefined()
  }, options))
})
