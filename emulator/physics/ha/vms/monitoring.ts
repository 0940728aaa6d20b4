import type { Reader, Slot } from '../../../world/records.js'
import type { Transaction } from '../../../world/transaction.js'
import type { World } from '../../../world/world.js'
import { isStuck, troubleOf } from '../../compute/guest-trouble.js'
import { openQuestion } from '../../compute/questions.js'
import { vmRecord, type VmInner } from '../../compute/vm.js'
import type { VmMonitoringSettings } from '../config.js'
import { dasOptionsOf } from '../das-options.js'
import { agentOf, fdmConfig } from '../fdm/agent.js'
import { agentWorks } from '../fdm/links.js'
import { watchOf } from '../fdm/watch.js'
import { hasLostVolume } from './component-protection.js'
import { isRunning, settingsOn } from './line.js'
import { reportVm, type ResetReason } from './reports.js'
import { resetVm } from './reset.js'
import { REACT_MS } from './timing.js'

/** Inner fact of a host's VM record: what HA has reset it for. */
interface MonitoredInner extends VmInner {
  haResets?: {
    /** Lab times of the resets, in milliseconds. */
    readonly at: readonly number[]
    /** vCenter was told that there will be no more. */
    readonly usedUp?: boolean
  }
}

declare module '../../../world/signals.js' {
  interface JobMap {
    /** A guest's heartbeats have been missing for long enough to reset it. */
    'ha.vmCheck': { readonly node: string, readonly vm: string, readonly since: number }
    /** The same for those of its application; `now`: it asked for a reset itself. */
    'ha.applicationCheck': { readonly node: string, readonly vm: string, readonly since: number, readonly now: boolean }
  }
}

/**
 * VM and application monitoring (availability.md 1.8): a VM whose VMware Tools are silent for the
 * failure interval, and that did no I/O for `das.iostatsinterval`, is reset by its host's agent; an
 * application only has to be silent. Both only so often in the failure window.
 */
export function reactToMonitoring(world: World): void {
  world.on('guest.silent', (tx, { node, vm }) => watch(tx, tx.find(node, vm)))
  world.on('guest.application', (tx, { node, vm, state }) => {
    const slot = tx.find(node, vm)
    if (slot !== undefined && state !== 'well') watchApplication(tx, slot, state === 'needsReset')
  })
  for (const kind of ['vm.poweredOff', 'vm.suspended'] as const) {
    world.on(kind, (tx, { node, vm }) => forget(tx, tx.find(node, vm)))
  }
  world.on('vm.left', (tx, { to, as }) => forget(tx, tx.find(to, as)))
  world.on('storage.accessChanged', (tx, { host, loss }) => {
    if (loss === undefined) watchHost(tx, host)
  })
  world.on('storage.objectsChanged', (tx, { host, back }) => {
    if (back.length > 0) watchHost(tx, host)
  })
  world.on('cluster.reconfigured', (tx, at) => {
    for (const host of watchOf(tx, at)?.hosts ?? []) watchHost(tx, host)
  })
  world.onJob('ha.vmCheck', (tx, { node, vm, since }) => {
    const slot = tx.find(node, vm)
    if (slot !== undefined && troubleOf(tx, slot)?.since === since) check(tx, slot, 'vmtoolsHeartbeatFailure')
  })
  world.onJob('ha.applicationCheck', (tx, { node, vm, since, now }) => {
    const slot = tx.find(node, vm)
    if (slot === undefined || bootedAt(tx, slot) > since) return
    const { guest } = vmRecord(tx, slot).props
    if (now && guest?.appState === 'appStateNeedReset') check(tx, slot, 'appImmediateResetRequest')
    else if (!now && guest?.appHeartbeatStatus === 'appStatusRed') {
      reportVm(tx, node, slot, { kind: 'applicationFailed', host: node })
      check(tx, slot, 'appHeartbeatFailure')
    }
  })
}

