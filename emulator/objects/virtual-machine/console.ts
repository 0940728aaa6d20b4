/** Tickets for a VM's console and devices, and the consoles that are open (protocols.md 7.4). */
import { findTruth } from '../../physics/management/truth.js'
import type {
  VirtualMachineConnection, VirtualMachineMethods, VirtualMachineMksTicket, VirtualMachineTicket,
} from '../../schema/generated/types.js'
import { requirePrivilege } from '../../services/authorization/check.js'
import { commit } from '../../services/call-commit.js'
import { Later, type Query } from '../../services/call.js'
import type { OpenPorts, Thumbprints } from '../../services/door-facts.js'
import { thumbprintOf } from '../../services/host-connection.js'
import { fault, invalidArgument } from '../../services/method-fault.js'
import { tellOfVm } from '../../services/narration/virtual-machine.js'
import { nodeInfo } from '../../services/nodes.js'
import { issueTicket, type TicketKind } from '../../services/tickets/tickets.js'
import { vmxPath } from '../../services/tickets/vmx-path.js'
import { vmRecord } from '../../physics/compute/vm.js'
import type { Slot } from '../../world/records.js'
import { truthOf } from '../truth.js'

/** The door of the host that a ticket of a kind is for, and the privilege it needs (network-security.md 11.5). */
interface KindFacts {
  readonly door: 'authd' | 'https'
  readonly privilege: string
}

const CONSOLE = 'VirtualMachine.Interact.ConsoleInteract'
const DEVICE = 'VirtualMachine.Interact.DeviceConnection'
const GUEST = 'VirtualMachine.Interact.GuestControl'

const kinds: Partial<Record<TicketKind, KindFacts>> = {
  mks: { door: 'authd', privilege: CONSOLE },
  device: { door: 'authd', privilege: DEVICE },
  guestControl: { door: 'authd', privilege: GUEST },
  webmks: { door: 'https', privilege: CONSOLE },
  guestIntegrity: { door: 'https', privilege: CONSOLE },
  webRemoteDevice: { door: 'https', privilege: DEVICE },
}

/** Kinds that the API names and no host has had for long. */
const GONE: readonly string[] = ['dnd']

/** What a ticket says of its host beside the ticket itself. */
interface Place {
  readonly truth: Slot
  readonly doors: OpenPorts | undefined
  readonly prints: { readonly sha1: string, readonly sha256?: string }
}

/**
 * AcquireTicket.
 * @throws InvalidArgument for a type that the API does not know, NotSupported for one that hosts do
 * not have; NoPermission; InvalidPowerState for a VM that does not run; HostNotConnected or
 * HostNotReachable when vCenter does not reach the host.
 */
export function acquireTicket(
  call: Query, { ticketType }: VirtualMachineMethods['AcquireTicket']['args'],
): VirtualMachineTicket | Later {
  if (GONE.includes(ticketType)) throw fault('NotSupported')
  const kind = ticketType as TicketKind
  const facts = Object.hasOwn(kinds, ticketType) ? kinds[kind] : undefined
  if (facts === undefined) throw invalidArgument('ticketType')
  requirePrivilege(call, call.self, facts.privilege)
  return atPlace(call, place => ticketOf(call, kind, place))
}

/** AcquireMksTicket, the older call. Faults like AcquireTicket; the tables declare its privilege. */
export function acquireMksTicket(call: Query): VirtualMachineMksTicket | Later {
  return atPlace(call, place => {
    const { certThumbprintList: _list, ...ticket } = ticketOf(call, 'mks', place, 'VmAcquiredMksTicketEvent')
    return ticket
  })
}

/** QueryConnections: what the host that has the VM serves at present. */
export function queryConnections(call: Query): VirtualMachineConnection[] | undefined {
  const { node, id } = truthOf(call.reader, call.self).address
  const open = call.services.consoles.of(node, id)
  return open.length === 0 ? undefined : open.map(({ label, client, userName }) => ({
    _typeName: 'VirtualMachineMksConnection', label, client, userName,
  }))
}

/** DropConnections: true if all that were named are gone; without a list, every one is meant. */
export function dropConnections(
  call: Query, { listOfConnections }: VirtualMachineMethods['DropConnections']['args'],
): boolean {
  const { node, id } = truthOf(call.reader, call.self).address
  return call.services.consoles.drop(node, id, listOfConnections)
}

/** Looks whether there can be a ticket, and goes on when the thumbprints of the host are known. */
function atPlace<R>(call: Query, make: (place: Place) => R): R | Later {
  // A console opens while its VM is being moved too: only a host out of reach is in the way.
  const truth = findTruth(call.reader, call.self) ?? truthOf(call.reader, call.self)
  const { powerState } = vmRecord(call.reader, truth).props.runtime
  if (powerState !== 'poweredOn') {
    throw fault('InvalidPowerState', { requestedState: 'poweredOn', existingState: powerState })
  }
  const { services: { doors } } = call
  const host = truth.address.node
  const prints = doors.thumbprints?.(host) ?? { sha1: thumbprintOf(call.reader, host) }
  const go = (known: Place['prints']): R => make({ truth, doors: doors.of(host), prints: known })
  if (!isPromise(prints)) return go(prints)
  return new Later((done, failed) => {
    prints.then(known => done(go(known))).catch(failed)
    return () => {}
  })
}

function isPromise(value: Place['prints'] | Promise<Thumbprints>): value is Promise<Thumbprints> {
  return value instanceof Promise
}

function ticketOf(
  call: Query, kind: TicketKind, { truth, doors, prints }: Place, event?: 'VmAcquiredMksTicketEvent',
): VirtualMachineTicket {
  const { node: host, id: vm } = truth.address
  const userName = call.session?.principal.name ?? ''
  const issuer = call.node.name
  const ticket = commit(call, tx => {
    const by = { node: issuer, userName }
    if (event === undefined) tellOfVm(tx, 'VmAcquiredTicketEvent', { node: host, vm, by }, { ticketType: kind })
    else tellOfVm(tx, event, { node: host, vm, by })
    return issueTicket(tx, { host, vm, kind, userName, issuer }, call.services.behaviour.consoleTicketMs)
  })
  const web = kinds[kind]!.door === 'https'
  const address = doors?.address ?? nodeInfo(call.reader, host)!.hostName
  const port = web ? doors?.https ?? 443 : doors?.authd ?? 902
  return {
    ticket,
    cfgFile: vmxPath(call.reader, host, vm) ?? '',
    // A host leaves its own name out: the client knows whom it asked (protocols.md 7.5).
    ...(issuer === host ? {} : { host: address }),
    port,
    sslThumbprint: prints.sha1,
    ...(prints.sha256 === undefined ? {}
      : { certThumbprintList: [{ thumbprint: prints.sha256, hashAlgorithm: 'sha256' }] }),
    ...(web ? { url: `wss://${address}:${port}/ticket/${ticket}` } : {}),
  }
}
