import type { VirtualDevice, VirtualMachineProps } from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import type { GuestSpec } from '../physics/compute/guest-report.js'
import type { VmInner } from '../physics/compute/vm.js'
import { LabFileError } from './lab-error.js'
import {
  newRef, put, type Build, type DatacenterState, type HostState, type NetworkState, type PoolState,
  type PortgroupState, type SwitchState, type VolumeState,
} from './build-state.js'
import { folderAt, poolAt } from './build-vcenter.js'
import {
  cdromDrive, deviceKeys, diskLabel, flatDisk, linkControllers, networkBacking, nicLabel, opaqueBacking,
  portBacking, scsiController, standardDevices, vmxnet3, type NicBacking,
} from './devices.js'
import { deepFreeze } from '../world/freeze.js'
import { template } from './template.js'
import { haRefs, ref } from './host-spec.js'
import { assignedMac, generatedMac, guestAddress } from './identity.js'
import { hostVmId } from '../physics/management/ids.js'
import { networksOf, volumeFor } from './lab-plan.js'
import type { HostPlan, VmPlan } from './plan-model.js'
import { nameAt } from './names.js'
import { hardwareVersionOf } from './products.js'
import { vmFiles } from './virtual-machine-files.js'
import { vmBuilder, type VmCommon, type VmOwn } from './virtual-machine.js'

const MIB = 2 ** 20

/** Inner facts of a host's VM record when the lab is built. */
interface BuiltVmInner extends VmInner {
  readonly appliance?: string
}

/** Creates all VMs of the lab, on their hosts and on the vCenters of these. */
export function buildVms(build: Build): void {
  for (const plan of build.plan.vms) {
    const lines = new Map<HostPlan, Line>()
    const kind = kindOf(plan)
    for (let i = 0; i < (plan.source.count ?? 1); i += 1) {
      const host = plan.hosts[i % plan.hosts.length]!
      let line = lines.get(host)
      if (line === undefined) lines.set(host, line = lineOf(build, plan, kind, host))
      buildVm(build, line, nameAt(plan.source.name, plan.source.start + i))
    }
  }
}

/** What all VMs of one entry of the lab file share: hardware without disks and cards. */
interface Kind {
  readonly fixed: readonly VirtualDevice[]
  readonly diskLabels: ReadonlyArray<{ label: string, summary: string }>
}

function kindOf(plan: VmPlan): Kind {
  const { disks } = plan.source
  const place = { fileName: '', datastore: ref('Datastore', ''), capacityBytes: 0, thin: true, uuid: '' }
  const nics = plan.source.networks?.length ?? 1
  const blank: NicBacking = networkBacking('', ref('Network', ''))
  const all = linkControllers([
    ...standardDevices, deepFreeze(scsiController()), deepFreeze(cdromDrive()),
    ...disks.map((_, index) => flatDisk({ index, ...place })),
    ...Array.from({ length: nics }, (_, index) =>
      vmxnet3({ index, summary: '', backing: blank, mac: '', addressType: '', connected: false })),
  ])
  return {
    fixed: template(all.slice(0, standardDevices.length + 2)),
    diskLabels: disks.map((capacityBytes, index) => diskLabel({ index, capacityBytes })),
  }
}

/** Everything that the VMs of one entry have in common on one host. */
interface Line {
  readonly plan: VmPlan
  readonly kind: Kind
  readonly host: HostState
  readonly volume: VolumeState
  readonly cards: readonly Card[]
  readonly build: (own: VmOwn) => VirtualMachineProps
  readonly vms: MoRef[]
  readonly datastoreRef: MoRef
  readonly poweredOn: boolean
  readonly mirror: MirrorLine | undefined
}

interface Card {
  readonly label: { label: string, summary: string }
  readonly name: string
  readonly network: NetworkState | undefined
  readonly upper: NetworkState | undefined
  readonly backing: NicBacking | undefined
  /** The backing that vCenter shows where it is another than the host's. */
  readonly upperBacking: NicBacking | undefined
  readonly port: { readonly switch: SwitchState, readonly group: PortgroupState } | undefined
}

interface MirrorLine {
  readonly node: string
  readonly folder: { readonly ref: MoRef, readonly children: MoRef[] }
  readonly pool: PoolState | undefined
  readonly build: (own: VmOwn) => VirtualMachineProps
  readonly datastore: { readonly ref: MoRef, readonly vm: MoRef[] }
}