function watchHost(tx: Transaction, host: string): void {
  if (agentOf(tx, host) === undefined) return
  for (const slot of tx.ofType(host, 'VirtualMachine')) {
    if (troubleOf(tx, slot) !== undefined) watch(tx, slot)
  }
}

/** Computes when a silent VM would be reset; a guest that goes on with its I/O is not. */
function watch(tx: Transaction, vm: Slot | undefined): void {
  const trouble = vm === undefined ? undefined : troubleOf(tx, vm)
  const settings = vm === undefined ? undefined : monitoringOf(tx, vm)
  if (vm === undefined || trouble === undefined || settings === undefined || !isRunning(tx, vm)) return
  const { node, id } = vm.address
  const ioMs = dasOptionsOf(fdmConfig(tx, node)!.config).ioStatsIntervalSec * 1000
  if (ioMs > 0 && !isStuck(tx, vm)) return
  const due = Math.max(
    trouble.since + settings.failureIntervalSec * 1000, trouble.since + ioMs,
    bootedAt(tx, vm) + settings.minUpTimeSec * 1000, tx.now() + REACT_MS,
  )
  tx.after(due - tx.now(), 'ha.vmCheck', { node, vm: id, since: trouble.since })
}

function watchApplication(tx: Transaction, vm: Slot, now: boolean): void {
  const settings = monitoringOf(tx, vm)
  if (settings?.mode !== 'vmAndAppMonitoring' || !isRunning(tx, vm)) return
  const { node, id } = vm.address
  const since = tx.now()
  const due = now ? since + REACT_MS : Math.max(
    // One second after the application is held for failed at the earliest.
    since + Math.max(settings.failureIntervalSec * 1000, APPLICATION_FLOOR_MS),
    bootedAt(tx, vm) + settings.minUpTimeSec * 1000,
  )
  tx.after(due - since, 'ha.applicationCheck', { node, vm: id, since, now })
}

const APPLICATION_FLOOR_MS = 31_000

function monitoringOf(reader: Reader, vm: Slot): VmMonitoringSettings | undefined {
  const settings = settingsOn(reader, vm.address.node, vm)?.monitoring
  return settings === undefined || settings.mode === 'vmMonitoringDisabled' ? undefined : settings
}

function bootedAt(reader: Reader, vm: Slot): number {
  return Date.parse(vmRecord(reader, vm).props.runtime.bootTime ?? '') || 0
}

/** The time has come: reset, if nothing stands against it. */
function check(tx: Transaction, vm: Slot, reason: ResetReason): void {
  const { node } = vm.address
  const settings = monitoringOf(tx, vm)
  if (settings === undefined || !isRunning(tx, vm) || !agentWorks(tx, node) || openQuestion(tx, vm) !== undefined) return
  if (hasLostVolume(tx, vm)) {
    reportVm(tx, node, vm, { kind: 'vmNotReset', host: node })
    return
  }
  const { at, usedUp } = tx.read<object, MonitoredInner>(vm)!.inner.haResets ?? { at: [] }
  const window = settings.maxFailureWindowSec * 1000
  const recent = window > 0 ? at.filter(time => time > tx.now() - window) : at
  if (recent.length >= settings.maxFailures) {
    if (usedUp === true) return
    note(tx, vm, { at, usedUp: true })
    reportVm(tx, node, vm, { kind: 'vmResetsUsedUp', host: node })
    return
  }
  note(tx, vm, { at: [...recent, tx.now()] })
  resetVm(tx, vm, reason)
}

function note(tx: Transaction, vm: Slot, haResets: MonitoredInner['haResets']): void {
  const { props, inner } = vmRecord(tx, vm)
  const { haResets: _before, ...rest } = inner as MonitoredInner
  tx.replace(vm, { props: props as never, inner: (haResets === undefined ? rest : { ...rest, haResets }) as never })
}

/** A power cycle or a move makes it begin from zero. */
function forget(tx: Transaction, vm: Slot | undefined): void {
  if (vm !== undefined && tx.read<object, MonitoredInner>(vm)!.inner.haResets !== undefined) note(tx, vm, undefined)
}
