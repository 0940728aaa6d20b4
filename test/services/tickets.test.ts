import { afterEach, describe, expect, it } from 'vitest'
import { ConsoleConnections } from '../../emulator/services/console-connections.js'
import { issueTicket, redeemTicket, type TicketKind } from '../../emulator/services/tickets/tickets.js'
import { REMEMBERED_MS, TICKET_MS, WEB_TICKET_MS } from '../../emulator/services/tickets/timing.js'
import { vmxPath } from '../../emulator/services/tickets/vmx-path.js'
import { createTestLab, type TestLab } from '../support/test-lab.js'
import type { VirtualMachineProps } from '../../emulator/schema/generated/types.js'

let lab: TestLab
afterEach(() => lab.close())

/** Ids of the VMs of a host that run. */
function running(host: string): string[] {
  return lab.world.ofType(host, 'VirtualMachine')
    .filter(slot => lab.world.read<VirtualMachineProps>(slot)!.props.runtime.powerState === 'poweredOn')
    .map(slot => slot.address.id)
}

function issue(kind: TicketKind = 'mks', vm = running('esx-01')[0]!): string {
  return lab.world.transact({ kind: 'lab', what: 'test' }, tx =>
    issueTicket(tx, { host: 'esx-01', vm, kind, userName: 'root' }))
}

describe('console tickets', () => {
  it('a ticket › is a UUID that begins with 52, and is taken once', () => {
    lab = createTestLab({ lab: 'cluster' })
    const ticket = issue()
    expect(ticket).toMatch(/^52[0-9a-f]{6}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const [vm] = running('esx-01')
    expect(redeemTicket(lab.world, 'esx-01', ticket, 'mks'))
      .toEqual({ host: 'esx-01', vm, kind: 'mks', userName: 'root', issuer: 'esx-01' })
    expect(redeemTicket(lab.world, 'esx-01', ticket, 'mks')).toMatchObject({ refused: 'used' })
  })

  it('wrong ones › unknown, of another host, of another kind, of another VM', () => {
    lab = createTestLab({ lab: 'cluster' })
    const [vm, other] = running('esx-01')
    expect(redeemTicket(lab.world, 'esx-01', '52aa', 'mks')).toEqual({ refused: 'unknown' })
    expect(redeemTicket(lab.world, 'esx-02', issue(), 'mks')).toEqual({ refused: 'unknown' })
    expect(redeemTicket(lab.world, 'esx-01', issue('webmks'), ['mks', 'device'])).toMatchObject({ refused: 'kind' })
    const foreign = vmxPath(lab.world, 'esx-01', other!)!
    expect(foreign).toMatch(/^\/vmfs\/volumes\/[0-9a-f-]+\/[^/]+\/[^/]+\.vmx$/)
    expect(redeemTicket(lab.world, 'esx-01', issue(), 'mks', foreign)).toMatchObject({ refused: 'foreignVm' })
    expect(redeemTicket(lab.world, 'esx-01', issue(), 'mks', vmxPath(lab.world, 'esx-01', vm!)))
      .toMatchObject({ vm })
  })

  it('time › a ticket ends on lab time, and is forgotten in the end', () => {
    lab = createTestLab({ lab: 'cluster' })
    const [mks, web] = [issue(), issue('webmks')]
    lab.world.advance(TICKET_MS)
    expect(redeemTicket(lab.world, 'esx-01', mks, 'mks')).toMatchObject({ refused: 'expired' })
    expect(redeemTicket(lab.world, 'esx-01', web, 'webmks')).toMatchObject({ kind: 'webmks' })
    lab.world.advance(WEB_TICKET_MS + REMEMBERED_MS)
    expect(redeemTicket(lab.world, 'esx-01', mks, 'mks')).toEqual({ refused: 'unknown' })
    expect(lab.world.ofType('lab', 'ConsoleTicket')).toEqual([])
  })

  it('hostd › its tickets end with it, and with the host', () => {
    lab = createTestLab({ lab: 'cluster' })
    const first = issue()
    lab.lab.faults.inject('hostd-stop', 'esx-01', {})
    expect(redeemTicket(lab.world, 'esx-01', first, 'mks')).toEqual({ refused: 'unknown' })
    lab.lab.faults.healAll()
    issue()
    lab.lab.faults.inject('host-crash', 'esx-01', {})
    expect(lab.world.ofType('lab', 'ConsoleTicket')).toEqual([])
  })
})

describe('open consoles', () => {
  function console(consoles: ConsoleConnections, vm: string, client: string, dropped: string[]): () => void {
    return consoles.add({
      host: 'esx-01', vm, label: 'mks', client, userName: 'root', kind: 'mks', drop: () => dropped.push(client),
    })
  }

  it('drop › those that are named, or all, each told once', () => {
    lab = createTestLab({ lab: 'cluster' })
    const { consoles } = lab.lab.services
    const [vm, other] = running('esx-01')
    const dropped: string[] = []
    const removes = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map(client => console(consoles, vm!, client, dropped))
    console(consoles, other!, '10.0.0.9', dropped)
    const names = consoles.of('esx-01', vm!).map(({ label, client, userName }) => ({ label, client, userName }))
    expect(consoles.drop('esx-01', vm!, [names[1]!])).toBe(true)
    expect(dropped).toEqual(['10.0.0.2'])
    removes[1]!()
    expect(consoles.drop('esx-01', vm!, [names[1]!])).toBe(false)
    expect(consoles.drop('esx-01', vm!)).toBe(true)
    expect(dropped).toEqual(['10.0.0.2', '10.0.0.1', '10.0.0.3'])
    expect([consoles.of('esx-01', vm!), consoles.count]).toEqual([[], 1])
    const told = [...lab.world.log('events/esx-01').since(1)].map(item => (item.value as { _typeName: string })._typeName)
    expect(told.filter(type => type === 'VmRemoteConsoleDisconnectedEvent')).toHaveLength(3)
    expect(told.filter(type => type === 'VmRemoteConsoleConnectedEvent')).toHaveLength(4)
  })
})
