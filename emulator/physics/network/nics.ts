import type { HostNetworkInfo, HostSystemProps } from '../../schema/generated/types.js'
import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { chassis, updateChassis } from '../hardware/chassis.js'
import type { NetworkName } from './rules.js'

declare module '../../world/signals.js' {
  interface SignalMap {
    /** The link of a physical card of a host went down or came up. */
    'network.nic': {
      readonly host: string, readonly nic: string, readonly link: 'up' | 'down'
      /** Somebody switched the card on the host; without it, it is what is plugged in. */
      readonly by?: 'admin'
    }
    /** The switch port behind a card carries the wrong VLAN, or the right one again; the link is up. */
    'network.vlan': { readonly host: string, readonly nic: string, readonly state: 'wrong' | 'right' }
    /** How many of a switch's cards still have link: what the vmkernel reports. */
    'network.redundancy': {
      readonly host: string, readonly switch: string, readonly nic: string
      readonly state: 'degraded' | 'lost' | 'disconnected' | 'reconnected' | 'restored'
      readonly portgroups: readonly string[]
    }
  }
}

/** Traffic types of kernel adapters whose loss concerns a network of the lab. */
const serves: Readonly<Record<string, NetworkName>> = { management: 'management', vmotion: 'vmotion', vsan: 'vsan' }

/**
 * Cards of hosts: a link that goes down is noticed and another card of the switch takes over; a port
 * in the wrong VLAN is not noticed, so what is pinned to that card is dead (availability.md 4.1).
 */
export function reactToNics(world: World): void {
  world.on('network.nic', (tx, { host, nic, link, by }) => {
    if (by === undefined) notePlug(tx, host, nic, link)
    const inner = chassis(tx, host)
    if (link === 'up' && inner?.adminDownNics?.includes(nic) === true) return
    if (inner === undefined || (inner.downNics ?? []).includes(nic) === (link === 'down')) return
    updateChassis(tx, host, draft => { draft.downNics = toggled(draft.downNics, nic, link === 'down') })
    showLink(tx, host, nic, link)
    report(tx, host, nic, link)
    settle(tx, host)
  })
  world.on('network.vlan', (tx, { host, nic, state }) => {
    updateChassis(tx, host, draft => { draft.wrongVlanNics = toggled(draft.wrongVlanNics, nic, state === 'wrong') })
    settle(tx, host)
  })
}

/** True for a card that somebody has switched off: whatever is plugged in, it has no link. */
export function nicAdminDown(reader: Reader, host: string, nic: string): boolean {
  return chassis(reader, host)?.adminDownNics?.includes(nic) === true
}

/** Somebody switches a card of a host off, or on again. */
export function setAdminLink(tx: Transaction, host: string, nic: string, link: 'up' | 'down'): void {
  if (nicAdminDown(tx, host, nic) === (link === 'down')) return
  updateChassis(tx, host, inner => {
    const next = toggled(inner.adminDownNics, nic, link === 'down')
    if (next.length === 0) delete inner.adminDownNics
    else inner.adminDownNics = next
  })
  if (link === 'up' && chassis(tx, host)?.unpluggedNics?.includes(nic) === true) return
  tx.emit('network.nic', { host, nic, link, by: 'admin' })
}

/** Keeps what is at the other end of a card, for when the card is switched on again. */
function notePlug(tx: Transaction, host: string, nic: string, link: 'up' | 'down'): void {
  if ((chassis(tx, host)?.unpluggedNics?.includes(nic) === true) === (link === 'down')) return
  updateChassis(tx, host, inner => {
    const next = toggled(inner.unpluggedNics, nic, link === 'down')
    if (next.length === 0) delete inner.unpluggedNics
    else inner.unpluggedNics = next
  })
}

/** Names of a host's physical cards. */
export function nicNames(reader: Reader, host: string): string[] {
  return (networkOf(reader, host)?.pnic ?? []).map(nic => nic.device)
}

/** The IP addresses of a host's kernel adapters. */
export function addressesOf(reader: Reader, host: string): string[] {
  return (networkOf(reader, host)?.vnic ?? []).flatMap(({ spec }) => spec.ip?.ipAddress ?? [])
}

/** Cards of the switch that carries a kernel adapter's traffic, in the order of the teaming. */
export function uplinksFor(reader: Reader, host: string, network: NetworkName): string[] {
  const info = networkOf(reader, host)
  const vnic = adapterFor(reader, host, network)
  const group = info?.portgroup?.find(item => item.spec.name === vnic)
  const found = info?.vswitch?.find(item => item.key === group?.vswitch)
  const order = group?.computedPolicy.nicTeaming?.nicOrder
  const listed = [...order?.activeNic ?? [], ...order?.standbyNic ?? []]
  return listed.length > 0 ? listed : switchNics(info, found?.pnic)
}

