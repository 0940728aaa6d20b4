import type { ClusterConfigInfoEx, HostSystemProps } from '../../../schema/generated/types.js'
import type { Reader, Slot } from '../../../world/records.js'
import type { Transaction } from '../../../world/transaction.js'
import { admit, hostLoad, overheadMb, type HostLoad } from '../../compute/admission.js'
import type { HostInner } from '../../compute/maintenance.js'
import { reservedMb, reservedMhz, vmRecord } from '../../compute/vm.js'
import { missingNetworks, missingVolumes } from '../../migration/register.js'
import { lostFiles, lostVolume } from '../../storage/access.js'
import { volumeOf } from '../../storage/paths.js'
import { objectOf } from '../../vsan/state.js'
import { failoverHosts } from '../admission.js'
import { rootPoolOf } from '../capacity.js'
import { dasOptionsOf } from '../das-options.js'
import { configOfAgent, agentOf } from '../fdm/agent.js'
import { antiAffineVms, ruleAllows, vmHostRulesOf } from '../rules.js'
import { isRunning, vmRef } from './line.js'
import { commandedHosts } from './partition.js'
import type { Restart } from './plan.js'

/** What a primary counts for one of its hosts while it places VMs. */
interface Room {
  readonly host: string
  readonly moid: string
  /** Running VMs and those that it was asked to start. */
  running: number
  /** Power-ons that have not ended, and the ranks of their VMs. */
  readonly starting: number[]
  freeMb: number
  freeMhz: number
  readonly load: HostLoad
}

/** Why a VM is not placed: nobody can run it, or those that can have to finish other things first. */
export type NoPlace = 'resources' | 'busy'

/**
 * Where a primary can start VMs (availability.md 1.5): hosts of its partition with unreserved
 * capacity, the VM's datastores and networks, allowed by the must rules; failover hosts before the
 * others, then the one with the fewest VMs. Each host has 32 power-ons under way at most, and none
 * for a VM while one of a higher priority is under way there. Admission control has no say.
 */
export class Places {
  readonly #tx: Transaction
  readonly #config: ClusterConfigInfoEx
  readonly #rooms: Room[]
  readonly #limit: number
  readonly #failover: ReadonlySet<string>
  readonly #antiAffinity: boolean
  readonly #softRules: boolean
  readonly #compatible = new Map<string, readonly Room[]>()
  /** What could not be placed anywhere: the same again need not be tried. */
  readonly #full = new Set<string>()
  /** Hosts of VMs that this plan starts, by vCenter's reference. */
  readonly #placed = new Map<string, string>()

  constructor(tx: Transaction, primary: string) {
    const config = configOfAgent(tx, agentOf(tx, primary)!)
    const options = dasOptionsOf(config.config)
    const moids = new Map(config.members.map(member => [member.host, member.moid]))
    this.#tx = tx
    this.#config = config.config
    this.#limit = options.perHostConcurrentFailoversLimit
    this.#antiAffinity = options.respectVmVmAntiAffinityRules
    this.#softRules = options.respectVmHostSoftAffinityRules
    this.#failover = new Set(failoverHosts(config.config))
    this.#rooms = commandedHosts(tx, primary).filter(host => takesVms(tx, host))
      .map(host => roomOf(tx, host, moids.get(host)!))
  }

  /** Counts a power-on that is under way. */
  note(restart: Restart, rank: number, vm: Slot | undefined): void {
    if (restart.state.kind !== 'starting') return
    const { host, mb, mhz } = restart.state
    const room = this.#rooms.find(each => each.host === host)
    if (room !== undefined) take(room, rank, mb, mhz)
    if (vm !== undefined) this.#placed.set(vmRef(this.#tx, vm).value, host)
  }

  /** True if no host can be asked for anything now. */
  get busy(): boolean {
    return this.#rooms.every(room => room.starting.length >= this.#limit)
  }

