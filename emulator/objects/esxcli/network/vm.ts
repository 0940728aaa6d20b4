import { cardsOf, type GuestCard } from '../../../physics/guest-os/guest-facts.js'
import { hostOption } from '../../../physics/options.js'
import { uplinksAlive } from '../../../physics/network/nics.js'
import type { VirtualEthernetCardDistributedVirtualPortBackingInfo } from '../../../schema/generated/types.js'
import { cliFault, namespace, need, rows } from '../define.js'
import { hostConfig } from '../host-props.js'
import type { Namespace, Seat } from '../model.js'
import { networksOf, runningVms, vmOfWorld } from '../vm/running.js'

/** esxcli network vm (operations.md 2.1): ports of the VMs that run. */
export const networkVm: readonly Namespace[] = [
  namespace('network.vm', 'Networks of running virtual machines.', {
    list: rows('VM', { 'World ID': 'long', Name: 'string', 'Num Ports': 'long', Networks: 'string[]' }, {
      help: 'Show the running virtual machines with their networks.',
      run: seat => runningVms(seat).map(vm => {
        const networks = networksOf(vm)
        return { 'World ID': vm.worldId, Name: vm.record.props.name, 'Num Ports': networks.length, Networks: networks }
      }),
    }),
  }),
  namespace('network.vm.port', 'Ports of running virtual machines.', {
    list: rows('Port', {
      'Port ID': 'long', vSwitch: 'string', Portgroup: 'string', 'DVPort ID': 'string', 'MAC Address': 'string', 'IP Address': 'string',
      'Team Uplink': 'string', 'Uplink Port ID': 'long', 'Active Filters': 'string[]',
    }, {
      help: 'Show the ports of a running virtual machine.', table: false,
      params: { 'world-id': need.number('-w', 'World of the virtual machine, as its list shows it.') },
      run: (seat, { 'world-id': id }) => {
        const vm = vmOfWorld(seat, id)
        if (vm === undefined) throw cliFault(`Unable to find a virtual machine with the world ID ${id}.`)
        return cardsOf(vm.record).map((card, index) => portRow(seat, vm.worldId, card, index))
      },
    }),
  }),
]

/** Ports of VMs begin behind those that uplinks and kernel adapters have. */
const FIRST_PORT = 67108864
const FIRST_UPLINK = 33554432

function portRow(seat: Seat, worldId: number, card: GuestCard, index: number) {
  const { portgroup = [], vswitch = [], proxySwitch = [], pnic = [] } = hostConfig(seat).network ?? {}
  const group = portgroup.find(({ spec }) => spec.name === card.network)
  const port = (card.device.backing as Partial<VirtualEthernetCardDistributedVirtualPortBackingInfo> | undefined)?.port
  const own = port === undefined ? vswitch.find(({ key }) => key === group?.vswitch)
    : proxySwitch.find(({ dvsUuid }) => dvsUuid === port.switchUuid)
  const uplink = uplinksAlive(seat.reader, seat.host.name, own?.pnic)[0]
  return {
    'Port ID': FIRST_PORT + (worldId % 100_000) * 16 + index, vSwitch: own === undefined ? '' : 'name' in own ? own.name : own.dvsName,
    Portgroup: card.network, 'DVPort ID': port?.portKey ?? '', 'MAC Address': card.mac, 'IP Address': addressOf(seat, card),
    'Team Uplink': uplink ?? 'void',
    'Uplink Port ID': uplink === undefined ? 0 : FIRST_UPLINK + 2 + 2 * pnic.findIndex(nic => nic.device === uplink),
    'Active Filters': [],
  }
}

/** A host knows the address of a guest only if it may look into its packets (`Net.GuestIPHack`). */
function addressOf({ reader, host }: Seat, { addresses, connected }: GuestCard): string {
  const looks = hostOption(reader, host.name, 'Net.GuestIPHack', 0) === 1
  return (looks && connected ? addresses.find(address => !address.includes(':')) : undefined) ?? '0.0.0.0'
}
