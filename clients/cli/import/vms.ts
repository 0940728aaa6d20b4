import {
  fieldOf, items, numberAt, refAt, textAt, valueAt, type Inventory, type ReadObject,
} from './inventory.js'
import { bounded, ownerOf } from './hosts.js'
import { groupsOf } from './networks.js'
import { defined, folderPath, nameOf, plainName, poolPath, sizeText, type Notes } from './paths.js'
import type { Value } from '../../sdk/soap-xml.js'

type Entry = Record<string, unknown>

/** What is known of the hosts of the lab file: their names, and what VMs on them can use. */
export interface HostFacts {
  readonly names: ReadonlyMap<string, string>
  /** By name of the host: names of datastores and of networks. */
  readonly datastores: ReadonlyMap<string, ReadonlySet<string>>
  readonly networks: ReadonlyMap<string, ReadonlySet<string>>
}

/** The `vms` of a lab file. */
export function vmEntries(inventory: Inventory, facts: HostFacts, notes: Notes): Entry[] {
  const groups = new Map(inventory.of('DistributedVirtualSwitch', 'VmwareDistributedVirtualSwitch')
    .flatMap(dvs => groupsOf(inventory, dvs)).map(group => [textAt(group, 'config.key') ?? group.self.value, nameOf(group)]))
  const opaque = new Map(inventory.of('OpaqueNetwork')
    .map(network => [textAt(network, 'summary.opaqueNetworkId') ?? '', nameOf(network)]))
  return inventory.of('VirtualMachine').flatMap(vm => {
    const host = facts.names.get(refAt(vm, 'runtime.host')?.value ?? '')
    if (host !== undefined && valueAt(vm, 'config') !== '' && textAt(vm, 'config.files.vmPathName') !== undefined) {
      return [vmEntry(inventory, vm, { host, facts, groups, opaque }, notes)]
    }
    notes.add(`virtual machines without a host or a configuration: ${nameOf(vm)}`)
    return []
  })
}

interface Around {
  readonly host: string
  readonly facts: HostFacts
  readonly groups: ReadonlyMap<string, string>
  readonly opaque: ReadonlyMap<string, string>
}

const guestStates: Readonly<Record<string, string>> = { poweredOn: 'on', poweredOff: 'off', suspended: 'suspended' }

function vmEntry(inventory: Inventory, vm: ReadObject, around: Around, notes: Notes): Entry {
  const devices = items<Value>(valueAt(vm, 'config.hardware.device'))
  const disks = devices.filter(device => typeNameOf(device) === 'VirtualDisk')
  const template = textAt(vm, 'config.template') === 'true'
  const pool = inventory.get(refAt(vm, 'resourcePool'))
  const compute = ownerOf(inventory, pool)
  const tools = textAt(vm, 'guest.toolsStatus')
  const hardware = Number(/^vmx-(\d+)$/.exec(textAt(vm, 'config.version') ?? '')?.[1])
  const ip = textAt(vm, 'guest.ipAddress')
  return defined({
    name: nameOf(vm),
    host: around.host,
    datastore: datastoreOf(vm, around, notes),
    folder: refAt(vm, 'parent') === undefined ? undefined : folderPath(inventory, vm),
    pool: compute?.self.type === 'ClusterComputeResource' ? poolPath(inventory, pool) : undefined,
    cpu: bounded(numberAt(vm, 'config.hardware.numCPU') ?? 1, 1, 768),
    coresPerSocket: bounded(numberAt(vm, 'config.hardware.numCoresPerSocket') ?? 1, 1, 256),
    memory: sizeText((numberAt(vm, 'config.hardware.memoryMB') ?? 1024) * 2 ** 20),
    reservation: reservationOf(vm),
    disks: disks.map(diskSize),
    thin: disks.length === 0 ? undefined : fieldOf(disks[0], ['backing', 'thinProvisioned']) === 'true',
    guest: textAt(vm, 'config.guestId'),
    firmware: textAt(vm, 'config.firmware') === 'efi' ? 'efi' : undefined,
    hardware: hardware >= 4 && hardware <= 22 ? hardware : undefined,
    power: guestStates[textAt(vm, 'runtime.powerState') ?? ''] ?? 'off',
    tools: tools !== undefined && tools !== 'toolsNotInstalled',
    template: template ? true : undefined,
    networks: networksOf(vm, devices, around, notes),
    ip: ip !== undefined && /^\d+\.\d+\.\d+\.\d+$/.test(ip) ? ip : undefined,
    annotation: textAt(vm, 'config.annotation'),
  })
}

function typeNameOf(device: Value): unknown {
  return fieldOf(device, ['_typeName'])
}

function diskSize(disk: Value): string {
  const bytes = Number(fieldOf(disk, ['capacityInBytes']) ?? NaN)
  const kilobytes = Number(fieldOf(disk, ['capacityInKB']) ?? 0)
  return sizeText(Number.isFinite(bytes) && bytes > 0 ? bytes : kilobytes * 1024)
}

function reservationOf(vm: ReadObject): Entry | undefined {
  const cpu = numberAt(vm, 'config.cpuAllocation.reservation') ?? 0
  const memory = numberAt(vm, 'config.memoryAllocation.reservation') ?? 0
  return cpu + memory === 0 ? undefined : { cpu, memory: sizeText(memory * 2 ** 20) }
}

function datastoreOf(vm: ReadObject, { host, facts }: Around, notes: Notes): string | undefined {
  const path = textAt(vm, 'config.files.vmPathName') ?? ''
  const name = plainName(/^\[([^\]]+)\]/.exec(path)?.[1] ?? '')
  if (facts.datastores.get(host)?.has(name) === true) return name
  notes.add(`datastores of virtual machines that their hosts do not mount: ${name} of ${nameOf(vm)}`)
  return undefined
}

/** Networks of the cards, in their order. */
function networksOf(vm: ReadObject, devices: readonly Value[], { host, facts, groups, opaque }: Around, notes: Notes): string[] {
  return devices.filter(device => fieldOf(device, ['macAddress']) !== undefined).flatMap(device => {
    const field = (...path: string[]): string => String(fieldOf(device, ['backing', ...path]) ?? '')
    const name = groups.get(field('port', 'portgroupKey')) ?? opaque.get(field('opaqueNetworkId')) ?? plainName(field('deviceName'))
    if (facts.networks.get(host)?.has(name) === true) return [name]
    notes.add(`cards on networks that their hosts do not have: ${name} of ${nameOf(vm)}`)
    return []
  })
}
