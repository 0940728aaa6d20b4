import { LAB } from '../../../physics/hardware/chassis.js'
import { pings, reaches, responds } from '../../../physics/network/paths.js'
import { allNodes } from '../../../services/nodes.js'
import { searchByKey } from '../../../services/search.js'
import { cliFault, may, namespace, need, object } from '../define.js'
import { hostConfig } from '../host-props.js'
import type { Namespace, Seat } from '../model.js'
import { vnicNamed } from './ip.js'

/** Bytes of the IP and the ICMP header. */
const HEADERS = 28
const LOCALHOST = '127.0.0.1'

/** esxcli network diag ping (operations.md 2.1): the echoes as they would come back now. */
export const networkDiag: readonly Namespace[] = [
  namespace('network.diag', 'Diagnosis of the network.', {
    ping: object('PingOutput', {
      Summary: {
        type: 'PingSummary', fields: {
          'Host Addr': 'string', Transmitted: 'long', Recieved: 'long', Duplicated: 'long', 'Packet Lost': 'long',
          'Roundtrip Min MS': 'long', 'Roundtrip Avg MS': 'long', 'Roundtrip Max MS': 'long',
        },
      },
      Trace: {
        type: 'PingTrace', many: true, fields: {
          'Received Bytes': 'long', Host: 'string', 'ICMP Seq': 'long', TTL: 'long', 'Roundtrip Time MS': 'long', Dup: 'boolean',
          Detail: 'string',
        },
      },
    }, {
      help: 'Send echo requests from a kernel adapter.',
      params: {
        count: may.number('-c', 'How many packets are sent.', { range: [1, 1000] }),
        df: may.flag('-d', 'No router or adapter may split a packet.'),
        host: need.text('-H', 'Address or name of the other side.'),
        interface: may.text('-I', 'Name of the kernel adapter: vmk0.'),
        size: may.number('-s', 'Bytes of data in a packet.', { range: [0, 65507] }),
      },
      run: (seat, { count = 3, df = false, host, interface: from, size = 56 }) => {
        const nic = from === undefined ? hostConfig(seat).network?.vnic?.[0] : vnicNamed(seat, from)
        const mtu = nic?.spec.mtu ?? 1500
        if (df && size + HEADERS > mtu) throw cliFault('sendto() failed (Message too long)')
        const address = addressOf(seat, host)
        if (address === undefined) throw cliFault(`Unable to resolve ${host}`)
        const fits = !df || size + HEADERS <= switchMtu(seat, nic?.portgroup)
        const received = fits && answers(seat, address) ? count : 0
        return {
          Summary: {
            'Host Addr': address, Transmitted: count, Recieved: received, Duplicated: 0,
            'Packet Lost': received === count ? 0 : 100, ...times(received === 0 ? undefined : microseconds(address)),
          },
          Trace: Array.from({ length: received }, (_, index) => ({
            'Received Bytes': size + 8, Host: address, 'ICMP Seq': index, TTL: 64, 'Roundtrip Time MS': microseconds(address),
            Dup: false, Detail: '',
          })),
        }
      },
    }),
  }),
]

function addressOf({ reader }: Seat, name: string): string | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(name)) return name
  if (name === 'localhost') return LOCALHOST
  return allNodes(reader).find(({ hostName, name: short }) => hostName === name || short === name)?.address
}

function answers(seat: Seat, address: string): boolean {
  const { reader, host, call } = seat
  if (address === LOCALHOST || address === host.address) return true
  const node = allNodes(reader).find(each => each.address === address)
  if (node !== undefined) return pings(reader, host.name, node.name)
  if (address === hostConfig(seat).network?.ipRouteConfig?.defaultGateway) {
    return reaches(reader, host.name, 'gateway', { network: 'management' })
  }
  return reader.ofType(LAB, 'Node').some(({ address: { id } }) => responds(reader, id)
    && (id === host.name || reaches(reader, host.name, id, { network: 'management' }))
    && searchByKey(call.services.world, id, 'ip', address).some(vm => runs(seat, vm.address.node, vm.address.id)))
}

function runs({ reader }: Seat, node: string, id: string): boolean {
  return node !== LAB && reader.find(node, 'ha-host') !== undefined
    && reader.get<{ runtime?: { powerState?: string } }>(node, id)?.props.runtime?.powerState === 'poweredOn'
}

/** Of the switch behind a port group; a distributed port's is not looked at. */
function switchMtu(seat: Seat, portgroup: string | undefined): number {
  const { portgroup: groups = [], vswitch = [] } = hostConfig(seat).network ?? {}
  const group = groups.find(({ spec }) => spec.name === portgroup)
  return vswitch.find(({ key }) => key === group?.vswitch)?.mtu ?? Infinity
}

/** The time of an echo in microseconds, whatever the field is called: the same in every run. */
function microseconds(address: string): number {
  return address === LOCALHOST ? 30 : 200 + 10 * ([...address].reduce((sum, each) => sum + each.charCodeAt(0), 0) % 60)
}

function times(value: number | undefined) {
  return { 'Roundtrip Min MS': value, 'Roundtrip Avg MS': value, 'Roundtrip Max MS': value }
}
