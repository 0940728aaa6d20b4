import type { VirtualEthernetCard } from '../../schema/generated/types.js'
import type { VmRecord } from '../compute/vm.js'

/** A network card as the guest sees it. */
export interface GuestCard {
  readonly device: VirtualEthernetCard
  readonly mac: string
  /** Name of the network that it is plugged into. */
  readonly network: string
  /** The cable is plugged in. */
  readonly connected: boolean
  readonly addresses: readonly string[]
}

/** What the guest calls itself. */
export function hostNameOf({ props, inner }: VmRecord): string {
  return inner.guest?.hostName ?? props.guest?.hostName ?? props.name
}

/** Domain of the guest; empty when it has none. */
export function domainOf({ props, inner }: VmRecord): string {
  return inner.guest?.domain ?? props.guest?.ipStack?.[0]?.dnsConfig?.domainName ?? ''
}

/** The guest's network cards in their order: `eth0`, `eth1`. */
export function cardsOf({ props, inner }: VmRecord): GuestCard[] {
  const devices = (props.config?.hardware.device ?? []).filter((device): device is VirtualEthernetCard => 'macAddress' in device)
  return devices.map(device => {
    const reported = props.guest?.net?.find(nic => nic.deviceConfigId === device.key)?.ipAddress
    const known = inner.guest?.adapters.find(adapter => adapter.key === device.key)
    return {
      device,
      mac: device.macAddress ?? '',
      network: (device.backing as { deviceName?: string } | undefined)?.deviceName ?? known?.network ?? '',
      connected: device.connectable?.connected !== false,
      addresses: reported ?? known?.addresses ?? [],
    }
  })
}