function lineOf(build: Build, plan: VmPlan, kind: Kind, hostPlan: HostPlan): Line {
  const host = build.hosts.get(hostPlan)!
  const volume = build.volumes.get(volumeFor(hostPlan, plan.source.datastore)!)!
  const names = plan.source.networks ?? networksOf(hostPlan).slice(0, 1)
  const cards = names.map((name, index) => cardOf(build, host, name, index))
  const common = commonOf(build, plan, host, volume, cards)
  const vms = volume.vm.get(hostPlan) ?? []
  volume.vm.set(hostPlan, vms)
  return {
    plan, kind, host, volume, cards, build: vmBuilder(common), vms,
    datastoreRef: ref('Datastore', volume.spec.uuid),
    poweredOn: common.powerState === 'poweredOn',
    mirror: mirrorLine(build, plan, host, volume, cards, common),
  }
}

const powerStates = { on: 'poweredOn', off: 'poweredOff', suspended: 'suspended' } as const

function commonOf(
  build: Build, plan: VmPlan, host: HostState, volume: VolumeState, cards: readonly Card[],
): VmCommon {
  const { source } = plan
  const powerState = source.template ? 'poweredOff' : powerStates[source.power]
  return {
    guestId: source.guest,
    hardware: source.hardware ?? hardwareVersionOf(host.spec.product),
    numCpu: source.cpu,
    coresPerSocket: source.coresPerSocket,
    memoryMb: Math.floor(source.memory / MIB),
    firmware: source.firmware,
    reservation: { mhz: source.reservation.cpu, mb: Math.floor(source.reservation.memory / MIB) },
    powerState,
    tools: source.tools,
    template: source.template,
    annotation: source.annotation,
    extraConfig: source.extraConfig,
    createDate: build.created,
    bootTime: host.spec.bootTime,
    ...(powerState === 'suspended' ? { suspendTime: build.now } : {}),
    timestamp: build.now,
    host: haRefs.host,
    coreMhz: host.spec.cpu.mhz,
    parent: haRefs.vmFolder,
    resourcePool: haRefs.pool,
    environmentBrowser: haRefs.environment,
    datastores: [ref('Datastore', volume.spec.uuid)],
    networks: uniqueRefs(cards.map(card => card.network)),
  }
}

function uniqueRefs(networks: ReadonlyArray<NetworkState | undefined>): MoRef[] {
  return [...new Set(networks.filter(network => network !== undefined))].map(network => network.ref)
}

function cardOf(build: Build, host: HostState, name: string, index: number): Card {
  const datacenter = host.plan.datacenter
  const upper = datacenter === undefined ? undefined : datacenterOf(build, host).networks.get(name)
  const network = host.networks.get(name)
  const card = { name, network, upper }
  if (network !== undefined && network.ref.type === 'Network') {
    const backing = template(networkBacking(name, network.ref))
    const upperBacking = upper === undefined ? undefined : template(networkBacking(name, upper.ref))
    return { ...card, label: nicLabel({ index, summary: name }), backing, upperBacking, port: undefined }
  }
  for (const item of datacenterOf(build, host).switches.values()) {
    const group = item.groups.find(candidate => candidate.name === name)
    if (group === undefined) continue
    const summary = `DVSwitch: ${item.uuid}`
    return { ...card, label: nicLabel({ index, summary }), backing: undefined, upperBacking: undefined, port: { switch: item, group } }
  }
  const id = build.identities.uuid('opaque', Number(upper!.ref.value.replace(/\D/g, '')))
  const backing = template(opaqueBacking(id, 'nsx.LogicalSwitch'))
  const label = nicLabel({ index, summary: `nsx.LogicalSwitch: ${id}` })
  return { ...card, label, backing, upperBacking: undefined, port: undefined }
}

function datacenterOf(build: Build, host: HostState): DatacenterState {
  return build.vcenters.get(host.plan.vcenter!)!.datacenters.get(host.plan.datacenter!)!
}