  /** Chooses a host for a VM and counts it there. */
  choose(vm: Slot, rank: number): { host: string, mb: number, mhz: number } | NoPlace {
    const { props } = vmRecord(this.#tx, vm)
    const mb = reservedMb(props) + overheadMb(props)
    const mhz = reservedMhz(props)
    const signature = this.#signature(vm)
    const shape = `${signature} ${mb}/${mhz}/${props.config?.hardware.numCPU ?? 0}`
    if (this.#full.has(shape)) return 'resources'
    const able = this.#able(vm, signature).filter(room =>
      mb <= room.freeMb && mhz <= room.freeMhz && admit(hostProps(this.#tx, room.host), room.load, props) === undefined)
    if (able.length === 0) {
      this.#full.add(shape)
      return 'resources'
    }
    const free = able.filter(room => room.starting.length < this.#limit && room.starting.every(other => other >= rank))
    const room = this.#best(free)
    if (room === undefined) return 'busy'
    take(room, rank, mb, mhz)
    this.#placed.set(vmRef(this.#tx, vm).value, room.host)
    return { host: room.host, mb, mhz }
  }

  /** True if some host could run the VM, whatever is under way there. */
  possible(vm: Slot): boolean {
    const { props } = vmRecord(this.#tx, vm)
    return this.#able(vm, this.#signature(vm)).some(room =>
      reservedMb(props) + overheadMb(props) <= room.freeMb && reservedMhz(props) <= room.freeMhz
      && admit(hostProps(this.#tx, room.host), room.load, props) === undefined)
  }

  #best(rooms: readonly Room[]): Room | undefined {
    let best: Room | undefined
    for (const room of rooms) {
      if (best === undefined || this.#before(room, best)) best = room
    }
    return best
  }

  #before(a: Room, b: Room): boolean {
    const spare = Number(this.#failover.has(b.moid)) - Number(this.#failover.has(a.moid))
    if (spare !== 0) return spare < 0
    return a.running !== b.running ? a.running < b.running : a.freeMb > b.freeMb
  }

  /** Equal for VMs that the same hosts can run, as far as datastores, networks and rules go; on vSAN each is its own. */
  #signature(vm: Slot): string {
    const { props } = vmRecord(this.#tx, vm)
    const ids = [...props.datastore ?? [], ...props.network ?? []].map(ref => ref.value).join(',')
    const alone = (this.#config.rule?.length ?? 0) > 0 || objectOf(this.#tx, vm) !== undefined
    return alone ? `${ids} ${vmRef(this.#tx, vm).value}` : ids
  }

  #able(vm: Slot, signature: string): readonly Room[] {
    let able = this.#compatible.get(signature)
    if (able === undefined) {
      able = this.#rooms.filter(room => canUse(this.#tx, vm, room.host))
      this.#compatible.set(signature, able)
    }
    return (this.#config.rule?.length ?? 0) === 0 ? able : able.filter(room => this.#allowed(vm, room))
  }

  #allowed(vm: Slot, room: Room): boolean {
    const ref = vmRef(this.#tx, vm)
    const host = { type: 'HostSystem', value: room.moid }
    const rules = vmHostRulesOf(this.#config, ref).filter(rule => rule.mandatory || this.#softRules)
    if (!rules.every(rule => ruleAllows(rule, host))) return false
    return !this.#antiAffinity || antiAffineVms(this.#config, ref).flat()
      .every(other => this.#hostOf(other.value, room) !== room.host)
  }

  #hostOf(vm: string, room: Room): string | undefined {
    const placed = this.#placed.get(vm)
    if (placed !== undefined) return placed
    return this.#tx.ofType(room.host, 'VirtualMachine')
      .some(slot => vmRef(this.#tx, slot).value === vm && isRunning(this.#tx, slot)) ? room.host : undefined
  }
}

function take(room: Room, rank: number, mb: number, mhz: number): void {
  room.starting.push(rank)
  room.running += 1
  room.freeMb -= mb
  room.freeMhz -= mhz
}

function roomOf(reader: Reader, host: string, moid: string): Room {
  const load = hostLoad(reader, host)
  const pool = rootPoolOf(reader, host)
  return {
    host, moid, load, running: load.running, starting: [],
    freeMb: pool.mb - load.memoryMb, freeMhz: pool.mhz - load.cpuMhz,
  }
}

function takesVms(reader: Reader, host: string): boolean {
  const record = reader.get<HostSystemProps, HostInner>(host, 'ha-host')
  return record !== undefined && !record.props.runtime.inMaintenanceMode && record.inner.entering === undefined
}

function hostProps(reader: Reader, host: string): HostSystemProps {
  return reader.get<HostSystemProps>(host, 'ha-host')!.props
}

/** True if a host sees all that a VM uses. */
function canUse(tx: Transaction, vm: Slot, host: string): boolean {
  const { node } = vm.address
  if (node !== host && (missingVolumes(tx, vm, host).length > 0 || missingNetworks(tx, vm, host).length > 0)) return false
  const object = objectOf(tx, vm)
  if (object !== undefined && lostFiles(tx, host, object.key) !== undefined) return false
  return (vmRecord(tx, vm).props.datastore ?? []).every(ref => {
    const store = tx.get<{ summary: { url: string } }>(node, ref.value)
    return store === undefined || lostVolume(tx, host, volumeOf(store.props)) === undefined
  })
}
