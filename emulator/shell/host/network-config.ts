import type { HostNetworkInfo, HostSystemProps, HostVirtualNic } from '../../schema/generated/types.js'
import type { Machine } from '../programs/program-model.js'

/** The network of the host as its API shows it. */
export function networkOf({ world, node }: Pick<Machine, 'world'> & { readonly node: { readonly name: string } }): HostNetworkInfo {
  return world.get<HostSystemProps>(node.name, 'ha-host')?.props.config?.network ?? {}
}

/** How big a packet of an adapter may be, and what the switch behind it carries; in bytes. */
export function mtuOf(network: HostNetworkInfo, nic: HostVirtualNic): { readonly own: number, readonly way: number } {
  const group = network.portgroup?.find(each => each.spec.name === nic.portgroup)
  const standard = network.vswitch?.find(each => each.key === group?.vswitch || each.name === group?.spec.vswitchName)
  const distributed = network.proxySwitch?.find(each => each.dvsUuid === nic.spec.distributedVirtualPort?.switchUuid)
  const own = nic.spec.mtu ?? 1500
  return { own, way: standard?.mtu ?? distributed?.mtu ?? own }
}

/** Broadcast address of an adapter. */
export function broadcastOf(address: string, mask: string): string {
  const parts = (text: string): number[] => text.split('.').map(Number)
  const [a, m] = [parts(address), parts(mask)]
  return a.map((part, index) => part | (~m[index]! & 0xff)).join('.')
}
