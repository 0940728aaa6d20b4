import { assignedMac, guestAddress } from '../../inventory/identity.js'
import { connectDevices } from '../../physics/compute/connect.js'
import { idleGuest } from '../../physics/compute/guest-report.js'
import { hasTools } from '../../physics/compute/guest.js'
import { vmRecord, type VmInner, type VmProps, type VmRecord } from '../../physics/compute/vm.js'
import { filesIn, putFiles, type StoredFile } from '../../physics/storage/files.js'
import { datastoreByName, datastorePath, parseDatastorePath, volumeOf } from '../../physics/storage/paths.js'
import { patchLayout, vmHome } from '../../physics/storage/vm-files.js'
import type {
  DatastoreProps, NetworkProps, VirtualDevice, VirtualDiskFlatVer2BackingInfo, VirtualEthernetCard,
} from '../../schema/generated/types.js'
import { fault } from '../../services/method-fault.js'
import { toDateTime } from '../../world/clock.js'
import { uuid } from '../../world/ids.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'

/** First numbers of what is given out at run time; below are those of the lab file. */
const RUNTIME_MACS = 0x200000
const RUNTIME_ADDRESSES = 8_000_000

/** A source, and the bare VM that is to become its copy. */
export interface Copying {
  readonly from: VmRecord
  readonly fromNode: string
  readonly to: Slot
  readonly vcenter: string
  readonly template: boolean
}

/** Gives a bare VM the configuration and the disks of another one, with an identity of its own. */
export function copyOf(tx: Transaction, what: Copying): void {
  const { from, to } = what
  const bare = vmRecord(tx, to)
  const source = from.props.config
  const own = bare.props.config
  if (source === undefined || own === undefined) throw fault('InvalidState')
  const device = (source.hardware.device ?? []).map(item => copyDevice(tx, what, item))
  const now = toDateTime(tx.now())
  const props: VmProps = {
    ...bare.props,
    config: {
      ...source, name: own.name, uuid: own.uuid, instanceUuid: own.instanceUuid!, files: own.files,
      template: what.template, createDate: now, modified: now, changeVersion: now,
      hardware: { ...source.hardware, device },
    },
    guest: idleGuest(source.guestId, hasTools(from.props), source.version, false),
    runtime: {
      ...bare.props.runtime,
      maxCpuUsage: from.props.runtime.maxCpuUsage ?? 0, maxMemoryUsage: source.hardware.memoryMB,
    },
  }
  const current = vmRecord(tx, to)
  const inner: VmInner = { ...current.inner, ...guestOf(tx, from, device) }
  tx.replace(to, {
    props: { ...props, layout: current.props.layout, layoutEx: current.props.layoutEx, storage: current.props.storage },
    inner: { ...inner },
  })
  connectDevices(tx, to, false)
  patchLayout(tx, to, [], [])
}

function copyDevice(tx: Transaction, what: Copying, device: VirtualDevice): VirtualDevice {
  if (device._typeName === 'VirtualDisk') return copyDisk(tx, what, device)
  if (!('macAddress' in device)) return device
  const card = device as VirtualEthernetCard
  const backing = hostBacking(tx, what, card)
  if (card.addressType === 'manual') return { ...card, backing } as VirtualDevice
  const macAddress = assignedMac(RUNTIME_MACS + tx.count(`${what.vcenter}/mac`))
  return { ...card, backing, addressType: 'assigned', macAddress } as VirtualDevice
}

/** A standard network is another object on another host; the name is what counts. */
function hostBacking(tx: Transaction, what: Copying, card: VirtualEthernetCard): VirtualEthernetCard['backing'] {
  const backing = card.backing as { _typeName?: string, deviceName?: string } | undefined
  const { node } = what.to.address
  if (backing?._typeName !== 'VirtualEthernetCardNetworkBackingInfo' || node === what.fromNode) return card.backing
  const slot = tx.ofType(node, 'Network').find(item => tx.read<NetworkProps>(item)!.props.name === backing.deviceName)
  if (slot === undefined) {
    throw fault('CannotAccessNetwork', {
      device: card.deviceInfo?.label ?? '', backing: backing.deviceName ?? '', connected: false,
    }, `The network '${backing.deviceName ?? ''}' is not on the host.`)
  }
  return { ...backing, network: { type: slot.address.type, value: slot.address.id } } as VirtualEthernetCard['backing']
}

function copyDisk(tx: Transaction, what: Copying, device: VirtualDevice): VirtualDevice {
  const { fromNode, to } = what
  const backing = device.backing as VirtualDiskFlatVer2BackingInfo
  const path = parseDatastorePath(backing.fileName)
  const home = vmHome(tx, to)!
  const store = path === undefined ? undefined : datastoreByName(tx, fromNode, path.datastore)
  const present = path === undefined || store === undefined
    ? {}
    : filesIn(tx, volumeOf(tx.read<DatastoreProps>(store)!.props), path.folder) ?? {}
  const taken = filesIn(tx, home.volume, home.folder) ?? {}
  let file = `${home.stem}.vmdk`
  for (let n = 1; taken[file] !== undefined; n += 1) file = `${home.stem}_${n}.vmdk`
  const flat = (name: string): string => name.replace(/\.vmdk$/, '-flat.vmdk')
  const descriptor = present[path?.file ?? ''] ?? { size: 503, type: 'diskDescriptor' }
  const extent = present[flat(path?.file ?? '')] ?? { size: 0, type: 'diskExtent' }
  const files: Record<string, StoredFile> = { [file]: descriptor, [flat(file)]: extent }
  if (!putFiles(tx, home.volume, home.folder, files)) {
    throw fault('NoDiskSpace', { file: datastorePath(home.datastoreName, home.folder, file), datastore: home.datastoreName },
      `Insufficient disk space on datastore '${home.datastoreName}'.`)
  }
  patchLayout(tx, to, Object.entries(files).map(([name, { size, type }]) => ({
    path: datastorePath(home.datastoreName, home.folder, name), size, type, disk: device.key,
  })), [])
  return {
    ...device,
    backing: {
      ...backing, fileName: datastorePath(home.datastoreName, home.folder, file),
      datastore: { type: 'Datastore', value: home.datastore.address.id }, uuid: uuid(tx.world.random, 'disk/uuid'),
    },
  } as VirtualDevice
}

/** The same guest; its adapters ask for addresses anew. */
function guestOf(tx: Transaction, from: VmRecord, devices: readonly VirtualDevice[]): Pick<VmInner, 'guest'> {
  const { guest } = from.inner
  if (guest === undefined) return {}
  const cards = devices.filter(device => 'macAddress' in device) as VirtualEthernetCard[]
  return {
    guest: {
      ...guest,
      adapters: cards.map(card => ({
        key: card.key,
        network: guest.adapters.find(adapter => adapter.key === card.key)?.network ?? '',
        mac: card.macAddress ?? '',
        addresses: [guestAddress(RUNTIME_ADDRESSES + tx.count('guest/address'))],
      })),
    },
  }
}