function mirrorLine(
  build: Build, plan: VmPlan, host: HostState, volume: VolumeState, cards: readonly Card[], common: VmCommon,
): MirrorLine | undefined {
  if (host.mirror === undefined) return undefined
  const datacenter = datacenterOf(build, host)
  const node = host.plan.vcenter!.name
  const compute = host.mirror.compute
  const pool = poolAt(compute.pool, plan.source.pool)
  if (pool === undefined) {
    throw new LabFileError(build.plan.lab.lab, [`${plan.path}.pool: there is no pool ${plan.source.pool!} in ${compute.name}`])
  }
  const folder = folderAt(build, node, datacenter.folders.vm, plan.source.folder)
  const datastore = volume.mirrors.get(host.plan.datacenter!)!
  return {
    node,
    folder,
    pool: plan.source.template ? undefined : pool,
    datastore,
    build: vmBuilder({
      ...common,
      host: host.mirror.ref,
      parent: folder.ref,
      resourcePool: plan.source.template ? undefined : pool.ref,
      parentVApp: pool.folder === undefined ? undefined : pool.ref,
      environmentBrowser: compute.environment,
      datastores: [datastore.ref],
      networks: uniqueRefs(cards.map(card => card.upper)),
    }),
  }
}

function buildVm(build: Build, line: Line, name: string): void {
  const { host, plan } = line
  const number = build.next.vm++
  const node = host.spec.name
  const managed = line.mirror !== undefined
  const self = ref('VirtualMachine', hostVmId(build.tx, node))
  const upper = line.mirror === undefined ? undefined : newRef(build, line.mirror.node, 'VirtualMachine', 'vm')
  const uuid = build.identities.uuid('bios', number, managed ? '42' : '564d')
  const directory = ['[', line.volume.spec.name, '] ', name, '/'].join('')
  const disks = diskSpecs(build, line, name, directory)
  const cards = line.cards.map((card, index) => cardSpec(build, line, card, index, uuid))
  const devices = devicesOf(line, disks, cards, line.datastoreRef, 'below')
  const files = vmFiles(directory, name, devices, {
    firmware: plan.source.firmware, poweredOn: line.poweredOn, swapBytes: plan.source.memory,
  })
  const own: VmOwn = {
    self, name, uuid, instanceUuid: build.identities.uuid('instance', number, managed ? '50' : '52'),
    vmPathName: files[0]!.path, devices, files, guest: guestSpec(build, line, name, cards),
  }
  const props = line.build(own)
  put(build, node, self, props, innerOf(line, own.guest!, upper))
  host.vm.push(self)
  line.vms.push(self)
  for (const card of line.cards) card.network?.vm.push(self)
  storeFiles(build, line.volume, name, directory, files)
  if (upper === undefined) return
  const datastore = line.mirror!.datastore.ref
  const above = devicesOf(line, disks, cards, datastore, 'above')
  buildMirror(build, line, upper, self, { ...own, self: upper, devices: above, like: props })
}

function guestSpec(build: Build, line: Line, name: string, cards: readonly CardSpec[]): GuestSpec {
  const { ip } = line.plan.source
  return Object.freeze({
    hostName: name.toLowerCase().replace(/[^a-z0-9.-]+/g, '-'),
    domain: build.plan.lab.domain,
    adapters: Object.freeze(cards.map((card, index) => Object.freeze({
      key: deviceKeys.ethernet + index,
      network: line.cards[index]!.name,
      mac: card.mac,
      addresses: Object.freeze([index === 0 && ip !== undefined ? ip : guestAddress(build.next.address++)]),
    }))),
  })
}

function innerOf(line: Line, guest: GuestSpec, upper: MoRef | undefined): BuiltVmInner {
  const { source, appliance } = line.plan
  const inner: { guest?: GuestSpec, vcenterId?: string, appliance?: string } = {}
  if (source.tools) inner.guest = guest
  if (upper !== undefined) inner.vcenterId = upper.value
  if (appliance !== undefined) inner.appliance = appliance
  return Object.freeze(inner)
}

interface DiskOwn {
  readonly fileName: string
  readonly uuid: string
  readonly capacityBytes: number
}

function diskSpecs(build: Build, line: Line, name: string, directory: string): DiskOwn[] {
  const { source } = line.plan
  return source.disks.map((capacityBytes, index) => {
    const file = source.diskName === undefined
      ? `${name}${index === 0 ? '' : `_${index}`}.vmdk`
      : nameAt(source.diskName, index + 1)
    return {
      fileName: [directory, file].join(''), capacityBytes,
      uuid: build.identities.uuid('vdisk', build.next.disk++, '6000C29'),
    }
  })
}

