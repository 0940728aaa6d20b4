import { assignedMac, generatedMac } from '../../../inventory/identity.js'
import { vmRecord } from '../../../physics/compute/vm.js'
import { refOnHost } from '../../../physics/management/truth.js'
import type {
  NetworkProps, VirtualDevice, VirtualEthernetCard, VirtualEthernetCardDistributedVirtualPortBackingInfo,
  VirtualEthernetCardNetworkBackingInfo, VirtualEthernetCardOpaqueNetworkBackingInfo,
} from '../../../schema/generated/types.js'
import { notEmulated } from '../../../services/method-fault.js'
import { deviceFault, type DeviceWork } from './work.js'

type NetworkBacking = VirtualEthernetCardNetworkBackingInfo
type PortBacking = VirtualEthernetCardDistributedVirtualPortBackingInfo

/** First number of the MACs that vCenter gives out at run time; below are those of the lab file. */
const RUNTIME_MACS = 0x200000

/** A new network card: its backing on the host, and its MAC. */
export function addNic(work: DeviceWork, device: VirtualDevice): VirtualEthernetCard {
  const card = backed(work, device as VirtualEthernetCard)
  const { address, type } = macFor(work, card)
  const label = card.deviceInfo!.label
  if (type !== 'manual') work.macs.push({ adapter: label, mac: address })
  return { wakeOnLanEnabled: true, ...card, addressType: type, macAddress: address }
}

/** Another network, another MAC, another connection state. */
export function editNic(work: DeviceWork, before: VirtualDevice, device: VirtualDevice): VirtualEthernetCard {
  const old = before as VirtualEthernetCard
  let card = device as VirtualEthernetCard
  if (card.backing !== old.backing) card = backed(work, card)
  if (card.macAddress === old.macAddress && card.addressType === old.addressType) return card
  if (work.poweredOn) {
    throw deviceFault(work, 'InvalidDeviceSpec', { property: 'device.macAddress' })
  }
  const keeps = card.addressType === 'manual' || card.macAddress !== old.macAddress
  const { address, type } = macFor(work, { ...card, macAddress: keeps ? card.macAddress ?? '' : '' })
  return { ...card, addressType: type, macAddress: address }
}

function backed(work: DeviceWork, card: VirtualEthernetCard): VirtualEthernetCard {
  const { backing } = card
  const label = card.deviceInfo!.label
  if (backing === undefined) throw deviceFault(work, 'InvalidDeviceBacking', { property: 'device.backing' })
  switch (backing._typeName) {
    case 'VirtualEthernetCardNetworkBackingInfo': {
      const own = standardBacking(work, backing as NetworkBacking)
      return { ...card, backing: own, deviceInfo: { label, summary: own.deviceName } }
    }
    case 'VirtualEthernetCardDistributedVirtualPortBackingInfo': {
      const own = portBacking(work, backing as PortBacking)
      return { ...card, backing: own, deviceInfo: { label, summary: `DVSwitch: ${own.port.switchUuid}` } }
    }
    case 'VirtualEthernetCardOpaqueNetworkBackingInfo': {
      const id = (backing as VirtualEthernetCardOpaqueNetworkBackingInfo).opaqueNetworkId
      return { ...card, deviceInfo: { label, summary: `nsx.LogicalSwitch: ${id}` } }
    }
    default: throw notEmulated(`spec.deviceChange[${work.index}].device.backing (${backing._typeName ?? 'untyped'})`)
  }
}

/** A standard network by reference or by name: the host must have it. */
function standardBacking(work: DeviceWork, backing: NetworkBacking): NetworkBacking {
  const { node } = work.vm.address
  const byRef = backing.network === undefined
    ? undefined
    : refOnHost(work.tx, work.origin, backing.network, node)
  const slot = byRef === undefined
    ? work.tx.ofType(node, 'Network').find(item => work.tx.read<NetworkProps>(item)!.props.name === backing.deviceName)
    : work.tx.find(node, byRef.value)
  if (slot === undefined) throw deviceFault(work, 'InvalidDeviceBacking', { property: 'device.backing.deviceName' })
  const { name } = work.tx.read<NetworkProps>(slot)!.props
  return {
    useAutoDetect: false, ...backing, deviceName: name,
    network: { type: slot.address.type, value: slot.address.id },
  }
}

function portBacking(work: DeviceWork, backing: PortBacking): PortBacking {
  const { port } = backing
  if (port.portgroupKey === undefined) {
    throw notEmulated(`spec.deviceChange[${work.index}].device.backing.port without portgroupKey`)
  }
  if (work.tx.find(work.origin, port.portgroupKey) === undefined) {
    throw deviceFault(work, 'InvalidDeviceBacking', { property: 'device.backing.port.portgroupKey' })
  }
  const portKey = port.portKey ?? String(work.tx.count(`port/${port.switchUuid}`))
  const connectionCookie = port.connectionCookie ?? Math.floor(work.tx.random('port/cookie') * 2147483647)
  return { ...backing, port: { ...port, portKey, connectionCookie } }
}

function macFor(work: DeviceWork, card: VirtualEthernetCard): { address: string, type: string } {
  const fromVcenter = work.origin !== work.vm.address.node
  const asked = (card.macAddress ?? '').toLowerCase()
  if (asked !== '') {
    if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(asked)) {
      throw deviceFault(work, 'InvalidDeviceSpec', { property: 'device.macAddress' })
    }
    const taken = work.devices.some(item => item.key !== card.key
      && (item as VirtualEthernetCard).macAddress?.toLowerCase() === asked)
    if (taken) throw deviceFault(work, 'InvalidDeviceSpec', { property: 'device.macAddress' })
    return { address: asked, type: card.addressType ?? 'manual' }
  }
  if (card.addressType === 'manual') {
    throw deviceFault(work, 'InvalidDeviceSpec', { property: 'device.macAddress' })
  }
  if (fromVcenter) {
    const number = RUNTIME_MACS + work.tx.count(`${work.origin}/mac`)
    return { address: assignedMac(number), type: 'assigned' }
  }
  const { config } = vmRecord(work.tx, work.vm).props
  return { address: generatedMac(config?.uuid ?? '000000', card.key - 4000), type: 'generated' }
}
