import type { VirtualMachineProps, VirtualMachineRuntimeInfo } from '../../../schema/generated/types.js'
import type { Reader, Slot } from '../../../world/records.js'
import type { Transaction } from '../../../world/transaction.js'
import type { World } from '../../../world/world.js'
import { setVmProps, vmRecord } from '../../compute/vm.js'
import { chassis } from '../../hardware/chassis.js'
import { standsFor } from '../../management/claim.js'
import { mirrored } from '../../management/link.js'
import { mirrorOf } from '../../management/mirror.js'
import { lockOf } from '../../storage/locks.js'
import { clusterConfig, clusterOfHost, haEnabled } from '../config.js'
import { agentOf, fdmConfig, primaryOf, type FdmAgent } from '../fdm/agent.js'
import '../fdm/configure.js'
import '../fdm/publish.js'
import { watchOf, watchedClusters } from '../fdm/watch.js'
import type { HaCluster } from '../signals.js'
import { haLine, isRunning, lineOf, setLine, type HaVmInner } from './line.js'
import { hasList } from './partition.js'
import { PROTECT_MS } from './timing.js'

declare module '../../../world/signals.js' {
  interface SignalMap {
    /** What vCenter shows of a VM's protection changed; undefined: HA is off. `vm` is vCenter's id. */
    'ha.protectionShown': { readonly vcenter: string, readonly vm: string, readonly protected: boolean | undefined }
    /** A VM that was powered on could not be put on the list of protected ones. */
    'ha.vmNotProtected': { readonly vcenter: string, readonly vm: string }
  }
  interface JobMap {
    /** vCenter's word that a VM was powered on has come to the primary. */
    'ha.protect': { readonly node: string, readonly vm: string }
    /** The same for all that runs on some hosts: of a cluster, or one host. */
    'ha.protectAll': HaCluster & { readonly host?: string }
  }
}

const PROTECTED = Object.freeze({ dasProtected: true })
const UNPROTECTED = Object.freeze({ dasProtected: false })

/**
 * Which VMs HA protects (availability.md 1.6): vCenter tells the primary of each power-on and
 * power-off; the primary writes its lists; vCenter shows what came of it.
 */
export function reactToProtection(world: World): void {
  world.on('vm.poweredOn', (tx, { node, vm }) => {
    const slot = tx.find(node, vm)
    const agent = agentOf(tx, node)
    if (slot === undefined || agent === undefined) return
    const line = lineOf(tx, slot)
    if (line?.released !== undefined) setLine(tx, slot, haLine(agent, line.protected))
    if (line?.protected === true) return
    tx.after(PROTECT_MS, 'ha.protect', { node, vm })
  })
  for (const kind of ['vm.poweredOff', 'vm.suspended'] as const) {
    world.on(kind, (tx, { node, vm }) => takeOff(tx, tx.find(node, vm)))
  }
  world.onJob('ha.protect', (tx, { node, vm }) => {
    const slot = tx.find(node, vm)
    if (slot !== undefined && isRunning(tx, slot) && lineOf(tx, slot)?.protected !== true) protect(tx, slot, true)
  })
  world.onJob('ha.protectAll', (tx, at) => protectAll(tx, at, at.host))
  world.on('ha.vcenterFollows', (tx, at) => protectSoon(tx, at))
  world.on('ha.primaryReady', (tx, at) => protectSoon(tx, at))
  world.on('ha.hostJoined', (tx, { vcenter, cluster, host }) => protectSoon(tx, { vcenter, cluster, host }))
  world.on('ha.hostConfigured', (tx, { host, enabled }) => {
    for (const vm of tx.ofType(host, 'VirtualMachine')) {
      if (!enabled) setLine(tx, vm, undefined)
      show(tx, vm, true)
    }
  })
  world.on('management.hostBack', (tx, { host }) => {
    for (const vm of tx.ofType(host, 'VirtualMachine')) show(tx, vm)
    const agent = agentOf(tx, host)
    if (agent !== undefined) protectSoon(tx, { ...clusterOf(agent), host })
  })
  followLines(world)
}

/** VMs that run when the lab begins are protected, and no event tells of it. */
export function settleProtection(tx: Transaction): void {
  for (const { vcenter, cluster, hosts } of watchedClusters(tx)) {
    const line = haLine({ vcenter, cluster }, true)
    for (const host of hosts) {
      for (const vm of tx.ofType(host, 'VirtualMachine')) {
        if (isRunning(tx, vm)) setLine(tx, vm, line)
        show(tx, vm)
      }
    }
  }
}

function clusterOf({ vcenter, cluster }: HaCluster): HaCluster {
  return { vcenter, cluster }
}

/** vCenter's picture follows every line that is written, and every VM that comes to a host. */
function followLines(world: World): void {
  world.follow((tx, written) => {
    for (const slot of written) {
      if (slot.address.type !== 'VirtualMachine') continue
      const now = tx.read<object, HaVmInner>(slot)
      const before = slot.record as { inner: HaVmInner } | undefined
      if (now === undefined || (before !== undefined && before.inner.ha === now.inner.ha)) continue
      if (chassis(tx, slot.address.node)?.managedBy === undefined) continue
      if (before === undefined) settleIn(tx, slot)
      show(tx, slot)
    }
  })
}

