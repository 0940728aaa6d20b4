import type { HostSystemProps } from '../../schema/generated/types.js'
import type { Reader, Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { LAB } from '../hardware/chassis.js'
import { reservedMb, reservedMhz, vmRecord, type VmProps } from './vm.js'

/** Memory that ESXi keeps for itself, in MiB; a default of the order that hosts report. */
const SYSTEM_MB = 1024

/**
 * Promises of a host to its running VMs. Record `HostLoad` with id `load/<host node>` on the lab
 * node, so that admission costs the same with any number of VMs.
 */
export interface HostLoad {
  readonly running: number
  readonly memoryMb: number
  readonly cpuMhz: number
  readonly vcpus: number
  /**
   * How many running VMs ask for the same, by `<MHz>/<MB with overhead>/<vCPUs>`: enough for every
   * rule of HA admission control (physics/ha/admission.ts) without looking at a VM.
   */
  readonly shapes: Readonly<Record<string, number>>
}

/** Why a host cannot run a VM, in physical terms; undefined: it can. */
export type Refusal =
  | { readonly why: 'maintenance' }
  | { readonly why: 'vcpus', readonly host: number, readonly vm: number }
  | { readonly why: 'memory', readonly unreserved: number, readonly requested: number }
  | { readonly why: 'cpu', readonly unreserved: number, readonly requested: number }

/** Setting of a VM's extraConfig that fixes its memory overhead in MiB, for exact arithmetic. */
export const OVERHEAD_OPTION = 'fauxsphere.memoryOverheadMB'

/** Memory in MiB that running a VM costs beyond its own: page tables, devices, video. */
export function overheadMb(vm: VmProps): number {
  const hardware = vm.config?.hardware
  if (hardware === undefined) return 0
  const fixed = vm.config?.extraConfig?.find(option => option.key === OVERHEAD_OPTION)?.value
  if (typeof fixed === 'string' && /^\d+$/.test(fixed)) return Number(fixed)
  return Math.round(20 + hardware.memoryMB * 0.0075 + hardware.numCPU * 10)
}

/** Pure: may this host, with that load, run this VM? */
export function admit(host: HostSystemProps, load: HostLoad, vm: VmProps): Refusal | undefined {
  if (host.runtime.inMaintenanceMode) return { why: 'maintenance' }
  const hardware = host.summary.hardware
  if (hardware === undefined) return undefined
  const vcpus = vm.config?.hardware.numCPU ?? 1
  if (vcpus > hardware.numCpuThreads) {
    return { why: 'vcpus', host: hardware.numCpuThreads, vm: vcpus }
  }
  const memory = Math.floor(hardware.memorySize / 1048576) - SYSTEM_MB - load.memoryMb
  const wantedMb = reservedMb(vm) + overheadMb(vm)
  if (wantedMb > memory) return { why: 'memory', unreserved: memory, requested: wantedMb }
  const cpu = hardware.cpuMhz * hardware.numCpuCores - load.cpuMhz
  const wantedMhz = reservedMhz(vm)
  if (wantedMhz > cpu) return { why: 'cpu', unreserved: cpu, requested: wantedMhz }
  return undefined
}

/** What a host has promised; counted from its VMs the first time, kept by `addLoad` from then on. */
export function hostLoad(reader: Reader, node: string): HostLoad {
  return reader.get<HostLoad>(LAB, loadId(node))?.props ?? countLoad(reader, node)
}

/** Adds a running VM to its host's load (`sign` 1) or takes it off (-1). */
export function addLoad(tx: Transaction, node: string, vm: VmProps, sign: 1 | -1): void {
  const load = hostLoad(tx, node)
  const next: HostLoad = {
    running: load.running + sign,
    memoryMb: load.memoryMb + sign * (reservedMb(vm) + overheadMb(vm)),
    cpuMhz: load.cpuMhz + sign * reservedMhz(vm),
    vcpus: load.vcpus + sign * (vm.config?.hardware.numCPU ?? 0),
    shapes: withShape(load.shapes, shapeOf(vm), sign),
  }
  const slot = tx.find(LAB, loadId(node))
  if (slot === undefined) {
    tx.create({ node: LAB, type: 'HostLoad', id: loadId(node) }, { props: next, inner: {} })
  } else tx.replace(slot, { props: { ...next }, inner: {} })
}

/** The record of a host's load, made when there is none yet, so that it is counted once only. */
export function keepLoad(tx: Transaction, node: string): HostLoad {
  const known = tx.get<HostLoad>(LAB, loadId(node))?.props
  if (known !== undefined) return known
  const load = countLoad(tx, node)
  tx.create({ node: LAB, type: 'HostLoad', id: loadId(node) }, { props: load, inner: {} })
  return load
}

/** Name of the host whose load a record is. */
export function loadedHost(id: string): string {
  return id.slice('load/'.length)
}

/** What a VM asks of HA admission control, as a key of `HostLoad.shapes`. */
export function shapeOf(vm: VmProps): string {
  return [reservedMhz(vm), reservedMb(vm) + overheadMb(vm), vm.config?.hardware.numCPU ?? 0].join('/')
}

function withShape(shapes: HostLoad['shapes'], shape: string, sign: 1 | -1): HostLoad['shapes'] {
  const count = (shapes[shape] ?? 0) + sign
  if (count > 0) return { ...shapes, [shape]: count }
  const { [shape]: _gone, ...rest } = shapes
  return rest
}

/** Forgets what was counted, e.g. when a host went down with everything on it. */
export function dropLoad(tx: Transaction, node: string): void {
  tx.remove({ node: LAB, id: loadId(node) })
}

function countLoad(reader: Reader, node: string): HostLoad {
  const load = { running: 0, memoryMb: 0, cpuMhz: 0, vcpus: 0, shapes: {} as Record<string, number> }
  for (const slot of reader.ofType(node, 'VirtualMachine')) {
    const vm = vmRecord(reader, slot as Slot).props
    if (vm.runtime.powerState !== 'poweredOn') continue
    load.running += 1
    load.memoryMb += reservedMb(vm) + overheadMb(vm)
    load.cpuMhz += reservedMhz(vm)
    load.vcpus += vm.config?.hardware.numCPU ?? 0
    const shape = shapeOf(vm)
    load.shapes[shape] = (load.shapes[shape] ?? 0) + 1
  }
  return load
}

function loadId(node: string): string {
  return `load/${node}`
}