/** Port group of the kernel adapter that is selected for a traffic type. */
function adapterFor(reader: Reader, host: string, network: NetworkName): string | undefined {
  const config = hostConfig(reader, host)
  const type = Object.keys(serves).find(each => serves[each] === network)
  const selected = config?.virtualNicManagerInfo?.netConfig?.find(item => item.nicType === type)?.selectedVnic?.[0]
  const vnics = config?.network?.vnic ?? []
  return vnics.find(vnic => vnic.key !== undefined && selected?.endsWith(vnic.key) === true)?.portgroup
}

/** Names of those cards of a switch, given by their keys, that have a link. */
export function uplinksAlive(reader: Reader, host: string, keys: readonly string[] | undefined): string[] {
  const down = chassis(reader, host)?.downNics ?? []
  return switchNics(networkOf(reader, host), keys).filter(nic => !down.includes(nic))
}

function switchNics(info: HostNetworkInfo | undefined, keys: readonly string[] | undefined): string[] {
  return (info?.pnic ?? []).filter(nic => nic.key !== undefined && keys?.includes(nic.key) === true).map(nic => nic.device)
}

/** Recomputes which networks the host's cards still reach. */
function settle(tx: Transaction, host: string): void {
  const inner = chassis(tx, host)!
  const detached = (Object.values(serves)).filter(network => {
    const uplinks = uplinksFor(tx, host, network)
    if (uplinks.length === 0) return false
    const alive = uplinks.find(nic => !(inner.downNics ?? []).includes(nic))
    return alive === undefined || (inner.wrongVlanNics ?? []).includes(alive)
  })
  const others = (inner.detached ?? []).filter(network => !Object.values(serves).includes(network))
  const next = [...detached, ...others]
  if (JSON.stringify(next) === JSON.stringify(inner.detached ?? [])) return
  updateChassis(tx, host, draft => {
    if (next.length === 0) delete draft.detached
    else draft.detached = next
  })
  tx.emit('network.changed', { why: `cards of ${host}` })
}

/** `linkSpeed` of a physical card is unset while its link is down. */
function showLink(tx: Transaction, host: string, nic: string, link: 'up' | 'down'): void {
  const slot = tx.find(host, 'ha-host')
  if (slot === undefined) return
  tx.update<HostSystemProps>(slot, draft => {
    const card = draft.props.config?.network?.pnic?.find(item => item.device === nic)
    if (card === undefined) return
    if (link === 'down') delete card.linkSpeed
    else card.linkSpeed = { speedMb: card.validLinkSpecification?.at(-1)?.speedMb ?? 10000, duplex: true }
  })
}

/** What the vmkernel says of the switch: degraded, lost (one left), disconnected (none), and back. */
function report(tx: Transaction, host: string, nic: string, link: 'up' | 'down'): void {
  const info = networkOf(tx, host)
  const down = chassis(tx, host)!.downNics ?? []
  for (const item of [...info?.vswitch ?? [], ...info?.proxySwitch ?? []]) {
    const nics = switchNics(info, item.pnic)
    if (!nics.includes(nic)) continue
    const left = nics.filter(each => !down.includes(each)).length
    const state = stateOf(left, nics.length, link)
    if (state === undefined) continue
    const name = 'dvsName' in item ? item.dvsName : item.name
    const portgroups = (info?.portgroup ?? []).filter(group => group.vswitch === item.key).map(group => group.spec.name)
    tx.emit('network.redundancy', { host, switch: name, nic, state, portgroups })
  }
}

function stateOf(left: number, all: number, link: 'up' | 'down') {
  if (link === 'up') return left === 1 && all > 1 ? 'reconnected' : left === all ? 'restored' : undefined
  if (left === 0) return 'disconnected'
  return left === 1 ? 'lost' : 'degraded'
}

function networkOf(reader: Reader, host: string): HostNetworkInfo | undefined {
  return hostConfig(reader, host)?.network
}

function hostConfig(reader: Reader, host: string): HostSystemProps['config'] {
  return reader.get<HostSystemProps>(host, 'ha-host')?.props.config
}

function toggled(list: readonly string[] | undefined, item: string, present: boolean): string[] {
  const rest = (list ?? []).filter(each => each !== item)
  return present ? [...rest, item] : rest
}