/** A VM that comes from another cluster is on that cluster's list no more. */
function settleIn(tx: Transaction, vm: Slot): void {
  const line = lineOf(tx, vm)
  const agent = agentOf(tx, vm.address.node)
  if (line !== undefined && (agent === undefined || line.at !== `${agent.vcenter}/${agent.cluster}`)) {
    setLine(tx, vm, undefined)
  }
  if (agent === undefined || !isRunning(tx, vm) || lineOf(tx, vm)?.protected === true) return
  tx.after(PROTECT_MS, 'ha.protect', { node: vm.address.node, vm: vm.address.id })
}

/** A VM that a user or its guest stopped is not restarted: it is off the list at once. */
function takeOff(tx: Transaction, vm: Slot | undefined): void {
  const line = vm === undefined ? undefined : lineOf(tx, vm)
  if (vm === undefined || line?.protected !== true || line.released !== undefined) return
  const agent = agentOf(tx, vm.address.node)
  setLine(tx, vm, agent === undefined ? undefined : haLine(agent, false))
}

function protectSoon(tx: Transaction, { vcenter, cluster, host }: HaCluster & { readonly host?: string }): void {
  const watch = watchOf(tx, { vcenter, cluster })
  if (watch?.primary === undefined) return
  // Of a new primary all VMs; `host` of ha.primaryReady is that primary.
  const one = host === undefined || host === watch.primary ? {} : { host }
  tx.after(PROTECT_MS, 'ha.protectAll', { vcenter, cluster, ...one })
}

function protectAll(tx: Transaction, at: HaCluster, host: string | undefined): void {
  const watch = watchOf(tx, at)
  if (watch?.primary === undefined) return
  for (const each of host === undefined ? watch.hosts : [host]) {
    for (const vm of tx.ofType(each, 'VirtualMachine')) {
      if (isRunning(tx, vm) && lineOf(tx, vm)?.protected !== true) protect(tx, vm, false)
    }
  }
}

/**
 * Puts a running VM on the list, if vCenter is connected to the primary of its host's partition and
 * that primary holds the list of its home volume (1.6).
 */
function protect(tx: Transaction, vm: Slot, tell: boolean): void {
  const { node } = vm.address
  const agent = agentOf(tx, node)
  if (agent === undefined || !mirrored(tx, agent.vcenter, node)) return
  if (canProtect(tx, agent, vm)) {
    setLine(tx, vm, haLine(agent, true))
    return
  }
  const id = vmRecord(tx, vm).inner.vcenterId
  if (tell && id !== undefined) tx.emit('ha.vmNotProtected', { vcenter: agent.vcenter, vm: id })
}

function canProtect(reader: Reader, agent: FdmAgent, vm: Slot): boolean {
  const primary = primaryOf(reader, agent.host)
  if (primary === undefined || watchOf(reader, agent)?.primary !== primary) return false
  return hasList(reader, primary, lockOf(reader, vm))
}

/** Brings what vCenter shows of a VM's protection in line; `forced`: also of a host it cannot hear. */
function show(tx: Transaction, vm: Slot, forced = false): void {
  const { node } = vm.address
  const vcenter = chassis(tx, node)?.managedBy
  const id = vcenter === undefined ? undefined : vmRecord(tx, vm).inner.vcenterId
  if (vcenter === undefined || id === undefined || (!forced && !mirrored(tx, vcenter, node))) return
  const target = tx.find(vcenter, id)
  if (target === undefined || !standsFor(tx, target, vm)) return
  const { runtime } = tx.read<VirtualMachineProps>(target)!.props
  const value = shownValue(tx, vcenter, vm)
  if (runtime.dasVmProtection?.dasProtected === value?.dasProtected) return
  setVmProps(tx, target, { runtime: withProtection(runtime, value) })
  if (runtime.dasVmProtection === undefined || (value === UNPROTECTED && !runtime.dasVmProtection.dasProtected)) return
  tx.emit('ha.protectionShown', { vcenter, vm: id, protected: value?.dasProtected })
}

function shownValue(tx: Transaction, vcenter: string, vm: Slot): { dasProtected: boolean } | undefined {
  const { node } = vm.address
  if (fdmConfig(tx, node) !== undefined) return lineOf(tx, vm)?.protected === true ? PROTECTED : UNPROTECTED
  const host = mirrorOf(tx, vcenter, node, 'ha-host')
  const cluster = host === undefined ? undefined : clusterOfHost(tx, vcenter, host.address.id)
  return cluster !== undefined && haEnabled(clusterConfig(tx, cluster)) ? UNPROTECTED : undefined
}

function withProtection(
  runtime: VirtualMachineRuntimeInfo, value: { dasProtected: boolean } | undefined,
): VirtualMachineRuntimeInfo {
  if (value !== undefined) return { ...runtime, dasVmProtection: value }
  const { dasVmProtection: _off, ...rest } = runtime
  return rest
}

/** Shows whether HA moves a VM, while vCenter is connected to the primary that says so (1.5). */
export function showFailover(tx: Transaction, primary: string, vm: Slot, moving: boolean): void {
  const agent = agentOf(tx, primary)
  const id = vmRecord(tx, vm).inner.vcenterId
  if (agent === undefined || id === undefined || watchOf(tx, agent)?.primary !== primary) return
  const target = tx.find(agent.vcenter, id)
  if (target === undefined) return
  const { runtime } = tx.read<VirtualMachineProps>(target)!.props
  if ((runtime.vmFailoverInProgress ?? false) === moving) return
  setVmProps(tx, target, { runtime: { ...runtime, vmFailoverInProgress: moving } })
}

