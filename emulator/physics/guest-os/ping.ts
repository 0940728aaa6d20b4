import type { Reader, Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { isStuck } from '../compute/guest-trouble.js'
import { vmRecord } from '../compute/vm.js'
import { LAB } from '../hardware/chassis.js'
import { pings, reaches, responds } from '../network/paths.js'
import { hostNodes } from '../storage/files.js'
import { cardsOf, domainOf } from './guest-facts.js'
import { print } from './print.js'
import './signals.js'
import { setTerminal, terminalOf } from './terminal.js'

/** A packet each second, as ping sends them. */
const PING_MS = 1000

/**
 * The VMs of a host whose guest has an address, or calls itself by a name: an index of the lab, so
 * that a packet costs the same at any size.
 */
export type FindGuests = (host: string, by: 'ip' | 'dns', value: string) => readonly Slot[]

interface NodeFacts { readonly name: string, readonly hostName: string, readonly address: string }

/** The address that a name means to a guest; undefined: nobody knows the name. */
export function addressOf(reader: Reader, find: FindGuests, vm: Slot, name: string): string | undefined {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return name
  if (name === 'localhost') return '127.0.0.1'
  const node = nodes(reader).find(each => each.hostName === name || each.name === name)
  if (node !== undefined) return node.address
  const own = vmRecord(reader, vm)
  const wanted = domainOf(own) !== '' && name.endsWith(`.${domainOf(own)}`) ? name.slice(0, -domainOf(own).length - 1) : name
  return hostNodes(reader).flatMap(host => find(host, 'dns', wanted))
    .flatMap(each => cardsOf(vmRecord(reader, each))).flatMap(card => card.addresses).find(isV4)
}

/**
 * True if an echo from a guest comes back: the cards at both ends are plugged in to one network, both
 * hosts carry it, and the other end lives. The networks of VMs use the cards of the management
 * network, so what cuts hosts off from that cuts their VMs off too.
 */
export function answers(reader: Reader, find: FindGuests, vm: Slot, address: string): boolean {
  const cards = cardsOf(vmRecord(reader, vm))
  if (address.startsWith('127.') || cards.some(card => card.addresses.includes(address))) return true
  const plugged = cards.filter(card => card.connected && card.addresses.length > 0)
  if (plugged.length === 0) return false
  const host = vm.address.node
  const node = nodes(reader).find(each => each.address === address)
  if (node !== undefined) return pings(reader, host, node.name)
  if (plugged.some(card => gatewayOf(card.addresses) === address)) return reaches(reader, host, 'gateway', { network: 'management' })
  const networks = plugged.map(card => card.network)
  return hostNodes(reader).some(there => find(there, 'ip', address).some(other => owns(reader, other, address, networks))
    && (there === host || (responds(reader, there) && reaches(reader, host, there, { network: 'management' }))))
}

/** The first address of the network that a card is in. */
export function gatewayOf(addresses: readonly string[]): string | undefined {
  return addresses.find(isV4)?.replace(/\d+$/, '1')
}

/** A guest begins to send; the first packet goes at once. */
export function startPing(
  tx: Transaction, find: FindGuests, vm: Slot, name: string, address: string, count: number | undefined,
): void {
  const job = tx.after(PING_MS, 'guest.ping', { node: vm.address.node, vm: vm.address.id })
  setTerminal(tx, vm, { running: { name, address, sent: 0, received: 0, job, ...(count === undefined ? {} : { left: count }) } })
  print(tx, vm, [`PING ${name} (${address}) 56(84) bytes of data.`])
  send(tx, find, vm)
}

/** The next packet, or the end. */
export function nextPing(tx: Transaction, find: FindGuests, vm: Slot): void {
  const { running } = terminalOf(tx, vm)
  if (running === undefined) return
  if (running.left === 0) {
    endPing(tx, vm)
    return
  }
  const job = tx.after(PING_MS, 'guest.ping', { node: vm.address.node, vm: vm.address.id })
  setTerminal(tx, vm, { running: { ...running, job } })
  if (!isStuck(tx, vm) && vmRecord(tx, vm).props.runtime.question === undefined) send(tx, find, vm)
}

/** A guest that is suspended sends nothing. */
export function pausePing(tx: Transaction, vm: Slot | undefined): void {
  const running = vm === undefined ? undefined : terminalOf(tx, vm).running
  if (running !== undefined) tx.cancel(running.job)
}

/** It goes on where it was. */
export function resumePing(tx: Transaction, vm: Slot | undefined): void {
  const running = vm === undefined ? undefined : terminalOf(tx, vm).running
  if (vm === undefined || running === undefined) return
  const job = tx.after(PING_MS, 'guest.ping', { node: vm.address.node, vm: vm.address.id })
  setTerminal(tx, vm, { running: { ...running, job } })
}

/** The end of a ping: its sums. */
export function endPing(tx: Transaction, vm: Slot): void {
  const { running } = terminalOf(tx, vm)
  if (running === undefined) return
  tx.cancel(running.job)
  const { name, sent, received } = running
  const lost = sent === 0 ? 0 : Math.round(100 * (sent - received) / sent)
  setTerminal(tx, vm, { running: undefined })
  print(tx, vm, [
    '', `--- ${name} ping statistics ---`,
    `${sent} packets transmitted, ${received} received, ${lost}% packet loss, time ${Math.max(0, sent - 1) * PING_MS}ms`,
  ])
}

function send(tx: Transaction, find: FindGuests, vm: Slot): void {
  const { running } = terminalOf(tx, vm)
  if (running === undefined) return
  const sent = running.sent + 1
  const back = answers(tx, find, vm, running.address)
  setTerminal(tx, vm, { running: {
    ...running, sent, received: running.received + (back ? 1 : 0),
    ...(running.left === undefined ? {} : { left: running.left - 1 }),
  } })
  // What does not come back is silent; the sums tell.
  if (back) print(tx, vm, [`64 bytes from ${running.address}: icmp_seq=${sent} ttl=64 time=${echoMs(running.address)} ms`])
}

/** The time of an echo: the same in every run. */
function echoMs(address: string): string {
  return address.startsWith('127.') ? '0.03' : `0.${20 + [...address].reduce((sum, each) => sum + each.charCodeAt(0), 0) % 60}`
}

function isV4(address: string): boolean {
  return !address.includes(':')
}

function nodes(reader: Reader): NodeFacts[] {
  return reader.ofType(LAB, 'Node').map(slot => reader.read<NodeFacts>(slot)!.props)
}

function owns(reader: Reader, vm: Slot, address: string, networks: readonly string[]): boolean {
  const record = vmRecord(reader, vm)
  if (record.props.runtime.powerState !== 'poweredOn' || isStuck(reader, vm)) return false
  if (record.props.guest?.hostName === undefined || record.props.runtime.question !== undefined) return false
  return cardsOf(record).some(card => card.connected && card.addresses.includes(address) && networks.includes(card.network))
}
