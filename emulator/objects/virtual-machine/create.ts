import { deviceKeys, standardDevices } from '../../inventory/devices.js'
import { hostVmId } from '../../physics/management/ids.js'
import { vmFiles } from '../../inventory/virtual-machine-files.js'
import { virtualMachineProps } from '../../inventory/virtual-machine.js'
import type { Actor } from '../../physics/compute/signals.js'
import type { Placement, VmInner, VmProps } from '../../physics/compute/vm.js'
import { filesIn, putFiles, type StoredFile } from '../../physics/storage/files.js'
import { datastorePath, parseDatastorePath, volumeOf, type DatastorePath } from '../../physics/storage/paths.js'
import { attachVm } from '../../physics/management/tree.js'
import { refOnHost } from '../../physics/management/truth.js'
import type {
  ComputeResourceProps, DatastoreProps, HostSystemProps, VirtualMachineConfigSpec,
} from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import { fault, invalidArgument } from '../../services/method-fault.js'
import { toDateTime } from '../../world/clock.js'
import { uuid } from '../../world/ids.js'
import type { Reader, Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'

/** Ids of the containers that every host has (protocols.md 2.4). */
const HOST_VM_FOLDER = 'ha-folder-vm'
const HOST_ROOT_POOL = 'ha-root-pool'
const DEFAULT_GUEST = 'otherGuest'

/** A home for a VM's files on a host. */
export interface Home {
  readonly datastore: Slot
  readonly props: DatastoreProps
  readonly volume: string
  readonly path: DatastorePath
}

/** What is to be made, on which host. */
export interface Creation {
  readonly hostNode: string
  readonly name: string
  readonly spec: VirtualMachineConfigSpec
  readonly home: Home
  /** Pool on the host; undefined: its root pool. */
  readonly pool: MoRef | undefined
  readonly placement: Placement | undefined
  readonly by: Actor
}

/**
 * Finds the datastore of a path that a client named, on the host.
 * @throws InvalidDatastorePath when the path cannot be read or the host has no such datastore.
 */
export function findHome(reader: Reader, host: Slot, hostNode: string, text: string): Home {
  const path = parseDatastorePath(text)
  if (path === undefined) throw fault('InvalidDatastorePath', { datastorePath: text })
  const { node } = host.address
  const refs = reader.read<HostSystemProps>(host)!.props.datastore ?? []
  const ref = refs.find(item => reader.get<DatastoreProps>(node, item.value)?.props.name === path.datastore)
  const own = ref === undefined ? undefined : refOnHost(reader, node, ref, hostNode)
  const datastore = own === undefined ? undefined : reader.find(hostNode, own.value)
  if (datastore === undefined) {
    throw fault('InvalidDatastorePath', { datastorePath: text }, `Invalid datastore path '${text}'.`)
  }
  const props = reader.read<DatastoreProps>(datastore)!.props
  if (!props.summary.accessible) {
    throw fault('InvalidDatastore', { datastore: ref, name: props.name }, `Datastore '${props.name}' is not accessible.`)
  }
  return { datastore, props, volume: volumeOf(props), path: { ...path, datastore: props.name } }
}

/** Folder and file for a new VM: named by the client, or after the VM, with a number if taken. */
export function newHome(reader: Reader, home: Home, name: string): Home {
  const { path, volume } = home
  if (path.file.endsWith('.vmx')) {
    if (filesIn(reader, volume, path.folder)?.[path.file] !== undefined) {
      const file = datastorePath(path.datastore, path.folder, path.file)
      throw fault('FileAlreadyExists', { file }, `Cannot complete the operation because the file or folder ${file} already exists`)
    }
    return home
  }
  const asked = [path.folder, path.file].filter(part => part !== '').join('/')
  const base = asked === '' ? name : asked
  let folder = base
  for (let n = 1; asked === '' && filesIn(reader, volume, folder) !== undefined; n += 1) folder = `${base}_${n}`
  return { ...home, path: { datastore: path.datastore, folder, file: `${name}.vmx` } }
}

/** Makes the files and the host-side record of a bare VM; devices and settings come after. */
export function createOnHost(tx: Transaction, creation: Creation): Slot {
  const { hostNode, home, spec, placement } = creation
  const { path } = home
  const directory = `${datastorePath(path.datastore, path.folder)}`
  const stem = path.file.replace(/\.vmx$/, '')
  const firmware = spec.firmware === 'efi' ? 'efi' : 'bios'
  const files = vmFiles(directory, stem, [], { firmware, poweredOn: false, swapBytes: 0 })
  const stored: Record<string, StoredFile> = {}
  for (const { path: full, size, type } of files) stored[full.slice(directory.length)] = { size, type }
  if (!putFiles(tx, home.volume, path.folder, stored)) throw noSpace(path)
  const self = { type: 'VirtualMachine', value: hostVmId(tx, hostNode) }
  const props = bareProps(tx, creation, self, files)
  const slot = tx.create<VmProps, VmInner>({ node: hostNode, type: 'VirtualMachine', id: self.value }, {
    props, inner: placement === undefined ? {} : { placement },
  })
  attachVm(tx, slot)
  return slot
}

/** @throws InvalidArgument, InvalidVmConfig for a spec that cannot be of a new VM. */
export function checkNewSpec(spec: VirtualMachineConfigSpec): void {
  if (spec.name === undefined) throw invalidArgument('configSpec.name')
  if (spec.files?.vmPathName === undefined || spec.files.vmPathName === '') {
    throw fault('InvalidVmConfig', { property: 'configSpec.files.vmPathName' },
      'The virtual machine configuration is invalid: configSpec.files.vmPathName')
  }
}

/** The fault for a volume that is full. */
export function noSpace(path: DatastorePath): Error {
  const file = datastorePath(path.datastore, path.folder, path.file)
  return fault('NoDiskSpace', { file, datastore: path.datastore },
    `Insufficient disk space on datastore '${path.datastore}'.`)
}

function bareProps(
  tx: Transaction, creation: Creation, self: MoRef, files: Parameters<typeof virtualMachineProps>[0]['files'],
): VmProps {
  const { hostNode, name, spec, home, placement } = creation
  const host = hostOf(tx, hostNode)
  const hostProps = tx.read<HostSystemProps>(host)!.props
  const compute = hostProps.parent === undefined
    ? undefined
    : tx.get<ComputeResourceProps>(hostNode, hostProps.parent.value)?.props
  const now = toDateTime(tx.now())
  return virtualMachineProps({
    guestId: spec.guestId ?? DEFAULT_GUEST,
    hardware: hardwareOf(spec.version, hostProps),
    numCpu: spec.numCPUs ?? 1,
    coresPerSocket: spec.numCoresPerSocket ?? 1,
    memoryMb: spec.memoryMB ?? 32,
    firmware: spec.firmware === 'efi' ? 'efi' : 'bios',
    powerState: 'poweredOff',
    tools: false,
    template: false,
    createDate: now,
    timestamp: now,
    host: { type: 'HostSystem', value: host.address.id },
    coreMhz: hostProps.summary.hardware?.cpuMhz ?? 0,
    parent: { type: 'Folder', value: HOST_VM_FOLDER },
    resourcePool: creation.pool ?? { type: 'ResourcePool', value: HOST_ROOT_POOL },
    environmentBrowser: compute?.environmentBrowser ?? { type: 'EnvironmentBrowser', value: 'ha-env-browser' },
    datastores: [{ type: 'Datastore', value: home.datastore.address.id }],
    networks: [],
    self,
    name,
    uuid: spec.uuid ?? newUuid(tx, placement === undefined ? '564d' : '42'),
    instanceUuid: spec.instanceUuid ?? newUuid(tx, placement === undefined ? '52' : '50'),
    vmPathName: datastorePath(home.path.datastore, home.path.folder, home.path.file),
    devices: standardDevices.filter(device => device.key >= deviceKeys.pci),
    files,
  })
}

/** The HostSystem of a host node: it has exactly one. */
export function hostOf(reader: Reader, hostNode: string): Slot {
  const slot = reader.ofType(hostNode, 'HostSystem')[0]
  if (slot === undefined) throw new Error(`no HostSystem on ${hostNode}`)
  return slot
}

/** A fresh UUID that begins as the product's do: `42` and `50` on vCenter, `564d` and `52` on a host. */
export function newUuid(tx: Transaction, prefix: string): string {
  return prefix + uuid(tx.world.random, 'vm/uuid').slice(prefix.length)
}

function hardwareOf(version: string | undefined, host: HostSystemProps): number {
  const asked = /^vmx-(\d+)$/.exec(version ?? '')
  if (version !== undefined && asked === null) throw invalidArgument('configSpec.version')
  return asked === null ? newestHardware(host) : Number(asked[1])
}

/** Number of the newest virtual hardware version that a host runs. */
export function newestHardware(host: HostSystemProps): number {
  const product = host.summary.config.product?.version ?? '8.0.3'
  if (product.startsWith('9')) return 22
  if (product.startsWith('8.0.2') || product.startsWith('8.0.3')) return 21
  if (product.startsWith('8')) return 20
  return product.startsWith('7') ? 19 : 14
}