interface CardSpec {
  readonly mac: string
  /** On the host and on its vCenter; they differ where they name an object of the inventory. */
  readonly below: NicBacking
  readonly above: NicBacking
}

function cardSpec(build: Build, line: Line, card: Card, index: number, uuid: string): CardSpec {
  const mac = line.mirror !== undefined ? assignedMac(build.next.mac++) : generatedMac(uuid, index)
  const below = card.backing ?? portOf(build, card.port!)
  return { mac, below, above: card.upperBacking ?? below }
}

/** All devices of a VM with the references of its host or of its vCenter. */
function devicesOf(
  line: Line, disks: readonly DiskOwn[], cards: readonly CardSpec[], datastore: MoRef, side: 'below' | 'above',
): VirtualDevice[] {
  const { thin } = line.plan.source
  const addressType = line.mirror !== undefined ? 'assigned' : 'generated'
  // `concat` gives a list of exactly the length that is needed; spreading leaves room at the end.
  return line.kind.fixed.concat(
    disks.map(({ fileName, uuid, capacityBytes }, index) =>
      Object.freeze(flatDisk({ index, fileName, datastore, capacityBytes, thin, uuid }, line.kind.diskLabels[index]))),
    cards.map((card, index) => {
      const { label } = line.cards[index]!
      return Object.freeze(vmxnet3({
        index, summary: label.summary, backing: card[side], mac: card.mac, addressType, connected: line.poweredOn,
      }, label))
    }),
  )
}

/** The next free port of a group; the group grows when all are taken (`autoExpand`). */
function portOf(build: Build, port: NonNullable<Card['port']>): NicBacking {
  const { group, switch: owner } = port
  if (group.used === group.portKeys.length) group.portKeys.push(String(owner.nextPort++))
  const key = group.portKeys[group.used++]!
  const cookie = Math.floor(build.identities.fraction(`cookie ${owner.uuid}`, Number(key)) * 2 ** 31)
  return Object.freeze(portBacking(owner.uuid, group.ref.value, key, cookie))
}

function buildMirror(build: Build, line: Line, self: MoRef, below: MoRef, own: VmOwn): void {
  const mirror = line.mirror!
  const hostNode = line.host.spec.name
  put(build, mirror.node, self, mirror.build(own), Object.freeze({
    mirrors: Object.freeze([[hostNode, below.value].join('/')]), hostNode, hostMoid: below.value,
  }))
  mirror.pool?.vm.push(self)
  if (mirror.pool?.folder === undefined) mirror.folder.children.push(self)
  else if (line.poweredOn) mirror.pool.started = true
  mirror.datastore.vm.push(self)
  line.host.mirror!.vm.push(self)
  for (const card of line.cards) {
    card.upper?.vm.push(self)
    card.port?.switch.vm.add(self)
  }
  const { vms } = line.host.mirror!.compute
  vms.total += 1
  if (!line.poweredOn) vms.poweredOff += 1
}

type FileFacts = Readonly<{ size: number, type: string }>

/** A `{size, type}` of which there are few kinds: the same for all files that are alike. */
const fileFacts = new Map<string, Map<number, FileFacts>>()

function factsOf(size: number, type: string): FileFacts {
  let bySize = fileFacts.get(type)
  if (bySize === undefined) fileFacts.set(type, bySize = new Map<number, FileFacts>())
  let facts = bySize.get(size)
  if (facts === undefined) bySize.set(size, facts = Object.freeze({ size, type }))
  return facts
}

function storeFiles(
  build: Build, volume: VolumeState, folder: string, directory: string, files: ReturnType<typeof vmFiles>,
): void {
  // Without a prototype: an object whose keys are data should not have a shape of its own.
  const listed = Object.create(null) as Record<string, FileFacts>
  for (const { path, size, type } of files) {
    listed[path.slice(directory.length)] = factsOf(size, type)
    volume.usedBytes += size
  }
  put(build, 'lab', ref('VolumeFolder', [volume.spec.uuid, folder].join('/')), Object.freeze({ files: Object.freeze(listed) }))
}
