import { nicAdminDown, setAdminLink } from '../../../physics/network/nics.js'
import { RING_LIMITS, ringsOf, setRings } from '../../../physics/network/rings.js'
import type { PhysicalNic } from '../../../schema/generated/types.js'
import { action, cliFault, may, namespace, need, object, rows } from '../define.js'
import { requireOnHost } from '../host-call.js'
import { hostConfig, hostProps } from '../host-props.js'
import type { ChangeSeat, Namespace, Seat } from '../model.js'

/** esxcli network nic (operations.md 2.1 and 2.4). */

const nicName = need.text('-n', 'Name of the card: vmnic0.')

export const networkNic: readonly Namespace[] = [
  namespace('network.nic', 'Physical network cards.', {
    list: rows('Nic', {
      Name: 'string', 'PCI Device': 'string', Driver: 'string', 'Admin Status': 'string', 'Link Status': 'string',
      Speed: 'long', Duplex: 'string', 'MAC Address': 'string', MTU: 'long', Description: 'string',
    }, {
      help: 'Show the cards, and whether they have a link.',
      run: seat => nicsOf(seat).map(nic => ({
        Name: nic.device, 'PCI Device': nic.pci, Driver: nic.driver, 'Admin Status': adminStatus(seat, nic),
        'Link Status': nic.linkSpeed === undefined ? 'Down' : 'Up', Speed: nic.linkSpeed?.speedMb ?? 0,
        Duplex: nic.linkSpeed?.duplex === true ? 'Full' : 'Half', 'MAC Address': nic.mac, MTU: mtuOf(seat, nic),
        Description: descriptionOf(seat, nic),
      })),
    }),
    get: object('Nic', {
      'Advertised Auto Negotiation': 'boolean', 'Advertised Link Modes': 'string[]', 'Auto Negotiation': 'boolean',
      'Current Message Level': 'long',
      'Driver Info': {
        type: 'DriverInfo', fields: { 'Bus Info': 'string', Driver: 'string', 'Firmware Version': 'string', Version: 'string' },
      },
      'Link Detected': 'boolean', 'Link Status': 'string', Name: 'string', 'Virtual Address': 'string', 'Wakeon': 'string[]',
    }, {
      help: 'Show one card with its driver.',
      params: { 'nic-name': nicName },
      run: (seat, { 'nic-name': name }) => {
        const nic = nicNamed(seat, name)
        return {
          'Advertised Auto Negotiation': nic.autoNegotiateSupported,
          'Advertised Link Modes': (nic.validLinkSpecification ?? []).map(mode => `${mode.speedMb}/${mode.duplex ? 'Full' : 'Half'}`),
          'Auto Negotiation': nic.autoNegotiateSupported, 'Current Message Level': undefined,
          'Driver Info': {
            'Bus Info': nic.pci, Driver: nic.driver, 'Firmware Version': nic.firmwareVersion, Version: nic.driverVersion,
          },
          'Link Detected': nic.linkSpeed !== undefined, 'Link Status': nic.linkSpeed === undefined ? 'Down' : 'Up',
          Name: nic.device, 'Virtual Address': nic.mac, Wakeon: nic.wakeOnLanSupported ? ['MagicPacket(tm)'] : [],
        }
      },
    }),
    up: action({
      help: 'Switch a card on.', params: { 'nic-name': nicName }, run: (seat, given) => setLink(seat, given['nic-name'], 'up'),
    }),
    down: action({
      help: 'Switch a card off.', params: { 'nic-name': nicName }, run: (seat, given) => setLink(seat, given['nic-name'], 'down'),
    }),
  }),
  namespace('network.nic.ring.current', 'The rings of physical cards.', {
    get: object('RingInfo', { RX: 'long', 'RX Mini': 'long', 'RX Jumbo': 'long', TX: 'long' }, {
      help: 'Show how many packets the rings of a card hold.', params: { 'nic-name': nicName },
      run: (seat, given) => {
        const { rx, tx } = ringsOf(seat.reader, seat.host.name, nicNamed(seat, given['nic-name']).device)
        return { RX: rx, 'RX Mini': 0, 'RX Jumbo': 0, TX: tx }
      },
    }),
    set: action({
      help: 'Change how many packets the rings of a card hold.',
      params: {
        'nic-name': nicName,
        rx: may.number('-r', 'Packets on their way in.', { range: [RING_LIMITS.least, RING_LIMITS.rx] }),
        tx: may.number('-t', 'Packets on their way out.', { range: [RING_LIMITS.least, RING_LIMITS.tx] }),
      },
      run: (seat, { 'nic-name': name, rx, tx }) => {
        requireOnHost(seat, 'networkSystem', 'Host.Config.Network')
        const { device } = nicNamed(seat, name)
        const now = ringsOf(seat.tx, seat.host.name, device)
        setRings(seat.tx, seat.host.name, device, { rx: rx ?? now.rx, tx: tx ?? now.tx })
      },
    }),
  }),
  namespace('network.nic.ring.preset', 'What the rings of physical cards can hold.', {
    get: object('RingInfo', { 'Max RX': 'long', 'Max RX Mini': 'long', 'Max RX Jumbo': 'long', 'Max TX': 'long' }, {
      help: 'Show how many packets the rings of a card can hold.', params: { 'nic-name': nicName },
      run: (seat, given) => {
        nicNamed(seat, given['nic-name'])
        return { 'Max RX': RING_LIMITS.rx, 'Max RX Mini': 0, 'Max RX Jumbo': 0, 'Max TX': RING_LIMITS.tx }
      },
    }),
  }),
]

function setLink(seat: ChangeSeat, name: string, link: 'up' | 'down'): void {
  requireOnHost(seat, 'networkSystem', 'Host.Config.Network')
  setAdminLink(seat.tx, seat.host.name, nicNamed(seat, name).device, link)
}

function nicsOf(seat: Seat): readonly PhysicalNic[] {
  return hostConfig(seat).network?.pnic ?? []
}

function nicNamed(seat: Seat, name: string): PhysicalNic {
  const found = nicsOf(seat).find(each => each.device === name)
  if (found === undefined) throw cliFault(`Unable to find nic ${name}`)
  return found
}

function adminStatus({ reader, host }: Seat, { device }: PhysicalNic): string {
  return nicAdminDown(reader, host.name, device) ? 'Down' : 'Up'
}

/** That of the switch that the card is an uplink of; a card of none has the usual one. */
function mtuOf(seat: Seat, { key }: PhysicalNic): number {
  const { vswitch = [], proxySwitch = [] } = hostConfig(seat).network ?? {}
  return [...vswitch, ...proxySwitch].find(each => key !== undefined && each.pnic?.includes(key) === true)?.mtu ?? 1500
}

function descriptionOf(seat: Seat, { pci }: PhysicalNic): string | undefined {
  const device = hostProps(seat).hardware?.pciDevice?.find(each => each.id === pci)
  return device === undefined ? undefined : `${device.vendorName} ${device.deviceName}`
}
