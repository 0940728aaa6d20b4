import { LAB } from '../../physics/hardware/chassis.js'
import { path, pings, reaches, responds } from '../../physics/network/paths.js'
import type { NetworkName } from '../../physics/network/rules.js'
import { allNodes } from '../../services/nodes.js'
import { searchByKey } from '../../services/search.js'
import type { Machine } from '../programs/program-model.js'
import { mtuOf, networkOf } from './network-config.js'

/** Who has an address in the lab. */
export type Peer =
  | { readonly kind: 'self' | 'nobody' | 'gateway' | 'guest' }
  | { readonly kind: 'node', readonly name: string }

/** The address that a name means; undefined: nobody knows it. */
export function addressOf({ world }: Machine, name: string): string | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(name)) return name.split('.').every(part => Number(part) < 256) ? name : undefined
  if (name === 'localhost') return '127.0.0.1'
  return allNodes(world).find(each => each.name === name || each.hostName === name || each.hostName.split('.')[0] === name)?.address
}

/** Who answers at an address, as far as the lab knows addresses: nodes, their adapters, the gateway, guests. */
export function peerAt({ world, node }: Machine, address: string): Peer {
  const network = networkOf({ world, node })
  // Not all of 127/8: labs of one machine give their nodes addresses there.
  if (address === '127.0.0.1' || network.vnic?.some(nic => nic.spec.ip?.ipAddress === address) === true) return { kind: 'self' }
  const found = allNodes(world).find(each => each.address === address
    || networkOf({ world, node: each }).vnic?.some(nic => nic.spec.ip?.ipAddress === address) === true)
  if (found !== undefined) return found.name === node.name ? { kind: 'self' } : { kind: 'node', name: found.name }
  if (address === network.ipRouteConfig?.defaultGateway) return { kind: 'gateway' }
  const guest = world.ofType(LAB, 'Node').some(({ address: { id } }) => world.find(id, 'ha-host') !== undefined
    && responds(world, id) && (id === node.name || reaches(world, node.name, id, { network: 'management' }))
    && searchByKey(world, id, 'ip', address)
      .some(vm => world.read<{ runtime?: { powerState?: string } }>(vm)?.props.runtime?.powerState === 'poweredOn'))
  return { kind: guest ? 'guest' : 'nobody' }
}

/** True if an echo comes back from a peer, on one of the lab's networks. */
export function echoes(machine: Machine, peer: Peer, network: NetworkName): boolean {
  const { world, node } = machine
  switch (peer.kind) {
    case 'self': case 'guest': return true
    case 'nobody': return false
    case 'gateway': return reaches(world, node.name, 'gateway', { network })
    case 'node': return pings(world, node.name, peer.name, network)
  }
}

/** Milliseconds of a way and back, and the share of packets that get lost on it, 0 to 1. */
export function wayTo({ world, node }: Machine, peer: Peer, network: NetworkName): { readonly ms: number, readonly loss: number } {
  if (peer.kind === 'self') return { ms: 0.03, loss: 0 }
  const other = peer.kind === 'node' ? peer.name : peer.kind === 'gateway' ? 'gateway' : undefined
  if (other === undefined) return { ms: 0.4, loss: 0 }
  const there = path(world, node.name, other, { network })
  const back = path(world, other, node.name, { network })
  return { ms: 0.2 + there.latencyMs + back.latencyMs, loss: 1 - (1 - there.loss) * (1 - back.loss) }
}

/** The biggest packet that the other side's adapter and switch take; they are asked as this one's are. */
export function farMtu({ world }: Machine, peer: Peer, address: string): number {
  if (peer.kind !== 'node') return Infinity
  const network = networkOf({ world, node: { name: peer.name } })
  const nic = network.vnic?.find(each => each.spec.ip?.ipAddress === address)
  if (nic === undefined) return Infinity
  const { own, way } = mtuOf(network, nic)
  return Math.min(own, way)
}
